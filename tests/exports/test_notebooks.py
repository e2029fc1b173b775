"""What a reader takes along runs from nothing: copied blocks, scripts, notebooks.

All of it is compiled, and each of its names looked up. What the gate runs in a few seconds is also
run, in a new process, in an empty folder, where nothing of the book can be imported; and with
`BOOK_EVERY_NOTEBOOK=1` all is. A notebook must show what the page shows. Labs are scripts that
`tests/labs` runs.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from bookparts.machine import data_folder
from bookproof.export import notebook
from bookproof.export.alone import alone
from bookproof.export.script import runnable
from bookproof.export.script import script as script_of
from bookproof.export.take import copied, taken
from bookproof.judge import compare, differs
from bookproof.judge.gate import Gate, Judged
from bookproof.parse.block import Block
from bookproof.parse.chapter import Parser
from bookproof.settings import load

ROOT = Path(__file__).resolve().parents[2]
BOOK = load(ROOT)
CHAPTERS = {c.path: c for c in Parser(BOOK).chapters() if c.blocks}
EVERY = bool(os.environ.get("BOOK_EVERY_NOTEBOOK"))
PAGES = [path for path in CHAPTERS if path.endswith(".md")]
LONGEST = {"notebook": 8.0, "script": 2.0, "page": 1.0, "spawned": 40.0}  # seconds, by default
HERE = Path(__file__).parent
READER = HERE / "reader"
IDLE: list[subprocess.Popen[str]] = []  # what readers' processes are forked from, while none is
BY_KERNEL = "docs/tensors/memory.md"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


class Exports:
    """Runs what is exported, as many at a time as there are cores."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.gate = Gate(BOOK)
        self.pool = ThreadPoolExecutor(os.cpu_count())
        self.found: dict[str, Judged | None] = {}
        self.runs: dict[tuple[str, str], Future[Any]] = {}

    def judged(self, path: str, longest: float = LONGEST["notebook"]) -> Judged | None:
        """Return a chapter with the outputs of the gate; None where they would take too long."""
        if path not in self.found and _last_seconds(path) > longest and not EVERY:
            return None  # what runs anew would take as long, more or less
        if path not in self.found:
            until = time.monotonic() + 2 * longest

            def watch(*_: object) -> None:
                if time.monotonic() > until and not EVERY:
                    raise TimeoutError

            try:
                self.found[path] = self.gate.judge([CHAPTERS[path]], watch)[0]
            except TimeoutError:
                self.found[path] = None
        found = self.found[path]
        if found is None or not found.result or (found.result.seconds > longest and not EVERY):
            return None
        return found

    def begin(self, kind: str, path: str) -> None:
        """Start a run where it is not too long for the default."""
        judged = self.judged(path, LONGEST[kind])
        if judged is not None:
            run: Callable[[Judged, Path], Any] = {
                "notebook": again,
                "script": script,
                "page": pasted,
                "spawned": spawned,
            }[kind]
            folder = self.folder / kind / path
            folder.mkdir(parents=True)
            self.runs[kind, path] = self.pool.submit(run, judged, folder)

    def close(self) -> None:
        """End what still runs."""
        self.pool.shutdown(cancel_futures=True)
        self.gate.close()
        while IDLE:
            IDLE.pop().communicate()  # the end of what it reads ends it


def _last_seconds(path: str) -> float:
    """Return how long a chapter's code took when the gate last ran it, or 0."""
    try:
        text = (BOOK.cache_dir / "results" / f"{path}.json").read_text("utf-8")
        return float(sum(block["seconds"] for block in json.loads(text)["blocks"]))
    except (OSError, ValueError, KeyError, TypeError):
        return 0.0


@pytest.fixture(scope="module")
def exports(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Exports]:
    """All the runs that this session's choice of tests asks for, begun."""
    made = Exports(tmp_path_factory.mktemp("exports"))
    try:
        for item in request.session.items:
            params = getattr(getattr(item, "callspec", None), "params", {})
            if item.path == request.path and {"kind", "path"} <= params.keys():
                made.begin(params["kind"], params["path"])
        yield made
    finally:
        made.close()


def environment(**more: str) -> dict[str, str]:
    """Return a reader's environment: nothing of the project, the data where they have it."""
    data = {"PYTORCH_EXECUTED_DATA": str(data_folder()), "PYTHONPATH": str(READER)}
    return {**os.environ, **data, **BOOK.env, **more}


def again(judged: Judged, folder: Path) -> list[dict[str, Any]]:
    """Run a chapter's notebook in an empty folder; return what each cell of code did."""
    book, results, empty = folder / "book.ipynb", folder / "results.json", folder / "empty"
    made = json.loads(notebook.notebook(BOOK, judged))
    for cell in code_cells(made):
        if lacking(cell):
            cell["source"] = ""
    book.write_text(json.dumps(made), "utf-8")
    empty.mkdir()
    done = python(empty, str(HERE / "again.py"), str(book), str(results))
    assert done.returncode == 0, done.stderr
    return list(json.loads(results.read_text("utf-8")))


def script(judged: Judged, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a chapter's script in an empty folder."""
    return run(script_of(BOOK, judged), folder)


def spawned(judged: Judged, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a chapter's script where processes import it anew, as on macOS and Windows."""
    return run(script_of(BOOK, judged), folder, SPAWN_WITH=",".join(BOOK.preload))


def pasted(judged: Judged, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run what the copy buttons of a page give, from its top to its end."""
    blocks = copied(BOOK, judged)
    parts = []
    for block in judged.chapter.blocks:
        one = blocks.get(block.index)
        if one and not one.starts and ran_here(judged, block):
            given = [part for part in (one.before, one.made) if part]
            parts += [*given, runnable(block, one.code, "", ())]
    return run("\n\n".join(parts), folder)


def run(code: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run code from a file in a folder of its own."""
    file, empty = folder / "reader.py", folder / "empty"
    file.write_text(code, "utf-8")
    empty.mkdir()
    return python(empty, str(file), **more)


def python(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a file in a folder as a reader does; where Linux forks, without importing torch anew."""
    if more or sys.platform != "linux":
        command, env = [sys.executable, *words], environment(**more)
        return subprocess.run(command, cwd=folder, env=env, capture_output=True, encoding="utf-8")
    try:
        starter = IDLE.pop()
    except IndexError:
        starter = started()
    out, err = (folder.parent / name for name in ("out", "err"))
    asked = {"words": words, "folder": str(folder), "out": str(out), "err": str(err)}
    print(json.dumps(asked), file=starter.stdin, flush=True)
    assert starter.stdout is not None
    status = int(starter.stdout.readline())
    IDLE.append(starter)
    said = (file.read_text("utf-8", "replace") for file in (out, err))
    return subprocess.CompletedProcess(words, status, *said)


def started() -> subprocess.Popen[str]:
    """Start a process that imports torch, and forks."""
    return subprocess.Popen(
        [sys.executable, str(HERE / "zygote.py"), "torch", "numpy"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
        encoding="utf-8",
    )


def stored(cell: dict[str, Any]) -> str:
    """Return what a cell of a notebook shows, as one text."""
    texts = []
    for output in cell["outputs"]:
        if output.get("name") == "stderr":
            continue
        data = output.get("data", {})
        texts.append(output.get("text") or data.get("text/html") or data.get("text/markdown", ""))
    return "".join(text if isinstance(text, str) else "".join(text) for text in texts)


def code_cells(book: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the cells of code of a notebook."""
    return [cell for cell in book["cells"] if cell["cell_type"] == "code"]


def lacking(cell: dict[str, Any]) -> bool:
    """Say whether a cell may fail: it needs what not every machine has, or is no Python."""
    return "raises-exception" in cell["metadata"].get("tags", [])


def differences(
    judged: Judged, cells: list[dict[str, Any]], ran: list[dict[str, Any]]
) -> list[str]:
    """Name the cells that showed something else than the notebook holds."""
    blocks = {f"block-{block.index}": block for block in judged.chapter.blocks}
    wrong = []
    for cell, done in zip(cells, ran, strict=True):
        held, live, block = stored(cell), done["shown"], blocks.get(cell["id"])
        if block is None or not held or lacking(cell):
            continue
        if block.stderr:
            held, live = unordered(held), unordered(done["stderr"] + live)
        if not compare.same(held, live, block.tolerance):
            changes = differs.diff(held, live, "the notebook", "run again")
            wrong.append(f"{judged.chapter.path}:{block.line}\n{changes}")
    return wrong


def unordered(text: str) -> str:
    """Return lines of both streams, which a notebook parts, less the places of warnings."""
    lines = (re.sub(r"^\S+:\d+: (?=\w*Warning)", "", line) for line in text.splitlines())
    return "\n".join(sorted(lines))


def ran_here(judged: Judged, block: Block) -> bool:
    """Say whether this machine has what a block needs."""
    assert judged.result is not None
    return judged.result.blocks[block.index - 1].state in ("ran", "raised")


def finished(exports: Exports, kind: str, path: str) -> tuple[Judged, Any]:
    """Wait for a run; skip the test where the default leaves it out."""
    judged = exports.judged(path, LONGEST[kind])
    if judged is None:
        pytest.skip(f"its code takes more than {LONGEST[kind]:g} s: BOOK_EVERY_NOTEBOOK=1 runs it")
    assert judged.result is not None and judged.result.ok, judged.complaints
    return judged, exports.runs[kind, path].result()


def read_along(path: str) -> str:
    """Return what a script and a notebook of a chapter hold of its code."""
    chapter = CHAPTERS[path]

    def code(block: Block) -> str | None:
        found = taken(BOOK, block, "")
        return found[0] if found and found[0].strip() else None

    return "\n\n".join(one.text for one in alone(BOOK, chapter, code).values())


def read_copied(path: str) -> str:
    """Return what the copy buttons of a page give."""
    blocks = alone(BOOK, CHAPTERS[path], lambda block: block.code if block.source else None)
    return "\n\n".join(one.text for one in blocks.values() if not one.starts)


@pytest.mark.parametrize("way", [read_along, read_copied])
def test_nothing_that_is_taken_along_lacks_a_name(
    way: Callable[[str], str], tmp_path: Path
) -> None:
    """All chapters: no module of the book's own is imported, and each name is made above."""
    texts = {path: way(path) for path in PAGES}
    for path, text in texts.items():
        bad = re.findall(r"^\s*(?:from|import) (?:examples|exercises|book\w+)\b.*", text, re.M)
        assert bad == [], path
        (tmp_path / f"{path.replace('/', '-')}.py").write_text(text, "utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821"]
    command += ["--output-format", "json", "--exit-zero", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    wrong = [
        f"{Path(found['filename']).stem}:{found['location']['row']}: {found['message']}"
        for found in json.loads(done.stdout)
        if found["code"] == "F821" and not by_exec(texts, found)
    ]
    assert wrong == []


def by_exec(texts: dict[str, str], found: dict[str, Any]) -> bool:
    """Say whether a name is made by a text that the code runs."""
    name = found["message"].partition("`")[2].partition("`")[0]
    text = next(t for p, t in texts.items() if p.replace("/", "-") == Path(found["filename"]).stem)
    return bool(re.search(rf'"""[^"]*\b{name} = [^"]*"""\s*exec\(', text))


@pytest.mark.parametrize("path", CHAPTERS)
def test_a_notebook_is_a_valid_one(exports: Exports, path: str) -> None:
    """With a kernel and ids, as JupyterLab, VS Code and Colab want it."""
    judged = exports.judged(path)
    if judged is None:
        pytest.skip("its code takes long, and the gate has not run it")
    text = notebook.notebook(BOOK, judged)
    book = nbformat.reads(text, as_version=4)
    nbformat.validate(book)
    assert book.metadata.kernelspec.name == "python3"
    assert len({cell.id for cell in book.cells}) == len(book.cells)
    assert "#= " not in text.replace("#== ", "") and '"#? ' not in text


@pytest.mark.parametrize("kind", ["notebook"])
@pytest.mark.parametrize("path", PAGES)
def test_a_pages_notebook_runs_again_to_the_same_outputs(
    exports: Exports, kind: str, path: str
) -> None:
    """From nothing: no file, no module and no working directory of the project."""
    judged, ran = finished(exports, kind, path)
    cells = code_cells(json.loads(notebook.notebook(BOOK, judged)))
    assert [c["error"] for c, cell in zip(ran, cells, strict=True) if not lacking(cell)] == [
        "" for cell in cells if not lacking(cell)
    ]
    assert differences(judged, cells, ran) == []


@pytest.mark.parametrize("kind", ["script", "page"])
@pytest.mark.parametrize("path", PAGES)
def test_what_a_page_gives_as_code_runs(exports: Exports, kind: str, path: str) -> None:
    """Its script, and what its copy buttons give, to the end."""
    _, done = finished(exports, kind, path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("kind", ["spawned"])
@pytest.mark.parametrize("path", [path for path in PAGES if "num_workers=2" in CHAPTERS[path].text])
def test_a_script_runs_where_processes_are_spawned(exports: Exports, kind: str, path: str) -> None:
    """On macOS and Windows those that it starts import it again, to the end."""
    judged, done = finished(exports, kind, path)
    assert done.returncode == 0, done.stderr
    assert script_of(BOOK, judged).count('if __name__ == "__main__":') > 1


def test_a_notebook_runs_in_jupyters_own_kernel(
    exports: Exports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What runs in the stand-in runs in the real thing, to the same outputs."""
    judged = exports.judged(BY_KERNEL)
    assert judged is not None
    monkeypatch.setenv("PYTHONPATH", str(READER))
    text = notebook.notebook(BOOK, judged)
    book = nbformat.reads(text, as_version=4)
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    NotebookClient(
        book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    ran = [{"shown": stored(cell), "stderr": ""} for cell in book.cells if cell.cell_type == "code"]
    assert differences(judged, code_cells(json.loads(text)), ran) == []
