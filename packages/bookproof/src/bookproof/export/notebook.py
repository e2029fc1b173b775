"""Write a chapter as a Jupyter notebook with its outputs, which runs wherever its packages are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from ..judge.gate import Judged
from ..parse.block import Block, Kind
from ..parse.chapter import Chapter
from ..parse.percent import read_cells
from ..run import shown
from ..settings import Settings
from . import prose
from .script import caught, indent

_LINK = re.compile(r"\]\((?![a-z]+:|/)(?P<path>[^)\s#]+)\.(?:md|ipynb)(?P<anchor>#[^)\s]*|)\)")
_LARGEST_FILE = 200_000  # bytes; data sets are not brought along


def notebook(settings: Settings, judged: Judged, page_url: str = "") -> str:
    """Return the chapter as the JSON of a notebook.

    Its first cell brings the book's own files that the chapter imports or opens. A block that must
    raise is wrapped so that the notebook goes on; one that this machine could not run carries its
    recorded output, if there is one.

    Args:
        settings: The book.
        judged: The chapter, with its results.
        page_url: Address of the page, for readers who want to come back; may be empty. With it,
            links to other pages hold wherever the notebook is.
    """
    cells = []
    for piece in _pieces(judged.chapter, page_url):
        if isinstance(piece, Block):
            verdict = judged.verdict(piece)
            if piece.needs:
                cells.append(_text_cell(f"*The next cell needs {', '.join(piece.needs)}.*"))
            cells.append(_code(piece, verdict.shown))
        elif piece:
            cells.append(_text_cell(piece))
    back = f" It was made from [this page]({page_url})." if page_url else ""
    intro = _text_cell(
        "*The outputs below are those of the book's own run. Run all cells to get your own.*" + back
    )
    numbered = [
        {**cell, "id": f"cell-{number}"}  # not random: the same book gives the same bytes
        for number, cell in enumerate([intro, _setup(settings, judged), *cells])
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


def without_outputs(settings: Settings, judged: Judged) -> str:
    """Return the notebook as `notebook` does, for a page that shows the outputs in its own way."""
    book = json.loads(notebook(settings, judged))
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], source="")
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


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


def _code(block: Block, output: str) -> dict[str, Any]:
    """Return a block as a cell that shows its output as the page does.

    One that another machine may not run, and one that is no Python, must not stop the others.
    """
    error = block.raises or shown.raised(output)
    code = (caught(block.code, error) if error else None) or block.code
    metadata: dict[str, Any] = {}
    if block.needs or (block.raises and code == block.code):
        metadata["tags"] = ["raises-exception"]
    if not block.source and block.kind is not Kind.SHOWN:
        metadata["jupyter"] = {"source_hidden": True}
    outputs = []
    if block.kind is Kind.HTML:
        code, outputs = _shown(code, "as_html"), [_display("text/html", output)]
    elif block.kind is Kind.MARKDOWN and output.strip():
        code, outputs = _shown(code, "as_markdown"), [_display("text/markdown", output)]
    else:
        if block.kind is Kind.SHOWN:
            output = shown.printed(output)
        text = _message(output) if block.kind is Kind.RAISED else output
        outputs = [{"name": "stdout", "output_type": "stream", "text": text}]
    return _code_cell(code, outputs=outputs if output.strip() else [], metadata=metadata)


def _message(output: str) -> str:
    """Return what was printed and the exception's message: what the wrapped cell prints."""
    before, _, traceback = output.rpartition("Traceback (most recent call last):\n")
    lines = traceback.split("\n")
    first = next((n for n, line in enumerate(lines) if line and not line.startswith(" ")), 0)
    named = re.match(r"(?:\w+\.)*(\w+)(?:: (.*))?$", lines[first])
    if named:  # a traceback has the module's name, too, and no colon without a message
        lines[first] = f"{named[1]}: {named[2] or ''}"
    return before + "\n".join(lines[first:])


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


def _shown(code: str, how: str) -> str:
    body = indent(code)
    return code if body is None else f"with {how}():\n{body}"


def _setup(settings: Settings, judged: Judged) -> dict[str, Any]:
    """Return the cell that brings the book's files and settings along."""
    files = {}
    opened = {settings.root / name for name in judged.result.files} if judged.result else set()
    for path in sorted(opened | _started(settings, judged.chapter)):
        if path.is_file() and path.stat().st_size < _LARGEST_FILE:
            files[settings.relative(path)] = _text(path)
    start = ""
    if settings.start:
        module, _, function = settings.start.partition(":")
        start = f"\nimport {module}\n\n{module}.{function}()\n"
    code = f"""# What this chapter shares with others is written to a temporary folder and imported.
import contextlib
import io
import os
import sys
import tempfile

os.environ.update({json.dumps(settings.env)})
from IPython.display import HTML, Markdown, display

FILES = {_literal(files)}
folder = tempfile.mkdtemp()
for name, text in FILES.items():
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
os.chdir(folder)
parts = [os.path.join(folder, part) for part in {json.dumps(settings.path)}]
sys.path[:0] = parts
os.environ["PYTHONPATH"] = os.pathsep.join(parts)


@contextlib.contextmanager
def _printed_as(kind):
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        yield
    display(kind(printed.getvalue()))


def as_html():
    return _printed_as(HTML)


def as_markdown():
    return _printed_as(Markdown)

{start}"""
    return _code_cell(code.rstrip("\n"), metadata={"jupyter": {"source_hidden": True}})


def _started(settings: Settings, chapter: Chapter) -> set[Path]:
    """Return the files of the book's packages that a chapter starts with `-m`."""
    code = "\n".join(block.code for block in chapter.blocks)
    names = re.findall(r"""["' ]-m["', ]+(\w+)""", code)
    folders = [settings.root / part / name for part in settings.path for name in names]
    return {path for folder in folders for path in folder.rglob("*.py")}


def _literal(files: dict[str, str]) -> str:
    rows = "".join(f"    {name!r}: {text!r},\n" for name, text in files.items())
    return f"{{\n{rows}}}"


def _text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")
