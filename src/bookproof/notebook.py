"""Write a chapter as a Jupyter notebook with its outputs, which runs wherever its packages are."""

from __future__ import annotations

import json
import re
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from .chapter import Block
from .export import indent, runnable
from .gate import Judged
from .settings import Settings

_BOX = re.compile(
    r'^(?P<indent> *)(?:!!!|\?\?\?\+?|===) *(?P<kind>[\w-]*)[^"]*(?:"(?P<title>.*)")?\s*$'
)
_LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]+)\]\((?!https?://|#)[^)]+\)(?:\{[^}]*\})?")
_FRONT_MATTER = re.compile(r"\A-{3}[ \t]*\n.*?\n(?:-{3}|\.{3})[ \t]*\n", re.DOTALL)
_LARGEST_FILE = 200_000  # bytes; data sets are not brought along


def notebook(settings: Settings, judged: Judged, page_url: str = "") -> str:
    """Return the chapter as the JSON of a notebook.

    Its first cell brings the book's own files that the chapter imports or opens. A block that must
    raise is wrapped so that the notebook goes on; one that this machine could not run carries its
    recorded output, if there is one.

    Args:
        settings: The book.
        judged: The chapter, with its results.
        page_url: Address of the page, for readers who want to come back; may be empty.
    """
    chapter = judged.chapter
    lines = chapter.text.split("\n")
    cells = []
    at = 0
    for block, verdict in zip(chapter.blocks, judged.verdicts, strict=True):
        cells += _prose(lines[at : block.line - 1])
        at = _end(lines, block)
        if block.needs:
            cells.append(new_markdown_cell(f"*The next cell needs {', '.join(block.needs)}.*"))
        cells.append(_code(block, verdict.live if verdict.kind != "failed" else ""))
    cells += _prose(lines[at:])
    back = f" It was made from [this page]({page_url})." if page_url else ""
    intro = new_markdown_cell(
        "*The outputs below are those of the book's own run. Run all cells to get your own.*" + back
    )
    book = nbformat.from_dict(
        new_notebook(
            cells=[intro, _setup(settings, judged), *cells],
            metadata={
                "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                "language_info": {"name": "python"},
            },
        )
    )
    for number, cell in enumerate(book.cells):
        cell.id = f"cell-{number}"  # not random: the same book gives the same bytes
    return str(nbformat.writes(book)) + "\n"


def _end(lines: list[str], block: Block) -> int:
    """Return the index of the line after a block's closing fence."""
    opening = lines[block.line - 1].strip()
    fence = opening[: len(opening) - len(opening.lstrip(opening[0]))]
    return (
        next((n for n in range(block.line, len(lines)) if lines[n].strip() == fence), len(lines))
        + 1
    )


def _prose(lines: list[str]) -> list[Any]:
    """Return the text between two blocks: boxes become titles, links between pages plain text."""
    text = _FRONT_MATTER.sub("", "\n".join(lines))
    shown = []
    fenced = False
    for line in text.split("\n"):
        if line.strip().startswith(("```", "~~~")):
            fenced = not fenced
        box = None if fenced else _BOX.match(line)
        if box:
            shown.append(f"**{box['title'] or box['kind'].capitalize()}**")
        else:
            shown.append(line)
    text = "\n".join(_dedented(shown))
    text = _LINK.sub(lambda m: m["text"], text).strip()
    return [new_markdown_cell(text)] if text else []


def _dedented(lines: list[str]) -> list[str]:
    """Move a box's text, which stands four spaces in, to the margin; lists keep their depth."""
    result, in_list = [], False
    for line in lines:
        if line.strip() and not line.startswith(" "):
            in_list = re.match(r"(?:[-*+]|\d+\.) ", line) is not None
        result.append(line if in_list else re.sub(r"^(?: {4})+", "", line))
    return result


def _code(block: Block, output: str) -> Any:
    """Return a block as a cell that shows its output as the page does."""
    code = runnable(block) if block.raises else block.code
    outputs = []
    plain = bool(block.options.get("result")) or bool(block.raises)
    if block.html and not block.raises:
        code, outputs = _shown(code, "as_html"), [_display("text/html", output)]
    elif not plain and output.strip():
        code, outputs = _shown(code, "as_markdown"), [_display("text/markdown", output)]
    elif output.strip():
        text = _message(output) if block.raises else output
        outputs = [new_output("stream", name="stdout", text=text)]
    metadata = {} if block.options.get("source") else {"jupyter": {"source_hidden": True}}
    return new_code_cell(code, outputs=outputs if output.strip() else [], metadata=metadata)


def _message(output: str) -> str:
    """Return what was printed and the exception's message: what the wrapped cell prints."""
    before, _, traceback = output.rpartition("Traceback (most recent call last):\n")
    lines = traceback.split("\n")
    first = next((n for n, line in enumerate(lines) if line and not line.startswith(" ")), 0)
    return before + "\n".join(lines[first:])


def _display(kind: str, output: str) -> Any:
    name = {"text/html": "HTML", "text/markdown": "Markdown"}[kind]
    plain = f"<IPython.core.display.{name} object>"
    return new_output("display_data", data={kind: output, "text/plain": plain})


def _shown(code: str, how: str) -> str:
    body = indent(code)
    return code if body is None else f"with {how}():\n{body}"


def _setup(settings: Settings, judged: Judged) -> Any:
    """Return the cell that brings the book's files and settings along."""
    files = {}
    for name in sorted(judged.result.files) if judged.result else []:
        path = settings.root / name
        if (
            path.is_file()
            and path.stat().st_size < _LARGEST_FILE
            and PurePosixPath(name).suffix != ".txt"
        ):
            files[name] = _text(path)
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
sys.path[:0] = [os.path.join(folder, part) for part in {json.dumps(settings.path)}]


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
    return new_code_cell(code.rstrip("\n"), metadata={"jupyter": {"source_hidden": True}})


def _literal(files: dict[str, str]) -> str:
    rows = "".join(f"    {name!r}: {text!r},\n" for name, text in files.items())
    return f"{{\n{rows}}}"


def _text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")
