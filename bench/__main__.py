"""`python -m bench [SECTION…]`: measure, print one table, exit with 1 where a target is missed."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from . import build, gate, memory, page, rivals, serve
from .books import BenchError, Book, snapshot
from .generate import generate
from .table import Row, draw

_SOURCE = Path(__file__).resolve().parents[1]
_SECTIONS = {
    "gate": "from no cache against two bare processes, and with all cached",
    "build": "with all cached against the same pages as plain listings",
    "serve": "from an edit to the new page",
    "rivals": "all of it against plain markdown-exec",
    "memory": "of a cold build",
    "page": "Lighthouse's speed on a phone against the same pages as plain listings",
}


def main(arguments: list[str] | None = None, chapters: int = 20, steps: int = 1500) -> int:
    """Measure the sections that are named, or all; return 1 where a target is missed, else 0.

    Args:
        arguments: The words after `python -m bench`.
        chapters: How many chapters the generated book has.
        steps: Steps of each of its trainings, two to a chapter.
    """
    said = "; ".join(f"{name}: {what}" for name, what in _SECTIONS.items())
    parser = argparse.ArgumentParser(prog="bench", description="Measure what the engine costs.")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"{said}. All by default")
    chosen = parser.parse_args(arguments).sections or list(_SECTIONS)
    for name in chosen:
        if name not in _SECTIONS:
            parser.error(f"no section {name!r}; there are {', '.join(_SECTIONS)}")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        base = Path(folder)
        say("a copy of the book, and a generated one")
        try:
            book = snapshot(_SOURCE, base / "book")
        except BenchError as error:
            sys.exit(f"bench: {error}")
        made = generate(book, base / "generated", chapters, steps)
        for name in dict.fromkeys(chosen):
            for subject in (made, book):
                if subject in {"rivals": (made,), "page": (book,)}.get(name, (made, book)):
                    rows += _measured(name, subject, base / f"{name}-{subject.root.name}")
    print(draw(rows))
    return int(any(row.holds is False for row in rows))


def _measured(name: str, book: Book, folder: Path) -> list[Row]:
    """Return a section's rows; what stood in the way is a row too."""
    sections: dict[str, Callable[[], Iterable[Row]]] = {
        "gate": lambda: gate.measure(book),
        "build": lambda: build.measure(book, folder),
        "serve": lambda: serve.measure(book, folder),
        "rivals": lambda: rivals.measure(book, folder),
        "memory": lambda: memory.measure(book),
        "page": lambda: page.measure(book, folder),
    }
    return list(_until_error(name, book, sections[name]))


def _until_error(name: str, book: Book, section: Callable[[], Iterable[Row]]) -> Iterator[Row]:
    began = time.monotonic()
    say(f"{name}, {book.name}")
    try:
        book.record()  # and with it all is cached, whatever came before
        yield from section()
    except BenchError as error:
        say(f"{name}, {book.name}: {error}")
        yield Row(
            name, book.name, f"could not be measured: {str(error).splitlines()[0]}", "", False
        )
    say(f"{name}, {book.name}: {time.monotonic() - began:.0f} s")


def say(text: str) -> None:
    """Tell what is being done, apart from the table."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
