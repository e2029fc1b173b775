"""Formulas: TeX between dollars becomes MathML while the page is built.

`$…$` in a sentence is a formula in its line; a paragraph between `$$` and `$$` is one of its own.
The page needs no script and no font for it. A dollar that is not a formula is written `\\$`, or
stands next to a space or a digit ("from $5 to $10").

What the page could not show as meant stops the build: the converter lets an unknown command or a
missing argument pass, so that its answer is examined too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from latex2mathml.commands import MATRICES
from latex2mathml.converter import convert
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from pymdownx.superfences import SuperFencesException

if TYPE_CHECKING:
    from markdown import Markdown

_INLINE = r"(?<![\\$\w])\$(?![\s$])((?:\\.|[^\\$])+?)(?<!\s)\$(?![\w$])"
_ARGUMENTS = {"mfrac": 2, "mover": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2}
_ARGUMENTS |= {"msubsup": 3, "munderover": 3}
_TAGS = {"math", "menclose", "mi", "mn", "mo", "mpadded", "mphantom", "mrow", "ms", "mspace"}
_TAGS |= {"msqrt", "mstyle", "mtable", "mtd", "mtext", "mtr", *_ARGUMENTS}
_ENVIRONMENTS = {name.lstrip("\\") for name in MATRICES}


class FormulaError(SuperFencesException, ValueError):  # the fences let no other error out
    """A formula that cannot be shown as meant."""

    def __init__(self, tex: str, problem: str) -> None:
        """Name the formula and what is wrong with it."""
        super().__init__(f"formula ${tex}$: {problem}")


def mathml(tex: str, *, display: bool = False) -> str:
    """Return a formula as a `<math>` element.

    Args:
        tex: the formula, without its dollars.
        display: whether it stands in a paragraph of its own.

    Raises:
        FormulaError: if the formula is empty, has a brace or an argument too few or too many, or
            uses a command or environment that is unknown.
    """
    tex = tex.strip()
    _check_source(tex)
    source = re.sub(r"\\(begin|end)\{aligned\}", r"\\\1{split}", tex)
    try:
        root = ElementTree.fromstring(convert(source, display="block" if display else "inline"))
    except ElementTree.ParseError as error:
        raise FormulaError(tex, "a `&` outside of a table, or a `<` in a text") from error
    except Exception as error:
        raise FormulaError(tex, _words(type(error).__name__)) from error
    for node in root.iter():
        _check(tex, node)
        node.tag = node.tag.partition("}")[2]
    for row in root.iter():
        _stretch(list(row))
    return ElementTree.tostring(root, encoding="unicode")


def _check_source(tex: str) -> None:
    if not tex:
        raise FormulaError(tex, "is empty")
    bare = re.sub(r"\\\\|\\[{}]", "", tex)
    depth = 0
    for brace in re.findall(r"[{}]", bare):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            break
    if depth:
        raise FormulaError(tex, "a brace is not closed" if depth > 0 else "a brace too many")
    for name in re.findall(r"\\begin\{([^}]*)\}", tex):
        if name not in _ENVIRONMENTS | {"aligned"}:
            raise FormulaError(tex, f"unknown environment `{name}`")


def _check(tex: str, node: ElementTree.Element) -> None:
    name = node.tag.partition("}")[2]
    if name not in _TAGS or "href" in node.attrib:
        raise FormulaError(tex, f"cannot be shown (it makes `<{name}>`)")
    if name != "mtext" and "\\" in (node.text or ""):
        raise FormulaError(tex, f"unknown command `{node.text}`")
    if len(node) != _ARGUMENTS.get(name, len(node)):
        raise FormulaError(tex, f"an argument is missing (`<{name}>` has {len(node)})")
    if node.get("linebreak"):
        raise FormulaError(tex, r"a `\\` outside of a table")


def _stretch(row: list[ElementTree.Element]) -> None:
    """Let the brackets of a matrix grow with it, which they do only when told their side."""
    for before, table, after in zip([None, *row], row, [*row[1:], None], strict=False):
        if table.tag != "mtable":
            continue
        for side, form in ((before, "prefix"), (after, "postfix")):
            if side is not None and side.tag == "mo" and side.text in set("()[]{}|‖∣"):
                side.attrib.update(stretchy="true", form=form)


def _words(name: str) -> str:
    """Turn the converter's `DoubleSubscriptsError` into words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removesuffix("Error")).lower()


class _Inline(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:
        del data
        return self.md.htmlStash.store(mathml(m[1])), m.start(0), m.end(0)


class _Display(BlockProcessor):
    def test(self, parent: ElementTree.Element, block: str) -> bool:
        del parent
        return block.startswith("$$")

    def run(self, parent: ElementTree.Element, blocks: list[str]) -> None:
        block = blocks.pop(0).strip()
        found = re.fullmatch(r"\$\$((?:\\.|[^\\$])+)\$\$", block, re.DOTALL)
        if not found:
            raise FormulaError(
                block, "a paragraph that begins with `$$` is one formula, up to `$$`"
            )
        formula = mathml(found[1], display=True)
        html = f'<div class="bp-formula" tabindex="0">{formula}</div>'
        ElementTree.SubElement(parent, "p").text = self.parser.md.htmlStash.store(html)


class FormulaExtension(Extension):
    """Read formulas in Markdown."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Read formulas after code, and before Markdown's own characters mean anything."""
        if "$" not in md.ESCAPED_CHARS:
            md.ESCAPED_CHARS.append("$")
        md.inlinePatterns.register(_Inline(_INLINE, md), "formula", 185)
        md.parser.blockprocessors.register(_Display(md.parser), "formula", 75)


def makeExtension(**settings: Any) -> FormulaExtension:
    """Let Python-Markdown find the extension by the name of its module."""
    return FormulaExtension(**settings)
