"""What the published introductions say, item by item, and what the book's own runs left behind.

`sources.toml` beside this file lists the items: in which introduction, on which lines, and what is
claimed there, in our words. A recording is the output of a chapter that was read and approved.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
RECORDINGS = _HERE.parents[2] / "tests/outputs"


@cache
def items() -> dict[str, dict[str, Any]]:
    """Return all items by their number; `3.29` is item 29 of the introduction with number 3."""
    with (_HERE / "sources.toml").open("rb") as file:
        found: dict[str, dict[str, Any]] = tomllib.load(file)
    return found


def listing(item: str) -> tuple[int, int]:
    """Return how many lines a published listing has, and how many of them are blank."""
    lines, blank = items()[item]["listing"]
    return lines, blank


def recorded(page: str, first: str) -> str:
    """Return what a chapter's block printed when it was recorded.

    Args:
        page: the chapter, e.g. `models/digits`.
        first: the first line of the block's code.

    Raises:
        LookupError: no block begins so, or several.
    """
    text = (RECORDINGS / f"{page}.txt").read_text("utf-8")
    entries = [part.split("\n") for part in text.split("\n=== ")]
    found = [lines for lines in entries if lines[0].removeprefix("=== ") == first]
    if len(found) != 1:
        raise LookupError(f"{page} has {len(found)} recordings of {first!r}")
    return "\n".join(line for line in found[0][1:] if not line.startswith("--- ")).strip()


def percents(text: str) -> list[float]:
    """Return the numbers before each percent sign.

    >>> percents("batches of 64: 97.7 %, of all: 75.3 %")
    [97.7, 75.3]
    """
    return [float(number) for number in re.findall(r"([\d.]+) %", text)]
