"""What a reader downloads runs again from nothing, and shows what the page shows.

Each chapter's notebook runs in a new process, in an empty folder, without the project on the path;
each chapter's script as it says it must be run. Chapters whose code takes long run only with
`BOOK_EVERY_NOTEBOOK=1`.
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
from bookproof.export.script import script as script_of
from bookproof.judge import compare, differs
from bookproof.judge.gate import Gate, Judged
from bookproof.parse.block import Block
from bookproof.parse.chapter import Parser
from bookproof.settings import load

ROOT = Path(__file__).resolve().parents[2]
BOOK = load(ROOT)
CHAPTERS = {c.path: c for c in Parser(BOOK).chapters() if c.blocks}
EVERY = bool(os.environ.get("BOOK_EVERY_NOTEBOOK"))
LONGEST = {"notebook": 20.0, "script": 5.0}  # seconds that a chapter's code may take by default
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
            run: Callable[[Judged, Path], Any] = {"notebook": again, "script": script}[kind]
            folder = self.folder / kind / path
            folder.mkdir(parents=True)
            self.runs[kind, path] = self.pool.submit(run, judged, folder)

    def close(self) -> None:
        """End what still runs."""
        self.pool.shutdown(cancel_futures=True)
        self.gate.close()


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
    """Return a reader's environment: no path to the project, the data where they have it."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    return {**kept, "PYTORCH_EXECUTED_DATA": str(data_folder()), **more}


def again(judged: Judged, folder: Path) -> list[dict[str, Any]]:
    """Run a chapter's notebook in an empty folder; return what each cell of code did."""
    book, results, empty = folder / "book.ipynb", folder / "results.json", folder / "empty"
    made = json.loads(notebook.notebook(BOOK, judged))
    cells = [cell for cell in made["cells"] if cell["cell_type"] == "code"][1:]
    for block, cell in zip(judged.chapter.blocks, cells, strict=True):
        if not ran_here(judged, block):
            cell["source"] = ""
    book.write_text(json.dumps(made), "utf-8")
    empty.mkdir()
    command = [sys.executable, str(Path(__file__).with_name("again.py")), str(book), str(results)]
    done = subprocess.run(
        command, cwd=empty, env=environment(), stderr=subprocess.PIPE, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(results.read_text("utf-8")))


def script(judged: Judged, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a chapter's script as its first lines say."""
    file = folder / "chapter.py"
    outputs = {block.index: judged.verdict(block).live for block in judged.chapter.blocks}
    file.write_text(script_of(judged.chapter, outputs), "utf-8")
    path = os.pathsep.join(str(ROOT / part) for part in BOOK.path)
    return subprocess.run(
        [sys.executable, str(file)],
        cwd=ROOT,
        env=environment(PYTHONPATH=path, **BOOK.env),
        capture_output=True,
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


def code_cells(judged: Judged) -> list[dict[str, Any]]:
    """Return the cells of code of a chapter's notebook, but for the first, which sets up."""
    cells = json.loads(notebook.notebook(BOOK, judged))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"][1:]


def differences(judged: Judged, shown: list[str]) -> list[str]:
    """Name the blocks whose cell showed something else than the notebook holds."""
    wrong = []
    for block, cell, live in zip(judged.chapter.blocks, code_cells(judged), shown, strict=True):
        held = stored(cell)
        if block.stderr:
            held, live = unordered(held), unordered(live)
        if ran_here(judged, block) and not compare.same(held, live, block.tolerance):
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


@pytest.mark.parametrize("kind", ["notebook"])
@pytest.mark.parametrize("path", CHAPTERS)
def test_a_chapters_notebook_runs_again_to_the_same_outputs(
    exports: Exports, kind: str, path: str
) -> None:
    """From nothing: no file, no module and no working directory of the project."""
    judged, (setup, *cells) = finished(exports, kind, path)
    assert setup == {"shown": "", "error": "", "stderr": ""}
    here = [ran_here(judged, block) for block in judged.chapter.blocks]
    assert [c["error"] for c, ran in zip(cells, here, strict=True) if ran and c["error"]] == []
    shown = [
        cell["stderr"] * block.stderr + cell["shown"]
        for block, cell in zip(judged.chapter.blocks, cells, strict=True)
    ]
    assert differences(judged, shown) == []


@pytest.mark.parametrize("kind", ["script"])
@pytest.mark.parametrize("path", [p for p in CHAPTERS if p.endswith(".md")])
def test_a_chapters_script_runs(exports: Exports, kind: str, path: str) -> None:
    """As its first lines say, to the end."""
    _, done = finished(exports, kind, path)
    assert done.returncode == 0, done.stderr


def test_a_notebook_runs_in_jupyters_own_kernel(
    exports: Exports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What runs in the stand-in runs in the real thing, to the same outputs."""
    judged = exports.judged(BY_KERNEL)
    assert judged is not None
    monkeypatch.delenv("PYTHONPATH", raising=False)
    book = nbformat.reads(notebook.notebook(BOOK, judged), as_version=4)
    for cell in book.cells:
        cell.pop("outputs", None)
        if cell.cell_type == "code":
            cell.outputs = []
    NotebookClient(
        book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    cells = [cell for cell in book.cells if cell.cell_type == "code"]
    assert differences(judged, [stored(cell) for cell in cells[1:]]) == []
