"""Lighthouse, the measure that search engines and developers go by, finds nothing to improve.

Held here is what no machine's speed can change: access, good practice, search, the weight of a
page, and that nothing moves while it loads. How fast it is stands in `python3 book.py bench page`.
Where there is no Node, or no way to the package, this is skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.lighthouse import LighthouseMissingError, audit, find, hosted

PAGES = (
    ("index.html", "a phone"),
    ("index.html", "a desk"),
    ("start/first-ten-minutes.html", "a phone"),
    ("reference/missed.html", "a phone"),
)
CATEGORIES = ("accessibility", "best-practices", "seo")
HEAVIEST = 350_000  # bytes over the wire at a first visit, with fonts, styles and scripts
FARTHEST = 0.02  # layout shift, of which Lighthouse allows 0.1


@pytest.fixture(scope="module")
def host(site: Path) -> Iterator[str]:
    """The address of a server that does what a host does."""
    with hosted(site) as address:
        yield address


@pytest.fixture(scope="module")
def lighthouse(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The program, once it is known to run."""
    try:
        return find(tmp_path_factory.mktemp("npx"))
    except LighthouseMissingError as error:
        pytest.skip(str(error))


def complaints(report: dict[str, Any]) -> list[str]:
    """Name the audits that cost points, and what is too heavy or moves."""
    audits = report["audits"]
    found = [
        f"{name}: {ref['id']} {audits[ref['id']].get('displayValue', '')}"
        for name in CATEGORIES
        for ref in report["categories"][name]["auditRefs"]
        if ref["weight"]
        and (audits[ref["id"]]["score"] or 0) < 1
        and audits[ref["id"]]["scoreDisplayMode"] not in ("notApplicable", "manual", "informative")
    ]
    for name, most in (("total-byte-weight", HEAVIEST), ("cumulative-layout-shift", FARTHEST)):
        if audits[name]["numericValue"] > most:
            found.append(f"{name}: {audits[name]['displayValue']}, more than {most:,}")
    return found


@pytest.mark.parametrize(("page", "screen"), PAGES)
@pytest.mark.timeout(600)
def test_lighthouse_has_nothing_to_say(
    lighthouse: str, host: str, tmp_path: Path, page: str, screen: str
) -> None:
    """A hundred of each, light, and still."""
    options = ["--preset=desktop"] if screen == "a desk" else []
    report = audit(lighthouse, host + page, tmp_path, *options)
    assert complaints(report) == []
