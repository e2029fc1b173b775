"""Links to other sites are asked, by a command, whether they still answer."""

from __future__ import annotations

import re
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from booksite import outside_links
from booksite.outside_links import ask, collect, dead, links, main


class Site(BaseHTTPRequestHandler):
    """A server with pages of many kinds: the path begins with the status that it answers."""

    def do_GET(self) -> None:
        """Answer with the status that the path asks for."""
        status = int(self.path[1:4])
        if self.path.endswith("no-head") and self.command == "HEAD":
            status = 405
        self.send_response(status)
        if status == 301:
            self.send_header("Location", "/200")
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815 the name is http.server's

    def log_message(self, *_: Any) -> None:
        """Keep the tests' output clean."""


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book whose links may lead to this machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(outside_links, "PLACES", re.compile("(?!)"))
    (tmp_path / "docs").mkdir()
    return tmp_path / "docs"


@pytest.mark.parametrize("path", ["/200", "/200#part", "/301", "/200-no-head", "/403", "/429"])
def test_a_link_that_answers_is_right(site: str, path: str) -> None:
    """So is one that moved, and one whose server is there and does not talk to programs."""
    assert ask(site + path) == ""


@pytest.mark.parametrize("path", ["/404", "/410", "/500"])
def test_a_dead_link_is_named_with_what_the_server_said(site: str, path: str) -> None:
    """The number of the answer says most."""
    assert ask(site + path).startswith(path[1:])


def test_a_server_that_is_not_there_is_no_answer() -> None:
    """Nobody listens at the port."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert "refused" in ask(f"http://127.0.0.1:{port}/").lower()


def test_the_command_says_file_and_line(
    site: str, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A link that stands twice is asked once and named twice; the status is 1."""
    (book / "a.md").write_text(f"# A\n\n[good]({site}/200)\n[bad]({site}/404)\n")
    (book / "b.md").write_text(f"[bad]({site}/404)\n")
    assert main([]) == 1
    said = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[0] for line in said[:2]] == ["docs/a.md:4", "docs/b.md:1"]
    assert said[-1] == "2 links asked, 1 dead"


def test_the_command_is_content_when_all_answer(site: str, book: Path) -> None:
    """And asks only the pages that were named."""
    (book / "a.md").write_text(f"[good]({site}/200)\n")
    (book / "b.md").write_text(f"[bad]({site}/404)\n")
    assert main(["a.md"]) == 0


def test_it_says_clearly_that_there_is_no_network(
    book: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then no link is called dead."""

    def nothing(*_: Any, **__: Any) -> None:
        raise urllib.error.URLError(socket.gaierror(-2, "Name not known"))

    monkeypatch.setattr(urllib.request, "urlopen", nothing)
    (book / "a.md").write_text("[one](https://one.org)\n[two](https://two.org)\n")
    assert main([]) == 2
    assert "No network" in capsys.readouterr().out


def test_what_is_no_link_is_not_asked() -> None:
    """Listings, inline code, pages of the book, and addresses that stand for another."""
    text = (
        "[page](a.md) `[code](https://a.org)` [mine](http://localhost:8000/)\n"
        "```python\n[x](https://b.org)\n```\n"
        '<a href="https://c.org/x">c</a> and [d](https://d.org/e "title")\n'
    )
    assert list(links(text)) == [(5, "https://c.org/x"), (5, "https://d.org/e")]


def test_this_book_has_such_links() -> None:
    """The page of further reading is why the command exists."""
    found = collect(Path(__file__).resolve().parents[2] / "docs")
    pages = {place.rsplit(":", 1)[0].rsplit("/", 1)[1] for here in found.values() for place in here}
    assert {"history.md", "further-reading.md"} <= pages
    assert len(found) > 50


def test_many_are_asked_at_once_and_each_has_its_own_answer(site: str) -> None:
    """However fast each server is."""
    addresses = [f"{site}/{status}?{n}" for n, status in enumerate([200, 404] * 10)]
    assert set(dead(addresses)) == {a for a in addresses if "/404" in a}
