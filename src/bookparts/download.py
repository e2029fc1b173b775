"""Download a file from the first mirror that has it right, whole or not at all."""

from __future__ import annotations

import http.client
import os
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

CHUNK = 1 << 16  # bytes that are read at a time
BUSY = {408, 425, 429, 500, 502, 503, 504}  # answers of a server that may do better later


class DownloadError(Exception):
    """No mirror had the file; the message names each and what was wrong with it."""


def fetch(
    name: str,
    mirrors: Sequence[str],
    target: Path,
    check: Callable[[Path], str],
    *,
    tries: int = 4,
    wait: float = 1.0,
    timeout: float = 30.0,
) -> str:
    """Download `name` to `target`, which appears only when it is complete and checked.

    A mirror that is busy or breaks off is asked again after `wait` seconds, then twice that, and so
    on; one that has not the file, or has another one, is left for the next.

    Args:
        name: the file's name, the same on each mirror.
        mirrors: the addresses of the folders that may hold it, the best one first.
        target: where it belongs; an older file there is replaced in one step.
        check: says what is wrong with a downloaded file, or returns an empty text.
        tries: how often each mirror is asked.
        wait: seconds before the second try.
        timeout: seconds without a byte after which a try has failed.

    Returns:
        The address that it came from.

    Raises:
        DownloadError: if no mirror had it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    reasons = []
    for mirror in mirrors:
        address = mirror.rstrip("/") + "/" + name
        with _new_file(target) as part:
            reason = _patiently(address, part, check, tries, wait, timeout)
            if not reason:
                os.replace(part, target)
                return address
        reasons.append(f"  {address}: {reason}")
    raise DownloadError(f"no mirror has {name} as it should be:\n" + "\n".join(reasons))


def _patiently(
    address: str,
    part: Path,
    check: Callable[[Path], str],
    tries: int,
    wait: float,
    timeout: float,
) -> str:
    """Ask one mirror as often as it makes sense; return what was wrong at last, or nothing."""
    reason = ""
    for number in range(tries):
        if number:
            pause = wait * 2 ** (number - 1)
            print(f"  {reason}; again in {pause:g} s", flush=True)
            time.sleep(pause)
        try:
            _receive(address, part, timeout)
            return check(part)
        except urllib.error.HTTPError as error:
            reason = f"the server answers {error.code} {error.reason}"
            if error.code not in BUSY:
                return reason
        except urllib.error.URLError as error:
            reason = f"{error.reason}"
        except (OSError, http.client.HTTPException) as error:
            reason = f"{error}" or type(error).__name__
    return reason


def _receive(address: str, part: Path, timeout: float) -> None:
    """Read an address into a file, with progress; a connection that breaks off is an error."""
    request = urllib.request.Request(address, headers={"User-Agent": "pytorch-executed"})
    with (
        urllib.request.urlopen(request, timeout=timeout) as answer,
        part.open("wb") as file,
        _progress(address.rsplit("/", 1)[-1]) as show,
    ):
        expected = int(answer.headers.get("Content-Length") or 0)
        received = 0
        while chunk := answer.read(CHUNK):
            file.write(chunk)
            received += len(chunk)
            show(received, expected)
        if received < expected:
            raise ConnectionError(f"the connection broke off after {received} of {expected} bytes")


@contextmanager
def _new_file(target: Path) -> Iterator[Path]:
    """Yield a file beside the target, which is gone afterwards unless it was moved."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    part = Path(name)
    part.chmod(0o644)
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _progress(name: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that shows how far a download is, where there is a terminal to show it."""
    terminal = sys.stdout.isatty()
    shown = -1.0

    def show(received: int, expected: int) -> None:
        nonlocal shown
        if terminal and (time.monotonic() - shown > 0.1 or received == expected):
            shown = time.monotonic()
            share = (
                f"{received / expected:4.0%} of {expected / 1e6:.1f}"
                if expected
                else f"{received / 1e6:.1f}"
            )
            print(f"\r  {name}  {share} MB", end="", flush=True)

    try:
        yield show
    finally:
        if terminal and shown >= 0:
            print("\r\x1b[K", end="", flush=True)
