"""What is to be said of a block: its output beside the recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .. import tracebacks
from ..parse.block import Block, Kind
from ..parse.chapter import Chapter
from ..parse.lines import show_lines
from ..run.results import BlockResult
from ..run.world import World, told
from ..settings import Settings
from . import compare, differs, drift
from .recording import Entry

BAD = ("failed", "drift", "new", "unstable", "stale", "outdated", "orphan")
FREE = ("any", "words")  # tolerances of what differs with each run, such as a time

_LONG = 200  # characters of one line of what a block printed or raised


@dataclass(frozen=True)
class Verdict:
    """What is to be said of one block, or of one entry that no block owns.

    Attributes:
        kind: `same`; `moved` (differs within its tolerance); `replayed`; `absent` (this machine
            lacks what it needs, and nothing is recorded); `not-run`; or one of `BAD`, of which
            `unstable` printed something else when it ran again, `stale` is a replay that no longer
            holds, and `outdated` a live output that other machines could not replay.
        line: The Markdown line, or for an orphan the recording's.
        message: What to say, empty for `same`.
        recorded: The recorded output as the page would show it.
        live: The output of this run, or of the replay, as the page shows it.
        origin: Where the recorded output came from.
        edited: Whether the block's code is another than was recorded.
    """

    kind: str
    line: int
    message: str = ""
    recorded: str = ""
    live: str = ""
    origin: str = ""
    edited: bool = False

    @property
    def shown(self) -> str:
        """The output as a page, a notebook or a script shows it: nothing of a block that failed."""
        return "" if self.kind == "failed" else self.live


def verdict_on(
    world: World,
    chapter: Chapter,
    block: Block,
    result: BlockResult,
    entry: Entry | None,
    name: str,
) -> Verdict:
    """Judge what a block did by what is recorded of it.

    Args:
        world: The book, and what its files are now.
        chapter: Where it stands.
        block: The block.
        result: What it did.
        entry: Its recording, if there is one.
        name: The file of the recordings, as the diff shall call it.
    """
    settings = world.settings
    live = show_lines(chapter, block, result.output)
    recorded = show_lines(chapter, block, entry.output) if entry else ""
    origin = entry.origin if entry else ""
    edited = entry is not None and entry.code_id != block.code_id

    def say(kind: str, message: str = "", line: int = block.line, shown: str = live) -> Verdict:
        return Verdict(kind, line, message, recorded, shown, origin, edited)

    if result.state == "failed":
        problem = show_lines(chapter, block, result.problem)
        return say("failed", _failure(problem, live, result.stderr), result.problem_line)
    if result.state == "not-run":
        return say("not-run", "did not run: a block above it failed")
    if result.state == "lacking":
        lacks = ", ".join(block.needs)
        if entry is None:
            message = f"needs {lacks}, which this machine lacks, and is not recorded yet"
            return say("absent", message)
        if changes := _changed(world, entry, chapter, block):
            message = (
                f"stale: it needs {lacks}, which this machine lacks, and {changes} changed "
                f"since it was recorded ({entry.origin}).\n"
                f"Record it again where {lacks} is at hand: "
                f"{settings.command} record --needs {block.needs[0]}"
            )
            return say("stale", message, shown=recorded)
        return say("replayed", f"replayed: {entry.origin}", shown=recorded)
    if entry is None:
        if not live.strip():
            return say("same")
        return say("new", f"not recorded yet; it printed:\n{_indent(live)}")
    if _same(settings, block, recorded, live):
        if block.needs and (changes := _changed(world, entry, chapter, block)):
            message = (
                f"where {', '.join(block.needs)} is lacking, this output would be stale: it is as "
                f"recorded, but {changes} changed since; "
                f"`{settings.command} record` says that it still holds"
            )
            return say("outdated", message)
        return say("same" if recorded.rstrip() == live.rstrip() else "moved")
    places = f"{name}:{entry.line}", f"{chapter.path}:{block.line}"
    return say("drift", drift.told(recorded, live, *places, block.tolerance))


def _same(settings: Settings, block: Block, recorded: str, live: str) -> bool:
    """Compare two outputs as what the page shows of them: text, Markdown, or what draws."""
    printed = block.kind is Kind.MARKDOWN
    drawn = block.kind in (Kind.HTML, Kind.SHOWN) or (printed and settings.raw_html)
    return compare.same(recorded, live, block.tolerance, drawn=drawn, breaks=printed)


def _changed(world: World, entry: Entry, chapter: Chapter, block: Block) -> str:
    """Say what changed since a block was recorded on a machine that had what it needs."""
    if entry.after != chapter.after(block):
        return "its code, or code above it, has"
    read = entry.reads.items()
    moved = [told(name) for name, was in read if not _is_still(world, name, was)]
    asked = any(name[:1] == "?" and not _is_still(world, name, was) for name, was in read)
    verb, have = "asked for" if asked else "read", "have" if moved[1:] else "has"
    return f"{', '.join(moved)}, which it {verb}, {have}" if moved else ""


def _is_still(world: World, name: str, was: str) -> bool:
    state = world.state(name)
    return state == was or (name[:1] != "?" and state.startswith(was))


def steady(
    settings: Settings, chapter: Chapter, verdicts: Sequence[Verdict], again: Sequence[BlockResult]
) -> tuple[Verdict, ...]:
    """Say of new outputs which were others when the chapter ran a second time.

    Args:
        settings: The book.
        chapter: The chapter.
        verdicts: On its blocks, by the first run.
        again: What they did in the second.
    """
    found = []
    for block, verdict, second in zip(chapter.blocks, verdicts, again, strict=True):
        live = show_lines(chapter, block, second.output)
        fresh = verdict.kind in ("new", "drift")
        if fresh and not _same(settings, block, verdict.live, live):
            number, first, then = differs.first_change(verdict.live, live)
            message = (
                f"prints something else each time it runs, so no recording can hold it: seed it, "
                f'sort it, or say tol="any" or tol="words" on its fence\n'
                f"  line {number}, first: {first}\n"
                f"  line {number}, then:  {then}"
            )
            verdict = replace(verdict, kind="unstable", message=message)
        found.append(verdict)
    return tuple(found)


def _failure(problem: str, live: str, stderr: str) -> str:
    """Say first what went wrong, then where it came from and what was printed before it."""
    lines = problem.rstrip().splitlines() or ["failed"]
    if lines[0] == tracebacks.BEGINS:
        _, below = tracebacks.parted(problem)  # and what it came of
        first, rest = next((text for text in below if text[:1].strip()), lines[0]), problem
    else:
        first, rest = lines[0], "\n".join(lines[1:])
    parts = [differs.fit(first, _LONG), *([_indent(rest)] if rest else [])]
    for name, text in (("it had printed", live), ("standard error", stderr)):
        if text.strip():
            parts.append(f"  {name}:\n{_indent(text)}")
    return "\n".join(parts)


def _indent(text: str, most: int = 40) -> str:
    lines = text.rstrip().splitlines()
    shown = [f"    {differs.fit(line, _LONG)}" for line in lines[:most]]
    return "\n".join(
        shown + ([f"    … {len(lines) - most} lines more"] if len(lines) > most else [])
    )
