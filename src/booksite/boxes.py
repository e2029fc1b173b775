"""Boxes and folds: one that has a title of its own has an address, made from it; so has a question.

So a box can be linked to, and the search can lead to it. `Answer` or `Solution` is no title of its
own: a title has two words at least.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from markdown.extensions import Extension
from markdown.extensions.toc import (
    render_inner_html,
    run_postprocessors,
    slugify,
    strip_tags,
    unique,
)
from markdown.postprocessors import Postprocessor
from markdown.treeprocessors import Treeprocessor

if TYPE_CHECKING:
    from markdown import Markdown


_QUESTION = re.compile(r'<bp-quiz(?![^>]*\sid=)(?=[^>]*\sdata-id="([^"]+)")')


class _Questions(Postprocessor):
    def run(self, text: str) -> str:
        return _QUESTION.sub(r'<bp-quiz id="question-\1"', text)


class _Addresses(Treeprocessor):
    def run(self, root: Element) -> None:
        taken = {element.get("id", "") for element in root.iter()}
        for box in root.iter():
            title = next(iter(box), None)
            if "id" in box.attrib or title is None or not _is_title(title):
                continue
            text = strip_tags(run_postprocessors(render_inner_html(title, self.md), self.md))
            if len(text.split()) > 1:
                box.set("id", unique("box-" + slugify(text, "-"), taken))


def _is_title(element: Element) -> bool:
    return element.tag == "summary" or element.get("class") == "admonition-title"


class BoxExtension(Extension):
    """Give boxes with a title of their own, and questions, an address."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Look at the boxes once the headings have their addresses."""
        md.treeprocessors.register(_Addresses(md), "boxes", 1)
        md.postprocessors.register(_Questions(md), "questions", 1)  # once HTML is back in its place


def makeExtension(**settings: Any) -> BoxExtension:
    """Let Python-Markdown find the extension by the name of its module."""
    return BoxExtension(**settings)
