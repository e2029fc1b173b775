"""Find the fences of a Markdown page that are to be executed, and those that are wrong."""

from __future__ import annotations

import re

from .block import Block, Problem
from .options import read_options, without_values
from .settings import Settings
from .snippets import SnippetError, expand

_FENCE = re.compile(r"^(?P<prefix>[ >]*)(?P<fence>`{3,}|~{3,})(?P<info>.*)$")
_HIDDEN = re.compile(r"^[^`~]+?(?P<fence>`{3,}|~{3,})[^`~]*\bexec\b[^`~]*$")  # no line of its own


class Scan:
    """Walk the lines of a page once, keeping the open fence.

    Attributes:
        blocks: The executed blocks that `run` found.
        problems: What it found wrong.
    """

    def __init__(self, settings: Settings, path: str, text: str) -> None:
        self.settings = settings
        self.path = path
        self.lines = text.expandtabs(4).split("\n")  # as Python-Markdown splits it
        self.blocks: list[Block] = []
        self.problems: list[Problem] = []

    def run(self) -> None:
        """Go through all lines."""
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
