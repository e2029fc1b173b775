"""Run beside the builds what shows something of a page that was edited: its author need not wait.

A chapter may read other pages, or what is recorded of them. While the book is served, an edit of
such a page shows it at once; the chapter keeps its last outputs until it has run here.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable

from ..errors import BookError
from ..judge.gate import Gate, Judged
from ..parse.chapter import Chapter
from ..settings import Settings


class _EndedError(Exception):
    """Nobody waits any more."""


class Beside:
    """Runs chapters in a thread, and in processes of its own.

    Args:
        settings: The book's.
        done: What is called when the results of a run are in the cache.
    """

    def __init__(self, settings: Settings, done: Callable[[], None]) -> None:
        self.settings = settings
        self._done = done
        self._failed: dict[str, Judged] = {}
        self._thread: threading.Thread | None = None
        self._ended = False

    def run(self, chapters: list[Chapter]) -> None:
        """Begin to run chapters, unless others still run: what is stale by then is asked again."""
        if chapters and not (self._thread and self._thread.is_alive()):
            self._thread = threading.Thread(target=self._run, args=(chapters,), daemon=True)
            self._thread.start()

    def failed(self, path: str) -> Judged | None:
        """Return, once, a chapter whose run failed: no cache holds it."""
        return self._failed.pop(path, None)

    def close(self) -> None:
        """End what runs."""
        self._ended = True
        if self._thread is not None:
            self._thread.join(10)

    def _run(self, chapters: list[Chapter]) -> None:
        try:
            with contextlib.closing(Gate(self.settings)) as gate:
                judged = gate.judge(chapters, self._go_on)
        except _EndedError:
            return
        except BookError as error:
            logging.getLogger("mkdocs.plugins.bookproof").warning(f"bookproof: {error}")
            return
        self._failed = {j.chapter.path: j for j in judged if j.result and not j.result.ok}
        self._done()

    def _go_on(self, *_: object) -> None:
        if self._ended:
            raise _EndedError
