"""The book while it is being rendered: what was judged of each page, by the page's own path."""

from __future__ import annotations

import atexit
import sys
import threading
from pathlib import Path

from ..judge.gate import Gate, Judged
from ..judge.report import Report
from ..parse.chapter import Parser
from ..settings import Settings, load


class Book:
    """Knows each page by its path in the folder of the pages, such as `tensors/shapes.md`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.gate = Gate(settings)
        self.parser = Parser(settings)
        self._lock = threading.RLock()
        self._judged: dict[str, Judged] = {}
        self._whole = False  # whether all pages were read at once, so that none need be read again
        self._report = Report(settings, sys.stderr)
        atexit.register(self.close)

    def refresh(self) -> None:
        """Read every chapter anew, and run side by side what no longer holds."""
        with self._lock:
            judged = self.gate.judge(self.parser.chapters(), self._report.progress)
            self._judged = {j.chapter.path: j for j in judged}
            self._whole = True

    def warm(self) -> None:
        """Get ready to run a chapter at once."""
        with self._lock:
            self.gate.runner.open()

    def keep_snapshots(self) -> None:
        """Let an edited page be run from its last state before the edit on."""
        with self._lock:
            self.gate.runner.keep_snapshots()

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
