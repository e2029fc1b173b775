"""Read the output of a block that a function of the book showed: what its code itself did."""

from __future__ import annotations

import html
import re

_SHOWN = re.compile(r'<div class="bp-as" data-printed="([^"]*)"(?: data-raised="(\w*)")?>')


def printed(output: str) -> str:
    """Return what the code of a shown block printed, from the block's output."""
    found = _SHOWN.search(output)
    return html.unescape(found[1]) if found else ""


def raised(output: str) -> str:
    """Return the name of what the code of a shown block raised, from the block's output."""
    found = _SHOWN.search(output)
    return found[2] or "" if found else ""


def page(output: str) -> str:
    """Return the block's output as a page holds it, which has no need of what was printed."""
    return _SHOWN.sub('<div class="bp-as">', output)
