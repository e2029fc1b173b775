"""Write a chapter as Markdown with the outputs of its blocks, for programs that read."""

from __future__ import annotations

import re

from ..judge.gate import Judged
from ..parse.block import Block, Kind
from ..parse.percent import read_cells
from ..parse.scan import front_matter
from ..parse.snippets import Snippets
from ..run import shown
from ..settings import Settings
from .plain import plain

_TICKS = re.compile(r"^ *(`{3,})", re.MULTILINE)


def markdown(settings: Settings, judged: Judged) -> str:
    """Return the chapter's text, each block replaced by its code and what it gave.

    A figure or a widget is there in words, as `plain` says them. Links lead from a page to the
    next as in the sources: the texts of a site stand as its sources do.

    Args:
        settings: The book.
        judged: The chapter, with its results.

    Raises:
        SnippetError: The text includes what is not there.
    """
    chapter = judged.chapter
    if chapter.is_script:
        blocks = {block.line: block for block in chapter.blocks}
        pieces = [
            "\n".join(cell.lines) if cell.markdown else _block(judged, blocks[cell.line])
            for cell in read_cells(chapter.text)
            if cell.markdown or cell.line in blocks
        ]
        return "\n\n".join(piece for piece in pieces if piece) + "\n"
    lines = chapter.text.expandtabs(4).split("\n")
    said, at = list[str](), front_matter(lines)
    snippets = Snippets(settings)

    def read(first: int, end: int | None) -> list[str]:
        return [line.text for line in snippets.expand(chapter.path, first + 1, lines[first:end])]

    for block in chapter.blocks:
        said += read(at, block.line - 1)
        fence = lines[block.line - 1]
        margin = fence[: len(fence) - len(fence.lstrip(" "))]  # of the box that it stands in
        text = _block(judged, block)
        said += [f"{margin}{line}".rstrip() for line in text.split("\n")] if text else []
        at = block.end
    said += read(at, None)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(said)).strip("\n") + "\n"


def _block(judged: Judged, block: Block) -> str:
    """Return a block's code, where the page shows it, and its output."""
    verdict = judged.verdict(block)
    parts = []
    if block.source or block.kind is Kind.SHOWN:
        parts.append(_listing(block.code, "python"))
        if block.needs and not verdict.shown:
            parts.append(f"(Not run yet: it needs {', '.join(block.needs)}.)")
    output = verdict.shown
    if block.kind is Kind.SHOWN:
        output = shown.printed(output)
    if not output.strip():
        return "\n\n".join(parts)
    if block.kind is Kind.HTML:
        parts.append(plain(output))
    elif block.kind is Kind.MARKDOWN:
        parts.append(plain(output) if output.lstrip().startswith("<") else output.rstrip("\n"))
    else:
        parts.append(_listing(output.rstrip("\n"), "text"))
    return "\n\n".join(part for part in parts if part)


def _listing(text: str, language: str) -> str:
    """Fence a text, whatever fences are in it."""
    ticks = "`" * max([3, *(len(found) + 1 for found in _TICKS.findall(text))])
    return f"{ticks}{language}\n{text}\n{ticks}"
