"""A small book in a folder of its own, and the command run on it as an author runs it."""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import re
import shutil
import subprocess
import sys
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path

from bookproof.__main__ import main
from bookproof.judge.gate import Gate, Judged, choose
from bookproof.settings import load

ENGINE = Path(__file__).resolve().parents[2] / "packages" / "bookproof" / "src"

SETTINGS = """
[tool.bookproof]
recordings = "tests/outputs"
session = "page"
footer = true
facts = true
notebooks = true
scripts = true
preload = ["json"]
pass_env = ["DEVICE", "NEW"]
limit = 60
start = "parts:start"
describe = "parts:describe"

[tool.bookproof.needs]
gpu = "parts:has_gpu"

[tool.bookproof.where]
gpu = "on your GPU"
"""

PARTS = '''
"""What a book tells the engine about its machines."""

import os


def start():
    pass


def describe():
    return {"device": os.environ.get("DEVICE", "plain machine"), "threads": "1"}


def has_gpu():
    return bool(os.environ.get("HAS_GPU"))
'''


_numbers = itertools.count()


@dataclass(frozen=True)
class Ran:
    """What the user saw of one command."""

    rc: int
    out: str
    err: str

    @property
    def summary(self) -> dict[str, int]:
        """The counts of the last line, by their words."""
        line = next(t for t in reversed(self.out.splitlines()) if re.match(r"\d+ chapters? ·", t))
        parts = [part.partition(" ") for part in line.split(" · ")[:-1]]
        return {words: int(number) for number, _, words in parts}

    def about(self, path: str) -> str:
        """Return all that was said of a file, up to the next one's."""
        lines = self.said
        place = re.compile(r"(docs|tests)/[^:]*:\d+: ")
        starts = [n for n, t in enumerate(lines) if place.match(t)]
        ends = [*starts[1:], len(lines)]
        parts = ["\n".join(lines[a:b]) for a, b in zip(starts, ends, strict=True)]
        return "\n".join(part for part in parts if part.startswith(f"{path}:"))

    @property
    def said(self) -> list[str]:
        """The lines but for the summary, the advice after it, and the names of drift pages."""
        others = r"\d+ chapters? ·|If the new|Old and new, side by side"
        return [t for t in self.out.splitlines() if not re.match(others, t)]


class Book:
    """A book on disk."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.nap = f"60.{os.getpid()}{next(_numbers)}"  # seconds: no other process sleeps as long
        root.mkdir()
        self.write("pyproject.toml", SETTINGS)
        self.write("parts.py", PARTS)
        (root / "docs").mkdir()

    def write(self, name: str, text: str) -> Path:
        """Write a file of the book, as it stands but for the margin."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), "utf-8")
        return path

    def page(self, *blocks: str, name: str = "a", options: str = 'source="above"') -> Path:
        """Write a chapter of these blocks, the first one's fence in line 3."""
        codes = [textwrap.dedent(block).strip() for block in blocks]
        fences = [f'```python exec="1" {options}\n{code}\n```\n' for code in codes]
        return self.write(f"docs/{name}.md", "# A title\n\n" + "\n".join(fences))

    def read(self, name: str) -> str:
        """Return the text of a file of the book."""
        return (self.root / name).read_text("utf-8")

    def edit(self, name: str, old: str, new: str) -> Path:
        """Replace `old`, which must be there, by `new`."""
        text = self.read(name)
        assert old in text, f"{old!r} is not in {name}:\n{text}"
        path = self.root / name
        path.write_text(text.replace(old, new), "utf-8")
        return path

    engine = str(ENGINE)

    def edit_line(self, name: str, start: str, new: str) -> None:
        """Replace the line of a file that begins with `start`, or insert it as the third."""
        lines = [t for t in self.read(name).splitlines() if not t.startswith(start)]
        self.write(name, "\n".join([lines[0], new, *lines[1:], ""]))

    def clean(self) -> None:
        """Remove the cache."""
        shutil.rmtree(self.root / ".bookproof")

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of a command."""
        return {**os.environ, "OMP_NUM_THREADS": "1", **more}

    @staticmethod
    def command(*arguments: str) -> list[str]:
        """Return a command line."""
        return [sys.executable, "-m", "bookproof", *arguments]

    def run(self, *arguments: str) -> Ran:
        """Run the command in the book's root, in this process, which is faster than a new one."""
        out, err = io.StringIO(), io.StringIO()
        with (
            contextlib.chdir(self.root),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            rc = main(list(arguments))
        return Ran(rc, out.getvalue(), err.getvalue())

    def run_apart(self, *arguments: str, **env: str) -> Ran:
        """Run the command in the book's root, as a new process with these variables set."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env=self.environment(**env),
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
        assert "Traceback (most recent call last)" not in done.stderr, done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)

    def mkdocs(self, *options: str) -> tuple[int, str]:
        """Build the site; return the exit status and all that was said."""
        done = subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", *options],
            cwd=self.root,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
        )
        return done.returncode, done.stdout

    def check(self, *chapters: str, **env: str) -> Ran:
        """Run `check`, apart where variables are given."""
        run = self.run_apart if env else self.run
        return run("check", *chapters, **env)

    def record(self, *chapters: str, **env: str) -> Ran:
        """Run `record`, apart where variables are given."""
        run = self.run_apart if env else self.run
        return run("record", *chapters, **env)

    def recording(self, name: str = "a") -> str:
        """Return a chapter's recording."""
        return self.read(f"tests/outputs/{name}.txt")

    def outputs(self, name: str = "a") -> list[str]:
        """Return the recorded outputs of a chapter."""
        return self.outputs_of(f"tests/outputs/{name}.txt")

    def outputs_of(self, file: str) -> list[str]:
        """Return the outputs in a file of recordings."""
        entries = re.split(r"^=== .*\n(?:--- .*\n)+", self.read(file), flags=re.MULTILINE)
        return [re.sub(r"(?m)^\\", "", entry).strip("\n") for entry in entries[1:]]

    def files(self) -> set[str]:
        """Name all files but for the cache and compiled modules."""
        found = (p.relative_to(self.root).as_posix() for p in self.root.rglob("*") if p.is_file())
        return {f for f in found if not f.startswith(".bookproof/") and "__pycache__" not in f}

    def leaves(self, command: str) -> bool:
        """Say whether a process whose command line contains `command` is there to stay."""
        until = time.monotonic() + 5
        while any(command in line for line in _command_lines()):
            if time.monotonic() > until:
                return True
            time.sleep(0.05)
        return False

    def results(self) -> dict[str, int]:
        """For each chapter with cached results, say when they were written."""
        files = (self.root / ".bookproof" / "results" / "docs").rglob("*.json")
        return {p.name.removesuffix(".md.json"): p.stat().st_mtime_ns for p in files}

    def ran_since(self, before: dict[str, int]) -> set[str]:
        """Name the chapters whose results were written after `before`."""
        return {name for name, at in self.results().items() if before.get(name) != at}


def _command_lines() -> list[str]:
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            lines.append(path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
    return lines


def judged(book: Book, name: str = "a") -> Judged:
    """Judge a chapter as the gate does."""
    settings = load(book.root)
    gate = Gate(settings)
    try:
        return gate.judge(choose(settings, [name]))[0]
    finally:
        gate.close()
