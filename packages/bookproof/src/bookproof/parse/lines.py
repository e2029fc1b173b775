"""A chapter's line numbers in what its blocks print, as places that edits of prose do not move."""

from __future__ import annotations

import re
from collections import Counter

from .block import Block
from .chapter import Chapter

_LINE = r"\{((?:[0-9a-f]{10}(?:-\d+)?)?)\+(\d+)\}"


def hide_lines(chapter: Chapter, block: Block, text: str) -> str:
    """Replace the chapter's own line numbers in `text` by places that edits of prose do not move.

    A line of the block that printed `text` becomes `{+N}`, N lines below its fence; a line of
    another block is named with that block's code.
    """
    names = _names(chapter)
    owner = {n: b for b in chapter.blocks for f, n in b.origins if f == chapter.path}

    def place(match: re.Match[str]) -> str:
        at = owner.get(int(match[2]))
        if at is None:
            return match[0]
        name = "" if at is block else names[at.index]
        return f"{match[1]}{{{name}+{int(match[2]) - at.line}}}"

    return re.sub(_before_line(chapter) + r"(\d+)", place, text)


def _names(chapter: Chapter) -> dict[int, str]:
    """Name each block, by its index: with its code, and a number where one above is the same."""
    names: dict[int, str] = {}
    times: Counter[str] = Counter()
    for block in chapter.blocks:
        times[block.code_id] += 1
        again = times[block.code_id]
        names[block.index] = block.code_id if again == 1 else f"{block.code_id}-{again}"
    return names


def _before_line(chapter: Chapter) -> str:
    """Return the pattern of what stands before one of the chapter's line numbers."""
    name = re.escape(chapter.path)
    return rf'({name}:|File "{name}", line )'


def show_lines(chapter: Chapter, block: Block, text: str) -> str:
    """Put the chapter's line numbers back."""
    if "{" not in text:
        return text
    names = _names(chapter)
    lines = {names[b.index]: b.line for b in chapter.blocks} | {"": block.line}

    def line(match: re.Match[str]) -> str:
        known = match[2] in lines
        return f"{match[1]}{lines[match[2]] + int(match[3])}" if known else match[0]

    return re.sub(_before_line(chapter) + _LINE, line, text)
