"""Lighthouse, the measure that search engines and developers go by, on a folder that a host serves.

It needs Node, which nothing else here needs.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

LIGHTHOUSE = "lighthouse@12.8.2"  # the last line that runs on Node 18 and 20
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_TEXT = (".html", ".css", ".js", ".json", ".svg", ".xml", ".txt")
_FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"


class LighthouseMissingError(Exception):
    """Lighthouse is not to be had on this machine."""


class _Host(SimpleHTTPRequestHandler):
    """Answers as a host does: compressed, kept by the browser, over a connection that stays."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send a file, compressed if it is text."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if path.suffix in _TEXT and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 6)
            self.send_header("Content-Encoding", "gzip")
        lasts = 0 if path.suffix == ".html" else 31_536_000
        self.send_header("Cache-Control", f"max-age={lasts}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serving(handler: type[SimpleHTTPRequestHandler], folder: Path) -> Iterator[str]:
    """Serve a folder on this machine alone; hand out the address."""
    answers = partial(handler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def hosted(folder: Path) -> contextlib.AbstractContextManager[str]:
    """Serve a folder as a host does."""
    return serving(_Host, folder)


def find(folder: Path) -> str:
    """Return the program, once it is known to run; `folder` is any that is empty.

    Raises:
        LighthouseMissingError: There is no Node, or no way to the package.
    """
    npx = shutil.which("npx")
    if npx is None:
        raise LighthouseMissingError("Lighthouse needs Node, which is not installed")
    where = "command -v lighthouse"  # npx takes a second to find it each time: once is enough
    tried = subprocess.run(
        [npx, "--yes", f"--package={LIGHTHOUSE}", "--call", where],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    if tried.returncode:
        said = (tried.stderr.strip() or tried.stdout.strip()).splitlines()
        why = said[-1] if said else "no reason given"
        raise LighthouseMissingError(f"{LIGHTHOUSE} cannot be had here: {why}")
    return tried.stdout.strip()


def audit(program: str, url: str, folder: Path, *options: str) -> dict[str, Any]:
    """Run Lighthouse once; return its report."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), "")
    subprocess.run(
        [
            program,
            url,
            "--quiet",
            "--output=json",
            "--output-path=report.json",
            f"--chrome-flags={_FLAGS}",
            *options,
        ],
        cwd=folder,
        env={**os.environ, "CHROME_PATH": os.environ.get("CHROMIUM") or found},
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )
    report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert "runtimeError" not in report, report["runtimeError"]
    return report
