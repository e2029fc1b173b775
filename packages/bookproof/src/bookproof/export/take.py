"""Say what of each block a reader takes along: from the page by its copy button, or as a file."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..judge.gate import Judged
from ..named import function
from ..parse.block import Block
from ..settings import Settings
from .alone import Alone, alone

_LISTING = re.compile(r'<div class="[^"]*\bhighlight\b')
Taken = tuple[str, str]


def taken(settings: Settings, block: Block, output: str) -> Taken | None:
    """Return the code that a reader takes of a block, and Markdown that stands above it.

    None for a block of which nothing is taken: one that the page does not show.
    """
    kind = block.shown_as or ("html" if block.options.get("html") and not block.source else "")
    if kind in settings.takes:
        give = function(settings, "takes", settings.takes[kind])
        code, text = give(block.code, output)
        return str(code), str(text)
    return (block.code, "") if block.source or block.shown_as else None


def along(settings: Settings, judged: Judged) -> dict[int, Alone]:
    """Return the blocks of a script or a notebook, by their numbers, each with what it needs."""
    outputs = {block.index: judged.verdict(block).shown for block in judged.chapter.blocks}

    def code(block: Block) -> str | None:
        found = taken(settings, block, outputs[block.index])
        return found[0] if found and found[0].strip() else None

    return _once("along", settings, judged, code)


def copied(settings: Settings, judged: Judged) -> dict[int, Alone]:
    """Return the blocks of a page that have a copy button, each with what it needs."""

    def code(block: Block) -> str | None:
        if not block.shown_as:
            return block.code if block.source else None
        output = judged.verdict(block).shown
        if "no-copy" in output or not _LISTING.search(output):
            return None
        found = taken(settings, block, output)
        return found[0] if found else None

    return _once("copied", settings, judged, code)


_last: dict[str, tuple[Judged, dict[int, Alone]]] = {}  # a page's script and notebook come in turn


def _once(
    what: str, settings: Settings, judged: Judged, code: Callable[[Block], str | None]
) -> dict[int, Alone]:
    """Look no second time at the page that was looked at last."""
    if what not in _last or _last[what][0] is not judged:
        _last[what] = judged, alone(settings, judged.chapter, code)
    return _last[what][1]
