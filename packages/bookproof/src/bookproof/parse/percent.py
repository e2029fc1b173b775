"""Read a notebook script: `# %%` begins a cell of code, `# %% [markdown]` one of text."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARK = re.compile(r"^# ?%%(?P<markdown> *\[(?:markdown|md)\])?(?P<options>.*)$")


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        markdown: Whether it holds text.
        line: The line of its mark, from 1.
        options: What follows the mark.
        lines: Its lines; those of text without their comment sign.
    """

    markdown: bool
    line: int
    options: str
    lines: tuple[str, ...]


def is_script(text: str) -> bool:
    """Say whether a Python file is a notebook script."""
    return any(_MARK.match(line) for line in text.split("\n"))


def read_cells(text: str) -> list[Cell]:
    """Return the cells in their order; what stands above the first mark is a cell of code."""
    lines = text.split("\n")
    marks = [(n, m) for n, line in enumerate(lines) if (m := _MARK.match(line))]
    cells = []
    head = lines[: marks[0][0]] if marks else lines
    if any(line.strip() and not line.startswith("#") for line in head):
        cells.append(Cell(False, 0, "", _trimmed(head)))
    for (at, mark), end in zip(marks, [*(n for n, _ in marks[1:]), len(lines)], strict=True):
        body = _trimmed(lines[at + 1 : end])
        if mark["markdown"]:
            body = tuple(re.sub(r"^# ?", "", line) for line in body)
        cells.append(Cell(bool(mark["markdown"]), at + 1, mark["options"], body))
    return cells


def _trimmed(lines: list[str]) -> tuple[str, ...]:
    """Drop the empty lines at the end, which only part a cell from the next."""
    text = [line.rstrip() for line in lines]
    while text and not text[-1]:
        text.pop()
    return tuple(text)
