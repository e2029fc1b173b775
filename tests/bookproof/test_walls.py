"""The house: arrows between rooms run one way; what a book may import is written down."""

from __future__ import annotations

import ast
import importlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import bookproof
from bookproof.run import cache
from bookproof.settings import Settings

ENGINE = Path(bookproof.__file__).parent
DOOR = {
    "files",
    "definitions",
    "tracebacks",
    "errors",
    "settings",
    "builder",
}  # what all rooms may use
MAY_IMPORT = {
    "parse": {"parse", *DOOR},
    "worker": {
        "worker",
        "files",
        "definitions",
        "tracebacks",
    },  # code that may die in any way knows nothing of the rest
    "run": {"parse", "worker", "run", *DOOR},
    "judge": {"parse", "run", "judge", *DOOR},
    "export": {"parse", "run", "judge", "export", "named", *DOOR},
    "page": {"parse", "run", "judge", "export", "page", "named", *DOOR},
}
MODULES = sorted(ENGINE.glob("*/*.py"))


def imported(file: Path) -> set[str]:
    """Name the rooms, and the modules at the door, that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        inside = file.parent.name if node.level == 1 else ""
        name = (node.module or "").partition(".")[0]
        found |= {inside} if inside else {name} if name else {a.name for a in node.names}
    return found


@pytest.mark.parametrize("file", MODULES, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_a_room_imports_only_what_comes_before_it(file: Path) -> None:
    """Parse → run ⇄ worker → judge → page and export; never the other way."""
    assert imported(file) <= MAY_IMPORT[file.parent.name]


def test_a_chapters_process_imports_nothing_of_the_engine_but_its_own_room() -> None:
    """Whatever a block breaks or measures there, it is not the parser, and not a site builder."""
    code = (
        "import sys, bookproof.worker.zygote; "
        "print(*sorted(m for m in sys.modules if m.split('.')[0] in "
        "('bookproof', 'markdown', 'yaml', 'mkdocs', 'pymdownx', 'pathspec')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    rooms = {name.split(".")[1] for name in done.stdout.split() if name.count(".")}
    assert rooms == {"definitions", "files", "tracebacks", "worker"}
    assert {name.split(".")[0] for name in done.stdout.split()} == {"bookproof"}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_each_room_says_what_comes_in_and_what_goes_out(room: str) -> None:
    """In one line, where a newcomer looks first."""
    said = importlib.import_module(f"bookproof.{room}").__doc__ or ""
    assert re.fullmatch(r"In: .+\. Out: .+", said), said


def test_the_engine_knows_no_book_and_no_host() -> None:
    """Nothing in it names torch, this book's modules, its commands or a tool that it may lack."""
    words = r"\b(torch|bookparts|bookwidgets|booksite|nox|book\.py|\.nox|overrides)\b"
    found = [
        f"{file.relative_to(ENGINE)}: {match[0]}"
        for file in ENGINE.rglob("*.py")
        for match in re.finditer(words, file.read_text("utf-8"))
    ]
    assert found == ["settings.py: book.py"]  # an example in a docstring


def test_what_a_book_may_import_is_written_down() -> None:
    """The names in the docstring are those that are there, and each has a docstring of its own."""
    named = re.findall(r"^- `(\w+)`", bookproof.__doc__ or "", re.MULTILINE)
    assert sorted(named) == sorted(bookproof.__all__)
    for name in named:
        assert getattr(bookproof, name).__doc__
    with pytest.raises(AttributeError, match="has no attribute 'Gate'"):
        bookproof.Gate  # noqa: B018


def test_the_identity_of_the_engine_is_that_of_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No list of files is kept by hand: each module that decides what a run gives counts."""
    copy = tmp_path / "engine"
    shutil.copytree(ENGINE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(cache, "__file__", str(copy / "run" / "cache.py"))
    before = cache.engine_id.__wrapped__()
    rooms = [file for room in ("parse", "worker", "run") for file in (copy / room).glob("*.py")]
    assert len(rooms) > 15
    for file in [copy / "files.py", *rooms]:
        text = file.read_bytes()
        file.write_bytes(text + b"\n")
        assert cache.engine_id.__wrapped__() != before, file
        file.write_bytes(text)
    (copy / "page" / "render.py").write_bytes(b"")
    assert cache.engine_id.__wrapped__() == before  # how a page looks runs nothing again


def test_every_setting_has_its_sentence() -> None:
    """What `[tool.bookproof]` knows is told in the docstring of the settings."""
    told = re.findall(r"^        (\w+): ", Settings.__doc__ or "", re.MULTILINE)
    assert told == list(Settings.__dataclass_fields__)
