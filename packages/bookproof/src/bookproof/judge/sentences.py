"""The sentences of a page: its text, line by line, without code, addresses and marks."""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from ..parse.block import Block, Kind
from ..parse.chapter import Chapter, Parser
from ..parse.percent import read_cells
from ..parse.scan import front_matter

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HIDDEN = (  # what of a line no reader reads as a sentence; a blank is left for each sign
    re.compile(r"(?<!\\)\$\$.*?\$\$", re.DOTALL),  # formulas
    re.compile(r"(?<![\\\w$])\$(?! )[^$\n]*?(?<! )\$(?![\w$])"),
    re.compile(r"(?<=\])\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?: +\"[^\"]*\")?\)"),  # addresses
    re.compile(r"(?m)^ *\[[^\]]+\]: +\S+.*$|(?<=\])\[[^\]]*\]"),
    re.compile(r"\[\^[^\]]+\]:?"),
    re.compile(r"<[a-zA-Z/][^<>]*>|<https?://[^>]*>|https?://\S+|&#?\w+;"),
    re.compile(r"(?<=\S)\{[:#.][^{}]*\}|\{[:#][^{}]*\}"),  # attributes
    re.compile(r"(?m)^[ >]*(?:\d+[.)]|#+ +\d+\.) +"),  # numbers of a list or of headings
    re.compile(r"(?m)^[ >]*-+8<-+.*$"),
    re.compile(r"(?m)^[ >|:-]*-{3,}[ |:-]*$"),
)
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_LITERAL = re.compile(r"[-+−–]?\d[\d_,]*(?:\.\d+)?(?:[eE][-+]?\d+)?%?")
_QUOTES = re.compile(r"^(?:#[=?:+]*|[rbfuRBFU]{0,2}(?:\"{3}|'{3}|\"|'))|(?:\"{3}|'{3}|\"|')$")
_WORDS = re.compile(r"(?:\S+ +){3,}\S+[.?!:)]")


@dataclass(frozen=True)
class Text:
    """A stretch of sentences: its lines are those of the page from `line` on."""

    line: int
    text: str


def sentences(parser: Parser, chapter: Chapter) -> list[Text]:
    """Return what a reader of a page reads as sentences, with the lines that they stand in.

    That is the page's text, and in blocks that a function of the book shows, or whose code is
    hidden and prints HTML, the remarks and the strings that are sentences.
    """
    found = [*_prose(parser, chapter)]
    for block in chapter.blocks:
        if block.shown_as or (block.kind is Kind.HTML and not block.source):
            found += _in_code(chapter, block)
    return found


def _prose(parser: Parser, chapter: Chapter) -> Iterator[Text]:
    if chapter.is_script:
        for cell in read_cells(chapter.text.expandtabs(4)):
            if cell.markdown:
                yield Text(cell.line + 1, _readable("\n".join(cell.lines)))
        return
    lines = parser.fences.normal(chapter.text.split("\n"))
    for fence in parser.fences.find(lines):
        if fence.shown:
            lines[fence.start : fence.end] = [""] * (fence.end - fence.start)
    first = front_matter(lines)
    yield Text(first + 1, _readable("\n".join(lines[first:])))


def _readable(text: str) -> str:
    """Blank out what is no sentence; every line keeps its number."""
    text = _COMMENT.sub(_blank, text)
    text = _CODE.sub(lambda m: m[2] if _LITERAL.fullmatch(m[2].strip()) else _blank(m, "…"), text)
    for pattern in _HIDDEN:
        text = pattern.sub(_blank, text)
    return text


def _blank(match: re.Match[str], sign: str = " ") -> str:
    return re.sub(r"[^\n]", sign, match[0])


def _in_code(chapter: Chapter, block: Block) -> Iterator[Text]:
    """Find the remarks and strings of a block that read as sentences."""
    for number, source in _written(block.code):
        file, line = block.origins[number - 1]
        remark = source.startswith("#")
        if file != chapter.path or (remark and not block.shown_as) or is_code(_value(source)):
            continue
        text = _readable(_QUOTES.sub("", re.sub(r"\{[^{}]*\}", _blank, source)))
        if _WORDS.search(text):
            yield Text(line, text)


def _written(code: str) -> Iterator[tuple[int, str]]:
    """Return the remarks and strings of code, as they stand there, with their lines."""
    lines = code.splitlines(keepends=True)
    opened: list[tuple[int, int]] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            name = tokenize.tok_name[token.type]
            if name in ("COMMENT", "STRING") and not opened:
                yield token.start[0], token.string
            elif name == "FSTRING_START":  # from Python 3.12 on, an f-string is many tokens
                opened.append(token.start)
            elif name == "FSTRING_END":
                (first, begin), (last, end) = opened.pop(), token.end
                inside = "".join(lines[first - 1 : last])
                after = len(lines[last - 1]) - end
                if not opened:
                    yield first, inside[begin : len(inside) - after]
    except (tokenize.TokenError, SyntaxError):
        return


def _value(source: str) -> str:
    """Return what a plain string holds; of an f-string, its source."""
    try:
        return str(ast.literal_eval(source))
    except (SyntaxError, ValueError):
        return source


def is_code(text: str) -> bool:
    """Say whether a text is Python that does something."""
    try:
        tree = ast.parse(textwrap.dedent(text))
    except (SyntaxError, ValueError):
        return False
    doing = (ast.Call, ast.Assign, ast.Assert, ast.Compare, ast.AugAssign, ast.FunctionDef)
    return any(isinstance(node, doing) for node in ast.walk(tree))
