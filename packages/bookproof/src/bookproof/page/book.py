"""The book while it is being rendered: what was judged of each page, by the page's own path."""

from __future__ import annotations

import atexit
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from ..judge.gate import Gate, Judged
from ..judge.report import Report
from ..parse.chapter import Chapter, Parser
from ..run.world import World
from ..settings import Settings, load
from .beside import Beside


class Book:
    """Knows each page by its path in the folder of the pages, such as `tensors/shapes.md`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.gate = Gate(settings)
        self.parser = Parser(settings)
        self._lock = threading.RLock()
        self._judged: dict[str, Judged] = {}
        self._whole = False  # whether all pages were read at once, so that none need be read again
        self._beside: Beside | None = None
        self._report = Report(settings, sys.stderr)
        atexit.register(self.close)

    def refresh(self) -> None:
        """Read every chapter anew, and run side by side what no longer holds.

        While the book is served, what only another page's edit concerns is run beside.
        """
        with self._lock:
            chapters = {c.path: c for c in self.parser.chapters()}
            late: dict[str, Judged] = {}
            world = World(self.settings)
            if self._beside is not None and self._whole:
                same = [c for path, c in chapters.items() if self._is_as_it_was(path, c)]
                late = self.gate.behind(same, chapters, world)
                again = {path: self._beside.failed(path) for path in late}
                self._beside.run([chapters[path] for path in late if again[path] is None])
                late |= {path: judged for path, judged in again.items() if judged}
            now = [c for path, c in chapters.items() if path not in late]
            done = self.gate.judge(now, self._report.progress, world=world)
            judged = {j.chapter.path: j for j in done} | late
            self._judged = {path: judged[path] for path in chapters}
            self._whole = True

    def _is_as_it_was(self, path: str, chapter: Chapter) -> bool:
        old = self._judged.get(path)
        return old is not None and old.chapter == chapter and bool(chapter.blocks)

    def warm(self) -> None:
        """Get ready to run a chapter at once."""
        with self._lock:
            self.gate.runner.open()

    def serve(self, done: Callable[[], None]) -> None:
        """Let an edited page be run from its last state before the edit on, and others after it.

        Args:
            done: What is called when others have run, in another thread.
        """
        with self._lock:
            self.gate.runner.keep_snapshots()
            if self._beside is None:
                self._beside = Beside(self.settings, done)

    def page(self, source: str) -> Judged | None:
        """Return a page of the book, judged; None where there is no such file."""
        path = self.settings.docs_dir / source
        name = self.settings.relative(path)
        with self._lock:
            judged = self._judged.get(name)
            if (judged is None or not self._whole) and path.is_file():
                chapter = self.parser.parse(path)
                if judged is None or judged.chapter != chapter:
                    judged = self.gate.judge([chapter], self._report.progress)[0]
                    self._judged[name] = judged
            return judged

    def all(self) -> list[Judged]:
        """Return all chapters as they were last judged."""
        with self._lock:
            return list(self._judged.values())

    def close(self) -> None:
        """End every process."""
        if self._beside is not None:
            self._beside.close()
        self.gate.close()


_open: Book | None = None


def open_book(start: Path | None = None) -> Book:
    """Return the book that `start` stands in; without it the open one, or that of this folder."""
    global _open
    if _open is None or start is not None:
        found = load(start)
        if _open is None or (found, found.builder) != (_open.settings, _open.settings.builder):
            close_book()
            _open = Book(found)
    return _open


def close_book() -> None:
    """Forget the book that is open, and end its processes."""
    global _open
    if _open is not None:
        _open.close()
    _open = None
