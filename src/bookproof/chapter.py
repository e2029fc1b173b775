"""Parse a chapter: find its executed blocks, their lines, and the fences that are wrong."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .cells import is_script, read_cells
from .options import is_on, read_options, without_values
from .settings import BookError, Settings
from .snippets import SnippetError, expand

_FENCE = re.compile(r"^(?P<prefix>[ >]*)(?P<fence>`{3,}|~{3,})(?P<info>.*)$")
_HIDDEN = re.compile(r"^[^`~]+?(?P<fence>`{3,}|~{3,})[^`~]*\bexec\b[^`~]*$")  # no line of its own


@dataclass(frozen=True)
class Problem:
    """Something wrong that has a place: `path:line: message`."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Block:
    """One executed block.

    Attributes:
        index: Its place among the chapter's blocks, from 1.
        line: The Markdown line of its opening fence, from 1.
        code: What runs, includes expanded.
        origins: For each line of `code`, the file and line that it stands in.
        options: The fence's options.
    """

    index: int
    line: int
    code: str
    origins: tuple[tuple[str, int], ...]
    options: dict[str, str]

    @property
    def session(self) -> str:
        """Name of the namespace that it shares."""
        return self.options.get("session", "")

    @property
    def needs(self) -> tuple[str, ...]:
        """What the machine must have for it to run."""
        return tuple(self.options.get("needs", "").replace(",", " ").split())

    @property
    def raises(self) -> str:
        """Name of the exception that it must raise, or empty."""
        return self.options.get("raises", "")

    @property
    def tolerance(self) -> str:
        """Its `tol=`, or empty."""
        return self.options.get("tol", "")

    @property
    def stderr(self) -> bool:
        """Whether its standard error is part of its output."""
        return is_on(self.options.get("stderr", "0"))

    @property
    def html(self) -> bool:
        """Whether it prints HTML."""
        return is_on(self.options.get("html", "0")) or bool(self.shown_as)

    @property
    def shown_as(self) -> str:
        """Name of what runs and shows it, or empty."""
        return self.options.get("as", "")

    @cached_property
    def code_id(self) -> str:
        """Name of the code and of the options that decide how it runs, stable under moves."""
        parts = [self.code, self.raises, self.session, str(self.stderr)]
        if self.shown_as:
            parts += [self.shown_as, self.options.get("id", ""), self.options.get("title", "")]
        return _digest(*parts)

    @property
    def label(self) -> str:
        """First line of its code, for people."""
        return next((line.strip() for line in self.code.splitlines() if line.strip()), "(empty)")[
            :80
        ]


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
        return _digest(*(b.code_id for b in self.blocks[: block.index]))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]


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
    scan = _Scan(settings, name, text)
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


class _Scan:
    """Walk the lines of a page once, keeping the open fence."""

    def __init__(self, settings: Settings, path: str, text: str) -> None:
        self.settings = settings
        self.path = path
        self.lines = text.expandtabs(4).split("\n")  # as Python-Markdown splits it
        self.blocks: list[Block] = []
        self.problems: list[Problem] = []

    def run(self) -> None:
        number, in_comment = 0, False
        while number < len(self.lines):
            line = self.lines[number]
            number += 1
            match = _FENCE.match(line)
            if not match or (match["fence"][0] == "`" and "`" in without_values(match["info"])):
                hidden = _HIDDEN.match(line)
                if hidden:
                    self._problem(number, "the fence of an executed block stands on its own line")
                    closing = (n for n, t in enumerate(self.lines) if t.strip() == hidden["fence"])
                    number = next((n + 1 for n in closing if n >= number), number)
                    continue
                self._include_in_prose(line, number)
                in_comment = _comment_after(line, in_comment)
                continue
            end, indented = self._end_of(match, number)
            executed, wrong = read_options(match["info"], self.settings)
            for message in wrong:
                self._problem(number, message)
            if end is None:
                self._problem(number, "this fence is never closed")
                return
            if not indented and ">" not in match["prefix"]:
                self._problem(number, "a line of this block is indented less than its fence")
            elif executed is not None:
                self._block(match, number, end, executed, in_comment)
            number = end + 1

    def _problem(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.path, line, message))

    def _end_of(self, match: re.Match[str], start: int) -> tuple[int | None, bool]:
        """Return the index of the closing line, and whether all lines stand deep enough."""
        prefix, indented = match["prefix"], True
        for index in range(start, len(self.lines)):
            line = self.lines[index]
            if line.strip() and not line.startswith(prefix):
                if line.strip().rstrip() == match["fence"]:
                    return index, False
                indented = False
            elif line[len(prefix) :].rstrip() == match["fence"]:
                return index, indented
        return None, indented

    def _block(
        self,
        match: re.Match[str],
        number: int,
        end: int,
        given: dict[str, str],
        in_comment: bool,
    ) -> None:
        prefix = match["prefix"]
        if in_comment:
            self._problem(
                number, "this block stands in an HTML comment: it would run and never be shown"
            )
        elif ">" in prefix:
            self._problem(number, "this block stands in a quotation; move it out")
        else:
            raw = [line[len(prefix) :].rstrip() for line in self.lines[number:end]]
            try:
                code, origins = expand(self.settings.root, self.path, number + 1, raw)
            except SnippetError as error:
                self._problem(error.line, str(error))
                return
            index = len(self.blocks) + 1
            self.blocks.append(Block(index, number, "\n".join(code), tuple(origins), given))

    def _include_in_prose(self, line: str, number: int) -> None:
        try:
            lines, _ = expand(self.settings.root, self.path, number, [line.strip()])
        except SnippetError as error:
            self._problem(number, str(error))
            return
        if lines != [line.strip()] and any(
            _FENCE.match(text) and re.search(r"\bexec\b", text) for text in lines
        ):
            self._problem(
                number, "the included text has executed blocks; write them in the chapter itself"
            )


def _comment_after(line: str, inside: bool) -> bool:
    """Say whether an HTML comment is open after `line`."""
    text = re.sub(r"`[^`]*`", "", line)
    opened, closed = text.rfind("<!--"), text.rfind("-->")
    if opened == closed == -1:
        return inside
    return opened > closed
