"""The engine against plain markdown-exec on the same pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .books import Book
from .serve import Served, after_edits
from .table import Row
from .variants import under_markdown_exec


def measure(book: Book, folder: Path) -> Iterator[Row]:
    """Build both from nothing and again, and edit both while they are served."""
    ours = book.clone(folder / "ours")
    theirs = under_markdown_exec(book, folder / "theirs")
    ours.forget()
    for what in ("cold", "unchanged"):
        a, b = ours.build("--strict").seconds, theirs.build().seconds
        yield Row(f"build, {what}", book.name, _beside(a, b))
    pairs = zip(
        list(after_edits(book, folder / "ours-served")),  # one server at a time
        list(after_edits(book, folder / "theirs-served", theirs)),
        strict=True,
    )
    for mine, other in pairs:
        words = f"{_beside(mine.seconds, other.seconds)}  (pages {_right(mine)} │ {_right(other)})"
        yield Row(f"serve, after the edit: {mine.edit.kind}", book.name, words)


def _beside(ours: float, theirs: float) -> str:
    return f"{ours:.2f} s │ markdown-exec {theirs:.2f} s"


def _right(served: Served) -> str:
    return "right" if served.right else "WRONG"
