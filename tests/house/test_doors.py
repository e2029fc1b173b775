"""Every ordinary way into the book works, as somebody would type it, and none needs PYTHONPATH."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
ENV = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
built = pytest.mark.skipif(
    not (ROOT / ".bookproof" / "results").exists(),
    reason="`python3 book.py docs` runs the book once",
)


def run(*words: str, cwd: Path = ROOT) -> str:
    """Run a program of the environment; return what it said."""
    done = subprocess.run(
        [str(BIN / words[0]), *words[1:]],
        cwd=cwd, env=ENV, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return done.stdout


@built
def test_the_gate_has_two_doors() -> None:
    """`bookproof check`, and Python's way of running a module; what one ran, the other finds."""
    for words in (["bookproof", "check", "tensors/shapes"], ["python", "-m", "bookproof", "key"]):
        run(*words)


@built
def test_mkdocs_builds_the_book_by_itself(tmp_path: Path) -> None:
    """In the environment alone, `mkdocs build --strict` needs nothing of ours around it."""
    text = run("mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site"))
    assert "WARNING" not in text
    page = (tmp_path / "site" / "tensors" / "shapes.html").read_text("utf-8")
    assert "bp-output" in page
    assert (tmp_path / "site" / "tensors" / "shapes.ipynb").exists()
    assert re.search(r"assets/stylesheets/book\.[0-9a-f]{8}\.css", page)


@built
def test_the_readers_own_nox_has_every_session() -> None:
    """`nox -s check` runs `book.py check`, which asks for nothing to be installed."""
    listed = run("nox", "--list")
    for name in ("docs", "tests", "serve", "record", "data", "lint", "bench"):
        assert re.search(rf"^[*-] {name} -> ", listed, re.MULTILINE), listed
    done = subprocess.run(
        [str(BIN / "nox"), "-s", "record", "--", "--help"],
        cwd=ROOT, env=ENV, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "usage: bookproof record" in done.stdout + done.stderr


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@built
def test_mkdocs_serve_shows_the_book(tmp_path: Path) -> None:
    """The author's way: it starts, and a page is there with its outputs."""
    port = _free_port()
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [str(BIN / "mkdocs"), "serve", "--dev-addr", f"127.0.0.1:{port}"],
            cwd=ROOT, env=ENV, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            until = time.monotonic() + 600
            page = ""
            while time.monotonic() < until and server.poll() is None and not page:
                time.sleep(0.5)
                try:
                    address = f"http://127.0.0.1:{port}/tensors/shapes.html"
                    with urllib.request.urlopen(address, timeout=5) as answer:
                        page = answer.read().decode()
                except OSError:
                    continue
            assert "bp-output" in page, (tmp_path / "log").read_text("utf-8")
        finally:
            server.terminate()
            server.wait(30)
