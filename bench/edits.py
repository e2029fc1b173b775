"""What an author edits while `serve` runs, and by what the served pages show it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median_low

from bookproof.files import EVERY_MODULE
from bookproof.parse.block import Kind
from bookproof.parse.chapter import Chapter

from . import generate
from .books import BenchError, Book

_SUM = "{n} + 1"  # so that a listing of the edit does not hold its output


@dataclass(frozen=True)
class Edit:
    """One kind of edit, which can be made again and again.

    Attributes:
        kind: `prose`, `code`, `late` or `import`.
        file: The file that is edited, from the book's root.
        pages: The chapters whose pages must show it.
        change: Makes the file's new text from the old one and a number.
        shows: Makes from the same number the words that the pages must then show.
        runs: How many chapters must run for it: those that import the file, and those that start
            another Python, which may.
    """

    kind: str
    file: str
    pages: tuple[str, ...]
    change: Callable[[str, int], str]
    shows: Callable[[int], str]
    runs: int


def edits(book: Book) -> list[Edit]:
    """Return edits of prose, a first block, a last one and an imported module.

    The cache must be warm.
    """
    chapters = book.chapters
    page = _usual(book, [c for c in chapters if _edited_block(c)])
    long = max(chapters, key=lambda c: (bool(_edited_block(c)), _seconds(book, c)))
    return [
        Edit(
            "prose",
            page.path,
            (page.path,),
            lambda text, n: f"{text.rstrip()}\n\nThis is sentence {n} of the author.\n",
            lambda n: f"This is sentence {n} of the author.",
            0,
        ),
        Edit("code", page.path, (page.path,), _print_in(page), _printed, 1),
        Edit("late", long.path, (long.path,), _print_in(long, -1), _printed, 1),
        _import(book, chapters),
    ]


def _printed(n: int) -> str:
    return f"edit number {n + 1}"


def _usual(book: Book, chapters: list[Chapter]) -> Chapter:
    """Return the chapter of the median run time."""
    if not chapters:
        raise BenchError(f"no chapter of {book.name} has a block to edit")
    seconds = {c.path: _seconds(book, c) for c in chapters}
    middle = median_low(seconds.values())
    return next(c for c in chapters if seconds[c.path] == middle)


def _seconds(book: Book, chapter: Chapter) -> float:
    return float(sum(b["seconds"] for b in book.results(chapter)["blocks"]))


def _edited_block(chapter: Chapter, which: int = 0) -> int:
    """Return the line of the first block that can be made to print more, or of another; or 0."""
    lines = [
        block.line
        for block in chapter.blocks
        if not block.needs and block.kind is Kind.TEXT and "__future__" not in block.code
    ]
    return lines[which] if lines else 0


def _print_in(chapter: Chapter, which: int = 0) -> Callable[[str, int], str]:
    line = _edited_block(chapter, which)

    def change(text: str, n: int) -> str:
        lines = text.split("\n")
        indent = re.match(" *", lines[line - 1])
        assert indent is not None
        lines[line:line] = [f'{indent[0]}print("edit number", {_SUM.format(n=n)})']
        return "\n".join(lines)

    return change


def _import(book: Book, chapters: list[Chapter]) -> Edit:
    """Edit the module of `examples/` that most chapters import."""
    importers = {
        c.path: [f for f in book.results(c)["asked"] if _is_example(str(f))] for c in chapters
    }
    counts = Counter(str(file) for files in importers.values() for file in files)
    if not counts:
        raise BenchError(f"no chapter of {book.name} imports a module of examples/")
    file = max(sorted(counts), key=lambda name: counts[name])
    pages = tuple(path for path, files in importers.items() if file in files)
    reached = [{str(f) for f in book.results(c)["asked"]} & {file, EVERY_MODULE} for c in chapters]
    runs = sum(map(bool, reached))
    if file == generate.MODULE:
        return Edit(
            "import",
            file,
            pages,
            lambda text, n: text.replace(generate.FIRST_UNIT, f'UNIT = "unit {n}"'),
            lambda n: f"5.0 unit {n}",
            runs,
        )
    return Edit(
        "import",
        file,
        pages,
        lambda text, n: f'{text.rstrip()}\n\nprint("imported", {_SUM.format(n=n)})\n',
        lambda n: f"imported {n + 1}",
        runs,
    )


def _is_example(file: str) -> bool:
    return (
        file.startswith("examples/") and file.endswith(".py") and not file.endswith("__init__.py")
    )
