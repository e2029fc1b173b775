"""What running a chapter gave."""

from __future__ import annotations

from dataclasses import dataclass, field


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
    """

    state: str
    output: str = ""
    problem: str = ""
    problem_line: int = 0
    stderr: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class ChapterResult:
    """What one run of a chapter gave, and with what."""

    key: str
    blocks: list[BlockResult]
    machine: dict[str, str]
    versions: dict[str, str]
    date: str
    files: dict[str, str] = field(default_factory=dict)

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
