"""What running a chapter gave."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from ..files import EVERY_MODULE


def is_file_of_book(name: str) -> bool:
    """Say whether what a chapter asked of is the content of one of the book's files."""
    plain = name[:1] not in "?$@&" and name != EVERY_MODULE and not name.endswith("/")
    return plain and not os.path.isabs(name)


def is_of_book(name: str) -> bool:
    """Say whether it is a file of the book, the names in one of its folders, or what is there."""
    plain = name[:1] not in "$@&" and name != EVERY_MODULE
    return plain and not os.path.isabs(name.removeprefix("?"))


@dataclass(frozen=True)
class BlockResult:
    """What one block did.

    Attributes:
        state: `ran`, `raised` (as its fence expects), `failed`, `lacking` (this machine lacks what
            it needs) or `not-run` (an earlier block failed).
        output: What it printed, and the traceback that it was expected to raise. The chapter's own
            line numbers stand in it as `hide_lines` leaves them.
        problem: Why it failed, for people.
        problem_line: The Markdown line that is to blame.
        stderr: What it wrote to standard error, when that is no part of its output.
        seconds: How long it ran.
        reads: What of the book's files and folders had been read or asked for when it ended, as
            `worker.watch` names it; not what only an import or a library looked for.
    """

    state: str
    output: str = ""
    problem: str = ""
    problem_line: int = 0
    stderr: str = ""
    seconds: float = 0.0
    reads: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ChapterResult:
    """What one run of a chapter gave, and with what.

    Attributes:
        key: Names the code and settings that ran.
        blocks: What each block did.
        machine: What the book says of this machine.
        versions: Of the packages that the book names.
        date: Of the run.
        asked: What the chapter asked of the world, named as `worker.watch` says, with its state.
        lines: Names the lines that its code stood in, where its outputs may speak of them.
    """

    key: str
    blocks: list[BlockResult]
    machine: dict[str, str]
    versions: dict[str, str]
    date: str
    asked: dict[str, str] = field(default_factory=dict)
    lines: str = ""

    @property
    def files(self) -> list[str]:
        """The book's files that it read."""
        return [name for name in self.asked if is_file_of_book(name)]

    @property
    def ok(self) -> bool:
        """Whether every block did what its fence expects."""
        return all(b.state in ("ran", "raised", "lacking") for b in self.blocks)

    @property
    def seconds(self) -> float:
        """How long its code ran."""
        return sum(b.seconds for b in self.blocks)

    @property
    def origin(self) -> str:
        """Name what it ran with: versions, device, threads, date."""
        versions = [f"{name} {number}" for name, number in self.versions.items()]
        machine = [v if k != "threads" else f"threads {v}" for k, v in self.machine.items()]
        return " · ".join([*versions, *machine, self.date])
