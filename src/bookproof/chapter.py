"""Parse the chapters of a book: Markdown pages and notebook scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from .block import Block, Problem, digest
from .cells import is_script, read_cells
from .options import read_options
from .scan import Scan
from .settings import BookError, Settings


@dataclass(frozen=True)
class Chapter:
    """A page, parsed: Markdown, or a notebook script.

    Attributes:
        path: Where it stands, from the root, e.g. `docs/tensors/shapes.md`.
        text: Its source.
        blocks: Its executed blocks, in order.
        problems: What is wrong with its fences.
    """

    path: str
    text: str
    blocks: tuple[Block, ...] = ()
    problems: tuple[Problem, ...] = ()

    def after(self, block: Block) -> str:
        """Name all the code of the chapter up to and with `block`."""
        return digest(*(b.code_id for b in self.blocks[: block.index]))


def chapters(settings: Settings) -> list[Chapter]:
    """Parse every page of the book, Markdown or notebook script, in the order of their paths.

    Raises:
        BookError: The folder of the pages is not there.
    """
    if not settings.docs_dir.is_dir():
        raise BookError(
            f"no folder {settings.docs!r} in {settings.root}: see [tool.bookproof] docs"
        )
    scripts = [p for p in settings.docs_dir.rglob("*.py") if is_script(p.read_text("utf-8"))]
    return [parse(settings, p) for p in sorted([*settings.docs_dir.rglob("*.md"), *scripts])]


def parse(settings: Settings, path: Path) -> Chapter:
    """Parse one page; what is wrong with it is in the result's `problems`."""
    name = settings.relative(path)
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        return Chapter(name, "", problems=(Problem(name, 1, f"not UTF-8 text: {error}"),))
    if path.suffix == ".py":
        return _parse_script(settings, name, text)
    scan = Scan(settings, name, text)
    scan.run()
    return Chapter(name, text, tuple(scan.blocks), tuple(scan.problems))


def _parse_script(settings: Settings, name: str, text: str) -> Chapter:
    """Parse a notebook script: each cell of code is a block that shows its source."""
    blocks: list[Block] = []
    problems: list[Problem] = []
    for cell in read_cells(text.expandtabs(4)):
        if cell.markdown or not any(cell.lines):
            continue
        fence = 'python exec="1"'
        if not re.search(r"\bas=", cell.options):
            fence += ' source="above"' + ' result="text"' * ("html=" not in cell.options)
        options, wrong = read_options(f"{fence} {cell.options.strip()}".rstrip(), settings)
        problems += [Problem(name, cell.line, message) for message in wrong]
        if options is not None:
            origins = tuple((name, cell.line + 1 + n) for n in range(len(cell.lines)))
            code = "\n".join(cell.lines)
            blocks.append(Block(len(blocks) + 1, cell.line, code, origins, options))
    return Chapter(name, text, tuple(blocks), tuple(problems))
