"""While a page is served, an edit runs it from there on, and gives what a whole run gives."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mkdocs.config import load_config

from bookproof.judge.gate import Gate
from bookproof.page.book import Book as ServedBook
from bookproof.page.book import close_book
from bookproof.run import snapshots
from bookproof.run.results import ChapterResult
from bookproof.settings import load
from tests.bookproof.small import Book

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="snapshots are forked, on Linux")

STEPS = '''
"""Shows a block's code with each name that it set, found by tracing it."""

import sys


def show(code):
    seen = []

    def trace(frame, event, _):
        seen.append(event)
        return trace

    sys.settrace(trace)
    try:
        said = code.run()
    finally:
        sys.settrace(None)
    return f"<p>{code.place}: {len(seen) > 0}, {said!r}</p>"
'''
MKDOCS = "site_name: A\ntheme: {name: material, font: false}\nplugins: [markdown-exec, bookproof]\n"
MKDOCS += "markdown_extensions: [pymdownx.superfences, pymdownx.snippets]\n"
Seen = list[tuple[str, str, str]]


class Author:
    """Edits the page of a small book, and looks at what is then served."""

    def __init__(self, small: Book, log: Path) -> None:
        self.small = small
        self.log = log
        self.served = ServedBook(load(small.root))
        self.served.serve(lambda: None)
        self.gate = Gate(load(small.root), fresh=True)

    def saves(self, *blocks: str | tuple[str, str]) -> Seen:
        """Save a page of these blocks, each with what its fence says or not."""
        pairs = [(b, "") if isinstance(b, str) else b for b in blocks]
        fences = [f'```python exec="1" {options}\n{code}\n```\n' for code, options in pairs]
        self.small.write("docs/a.md", "# A title\n\n" + "\n".join(fences))
        return self.sees()

    def sees(self) -> Seen:
        """Return state, output and problem of each block, as served."""
        self.served.refresh()
        return _told(self.result)

    def sees_whole(self) -> Seen:
        """Return the same of a run of the whole page."""
        return _told(self.gate.judge(self.served.parser.chapters())[0].result)

    @property
    def result(self) -> ChapterResult:
        """What the last run of the served page gave."""
        found = self.served.all()[0].result
        assert found is not None
        return found

    @property
    def kept(self) -> snapshots.Snapshots:
        """The snapshots."""
        found = self.served.gate.runner.snapshots
        assert found is not None
        return found

    def pids(self) -> list[int]:
        """Number the processes of the snapshots."""
        return [snapshot.pid for snapshot in self.kept.all()]

    def block(self, letter: str, code: str = "") -> str:
        """Return a block that tells each time that it runs, where the page does not look."""
        place = f"{str(self.log.parent)!r} + '/{self.log.name}'"
        return f"with open({place}, 'a') as log:\n    log.write({letter!r})\n{code}"

    def ran(self) -> str:
        """Return the letters of the blocks that ran since the last time."""
        text = self.log.read_text("utf-8") if self.log.exists() else ""
        self.log.write_bytes(b"")
        return text


def _told(result: ChapterResult | None) -> Seen:
    assert result is not None
    return [(b.state, b.output, b.problem) for b in result.blocks]


@pytest.fixture
def author(small_book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Author]:
    """An author whose page is kept after each block."""
    monkeypatch.setattr(snapshots, "EVERY", 1e-9)
    small_book.write("steps.py", STEPS)
    settings = (
        small_book.read("pyproject.toml") + '\n[tool.bookproof.shows]\nsteps = "steps:show"\n'
    )
    small_book.write("pyproject.toml", settings)
    one = Author(small_book, tmp_path / "log")
    yield one
    one.served.close()
    one.gate.close()


def test_only_the_edited_block_and_those_after_it_run_again(author: Author) -> None:
    """Those before it ran once, and what they left is there: names, and what they printed."""
    blocks = [author.block(letter, f"{letter} = '{letter}'\nprint({letter})") for letter in "abcde"]
    author.saves(*blocks)
    assert author.ran() == "abcde"
    for at, expected in ((3, "de"), (4, "e"), (1, "bcde"), (0, "abcde")):
        blocks[at] += "\nprint('and more')"
        seen = author.saves(*blocks)
        assert author.ran() == expected
        assert [output for _, output, _ in seen] == [
            f"{letter}\n" + "and more\n" * ("and more" in block)
            for letter, block in zip("abcde", blocks, strict=True)
        ]
    author.saves(*blocks, author.block("f", "print(a, e)"))
    assert author.ran() == "f"


SEED = "import random\nrandom.seed(4)\nprint(random.random())"
POOL: list[str | tuple[str, str]] = [
    "import random\nprint(random.random(), random.sample(range(99), 3))",
    "total = globals().get('total', 0) + 1\nprint(total)",
    "print(sorted(n for n in globals() if n[0] != '_'))",
    "def broken(x):\n    return 1 / x\nprint(broken(2))",
    ("broken(0)", 'raises="ZeroDivisionError"'),
    "print(broken(0))",
    "from pathlib import Path\nprint(Path('data.txt').read_text())",
    "import tempfile, os\nplace = tempfile.mkdtemp()\nprint(len(os.listdir(place)))",
    "import os\nopen(os.path.join(place, 'new'), 'x').close()\nprint(os.listdir(place))",
    "import shared\nprint(shared.UNIT, len(dir(shared)))",
    "import shared\nshared.UNIT = shared.UNIT.upper()\nprint(shared.UNIT)",
    "import json\nusual, json.dumps = json.dumps, lambda *a, **k: 'patched'\nprint(json.dumps(1))",
    "import inspect\nclass Here:\n    x = 1\nprint(inspect.getsource(Here))",
    "import inspect\nprint(inspect.getsource(broken), broken.__code__.co_firstlineno)",
    ("y = 1\nfor i in range(3):\n    y += i\nprint(y)", 'as="steps"'),
    "import os\nos.environ['MOOD'] = os.environ.get('MOOD', '') + '!'\nprint(os.environ['MOOD'])",
    "import os, sys\nprint(os.getcwd() == sys.path[0], os.path.exists('made.txt'))",
    "import random\nrandom = random.Random(1)\nprint(random.random())",
    "import warnings\nwarnings.warn('once', stacklevel=1)\nprint('warned')",
]


@pytest.mark.parametrize("seed", range(3))
def test_edits_anywhere_give_what_a_whole_run_gives(author: Author, seed: int) -> None:
    """Blocks changed, added, removed, swapped and broken, a file and a module edited."""
    dice = random.Random(seed)
    author.small.write("data.txt", "0")
    author.small.write("shared.py", "UNIT = 'm'\n")
    blocks = [SEED, *dice.sample(POOL, 7)]
    author.saves(*blocks)
    for number in range(8):
        at, kind = dice.randrange(1, len(blocks)), dice.randrange(7)
        if kind == 0 and len(blocks) > 4:
            del blocks[at]
        elif kind == 1:
            blocks.insert(at, dice.choice(POOL))
        elif kind == 2:
            blocks[at], blocks[-1] = blocks[-1], blocks[at]
        elif kind == 3:
            author.small.write("data.txt", f"{number}")
            author.small.write("shared.py", f"UNIT = 'km {number}'\n")
        elif kind == 4:
            blocks.append(dice.choice(POOL))
        else:
            blocks[at] = dice.choice(POOL)
        assert author.saves(*blocks) == author.sees_whole(), (number, blocks)


def test_a_mended_error_runs_from_there_on(author: Author) -> None:
    """A page that stops at an error keeps what stands before it."""
    first, last = author.block("a", "x = 1"), author.block("c", "print(x)")
    seen = author.saves(first, author.block("b", "1 / 0"), last)
    assert [state for state, _, _ in seen] == ["ran", "failed", "not-run"]
    author.ran()
    seen = author.saves(first, author.block("b", "x += 1"), last)
    assert author.ran() == "bc" and seen[-1] == ("ran", "2\n", "")


def test_what_was_read_before_the_edit_still_counts(author: Author) -> None:
    """The results of a run that went on are kept like any: they know all that the page read."""
    author.small.write("data.txt", "one")
    read = author.block("a", "text = open('data.txt').read()")
    author.saves(read, "print(text)")
    author.saves(read, "print(text, 'again')")
    assert author.ran() == "a"
    went_on = author.result
    author.sees_whole()
    whole = author.gate.cache.last("docs/a.md")
    assert whole is not None and went_on.asked == whole.asked and went_on.key == whole.key
    assert [b.reads for b in went_on.blocks] == [b.reads for b in whole.blocks]
    author.ran()
    author.small.write("data.txt", "two")
    assert author.sees()[-1] == ("ran", "two again\n", "")
    assert author.ran() == "a"


CHANGES: dict[str, tuple[str, Callable[[Book], object]]] = {
    "an imported module": ("import shared", lambda b: b.write("shared.py", "UNIT = 'km'\n")),
    "a file": ("open('data.txt').close()", lambda b: b.write("data.txt", "longer")),
    "a folder": ("import os; os.listdir('data')", lambda b: b.write("data/new.txt", "")),
    "whether there is a file": (
        "import os; os.path.exists('later.txt')",
        lambda b: b.write("later.txt", ""),
    ),
    "what the page made": (
        "import os; os.makedirs('out', exist_ok=True)",
        lambda b: b.write("out/x", ""),
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_what_was_asked_for_before_the_edit_runs_the_whole(
    author: Author, what: str
) -> None:
    """The state that was kept has seen the old one."""
    code, change = CHANGES[what]
    author.small.write("shared.py", "UNIT = 'm'\n")
    author.small.write("data.txt", "short")
    author.small.write("data/old.txt", "")
    author.saves(author.block("a", code), author.block("b"))
    author.ran()
    change(author.small)
    author.saves(author.block("a", code), author.block("c"))
    assert author.ran() == "ac"


UNTRUSTED = {
    "a thread": "import threading, time\nthreading.Thread(target=time.sleep, args=[9], daemon=1)",
    "a process": "import subprocess\nchild = subprocess.Popen(['sleep', '9'])",
    "a file that it writes": "file = open('log.txt', 'a')",
    "a pipe": "import os\nends = os.pipe()",
    "shared memory": "import mmap\nshared = mmap.mmap(-1, 4096)",
    "a timer": "import signal\nsignal.setitimer(signal.ITIMER_REAL, 60)",
}
UNTRUSTED["a thread"] += ".start()"


@pytest.mark.parametrize("what", UNTRUSTED)
def test_what_a_copy_would_not_hold_runs_the_whole(author: Author, what: str) -> None:
    """Where a process has more than its memory, a copy of it is not what it was."""
    author.small.write("data.txt", "text")
    first = author.block("a", UNTRUSTED[what])
    author.saves(first, author.block("b"))
    assert author.ran() == "ab" and author.pids() == []
    author.saves(first, author.block("c"))
    assert author.ran() == "ac"


def test_a_file_that_is_being_read_is_read_on(author: Author) -> None:
    """From where the kept state was, however far others have read since."""
    author.small.write("data.txt", "abc")
    opened = author.block("a", "f = open('data.txt', 'rb', buffering=0)\nprint(f.read(1))")
    author.saves(opened, "print(f.read(1))")
    for more in "12":
        seen = author.saves(opened, f"print({more}, f.read(1))")
        assert seen[-1][1] == f"{more} b'b'\n"
    assert author.ran() == "a"


def test_lines_that_move_run_the_whole(author: Author) -> None:
    """A function knows the line that it stands in; an error would name another."""
    author.saves(author.block("a"), author.block("b"))
    author.ran()
    author.small.edit("docs/a.md", "# A title\n", "# A title\n\nA line more.\n")
    author.small.edit("docs/a.md", "'b'", "'c'")
    author.sees()
    assert author.ran() == "ac"


def test_a_snapshot_that_was_ended_runs_the_whole(author: Author) -> None:
    """As where the system needs the memory."""
    author.saves(author.block("a"), author.block("b"))
    author.ran()
    for pid in author.pids():
        os.kill(pid, signal.SIGKILL)
    assert author.saves(author.block("a"), author.block("c")) == author.sees_whole()
    assert author.ran()[:2] == "ac"


def test_number_and_memory_are_bounded(author: Author) -> None:
    """What serves the last edit stays; the others go, and leave nothing behind."""
    object.__setattr__(author.kept.settings, "snapshots", 3)
    blocks = [author.block(str(n), f"x{n} = bytearray(20_000_000)") for n in range(6)]
    author.saves(*blocks)
    assert 0 < len(author.pids()) <= 3
    object.__setattr__(author.kept.settings, "snapshot_memory", 0.15)
    author.kept.peak = 0
    blocks[5] += "\n1"
    author.saves(*blocks)
    author.ran()
    alive = author.pids()
    assert alive and author.kept.peak <= 0.15 * 2**30
    blocks[5] += "\n2"
    author.saves(*blocks)
    assert author.ran() == "5"
    children = _children_of(_parent(author.pids()[0]))
    _until(lambda: set(children) - set(author.pids()) <= set(_gone(children)))


def test_nothing_is_left_when_the_server_ends(author: Author) -> None:
    """Neither a process nor a file."""
    author.saves(author.block("a"), author.block("b"))
    pids, base = author.pids(), author.kept.base
    assert pids and base is not None and base.is_dir()
    author.served.close()
    _until(lambda: _gone(pids) == pids)
    assert not base.exists()


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT])
def test_nothing_is_left_when_the_server_is_ended(author: Author, sign: int) -> None:
    """By Ctrl-C, or by something that leaves it no time to end anything."""
    author.small.page("x = 1", "print(x)")
    code = (
        "import time; from bookproof.page.book import Book; from bookproof.run import snapshots; "
        "from bookproof.settings import load; snapshots.EVERY = 1e-9; book = Book(load()); "
        "book.serve(lambda: None); book.refresh(); "
        "print(*[s.pid for s in book.gate.runner.snapshots.all()], flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=author.small.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as server:
        assert server.stdout is not None
        pids = [int(word) for word in server.stdout.readline().split()]
        assert len(pids) == 2 and _gone(pids) == []
        server.send_signal(sign)
    _until(lambda: _gone(pids) == pids)


def test_a_gate_never_keeps_one(small_book: Book) -> None:
    """Nor does a build of the site; `mkdocs serve` does."""
    small_book.page("print(1)")
    small_book.write("mkdocs.yml", MKDOCS)
    with contextlib.closing(Gate(load(small_book.root))) as gate:
        assert gate.runner.snapshots is None
    kept = {}
    for command in ("build", "serve"):
        config = load_config(str(small_book.root / "mkdocs.yml"))
        config.plugins.on_startup(command=command, dirty=False)
        config.plugins.on_config(config)
        plugin = config.plugins["bookproof"]
        kept[command] = plugin.book.gate.runner.snapshots  # type: ignore[attr-defined]
        close_book()
    assert kept["build"] is None and kept["serve"] is not None


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[1])


def _children_of(pid: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if _parent(int(status.parent.name)) == pid:
                found.append(int(status.parent.name))
    return found


def _gone(pids: list[int]) -> list[int]:
    """Return those that are no longer there, not even as what nobody has waited for."""
    return [pid for pid in pids if not Path(f"/proc/{pid}").exists()]


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 30  # on a machine that does other things, too
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)
