"""Lighthouse's speed of a page on a phone, against the same page as MkDocs Material builds it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from .books import BenchError, Book
from .lighthouse import LighthouseMissingError, audit, find, hosted
from .table import Row
from .variants import as_listings

_PAGES = ("index.html", "start/first-ten-minutes.html", "tensors/shapes.html")
_ROUNDS = 5
_ONLY = ("--only-categories=performance", "--disable-full-page-screenshot")


def measure(book: Book, folder: Path) -> Iterator[Row]:
    """Visit both in turn, and compare the medians; nothing else may be at work meanwhile."""
    plain = as_listings(book, folder)
    book.build()
    plain.build()
    pages = [page for page in _PAGES if (book.root / "site" / page).exists()]
    with (
        tempfile.TemporaryDirectory() as work,
        hosted(book.root / "site") as ours,
        hosted(plain.root / "site") as theirs,
    ):
        try:
            program = find(Path(work))
        except LighthouseMissingError as error:
            raise BenchError(str(error)) from error

        def score(url: str) -> float:
            report = audit(program, url, Path(work), *_ONLY)
            return 100 * float(report["categories"]["performance"]["score"])

        for page in pages:
            both = [(score(ours + page), score(theirs + page)) for _ in range(_ROUNDS)]
            mine, other = (median(scores) for scores in zip(*both, strict=True))
            yield Row(
                f"speed of {page} on a phone ÷ of the same page without outputs",
                book.name,
                f"{mine / other:.2f}  ({mine:.0f} ÷ {other:.0f} of 100)",
                "≥ 0.95",
                mine >= 0.95 * other,
            )
