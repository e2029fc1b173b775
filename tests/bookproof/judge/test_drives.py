"""Windows has drives, and no relative path leads from one to another."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest

from bookproof.judge import drift_report
from bookproof.parse.chapter import Chapter, Parser
from bookproof.settings import load
from tests.bookproof.small import Book


@pytest.fixture
def chapter(small_book: Book, monkeypatch: pytest.MonkeyPatch) -> Chapter:
    """A book on one drive; all that is asked for is on another."""
    small_book.page("# A section", "print(1)")
    found = Parser(load(small_book.root)).parse(small_book.root / "docs/a.md")

    def relpath(path: str, start: str = "") -> NoReturn:
        raise ValueError(f"path is on mount 'D:', start on mount {start!r}")

    monkeypatch.setattr(os.path, "relpath", relpath)
    return found


@pytest.mark.usefixtures("chapter")
def test_a_file_there_keeps_its_whole_name(small_book: Book) -> None:
    """A message about it names it; none is a traceback of ours."""
    settings = load(small_book.root)
    assert settings.relative(Path("/elsewhere/a.py")) == "/elsewhere/a.py"


def test_a_report_there_leads_to_the_pages_by_their_whole_names(
    small_book: Book, chapter: Chapter
) -> None:
    """The author may want it anywhere."""
    settings = load(small_book.root)
    link = drift_report._link(settings, chapter, chapter.blocks[0], Path("/elsewhere/drift.md"))
    assert f"]({(settings.root / 'docs/a.md').as_posix()}" in link
