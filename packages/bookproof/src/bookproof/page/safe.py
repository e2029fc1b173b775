"""Markdown that a block printed, made so that nothing in it can run in a reader's browser.

HTML in it is text: Python-Markdown itself is told to know none, which no spelling gets around.
Fences and code in a line are listings, whatever the book's own configuration makes of their like.
What attributes, addresses and styles could do is taken from the finished elements.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from pymdownx.inlinehilite import InlineHilitePattern
from pymdownx.superfences import SuperFencesBlockPreprocessor, highlight_validator

from ..parse.block import Block

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
# What reads signs that an author gives: it takes them out of the text, or brings a file.
_FOR_AUTHORS = ("meta", "full_yaml_metadata", "critic", "include", "mdx_include")
_OF_A_LISTING = {"hl_lines", "linenums", "title", "title_mode"}
_FORMULA = "arithmatex"  # a class that formulas have, in a fence and elsewhere
_PICTURE = re.compile(r"^data:image/(png|jpe?g|gif|webp);base64,[\w+/=\s]*$", re.IGNORECASE)
_IN_ITS_BOX = re.compile(  # `line-height` is not: its lines could lie on those above and below
    r"background|background-color|border(?:-[a-z-]+)?|color|font-[a-z-]+|letter-spacing"
    r"|list-style-(?:type|position)|margin(?:-[a-z-]+)?|(?:max-|min-)?width|opacity|overflow-wrap"
    r"|padding(?:-[a-z-]+)?|vertical-align|white-space|word-(?:break|spacing)"
    r"|text-(?:align|align-last|decoration(?:-color|-line|-style)?|indent|overflow|transform|wrap)"
)
_HIGH = re.compile(r"(?:max-|min-)?height")  # of a picture: a text would run out of its box
_NUMBER = r"(?:[0-9]{1,3}(?:\.[0-9]+)?|\.[0-9]+)"
_VALUE = re.compile(  # no sign, no string, no address, and no function but of a color
    rf"(?:(?:(?:100(?:\.0+)?|[0-9]{{1,2}}(?:\.[0-9]+)?)%|{_NUMBER}(?:px|r?em|ex|ch|pt)?"
    rf"|[a-z][a-z-]*|#[0-9a-f]{{3,8}}|var\(--[\w-]+\)|(?:rgb|hsl)a?\([0-9., %/]+\))(?:[\s,]+|$))+",
    re.IGNORECASE | re.ASCII,
)


def secure(md: Markdown, block: Block) -> None:
    """Let a document of printed Markdown hold no live HTML but for the code shown with it."""
    for name in _FOR_AUTHORS:
        if name in md.preprocessors:  # it has been listed for this run: it stays, and rests
            md.preprocessors[name].run = list
    framed = block.source in ("block", "material-block")  # in a `div` of markdown-exec's
    if "html_block" in md.preprocessors:
        reader = md.preprocessors["html_block"]
        usual = reader.run
        reader.run = (lambda lines: usual(_only_the_frame(lines))) if framed else list
    if "html" in md.inlinePatterns:
        md.inlinePatterns.deregister("html")
    if "blocks" in md.parser.blockprocessors:  # pymdownx.blocks.html is HTML in another spelling
        blocks = md.parser.blockprocessors["blocks"]
        blocks.blocks = {name: one for name, one in blocks.blocks.items() if name != "html"}
    alive = _only_listings(md, block)
    md.treeprocessors.register(_Harmless(md, alive), "bookproof-harmless", -999)


def _only_listings(md: Markdown, block: Block) -> set[str]:
    """Show each fence, and code in a line, as a listing; return the classes of what they were."""
    custom: list[Any] = []
    for fences in md.preprocessors:
        if isinstance(fences, SuperFencesBlockPreprocessor):  # the last is the one that shows
            custom += fences.config["custom_fences"]
            fences.extension.superfences = [_listing(fences, block)]
    for inline in md.inlinePatterns:
        if isinstance(inline, InlineHilitePattern):
            custom += inline.config["custom_inline"]
            usual = {"name": "", "test": lambda _: True, "formatter": inline.highlight_code}
            inline.formatters = [usual]
    return {c for one in custom for c in str(one.get("class", "")).split()} - {_FORMULA}


def _listing(fences: SuperFencesBlockPreprocessor, block: Block) -> dict[str, Any]:
    """Return what superfences does with a fence: it shows a listing, whatever stands on it.

    What an attribute list gives would reach the page as it stands, and so would a title as HTML;
    that of the block's own code may.
    """
    own = block.options.get("title")

    def known(
        language: str, given: dict[str, str], options: dict[str, Any], attrs: Any, md: Markdown
    ) -> bool:
        fences.get_hl_settings()
        given = {k: v for k, v in given.items() if k in _OF_A_LISTING}
        return bool(highlight_validator(language, given, options, {}, md))

    def shown(src: str, language: str, options: dict[str, Any], md: Markdown, **_: Any) -> str:
        if "title" in options and options["title"] != own:
            options["title"] = options["title"].replace("<", "‹")  # HTML to an older Pygments
            options["title_mode"] = "text"
        language = re.sub(r"[^\w#.+-]", "", language or "")
        usual: Callable[..., str] = fences.highlight
        return usual(src, language, options, md, classes=[], id_value="", attrs={})

    return {
        "name": "superfences",
        "test": lambda _: True,
        "validator": known,
        "formatter": shown,
        "reset": None,
    }


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

    def __init__(self, md: Markdown, alive: set[str]) -> None:
        super().__init__(md)
        self._alive = alive  # classes that a script of the theme looks for, to run what they hold

    def run(self, root: Element) -> None:
        for element in root.iter():
            if isinstance(element.tag, str) and element.tag.lower() not in _SHOWS_TEXT:
                element.tag, element.attrib = "div", {}
            for name, value in list(element.attrib.items()):
                kept = self._kept(element.tag, re.split("[:}]", name)[-1].lower(), value)
                if kept is None:
                    del element.attrib[name]
                else:
                    element.attrib[name] = kept

    def _kept(self, tag: str, name: str, value: str) -> str | None:
        """Return what stays of an attribute, named without its namespace; None for nothing."""
        if name == "style":
            return _own_style(tag, value) or None
        if name == "class" and not self._alive.isdisjoint(value.split()):
            return " ".join(c for c in value.split() if c not in self._alive) or None
        return value if _is_plain(name, value) else None


def _own_style(tag: str, style: str) -> str:
    """Return what of a style stays in the element's own box, as far as it is written plainly.

    What is kept is put together anew from parts that can mean one thing alone.
    """
    kept = []
    for part in style.split(";"):
        name, _, value = (text.strip() for text in part.partition(":"))
        high = tag == "img" and _HIGH.fullmatch(name.lower())
        if (high or _IN_ITS_BOX.fullmatch(name.lower())) and _VALUE.fullmatch(value):
            kept.append(f"{name}: {value};")
    return " ".join(kept)


def _is_plain(name: str, value: str) -> bool:
    """Say whether an attribute, named without its namespace, does nothing by itself."""
    if name.startswith("on") or name in _ACTING:
        return False
    return name not in _ADDRESSES or _is_harmless(value)


def _is_harmless(address: str) -> bool:
    address = html.unescape(address)
    scheme = _SCHEME.match(address)
    if scheme is None or _PICTURE.match(address):
        return True
    return re.sub(r"[\x00-\x20]", "", scheme[1]).lower() in _HARMLESS
