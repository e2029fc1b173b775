"""A MkDocs hook: what the search is to leave out does not reach it.

The search reads each page, tag by tag, and skips what is marked `data-search-exclude`. Figures and
widgets are marked, and hold most of a page's tags: without them it has read a page in a third of
the time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mkdocs.plugins import CombinedEvent, event_priority

if TYPE_CHECKING:
    from mkdocs.structure.pages import Page

_LEFT_OUT = re.compile(
    r"<(?P<tag>figure|bp-[a-z]+)\b[^>]*\sdata-search-exclude\b.*?</(?P=tag)>", re.DOTALL
)
_whole: dict[str, str] = {}


@event_priority(100)
def _before(context: dict[str, Any], /, *, page: Page, **_: Any) -> dict[str, Any]:
    content = page.content or ""
    _whole[page.file.src_uri] = content
    page.content = _LEFT_OUT.sub("", content)
    return context


@event_priority(-100)
def _after(context: dict[str, Any], /, *, page: Page, **_: Any) -> dict[str, Any]:
    page.content = _whole.pop(page.file.src_uri)
    return context


on_page_context = CombinedEvent(_before, _after)
