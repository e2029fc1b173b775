"""The gate: run what must run, compare it with the recordings, and judge each block."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache as memoize
from pathlib import PurePosixPath

from . import compare, recording, results
from .chapter import Block, Chapter, Problem, chapters
from .recording import Entry
from .results import BlockResult, Cache, ChapterResult, show_lines
from .runner import Progress, Runner
from .settings import BookError, Settings

BAD = ("failed", "drift", "new", "stale", "outdated", "orphan")


@dataclass(frozen=True)
class Verdict:
    """What is to be said of one block, or of one entry that no block owns.

    Attributes:
        kind: `same`; `moved` (differs within its tolerance); `replayed`; `absent` (this machine
            lacks what it needs, and nothing is recorded); `not-run`; or one of `BAD`, of which
            `stale` is a replay that no longer holds, and `outdated` a live output that other
            machines could not replay.
        line: The Markdown line, or for an orphan the recording's.
        message: What to say, empty for `same`.
        recorded: The recorded output as the page would show it.
        live: The output of this run, or of the replay, as the page shows it.
        origin: Where the recorded output came from.
    """

    kind: str
    line: int
    message: str = ""
    recorded: str = ""
    live: str = ""
    origin: str = ""


@dataclass
class Judged:
    """A chapter with its results and the verdicts on its blocks, in their order."""

    chapter: Chapter
    result: ChapterResult | None = None
    cached: bool = False
    verdicts: list[Verdict] = field(default_factory=list)
    orphans: list[Verdict] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is to be mended."""
        return not self.problems and all(v.kind not in BAD for v in self.verdicts + self.orphans)

    @property
    def complaints(self) -> list[str]:
        """What is to be mended, each with its place."""
        path = self.chapter.path
        bad = [v for v in self.verdicts if v.kind in BAD]
        return [
            *map(str, self.problems),
            *(f"{path}:{v.line}: {v.message}" for v in bad),
            *(f"{path}: {v.message}" for v in self.orphans),
        ]

    def verdict(self, block: Block) -> Verdict:
        """Return the verdict on a block."""
        return self.verdicts[block.index - 1]


class Gate:
    """Runs and judges chapters; keeps the process that they are forked from until closed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.cache = Cache(settings)
        self.runner = Runner(settings)

    def close(self) -> None:
        """End every process."""
        self.runner.close()

    def judge(
        self, wanted: Iterable[Chapter], progress: Progress = lambda *_: None
    ) -> list[Judged]:
        """Run the chapters whose cached results no longer hold, and judge all of `wanted`."""
        judged = [Judged(c, problems=list(c.problems)) for c in wanted]
        has = {n: self.has(n) for j in judged for b in j.chapter.blocks for n in b.needs}
        todo = []
        by_path = {}
        for j in judged:
            if j.chapter.blocks:
                key = results.key(self.settings, j.chapter, has)
                j.result = self.cache.find(j.chapter.path, key)
                j.cached = j.result is not None
                by_path[j.chapter.path] = j
                if not j.cached:
                    todo.append((j.chapter, key))

        def done(chapter: Chapter, result: ChapterResult) -> None:
            by_path[chapter.path].result = result
            if result.ok:
                self.cache.keep(chapter.path, result)

        todo.sort(key=lambda pair: -self._expected(pair[0]))  # the longest must not begin last
        self.runner.run(todo, has, progress, done)
        for j in judged:
            try:
                self._compare(j)
            except BookError as error:
                j.problems.append(_located(error))
        return judged

    def has(self, need: str) -> bool:
        """Say whether this machine has what a block may need."""
        return _tested(
            self.settings.needs[need],
            tuple(str(self.settings.root / p) for p in self.settings.path),
        )

    def _expected(self, chapter: Chapter) -> float:
        """Guess how many seconds a chapter will run: as the last time, or as its fences allow."""
        last = self.cache.last(chapter.path)
        limits = (float(b.options.get("limit", self.settings.limit)) for b in chapter.blocks)
        return last.seconds if last else max(limits)

    def _compare(self, judged: Judged) -> None:
        chapter = judged.chapter
        entries = recording.read(self.settings, chapter.path)
        blocks = judged.result.blocks if judged.result else []
        pairs, orphans = recording.match(chapter, entries, silent(blocks))
        name = self.settings.relative(recording.file_of(self.settings, chapter.path))
        for block, result in zip(chapter.blocks, blocks, strict=True):
            judged.verdicts.append(_verdict(chapter, block, result, pairs.get(block.index), name))
        for entry in orphans:
            began = f"its block began {entry.label!r}"
            message = f"no block owns this output ({began}); run record to drop it"
            judged.orphans.append(Verdict("orphan", entry.line, message, entry.output))


def silent(blocks: list[BlockResult]) -> set[int]:
    """Name the blocks, by index, that printed nothing."""
    return {n for n, b in enumerate(blocks, 1) if b.state == "ran" and not b.output.strip()}


@memoize
def _tested(test: str, path: tuple[str, ...]) -> bool:
    module, _, function = test.partition(":")
    before = list(sys.path)
    sys.path[:0] = [p for p in path if p not in sys.path]
    try:
        return bool(getattr(importlib.import_module(module), function)())
    except Exception as error:  # it is the book's own
        raise BookError(f"[tool.bookproof.needs] {test!r} failed: {error!r}") from error
    finally:
        sys.path[:] = before


def _located(error: BookError) -> Problem:
    path, _, rest = str(error).partition(":")
    line, _, message = rest.partition(":")
    return (
        Problem(path, int(line), message.strip())
        if line.isdigit()
        else Problem(path, 1, rest.strip())
    )


def _verdict(
    chapter: Chapter, block: Block, result: BlockResult, entry: Entry | None, name: str
) -> Verdict:
    live = show_lines(chapter, block, result.output)
    recorded = show_lines(chapter, block, entry.output) if entry else ""
    origin = entry.origin if entry else ""

    def say(kind: str, message: str = "", line: int = block.line, shown: str = live) -> Verdict:
        return Verdict(kind, line, message, recorded, shown, origin)

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
        if entry.after != chapter.after(block):
            message = (
                f"stale: it needs {lacks}, which this machine lacks, and its code, or code above "
                f"it, has changed since it was recorded ({entry.origin}).\n"
                f"Record it again where {lacks} is at hand: "
                f"nox -s record -- --needs {block.needs[0]}"
            )
            return say("stale", message, shown=recorded)
        return say("replayed", f"replayed: {entry.origin}", shown=recorded)
    if entry is None:
        if not live.strip():
            return say("same")
        return say("new", f"not recorded yet; it printed:\n{_indent(live)}")
    if compare.same(recorded, live, block.tolerance):
        if block.needs and entry.after != chapter.after(block):
            message = (
                f"where {', '.join(block.needs)} is lacking, this output would be stale: it is as "
                f"recorded, but its code, or code above it, has changed since; run record to say "
                f"that it still holds"
            )
            return say("outdated", message)
        return say("same" if recorded.rstrip() == live.rstrip() else "moved")
    changes = compare.diff(recorded, live, f"{name}:{entry.line}", f"{chapter.path}:{block.line}")
    return say("drift", f"the output drifted from its recording\n{changes}")


def _failure(problem: str, live: str, stderr: str) -> str:
    """Say first what went wrong, then where it came from and what was printed before it."""
    lines = problem.rstrip().splitlines() or ["failed"]
    last = next((n for n in reversed(range(len(lines))) if not lines[n].startswith(" ")), 0)
    if lines[0].startswith("Traceback"):
        parts = ["\n".join(lines[last:]), _indent(problem)]
    else:
        parts = [lines[0], *([_indent("\n".join(lines[1:]))] if lines[1:] else [])]
    for name, text in (("it had printed", live), ("standard error", stderr)):
        if text.strip():
            parts.append(f"  {name}:\n{_indent(text)}")
    return "\n".join(parts)


def _indent(text: str, most: int = 40) -> str:
    lines = text.rstrip().splitlines()
    shown = [f"    {line[:200]}" for line in lines[:most]]
    return "\n".join(
        shown + ([f"    … {len(lines) - most} lines more"] if len(lines) > most else [])
    )


def choose(settings: Settings, names: list[str]) -> list[Chapter]:
    """Return the chapters that the author names (`tensors/shapes`, or a path), or all.

    Raises:
        BookError: A name that no chapter has.
    """
    all_chapters = chapters(settings)
    if not names:
        return all_chapters
    known = {str(PurePosixPath(c.path).with_suffix("")): c for c in all_chapters}
    chosen: dict[str, Chapter] = {}
    for name in names:
        bare = name.removeprefix(f"{settings.docs}/").removesuffix(".md").removesuffix(".py")
        path = f"{settings.docs}/{bare}"
        if path not in known:
            paths = "\n  ".join(sorted(c.path for c in all_chapters))
            raise BookError(f"no chapter {name!r} ({path}.md); there are:\n  {paths}")
        chosen[path] = known[path]
    return list(chosen.values())
