"""A chapter's line numbers in what its blocks print, as places that edits of prose do not move."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from .block import Block
from .chapter import Chapter

_PLACE = r"\{(?P<literal>=*)(?P<block>(?:[0-9a-f]{10}(?:-[0-9]+)?)?)\+(?P<below>[0-9]{1,9})\}"
_NUMBER = r"(?P<number>[1-9][0-9]{0,8})"  # longer, or begun with zeros, it is a text
_ASKS = re.compile(
    r"lineno|_getframe|currentframe|getframeinfo|getsourcelines|findsource|co_lines|co_positions"
    r"|\bdis\b|inspect\.(?:stack|trace)"
)


def hide_lines(chapter: Chapter, block: Block, text: str) -> str:
    """Replace the chapter's own line numbers in `text` by places that edits of prose do not move.

    A line of the block that printed `text` becomes `{+N}`, N lines below its fence; a line of
    another block is named with that block's code. Where a block prints such a place itself, it gets
    a sign more: `{=+N}`.
    """
    text = _line(chapter, _PLACE).sub(lambda m: f"{m[1]}{{={m[0][len(m[1]) + 1 :]}", text)
    names = _names(chapter)
    owner = {n: b for b in chapter.blocks for f, n in b.origins if f == chapter.path}

    def place(match: re.Match[str]) -> str:
        at = owner.get(int(match["number"]))
        if at is None:
            return match[0]
        name = "" if at is block else names[at.index]
        return f"{match[1]}{{{name}+{int(match['number']) - at.line}}}"

    return _line(chapter, _NUMBER).sub(place, text)


def _names(chapter: Chapter) -> dict[int, str]:
    """Name each block, by its index: with its code, and a number where one above is the same."""
    return {
        b.index: b.code_id if (nth := chapter.nth[b.index]) == 1 else f"{b.code_id}-{nth}"
        for b in chapter.blocks
    }


def speaks_of_lines(chapter: Chapter, outputs: Iterable[str]) -> bool:
    """Say whether the page's code may print the numbers of its lines, in a way that stays hidden.

    It asks for them, or an output names the page otherwise than a traceback does.
    """
    name = re.escape(PurePosixPath(chapter.path).name)
    named = re.compile(rf'{name}(?!:\{{|", line \{{)')
    return any(_ASKS.search(block.code) for block in chapter.blocks) or any(
        named.search(text) for text in outputs
    )


def _line(chapter: Chapter, number: str) -> re.Pattern[str]:
    """Return the pattern of one of the chapter's line numbers, after the group of what precedes it.

    So write Python's tracebacks and warnings, and the engine's. Whoever names a line in another way
    means its text.
    """
    name = re.escape(chapter.path)
    before = rf'(^(?:  \| )*  {name}:|(?P<bare>^){name}:|File "{name}", line )'
    return re.compile(rf"{before}{number}(?(bare)(?=: )|(?=(?:, .*)?$))", re.MULTILINE)


def show_lines(chapter: Chapter, block: Block, text: str) -> str:
    """Put the chapter's line numbers back."""
    if "{" not in text:
        return text
    names = _names(chapter)
    lines = {names[b.index]: b.line for b in chapter.blocks} | {"": block.line}

    def line(match: re.Match[str]) -> str:
        if match["literal"]:
            return f"{match[1]}{{{match[0][len(match[1]) + 2 :]}"
        known = match["block"] in lines
        return f"{match[1]}{lines[match['block']] + int(match['below'])}" if known else match[0]

    return _line(chapter, _PLACE).sub(line, text)
