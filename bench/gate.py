"""The gate against two bare processes with the same code, and against itself."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import mean

from bookproof.parse.chapter import Chapter

from . import bare
from .books import BenchError, Book
from .table import Row, at_most
from .untraced import untraced

_ROUNDS, _SECONDS = 2, 90.0  # at least; they take turns, and a slow minute is slow for all
_COUNTS = re.compile(r"(\d+) run · (\d+) cached")


def measure(book: Book, least: float = _SECONDS) -> Iterator[Row]:
    """Compare the gate from no cache, bare processes, a gate that watches nothing, a cached one.

    Args:
        book: What they run.
        least: Seconds that the gate runs in all, in rounds whose mean counts.
    """
    bare_seconds: list[float] = []
    cold_seconds: list[float] = []
    blind_seconds: list[float] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        blind = replace(book, engine=untraced(Path(folder)))
        while len(cold_seconds) < _ROUNDS or sum(cold_seconds) < least:
            seconds, failing = _two_bare_processes(book)
            bare_seconds.append(seconds)
            for subject, its in ((blind, blind_seconds), (book, cold_seconds)):
                subject.forget()
                its.append(subject.check().seconds)
    cold, cached = mean(cold_seconds), [book.check() for _ in range(3)]
    if failing:
        yield Row("blocks that fail in a bare process", book.name, ", ".join(failing))
    yield at_most(
        "gate from no cache ÷ the code in two bare processes",
        book.name,
        cold,
        mean(bare_seconds),
        1.00,
    )
    yield at_most(
        "gate from no cache ÷ the same, watching nothing",
        book.name,
        cold,
        mean(blind_seconds),
        1.03,
    )
    yield at_most(
        "gate with all cached ÷ from no cache",
        book.name,
        sorted(run.seconds for run in cached)[1],
        cold,
        0.05,
    )
    counts = [_COUNTS.search(run.output) for run in cached]
    if not all(counts):
        raise BenchError(f"the gate's summary does not say what ran:\n{cached[0].output}")
    ran = max(int(c[1]) for c in counts if c)
    yield Row("chapters that run when all is cached", book.name, str(ran), "0", ran == 0)


def _two_bare_processes(book: Book) -> tuple[float, list[str]]:
    """Return the seconds until both ended, and the blocks that failed, one a chapter."""
    environment = {**book.environment, **book.settings.env, "PYTHONHASHSEED": "0"}
    with tempfile.TemporaryDirectory(prefix="bench-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        for half, chapters in zip(("0", "1"), _halves(book), strict=True):
            work = [_code(book, c) for c in chapters]
            (folder / half).write_text(json.dumps(work), "utf-8")
        errors = [stack.enter_context(open(folder / f"{half}.err", "wb")) for half in ("0", "1")]
        began = time.perf_counter()
        processes = [
            subprocess.Popen(
                [sys.executable, "-P", bare.__file__, str(folder / half)],
                cwd=book.root,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=error,
            )
            for half, error in zip(("0", "1"), errors, strict=True)
        ]
        failed = [process.wait() for process in processes]
        seconds = time.perf_counter() - began
        said = "".join(f.read_text("utf-8", "replace") for f in folder.glob("*.err"))
    if any(failed):
        raise BenchError(f"a bare process ended with {max(failed)} on {book.name}\n{said[-2000:]}")
    failing = rf"^{re.escape(bare.FAILED)}(.*)$"
    return seconds, re.findall(failing, said, re.MULTILINE)


def _halves(book: Book) -> tuple[list[Chapter], list[Chapter]]:
    """Share the chapters out, the longest first, so that the two processes end together."""
    took = {
        c.path: sum(block["seconds"] for block in book.results(c)["blocks"]) for c in book.chapters
    }
    halves: tuple[list[Chapter], list[Chapter]] = ([], [])
    load = [0.0, 0.0]
    for chapter in sorted(book.chapters, key=lambda c: -took[c.path]):
        less = load.index(min(load))
        halves[less].append(chapter)
        load[less] += took[chapter.path]
    return halves


def _code(book: Book, chapter: Chapter) -> list[dict[str, str]]:
    """Return the blocks that run on this machine; the book's cache tells which."""
    states = [block["state"] for block in book.results(chapter)["blocks"]]
    return [
        {
            "code": b.code,
            "raises": b.raises or ("any" if b.shown_as else ""),  # what shows it takes an error
            "place": f"{chapter.path}:{b.line}",
        }
        for b, state in zip(chapter.blocks, states, strict=True)
        if state != "lacking"
    ]
