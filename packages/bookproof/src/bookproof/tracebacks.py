"""How a traceback is written: by the process of a chapter, and found by those who read outputs."""

from __future__ import annotations

import re

BEGINS = "Traceback (most recent call last):"
CAUSE = "The above exception was the direct cause of the following exception:"
CONTEXT = "During handling of the above exception, another exception occurred:"
_BEGINS = re.compile(rf"^{re.escape(BEGINS)}\n", re.MULTILINE)
_CAME_OF = re.compile(rf"\n\n(?:{re.escape(CAUSE)}|{re.escape(CONTEXT)})\n\n\Z")


def member(number: int) -> str:
    """Return the line above a member of a group, by its number from 1."""
    return f"  +---------------- {number} ----------------"


def parted(output: str) -> tuple[str, list[str]]:
    """Part an output that ends in a traceback.

    Returns:
        What was printed before it and what it came of, and the lines below the header of the last
        exception, without the members of a group; all lines where there is no traceback.
    """
    headers = [found.span() for found in _BEGINS.finditer(output)]
    start, end = headers.pop() if headers else (0, 0)
    lines = output[end:].split("\n")
    while headers and _CAME_OF.search(output, 0, start):
        start, _ = headers.pop()
    return output[:start], lines[: lines.index(member(1))] if member(1) in lines else lines
