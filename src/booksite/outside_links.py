"""Ask every link that leads out of the book whether it still answers.

    python3 book.py links              all pages of docs/
    python3 book.py links reference    those whose path has this in it

The build never does this: pages are built without a network, and somebody else's server must not
stop them. The exit status is 1 if a link is dead, and 2 if there seems to be no network at all.
"""

from __future__ import annotations

import concurrent.futures
import http.client
import re
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

DOCS = Path("docs")
AGENT = "Mozilla/5.0 (compatible; pytorch-executed link check)"  # some refuse Python's own name
PLACES = re.compile(r"https?://(?:localhost|127\.0\.0\.1|[\w.-]*example\b|[\w.-]*\$?\{)", re.I)
SHY = {401, 403, 405, 406, 418, 429, 999}  # it is there, and does not talk to programs


def links(text: str) -> Iterator[tuple[int, str]]:
    """Name the links of a page to other sites, each with the number of its line.

    Only what a reader can click: what stands in a listing is not a link, nor is bare text.

    >>> list(links("See [it](https://a.org/b_(c)), or <https://d.org>.\\n`https://e.org`"))
    [(1, 'https://a.org/b_(c)'), (1, 'https://d.org')]
    """
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        mark = re.match(r"\s*(`{3,}|~{3,})", line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and line.strip() == mark[1]:
            fence = ""
        elif not fence:
            prose = re.sub(r"(`+).+?\1(?!`)", "", line)
            for found in re.finditer(
                r"\]\(<?(https?://(?:[^\s()<>]|\([^\s()<>]*\))+)|<(https?://[^\s<>]+)>"
                r"|\bhref=\"(https?://[^\"]+)\"|^\s*\[[^\]]+\]:\s*<?(https?://[^\s<>]+)",
                prose,
            ):
                address = next(part for part in found.groups() if part)
                if not PLACES.match(address):
                    yield number, address


def collect(docs: Path, part: str = "") -> dict[str, list[str]]:
    """Return the outside links of all pages under a folder, each with its places, `page:line`."""
    found: dict[str, list[str]] = {}
    for page in sorted(docs.rglob("*.md")):
        if part in page.as_posix():
            for number, address in links(page.read_text("utf-8")):
                found.setdefault(address, []).append(f"{page.as_posix()}:{number}")
    return found


def ask(address: str, timeout: float = 20.0) -> str:
    """Return what is wrong with an address, or an empty text if it answers.

    A server that refuses programs, or asks us to wait, has the page: it counts as an answer.
    """
    reason = ""
    for method in ("HEAD", "GET"):  # some servers do not know HEAD
        request = urllib.request.Request(
            address.partition("#")[0], method=method, headers={"User-Agent": AGENT}
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout):
                return ""
        except urllib.error.HTTPError as error:
            if error.code in SHY and method == "GET":
                return ""
            reason = f"{error.code} {error.reason}"
        except urllib.error.URLError as error:
            if isinstance(error.reason, socket.gaierror):
                return "no such host"
            reason = str(error.reason)
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = str(error) or type(error).__name__
    return reason


def dead(found: Iterable[str], *, at_once: int = 8, timeout: float = 20.0) -> dict[str, str]:
    """Return the addresses that do not answer, each with what is wrong."""
    addresses = list(found)
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        reasons = pool.map(lambda address: ask(address, timeout), addresses)
        return {a: reason for a, reason in zip(addresses, reasons, strict=True) if reason}


def report(found: Mapping[str, Sequence[str]], wrong: Mapping[str, str]) -> str:
    """Say where the dead links stand, one line for each place, and how many were asked."""
    lines = [
        f"{place}: {address}: {reason}"
        for address, reason in wrong.items()
        for place in found[address]
    ]
    return "\n".join([*sorted(lines), f"{len(found)} links asked, {len(wrong)} dead"])


def main(words: Sequence[str] = ()) -> int:
    """Ask the links of all pages, or of those whose path has the first word in it."""
    found = collect(DOCS, words[0] if words else "")
    wrong = dead(found)
    if found and len(wrong) == len(found) and set(wrong.values()) <= {"no such host"}:
        print(f"No network: none of {len(found)} hosts was found, so no link was checked.")
        return 2
    print(report(found, wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
