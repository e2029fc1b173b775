"""Parse the chapters of a book: Markdown pages and notebook scripts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath

from ..settings import BookError, Settings
from .block import Block, Problem, digest
from .fences import Fences
from .kept import Kept
from .options import is_on, wrong_options
from .percent import is_script, read_cells
from .scan import Scan
from .snippets import SnippetError, Snippets

_CELL_OPTION = re.compile(r"""[ ]+([a-zA-Z]\w*)=(?:"([^"]*)"|'([^']*)')(?=[ ]|$)""")


@dataclass(frozen=True)
class Chapter:
    """A page, parsed: Markdown, or a notebook script.

    Attributes:
        path: Where it stands, from the root, e.g. `docs/tensors/shapes.md`.
        place: Its place among the pages, without a suffix, e.g. `tensors/shapes`.
        text: Its source.
        blocks: Its executed blocks, in order.
        problems: What is wrong with its fences.
        others: How many executed fences of each other language it has, which are not ours.
    """

    path: str
    place: str
    text: str
    blocks: tuple[Block, ...] = ()
    problems: tuple[Problem, ...] = ()
    others: Counter[str] = field(default_factory=Counter, compare=False)

    @property
    def is_script(self) -> bool:
        """Whether it is a notebook script."""
        return self.path.endswith(".py")

    @cached_property
    def nth(self) -> dict[int, int]:
        """For each block, by its index, which of those with the same code it is, from 1."""
        times: Counter[str] = Counter()
        found = {}
        for block in self.blocks:
            times[block.code_id] += 1
            found[block.index] = times[block.code_id]
        return found

    @property
    def lines(self) -> str:
        """Name the lines that its code stands in."""
        return digest(*(f"{file}:{line}" for block in self.blocks for file, line in block.origins))

    def after(self, block: Block) -> str:
        """Name all the code of the chapter up to and with `block`."""
        return digest(*(b.code_id for b in self.blocks[: block.index]))


class Parser:
    """Parses pages as the book's configuration asks for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.fences = Fences(settings.builder.languages)
        self.snippets = Snippets(settings)
        self.kept = Kept(self.snippets)

    def chapters(self) -> list[Chapter]:
        """Parse every page of the book, Markdown or notebook script, in the order of their paths.

        Raises:
            BookError: The folder of the pages is not there.
        """
        settings = self.settings
        if not settings.docs_dir.is_dir():
            raise BookError(
                f"no folder {settings.docs!r} in {settings.root}: see [tool.bookproof] docs"
            )
        pages = [*settings.builder.pages(settings.docs_dir), *self._scripts()]
        found = [self.parse(path) for path in sorted(pages)]
        first: dict[str, Chapter] = {}
        for number, chapter in enumerate(found):
            other = first.setdefault(chapter.place, chapter)
            if other is not chapter:
                said = f"it has the place of {other.path} among the pages; rename one of them"
                problems = (*chapter.problems, Problem(chapter.path, 1, said))
                found[number] = replace(chapter, blocks=(), problems=problems)
        return found

    def _scripts(self) -> Iterator[Path]:
        for path in self.settings.docs_dir.rglob("*.py"):
            inside = path.relative_to(self.settings.docs_dir).parts
            if not any(part.startswith(".") for part in inside) and path.is_file():
                try:
                    if is_script(path.read_text("utf-8")):
                        yield path
                except UnicodeDecodeError:  # it is no page of ours
                    continue

    def parse(self, path: Path) -> Chapter:
        """Parse one page; what is wrong with it is in the result's `problems`."""
        name = self.settings.relative(path)
        inside = PurePosixPath(name).relative_to(self.settings.docs)
        place = str(inside.with_name(inside.name.removesuffix(inside.suffix)))
        try:
            if path.exists() and not path.is_file():  # reading a pipe or a device may never end
                said = "it is no regular file, as each page must be: put one in its place"
                return Chapter(name, place, "", problems=(Problem(name, 1, said),))
            text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            problem = Problem(name, line, f"not UTF-8 text: {error.reason}")
            return Chapter(name, place, "", problems=(problem,))
        except OSError as error:
            said = f"cannot be read: {error.strerror}"
            return Chapter(name, place, "", problems=(Problem(name, 1, said),))
        if path.suffix == ".py":
            return self._script(name, place, text)
        return self.kept.made(name, text, lambda: self._page(name, place, text))

    def _page(self, name: str, place: str, text: str) -> Chapter:
        scan = Scan(self.settings, self.fences, self.snippets, name, text)
        try:
            scan.run()
        except RecursionError:
            self.fences = Fences(self.settings.builder.languages)  # those stopped half-way
            said = "its lists or quotes are nested too deep to be read: take some levels out"
            return Chapter(name, place, text, problems=(Problem(name, 1, said),))
        return Chapter(name, place, text, tuple(scan.blocks), tuple(scan.problems), scan.others)

    def included(self, chapter: Chapter) -> list[str]:
        """Return what the text of a chapter includes of other files."""
        what = f"included by {chapter.path}"
        return self.kept.made(what, chapter.text, lambda: self._included(chapter))

    def _included(self, chapter: Chapter) -> list[str]:
        found = []
        for number, line in enumerate(chapter.text.split("\n"), 1):
            if "-8<-" in line:
                try:
                    lines = self.snippets.expand(chapter.path, number, [line.strip(" >")])
                except SnippetError as error:
                    found.append(str(error))
                else:
                    found += [line.text for line in lines]
        return found

    def _script(self, name: str, place: str, text: str) -> Chapter:
        """Parse a notebook script: each cell of code is a block that shows its source."""
        blocks: list[Block] = []
        problems: list[Problem] = []
        for cell in read_cells(text.expandtabs(4)):
            if cell.markdown or not any(cell.lines):
                continue
            given, left = _cell_options(cell.options)
            if left:
                said = f'cannot read {left!r} in this mark; options are written name="value"'
                problems.append(Problem(name, cell.line, said))
                continue
            options = {"exec": "1", **given}
            if "as" not in options:
                options.setdefault("source", "above")
                if not is_on(options.get("html", "0")):
                    options.setdefault("result", "text")
            if wrong := wrong_options(options, self.settings):
                problems += [Problem(name, cell.line, message) for message in wrong]
                continue
            origins = tuple((name, cell.line + 1 + n) for n in range(len(cell.lines)))
            code = "\n".join(cell.lines)
            index, end = len(blocks) + 1, cell.line + len(cell.lines)
            last = "as" not in options and "html" not in options
            blocks.append(Block(index, cell.line, code, origins, options, False, last, end))
        return Chapter(name, place, text, tuple(blocks), tuple(problems))


def _cell_options(text: str) -> tuple[dict[str, str], str]:
    """Read what follows the mark of a cell: its options, and what is none."""
    pairs = _CELL_OPTION.findall(text)
    left = _CELL_OPTION.sub("", text).strip()
    return {name: double or single for name, double, single in pairs}, left
