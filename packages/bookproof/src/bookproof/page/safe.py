"""Markdown that a block printed, made so that nothing in it can run in a reader's browser.

HTML in it is text: Python-Markdown itself is told to know none, which no spelling gets around.
What attributes and addresses could do is taken from the finished elements.
"""

from __future__ import annotations

import html
import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from ..parse.block import Block
from ..parse.fences import LANGUAGES

_ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "poster", "data", "srcset"}
_SCHEME = re.compile(r"^[\x00-\x20]*([a-z][a-z0-9+.\-\x00-\x20]*):", re.IGNORECASE)
_HARMLESS = {"http", "https", "mailto", "tel", "ftp"}
_LIVE = {"base", "embed", "form", "iframe", "link", "meta", "object", "script", "style", "template"}
_PICTURE = re.compile(r"^data:image/(png|jpe?g|gif|webp);base64,[\w+/=\s]*$", re.IGNORECASE)


def secure(md: Markdown, block: Block) -> None:
    """Let a document of printed Markdown hold no live HTML but for the code shown with it."""
    framed = block.source in ("block", "material-block")  # in a `div` of markdown-exec's
    if "html_block" in md.preprocessors:  # which has been listed for this run: it stays, and rests
        reader = md.preprocessors["html_block"]
        usual = reader.run
        reader.run = (lambda lines: usual(_only_the_frame(lines))) if framed else list
    if "html" in md.inlinePatterns:
        md.inlinePatterns.deregister("html")
    if "fenced_code_block" in md.preprocessors:  # what a block printed is shown and not executed
        fences = md.preprocessors["fenced_code_block"].extension
        fences.superfences = [f for f in fences.superfences if f["name"] not in LANGUAGES]
    md.treeprocessors.register(_Harmless(md), "bookproof-harmless", -999)


def _only_the_frame(lines: list[str]) -> list[str]:
    """Take the meaning from all HTML but the frame that markdown-exec puts around an output."""
    first = next((n for n, t in enumerate(lines) if t == '<div class="result" markdown="1" >'), -1)
    last = next((n for n in reversed(range(len(lines))) if lines[n] == "</div>"), -1)
    return [
        line if n in (first, last) else re.sub(r"<(?=[a-zA-Z/!?])", "&lt;", line)
        for n, line in enumerate(lines)
    ]


class _Harmless(Treeprocessor):
    """Drops attributes that run something, and addresses that do."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            if isinstance(element.tag, str) and element.tag.lower() in _LIVE:
                element.tag, element.attrib = "div", {}
            for name in list(element.attrib):
                value = element.attrib[name]
                plain = name.lower()
                if (
                    plain.startswith("on")
                    or plain == "srcdoc"
                    or (
                        plain == "style"
                        and re.search(r"url|expression|@|\\\\|&", value, re.IGNORECASE)
                    )
                    or (plain in _ADDRESSES and not _is_harmless(value))
                ):
                    del element.attrib[name]


def _is_harmless(address: str) -> bool:
    address = html.unescape(address)
    scheme = _SCHEME.match(address)
    if scheme is None or _PICTURE.match(address):
        return True
    return re.sub(r"[\x00-\x20]", "", scheme[1]).lower() in _HARMLESS
