"""Tables: the empty corner above a column of names is no heading.

A screen reader would announce a heading without words; as an ordinary cell the corner is silent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

if TYPE_CHECKING:
    from markdown import Markdown


class _Corners(Treeprocessor):
    def run(self, root: Element) -> None:
        for cell in root.iter("th"):
            if not len(cell) and not (cell.text or "").strip():
                cell.tag = "td"


class TableExtension(Extension):
    """Make an empty heading of a table an ordinary cell."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Look at the cells once the tables have been read."""
        md.treeprocessors.register(_Corners(md), "corners", 1)


def makeExtension(**settings: Any) -> TableExtension:
    """Let Python-Markdown find the extension by the name of its module."""
    return TableExtension(**settings)
