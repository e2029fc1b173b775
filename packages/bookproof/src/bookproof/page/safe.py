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

_ADDRESSES = {"href", "src", "poster", "data", "srcset", "cite", "longdesc", "ping", "background"}
_ADDRESSES |= {"dynsrc", "lowsrc", "manifest", "action", "codebase", "classid", "profile"}
_ACTING = {"srcdoc", "formaction", "form", "autofocus", "http-equiv", "is"}
_SCHEME = re.compile(r"^[\x00-\x20]*([a-z][a-z0-9+.\-\x00-\x20]*):", re.IGNORECASE)
_HARMLESS = {"http", "https", "mailto", "tel", "ftp"}
_TEXT = """
    a abbr address article aside b bdi bdo blockquote br caption cite code col colgroup dd del
    details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img input ins
    kbd label li main mark nav ol p picture pre q rp rt ruby s samp section small span strong sub
    summary sup table tbody td tfoot th thead time tr tt u ul var wbr
"""
_SHOWS_TEXT = frozenset(_TEXT.split())  # and does nothing: what Markdown's extensions make
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
    if "blocks" in md.parser.blockprocessors:  # pymdownx.blocks.html is HTML in another spelling
        blocks = md.parser.blockprocessors["blocks"]
        blocks.blocks = {name: one for name, one in blocks.blocks.items() if name != "html"}
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
    """Leaves elements that show text, without attributes that run something or addresses that do.

    Elements of SVG and MathML, which have ways of their own to set an attribute or to follow an
    address, are not among them.
    """

    def run(self, root: Element) -> None:
        for element in root.iter():
            if isinstance(element.tag, str) and element.tag.lower() not in _SHOWS_TEXT:
                element.tag, element.attrib = "div", {}
            for name in list(element.attrib):
                if not _is_plain(re.split("[:}]", name)[-1].lower(), element.attrib[name]):
                    del element.attrib[name]


def _is_plain(name: str, value: str) -> bool:
    """Say whether an attribute, named without its namespace, does nothing by itself."""
    if name.startswith("on") or name in _ACTING:
        return False
    if name == "style":
        return not re.search(r"url|expression|@|\\|&", value, re.IGNORECASE)
    return name not in _ADDRESSES or _is_harmless(value)


def _is_harmless(address: str) -> bool:
    address = html.unescape(address)
    scheme = _SCHEME.match(address)
    if scheme is None or _PICTURE.match(address):
        return True
    return re.sub(r"[\x00-\x20]", "", scheme[1]).lower() in _HARMLESS
