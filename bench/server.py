"""A running `mkdocs serve`, seen from outside: by the pages that it serves."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from .books import BenchError, Book

SERVE = ("mkdocs", "serve", "--dirty")  # as the session of noxfile.py
_PATIENCE = 600.0  # seconds to wait for a page; a book may hold a chapter that trains for minutes
_SETTLED = 3.0  # seconds after a rebuild in which another may follow
_EVERY = 0.02
_EPOCH = re.compile(r"livereload\((\d+),")
_TAG = re.compile(r"<[^>]*>")


class Server:
    """Asks a server for the pages of a book."""

    def __init__(
        self, book: Book, address: str, log: Path, process: subprocess.Popen[bytes]
    ) -> None:
        self.book = book
        self.address = address
        self.log = log
        self.process = process

    def page(self, chapter: str, timeout: float = _PATIENCE) -> str:
        """Return the page of a chapter, as served."""
        name = Path(chapter).relative_to(self.book.settings.docs).with_suffix("").as_posix()
        for path in (f"{name}/", f"{name}.html"):
            try:
                with urllib.request.urlopen(f"{self.address}{path}", timeout=timeout) as answer:
                    return str(answer.read().decode())
            except urllib.error.HTTPError:
                continue  # the other kind of address
            except TimeoutError as error:
                what = f"{self.book.name} is not served again, {timeout:.0f} s after an edit"
                raise BenchError(f"{what}\n{self.said()}") from error
        raise BenchError(f"{chapter} of {self.book.name} is not served\n{self.said()}")

    def begin(self) -> None:
        """Wait for the first page."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise BenchError(f"mkdocs serve ended on {self.book.name}\n{self.said()}")
            try:
                self.page(self.book.chapters[0].path)
                return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(_EVERY)
        raise BenchError(f"mkdocs serve does not answer on {self.book.name}\n{self.said()}")

    def until(self, pages: tuple[str, ...], words: str, shown: bool = True) -> tuple[float, bool]:
        """Wait until all `pages` show `words`, or none does, or they were rebuilt in vain.

        Args:
            pages: The chapters to ask for.
            words: What to look for on their pages.
            shown: Whether it is to be there.

        Returns:
            The seconds until then, and whether it came so.
        """
        began = time.perf_counter()
        first = epoch(self.page(pages[0]))
        rebuilt = 0.0
        while (now := time.perf_counter() - began) < _PATIENCE:
            texts = [self.page(page) for page in pages]
            now = time.perf_counter() - began
            if all((words in visible(text)) == shown for text in texts):
                return now, True
            if not rebuilt and epoch(texts[0]) != first:
                rebuilt = now
            if rebuilt and now > rebuilt + _SETTLED:
                return rebuilt, False
            time.sleep(_EVERY)
        raise BenchError(f"no new page of {self.book.name} in {now:.0f} s\n{self.said()}")

    def said(self) -> str:
        """Return the end of the server's log."""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-20:])


def visible(page: str) -> str:
    """Return the words of a page without its tags."""
    return " ".join(unescape(_TAG.sub("", page)).split())


def epoch(page: str) -> int:
    """Return which rebuild a served page belongs to."""
    found = _EPOCH.search(page)
    if found is None:
        raise BenchError("the served page does not reload itself")
    return int(found[1])


@contextlib.contextmanager
def serving(book: Book, log: Path) -> Iterator[Server]:
    """Serve a book as `nox -s serve` does, on a free port, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{probe.getsockname()[1]}"
    with open(log, "wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", *SERVE, "--dev-addr", place],
            cwd=book.root,
            env=book.environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
        try:
            server = Server(book, f"http://{place}/", log, process)
            server.begin()
            yield server
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
