"""What an author waits for: from saving a file to the new page."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from .books import Book
from .edits import Edit, edits
from .server import Server, serving, visible
from .table import Row, at_most, under

_TIMES = {"prose": 5, "code": 3, "late": 4, "import": 1}
_TOOK = re.compile(r"its code ran in ([\d.]+) s")


@dataclass(frozen=True)
class Served:
    """How one kind of edit came out.

    Attributes:
        edit: What was edited.
        seconds: From saving to the new page; the median of several edits.
        first: The same of the first of them.
        later: The median of the others; the first where there is none.
        right: Whether each time all its pages showed the edit.
        took: Seconds that the edited chapter's own code ran, as its page says; 0 where it does not.
        ran: How many chapters ran for it, as the engine's cache tells.
    """

    edit: Edit
    seconds: float
    first: float
    later: float
    right: bool
    took: float
    ran: int


def measure(book: Book, folder: Path) -> Iterator[Row]:
    """Edit a served book."""
    for served in after_edits(book, folder):
        kind, name, pages = served.edit.kind, book.name, len(served.edit.pages)
        what = f"serve, {kind} edit to the new page"
        wrong = "" if served.right else ", WRONG PAGE"
        if kind == "prose":
            yield under(what, name, served.seconds, 1.5, wrong)
        elif kind == "code":
            detail = f"  (its code: {served.took:.1f} s){wrong}"
            yield under(what, name, served.seconds, served.took + 1, detail)
        elif kind == "late":
            what = "serve, edit of a last block to the new page"
            yield under(what, name, served.later, 3, wrong)
            first = f"{what} ÷ the first such edit"
            yield at_most(first, name, served.later, served.first, 0.5)
        else:
            right = "right" if served.right else "wrong"
            measured = f"{right} after {served.seconds:.2f} s; {served.ran} chapters ran"
            holds = served.right and served.ran == served.edit.runs
            yield Row(f"serve, import edit to {pages} pages", name, measured, "right", holds)
            continue
        if not served.right:
            yield Row(what, name, "the page does not show the edit", "right", False)


def after_edits(book: Book, folder: Path, variant: Book | None = None) -> Iterator[Served]:
    """Serve a copy of a book, edit it, and wait for the pages.

    Args:
        book: The book, whose cache is warm.
        folder: Where to copy it.
        variant: The same pages under other settings, to be served in its place.
    """
    copy = (variant or book).clone(folder)
    with serving(copy, folder.with_suffix(".log")) as server:
        for edit in edits(book):
            yield _repeat(server, edit, _TIMES[edit.kind])


def _repeat(server: Server, edit: Edit, times: int) -> Served:
    file = server.book.root / edit.file
    original = file.read_text("utf-8")
    seconds, right, ran = [], True, 0
    for n in range(1, times + 1):
        time.sleep(1 + 0.13 * n)  # come upon the watcher at another moment each time
        before = time.time()
        shows = edit.shows(n)
        file.write_text(edit.change(original, n), "utf-8")
        took, shown = server.until(edit.pages, shows)
        seconds.append(took)
        right = right and shown
        ran = sum(file.stat().st_mtime > before for file in server.book.cached.rglob("*.json"))
    page = visible(server.page(edit.pages[0]))
    found = _TOOK.search(page)
    file.write_text(original, "utf-8")
    server.until(edit.pages, shows, shown=False)
    return Served(
        edit,
        median(seconds),
        seconds[0],
        median(seconds[1:] or seconds),
        right,
        float(found[1]) if found else 0.0,
        ran,
    )
