"""Every ordinary way into the book works, as somebody would type it, and none needs PYTHONPATH."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
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
def test_mkdocs_builds_and_serves_the_book_by_itself(tmp_path: Path) -> None:
    """In the environment alone it needs nothing of ours around it: pages, notebooks, archive."""
    address = f"http://127.0.0.1:{_free_port()}/"
    log = tmp_path / "log"
    with log.open("w") as stream:
        server = subprocess.Popen(
            [str(BIN / "mkdocs"), "serve", "--strict", "--dev-addr", address[7:-1]],
            cwd=ROOT, env=ENV, stdout=stream, stderr=subprocess.STDOUT,
        )  # fmt: skip

        def got(name: str) -> bytes:
            with urllib.request.urlopen(address + name, timeout=60) as answer:
                return bytes(answer.read())

        try:
            until = time.monotonic() + 600
            page = ""
            while time.monotonic() < until and server.poll() is None and not page:
                time.sleep(0.5)
                with contextlib.suppress(OSError):
                    page = got("tensors/shapes.html").decode()
            assert "bp-output" in page, log.read_text("utf-8")
            for sheet in re.findall(r'<link rel="stylesheet" href="\.\./(.*?)"', page):
                assert got(sheet)
            assert json.loads(got("tensors/shapes.ipynb"))["cells"]
            with zipfile.ZipFile(io.BytesIO(got("pytorch-executed.zip"))) as archive:
                assert any(name.endswith("/book.py") for name in archive.namelist())
            assert "WARNING" not in log.read_text("utf-8")
        finally:
            server.terminate()
            server.wait(30)
