"""The book while it is being rendered: which chapter a page is, and what was judged of it."""

from __future__ import annotations

import atexit
import re
import sys
import threading
from functools import cache

from .chapter import Chapter, chapters
from .gate import Gate, Judged
from .report import Report
from .settings import Settings, load

_FRONT_MATTER = re.compile(r"\A-{3}[ \t]*\n.*?\n(?:-{3}|\.{3})[ \t]*\n", re.DOTALL)


class Book:
    """Knows the chapters by their text, since a renderer does not say which page it renders."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._gate = Gate(settings)
        self._lock = threading.RLock()
        self._pages: dict[str, Chapter] = {}
        self._judged: dict[str, Judged] = {}
        self._report = Report(settings, sys.stderr)
        atexit.register(self.close)

    def refresh(self) -> None:
        """Read every chapter anew, and run side by side what no longer holds."""
        with self._lock:
            self._read()
            judged = self._gate.judge(self._pages.values(), self._report.progress)
            self._judged = {j.chapter.path: j for j in judged}

    def warm(self) -> None:
        """Get ready to run a chapter at once."""
        with self._lock:
            self._gate.runner.open()

    def page(self, text: str) -> Judged | None:
        """Return the chapter that has this text, judged; None for a text that no chapter has."""
        body = _body(text)
        with self._lock:
            if body not in self._pages:
                self._read()
            chapter = self._pages.get(body)
            if chapter is None:
                return None
            judged = self._judged.get(chapter.path)
            if judged is None or judged.chapter != chapter:
                judged = self._gate.judge([chapter], self._report.progress)[0]
                self._judged[chapter.path] = judged
            return judged

    def all(self) -> list[Judged]:
        """Return all chapters as they were last judged."""
        with self._lock:
            return list(self._judged.values())

    def _read(self) -> None:
        self._pages = {_body(c.text): c for c in chapters(self.settings)}

    def close(self) -> None:
        """End every process."""
        self._gate.close()


def _body(text: str) -> str:
    return _FRONT_MATTER.sub("", text.replace("\r\n", "\n")).strip()


@cache
def open_book() -> Book:
    """Return the book of the working directory."""
    return Book(load())
