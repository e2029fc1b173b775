"""Find the executed blocks of a Markdown page, and the fences that were meant to be some."""

from __future__ import annotations

import difflib
import re
from collections import Counter

from ..settings import Settings
from .block import Block, Problem
from .fences import PYTHON, Fence, Fences
from .options import OURS, wrong_options
from .snippets import Line, SnippetError, Snippets

_FENCE = re.compile(r"^(?P<prefix>[ >]*)(?P<fence>`{3,}|~{3,})(?P<info>.*)$")
_HIDDEN = re.compile(r"^[^`~]+?(?P<fence>`{3,}|~{3,})[^`~]*\bexec\b[^`~]*$")  # no line of its own
_OPTION = re.compile(r"""[ ]+([a-zA-Z][a-zA-Z0-9_]*)=(?:"([^"]*)"|'([^']*)')(?=[ ]|$)""")
_KEY = re.compile(r"""(?:^|[\s{,"'])([a-zA-Z][a-zA-Z0-9_]*)(?=\s*=|\s*$|\s)""")


class Scan:
    """Read a page once.

    Attributes:
        blocks: The executed Python blocks that `run` found.
        problems: What it found wrong.
        others: How many executed fences of each other language there are, which are not ours.
    """

    def __init__(
        self, settings: Settings, fences: Fences, snippets: Snippets, path: str, text: str
    ) -> None:
        self.settings = settings
        self.fences = fences
        self.snippets = snippets
        self.path = path
        self.text = text
        self.blocks: list[Block] = []
        self.problems: list[Problem] = []
        self.others: Counter[str] = Counter()
        self._lost: list[Problem] = []  # includes that could not be read

    def run(self) -> None:
        """Find the blocks in their order."""
        placed = self._expanded(self.text.split("\n"))
        lines = self.fences.normal([line.text for line in placed])
        found = self.fences.find(lines)
        self._between(lines, placed, found)
        for fence in found:
            if fence.options is None or not fence.shown:
                if fence.options is not None and fence.depth < 4:  # no listing was meant
                    said = "an empty line is lacking above this fence: the page shows it as text"
                    self._problem(placed[fence.start].at, said)
                continue
            if fence.language not in PYTHON:
                self.others[fence.language] += 1
                continue
            line = placed[fence.start].at
            if self._in_comment(lines, found, fence):
                self._problem(
                    line, "this block stands in an HTML comment: it would run and never be shown"
                )
            elif wrong := wrong_options(fence.options, self.settings):
                for message in wrong:
                    self._problem(line, message)
            else:
                self._block(fence, placed)
        if self.blocks or self.problems:  # else what is not there is the builder's to say
            self.problems += self._lost
        self.problems.sort(key=lambda problem: problem.line)

    def _expanded(self, lines: list[str]) -> list[Line]:
        """Expand the includes, each of which may fail by itself; front matter has none."""
        front = front_matter(lines)
        found: list[Line] = [Line("", (self.path, n), n) for n in range(1, front + 1)]
        try:
            return found + self.snippets.expand(self.path, front + 1, lines[front:])
        except SnippetError:
            pass
        for number, line in enumerate(lines[front:], front + 1):
            try:
                found += self.snippets.expand(self.path, number, [line])
            except SnippetError as error:
                self._lost.append(Problem(self.path, error.line, str(error)))
                found.append(Line("", (self.path, number), number))
        return found

    def _problem(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.path, line, message))

    def _block(self, fence: Fence, placed: list[Line]) -> None:
        assert fence.options is not None
        inside = placed[fence.start + 1 : fence.end - 1]
        self.blocks.append(
            Block(
                len(self.blocks) + 1,
                placed[fence.start].at,
                "\n".join(fence.code),
                tuple(line.origin for line in inside),
                fence.options,
                alone=self.settings.session == "block" and "session" not in fence.options,
                end=placed[fence.end - 1].at,
            )
        )

    def _in_comment(self, lines: list[str], found: list[Fence], fence: Fence) -> bool:
        text = "\n".join(lines[: fence.start])
        if "<!--" not in text:
            return False
        inside = False
        covered = {n for f in found for n in range(f.start, f.end)}
        for number, line in enumerate(lines[: fence.start]):
            if number not in covered:
                inside = _comment_after(line, inside)
        return inside

    def _between(self, lines: list[str], placed: list[Line], found: list[Fence]) -> None:
        """Name the fences that were meant to be executed and are none to superfences."""
        covered = {n for f in found for n in range(f.start, f.end)}
        for fence in found:
            if not fence.language and (inner := _swallowed(lines, fence)):
                began = placed[fence.start].at
                said = f"this block stands inside of the listing that begins in line {began}"
                self._problem(placed[inner].at, f"{said}: is a fence above it broken?")
        number = 0
        while number < len(lines):
            line, here = lines[number], number
            number += 1
            if here in covered or ("```" not in line and "~~~" not in line):
                continue
            at = placed[here].at
            match = _FENCE.match(line)
            if not match or (match["fence"][0] == "`" and "`" in _OPTION.sub("", match["info"])):
                hidden = _HIDDEN.match(line)
                if hidden:
                    self._problem(at, "the fence of an executed block stands on its own line")
                    number = _after(lines, number, hidden["fence"])
                continue
            if self.fences.accepts(line):
                if "exec" in _keys(match["info"]):
                    self._broken(lines, here, match, at)
                    number = _after(lines, number, match["fence"])
            elif why := self._why(match["info"]):
                self._problem(at, why)
                number = _after(lines, number, match["fence"])

    def _broken(self, lines: list[str], start: int, match: re.Match[str], at: int) -> None:
        """Say why a fence that begins well is none: it is left open, or a line leaves it."""
        closed = any(line.strip(" >") == match["fence"] for line in lines[start + 1 :])
        left = "a line of this block is indented less than its fence"
        self._problem(at, left if closed else "this fence is never closed")

    def _why(self, info: str) -> str:
        """Say why superfences takes a fence for text that was meant for us; empty for others."""
        language = (re.match(r"\s*\.?([\w#.+-]*)", info) or [""])[0].strip()
        keys = _keys(info)
        shown = "so the page shows it as text, and nothing runs"
        if "exec" in keys:
            if language.startswith("exec"):
                return "only python blocks can be executed, not a fence with no language"
            if language and language not in self.fences.languages:
                return (
                    f"{language!r} is not among the languages that are executed here, {shown}; "
                    f"python blocks are, not {language!r}"
                )
        elif language not in ("", *PYTHON) and language.lower() not in PYTHON:
            return ""
        left = _OPTION.sub("", info.strip().removeprefix(language)).strip(" {}")
        near = next((k for k in keys if difflib.get_close_matches(k.lower(), ["exec"])), "")
        if near and near != "exec":
            return f"unknown option {near!r}, {shown}; did you mean 'exec'?"
        ours = sorted((OURS | {"source", "result"}) & set(keys))
        if "exec" not in keys and ours:
            return f'option {ours[0]!r} needs exec="1"'
        if "exec" in keys or (language in PYTHON and "{" in info):
            what = repr(left) if left else "this"
            return f'cannot read {what} in this fence, {shown}; options are written name="value"'
        return ""


def _swallowed(lines: list[str], fence: Fence) -> int:
    """Return the index of an executed fence inside of one of the same signs; 0 if there is none.

    It was meant to follow a fence that superfences gave up, whose end it took for a beginning.
    """
    sign = lines[fence.start].strip(" >")
    for number in range(fence.start + 1, fence.end - 1):
        match = _FENCE.match(lines[number])
        if match and match["fence"] == sign and "exec" in _keys(match["info"]):
            return number
    return 0


def _keys(info: str) -> list[str]:
    """Return what look like names of options, outside of values."""
    return _KEY.findall(re.sub(r"""=\s*("[^"]*"|'[^']*')""", "= ", info))


def _after(lines: list[str], number: int, fence: str) -> int:
    """Return the index after the line that would close a fence, so that it opens none."""
    closing = (n for n, text in enumerate(lines) if n >= number and text.strip(" >") == fence)
    return next((n + 1 for n in closing), number)


def front_matter(lines: list[str]) -> int:
    """Return how many lines of settings a page begins with."""
    if not lines or lines[0].rstrip() != "---":
        return 0
    return next((n + 1 for n, t in enumerate(lines) if n and t.rstrip() in ("---", "...")), 0)


def _comment_after(line: str, inside: bool) -> bool:
    """Say whether an HTML comment is open after `line`."""
    text = re.sub(r"`[^`]*`", "", line)
    opened, closed = text.rfind("<!--"), text.rfind("-->")
    if opened == closed == -1:
        return inside
    return opened > closed
