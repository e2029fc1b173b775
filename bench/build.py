"""The strict build with all cached against the same pages as plain listings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from .books import Book
from .table import Row, at_most
from .variants import as_listings

_ROUNDS = 5


def measure(book: Book, folder: Path) -> Iterator[Row]:
    """Build both in turn, and compare the medians."""
    plain = as_listings(book, folder)
    book.build("--strict")
    plain.build()
    ours, theirs = [], []
    for _ in range(_ROUNDS):
        ours.append(book.build("--strict").seconds)
        theirs.append(plain.build().seconds)
    yield at_most(
        "strict build, all cached ÷ build of the same pages, no blocks executed",
        book.name,
        median(ours),
        median(theirs),
        1.15,
    )
