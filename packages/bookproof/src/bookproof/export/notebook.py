"""Write a chapter as a Jupyter notebook with its outputs, which runs wherever its packages are."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urljoin

from ..judge.gate import Judged
from ..parse.block import Block, Kind
from ..parse.chapter import Chapter
from ..parse.percent import read_cells
from ..run import shown
from ..settings import Settings
from . import prose
from .alone import Alone
from .script import caught, indent, message
from .take import along, taken

_LINK = re.compile(r"\]\((?![a-z]+:|/)(?P<path>[^)\s#]+)\.(?:md|ipynb)(?P<anchor>#[^)\s]*|)\)")
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_ALT = re.compile(r'aria-label="([^"]*)"')
_ELEMENT = re.compile(r"<[a-z]+-[a-z]")  # one of the book's own, which needs its script
_DISPLAYED = """\
from contextlib import redirect_stdout
from io import StringIO

from IPython.display import {kind}, display

with redirect_stdout(StringIO()) as _printed:
{body}
display({kind}(_printed.getvalue()))"""


def notebook(settings: Settings, judged: Judged, page_url: str = "") -> str:
    """Return the chapter as the JSON of a notebook that runs where its packages are installed.

    It holds what the page shows: the text, the code with its outputs, sentences that a block
    printed, pictures. What the code uses of the book's own modules, and of code that the page does
    not show, stands in a cell of its own above it. A block that must raise is wrapped so that the
    notebook goes on; one that this machine could not run carries its recorded output, if there is
    one.

    Args:
        settings: The book.
        judged: The chapter, with its results.
        page_url: Address of the page, for readers who want to come back; may be empty. With it,
            links to other pages hold wherever the notebook is.
    """
    blocks = along(settings, judged)
    text = "*The outputs below are those of the book's own run. Run all cells to get your own.*"
    if page_url:
        text += f" It was made from [this page]({page_url})."
    if f"`{settings.command} " in judged.chapter.text:
        text += (
            f" Commands that begin with `{settings.command}` are typed in the book's own folder."
        )
    cells = [_text_cell(text)]
    for piece in _pieces(judged.chapter, page_url):
        if isinstance(piece, Block):
            cells += _cells(settings, judged, piece, blocks.get(piece.index), page_url)
        elif piece:
            cells.append(_text_cell(piece))
    return _book(cells)


def _book(cells: list[dict[str, Any]]) -> str:
    """Return the JSON of a notebook with these cells."""
    numbered = [
        {"id": f"cell-{number}", **cell}  # not random: the same book gives the same bytes
        for number, cell in enumerate(cells)
    ]
    book = {
        "cells": numbered,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


def _cells(
    settings: Settings, judged: Judged, block: Block, along: Alone | None, page_url: str
) -> Iterator[dict[str, Any]]:
    """Return the cells of one block: what it needs, its code; or what it shows, for hidden code."""
    output = judged.verdict(block).shown
    text = (taken(settings, block, output) or ("", ""))[1]
    if text:
        yield _text_cell(text)
    if along is None:
        yield from [] if text else _shown_alone(block, output, page_url)
        return
    if not along.code.strip():  # it spoke to the page alone
        listings = f"```python\n{block.code}\n```", f"```text\n{output.strip(chr(10))}\n```"
        yield _text_cell("\n\n".join(listings))
        return
    needs = block.needs or along.starts
    if needs:
        yield _text_cell(f"*The next cell needs {', '.join(needs)}.*")
    given = "\n\n\n".join(part for part in (along.before, along.made) if part)
    if given:
        tags = ["raises-exception"] if needs else []
        metadata = {"cellView": "form", "jupyter": {"source_hidden": True}}
        names = ", ".join(along.names)
        yield _code_cell(
            f"# @title What the next cell needs: {names}\n{given}",
            metadata=metadata | ({"tags": tags} if tags else {}),
        )
    cell = _code(block, along.code, output, bool(needs))
    if text or along.aside:  # a question is asked before its answer stands there
        cell["outputs"] = []
    yield {**cell, "id": f"block-{block.index}"}


def _shown_alone(block: Block, output: str, page_url: str) -> Iterator[dict[str, Any]]:
    """Return what a reader sees of a block whose code the page does not show."""
    if not output.strip():
        return
    if block.kind is Kind.MARKDOWN:
        found = prose.readable(_with_addresses(output.strip("\n"), page_url))
        yield _text_cell("\n".join(found))
    elif block.kind is Kind.HTML:
        yield from _pictures(output)
    elif block.kind in (Kind.TEXT, Kind.CONSOLE):
        yield _text_cell(f"```text\n{output.strip(chr(10))}\n```")


def _pictures(output: str) -> Iterator[dict[str, Any]]:
    """Return drawings as attachments, a table as itself; of what moves nothing can be kept."""
    if _ELEMENT.search(output):
        return
    files = {}
    for number, drawing in enumerate(_SVG.findall(output), 1):
        alt = _ALT.search(drawing) or _ALT.search(output)
        files[f"figure-{number}.svg"] = (html.unescape(alt[1]) if alt else "", _alone(drawing))
    if files:
        text = "\n\n".join(
            f"![{_in_brackets(alt)}](attachment:{n})" for n, (alt, _) in files.items()
        )
        cell = _text_cell(text)
        cell["attachments"] = {
            name: {"image/svg+xml": base64.b64encode(drawing.encode()).decode()}
            for name, (_, drawing) in files.items()
        }
        yield cell
    elif "<table" in output:
        table = output[output.index("<table") : output.rindex("</table>") + len("</table>")]
        yield _text_cell(re.sub(r"</?span[^>]*>| (?:class|style|data-\w+)=\"[^\"]*\"", "", table))


def _alone(drawing: str) -> str:
    """Return a drawing that stands by itself: on white, in colors of its own."""
    if "xmlns=" not in drawing.partition(">")[0]:
        drawing = drawing.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return drawing.replace("<svg", '<svg color="#222" font-family="sans-serif"', 1).replace(
        ">", '><rect width="100%" height="100%" fill="#fff"/>', 1
    )


def _in_brackets(text: str) -> str:
    return re.sub(r"([\[\]])", r"\\\1", " ".join(text.split()))


def without_code(judged: Judged) -> str:
    """Return a notebook of the chapter's texts, and of an empty cell for each of its blocks.

    A builder makes a page of it, which then shows code and outputs in its own way.
    """
    pieces = _pieces(judged.chapter, "")
    return _book([_code_cell("") if isinstance(p, Block) else _text_cell(p) for p in pieces if p])


def _with_addresses(text: str, page_url: str) -> str:
    """Return text whose links to files of pages lead to the pages."""
    ending = ".html" if page_url.endswith(".html") else "/"

    def addressed(link: re.Match[str]) -> str:
        page = urljoin(page_url.removesuffix("/"), link["path"])
        return f"]({page}{ending}{link['anchor']})"

    return _LINK.sub(addressed, text) if page_url else text


def _pieces(chapter: Chapter, page_url: str) -> Iterator[Block | str]:
    """Return the chapter's text and blocks in their order, links with their addresses."""
    if chapter.is_script:
        blocks = {block.line: block for block in chapter.blocks}
        for cell in read_cells(chapter.text):
            if cell.markdown:
                yield _with_addresses("\n".join(cell.lines), page_url)
            elif cell.line in blocks:
                yield blocks[cell.line]
        return
    text = chapter.text.expandtabs(4)  # as the blocks were found
    readable = prose.readable(_with_addresses(text, page_url))
    at = 0
    for block in chapter.blocks:
        yield prose.cell(readable[at : block.line - 1])
        yield block
        at = block.end
    yield prose.cell(readable[at:])


def _code(block: Block, code: str, output: str, needs: bool) -> dict[str, Any]:
    """Return a block as a cell that shows its output as the page does.

    One that another machine may not run, and one that is no Python, must not stop the others.
    """
    error = block.raises or shown.raised(output)
    wrapped = caught(code, error) if error else None
    metadata: dict[str, Any] = {}
    if needs or (block.raises and wrapped is None):
        metadata["tags"] = ["raises-exception"]
    code, outputs = wrapped or code, []
    if block.kind is Kind.HTML:
        code, outputs = _shown(code, "HTML"), [_display("text/html", output)]
    elif block.kind is Kind.MARKDOWN and output.strip():
        code, outputs = _shown(code, "Markdown"), [_display("text/markdown", output)]
    else:
        if block.kind is Kind.SHOWN:
            output = shown.printed(output)
        text = message(output) if block.kind is Kind.RAISED else output
        outputs = [{"name": "stdout", "output_type": "stream", "text": text}]
    return _code_cell(code, outputs=outputs if output.strip() else [], metadata=metadata)


def _display(kind: str, output: str) -> dict[str, Any]:
    name = {"text/html": "HTML", "text/markdown": "Markdown"}[kind]
    plain = f"<IPython.core.display.{name} object>"
    data = {kind: output, "text/plain": plain}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _text_cell(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def _code_cell(
    code: str, outputs: Sequence[dict[str, Any]] = (), metadata: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata or {},
        "outputs": list(outputs),
        "source": code,
    }


def _shown(code: str, kind: str) -> str:
    """Wrap code so that what it prints is displayed as the page shows it."""
    body = indent(code)
    return code if body is None else _DISPLAYED.format(body=body, kind=kind)
