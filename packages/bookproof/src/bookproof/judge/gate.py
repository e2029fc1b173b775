"""The gate: run what must run, compare it with the recordings, and judge each block."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache as memoize
from pathlib import Path

from ..parse.block import Block, Problem
from ..parse.chapter import Chapter, Parser
from ..run import cache
from ..run.cache import Cache
from ..run.processes import Processes
from ..run.results import BlockResult, ChapterResult
from ..run.runner import Progress, Runner
from ..run.world import World
from ..settings import BookError, Settings
from . import recording
from .verdict import BAD, Verdict, steady, verdict_on


@dataclass(frozen=True)
class Judged:
    """A chapter with its results and the verdicts on its blocks, in their order."""

    chapter: Chapter
    result: ChapterResult | None = None
    cached: bool = False
    verdicts: tuple[Verdict, ...] = ()
    orphans: tuple[Verdict, ...] = ()
    problems: tuple[Problem, ...] = ()

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

    def __init__(
        self, settings: Settings, fresh: bool = False, processes: Processes | None = None
    ) -> None:
        self.settings = settings
        self.fresh = fresh  # whether everything is run, whatever the cache has
        self.cache = Cache(settings)
        self.runner = Runner(settings, processes)

    def close(self) -> None:
        """End every process."""
        self.runner.close()

    def judge(
        self,
        wanted: Iterable[Chapter],
        progress: Progress = lambda *_: None,
        twice: bool = False,
        world: World | None = None,
    ) -> list[Judged]:
        """Run the chapters whose cached results no longer hold, and judge all of `wanted`.

        Args:
            wanted: The chapters.
            progress: As for `Runner.run`.
            twice: Whether to run those again that printed something new, to see whether they
                print the same.
            world: How things are now, where something of it was asked already.
        """
        chapters = list(wanted)
        has = {n: self.has(n) for c in chapters for b in c.blocks for n in b.needs}
        todo, kept, ran = [], {}, {}
        world = world or World(self.settings)
        for chapter in chapters:
            if chapter.blocks:
                key = cache.key(self.settings, chapter, has)
                if not self.fresh and (result := self.cache.find(chapter, key, world)):
                    kept[chapter.path] = result
                else:
                    todo.append((chapter, key))
        while todo:
            todo.sort(key=lambda pair: self._expected(pair[0]), reverse=True)
            for chapter, result in self.runner.run(todo, has, progress):
                ran[chapter.path] = result
                if result.ok:
                    self.cache.keep(chapter.path, result)
                else:  # what it gave before is no longer true
                    self.cache.drop(chapter.path)
            world = World(self.settings)  # they may have made what others had read
            todo = [
                (chapter, kept.pop(chapter.path).key)
                for chapter in chapters
                if chapter.path in kept and cache.moved(world, kept[chapter.path])
            ]
        judged = [self._judged(c, kept.get(c.path), ran.get(c.path), world) for c in chapters]
        return self._again(judged, ran, has, progress) if twice else judged

    def _again(
        self,
        judged: list[Judged],
        ran: dict[str, ChapterResult],
        has: dict[str, bool],
        progress: Progress,
    ) -> list[Judged]:
        """Run what printed something new once more; what then differs from itself is unstable."""
        moved = [j for j in judged if j.chapter.path in ran and _moved(j)]
        todo = [(j.chapter, ran[j.chapter.path].key) for j in moved]
        second = {c.path: result for c, result in self.runner.run(todo, has, progress)}
        found = [
            replace(j, verdicts=steady(self.settings, j.chapter, j.verdicts, run.blocks))
            if (run := second.get(j.chapter.path))
            else j
            for j in judged
        ]
        for one in found:
            if any(v.kind == "unstable" for v in one.verdicts):
                self.cache.drop(one.chapter.path)
        return found

    def behind(
        self, chapters: Iterable[Chapter], pages: Container[str], world: World
    ) -> dict[str, Judged]:
        """Judge by their last results those that must run for the sake of other pages alone.

        They have read a page, or what is recorded of one, that is another now.

        Args:
            chapters: Those that were not edited themselves.
            pages: The paths of all pages.
            world: How things are now.
        """
        found = {}
        recorded = f"{self.settings.relative(self.settings.recordings_dir)}/"
        for chapter in chapters:
            last = self.cache.last(chapter.path)
            if last is None or not isinstance(last.asked, dict):
                continue
            has = {n: self.has(n) for b in chapter.blocks for n in b.needs}
            if last.key != cache.key(self.settings, chapter, has):
                continue
            moved = {name.removeprefix("?") for name in cache.moved(world, last)}
            if moved and all(n in pages or n.startswith(recorded) for n in moved):
                found[chapter.path] = self._judged(chapter, last, None, world)
        return found

    def elsewhere(
        self, wanted: Iterable[Chapter], env: Mapping[str, str], progress: Progress
    ) -> list[Judged]:
        """Run and judge chapters as a machine would with other variables; keep nothing of it.

        Args:
            wanted: The chapters; those without blocks are left out.
            env: The variables, beside the book's own.
            progress: As for `Runner.run`.
        """
        runner = Runner(replace(self.settings, env={**self.settings.env, **env}))
        chapters = [c for c in wanted if c.blocks]
        has = {n: self.has(n) for c in chapters for b in c.blocks for n in b.needs}
        todo = [(c, "") for c in chapters]
        todo.sort(key=lambda pair: self._expected(pair[0]), reverse=True)
        with contextlib.closing(runner):
            ran = {c.path: result for c, result in runner.run(todo, has, progress)}
        world = World(self.settings)
        return [self._judged(c, None, ran[c.path], world) for c in chapters]

    def has(self, need: str) -> bool:
        """Say whether this machine has what a block may need."""
        return _tested(
            self.settings.needs[need],
            self.settings.root,
            tuple(str(self.settings.root / p) for p in self.settings.path),
        )

    def _expected(self, chapter: Chapter) -> tuple[float, int]:
        """Guess how long a chapter will run: the longest must not begin last.

        It takes the seconds of the last time, or else what its fences allow; where those are the
        same, the more of its blocks.
        """
        last = self.cache.last(chapter.path)
        allowed = max(b.limit or self.settings.limit for b in chapter.blocks)
        return last.seconds if last else allowed, len(chapter.blocks)

    def _judged(
        self,
        chapter: Chapter,
        kept: ChapterResult | None,
        ran: ChapterResult | None,
        world: World,
    ) -> Judged:
        result = ran or kept
        blocks = result.blocks if result else []
        try:
            entries = recording.read(self.settings, chapter)
        except BookError as error:
            problem = Problem(error.path or chapter.path, error.line or 1, error.reason)
            problems = (*chapter.problems, problem)
            return Judged(chapter, result, kept is not None, problems=problems)
        pairs, orphans = recording.match(chapter, entries, silent(blocks))
        name = self.settings.relative(recording.file_of(self.settings, chapter))
        return Judged(
            chapter,
            result,
            kept is not None,
            tuple(
                verdict_on(world, chapter, block, done, pairs.get(block.index), name)
                for block, done in zip(chapter.blocks, blocks, strict=True)
            ),
            tuple(
                Verdict(
                    "orphan",
                    entry.line,
                    f"no block owns this output (its block began {entry.label!r}); "
                    f"`{self.settings.command} record` drops it",
                    entry.output,
                )
                for entry in orphans
            ),
            chapter.problems,
        )


def _moved(judged: Judged) -> bool:
    return any(v.kind in ("new", "drift") for v in judged.verdicts)


def silent(blocks: list[BlockResult]) -> set[int]:
    """Name the blocks, by index, that printed nothing."""
    return {n for n, b in enumerate(blocks, 1) if b.state == "ran" and not b.output.strip()}


@memoize
def _tested(test: str, root: Path, path: tuple[str, ...]) -> bool:
    module, _, function = test.partition(":")
    before = list(sys.path)
    sys.path[:0] = [p for p in path if p not in sys.path]
    try:
        with contextlib.chdir(root):
            return bool(getattr(importlib.import_module(module), function)())
    except (Exception, SystemExit) as error:  # it is the book's own
        raise BookError(f"[tool.bookproof.needs] {test!r} failed: {error!r}") from error
    finally:
        sys.path[:] = before


def choose(settings: Settings, names: list[str]) -> list[Chapter]:
    """Return the chapters that the author names (`tensors/shapes`, a path, a folder), or all.

    Raises:
        BookError: A name that no chapter and no folder of chapters has.
    """
    all_chapters = Parser(settings).chapters()
    if not names:
        return all_chapters
    known = {c.place: c for c in all_chapters} | {c.path: c for c in all_chapters}
    chosen: dict[str, Chapter] = {}
    for name in names:
        bare = name.removeprefix("./").removeprefix(f"{settings.docs}/")
        found = known.get(name) or known.get(bare) or known.get(bare.removesuffix(".md"))
        found = found or known.get(bare.removesuffix(".py"))
        inside = [c for c in all_chapters if c.place.startswith(f"{bare.rstrip('/')}/")]
        if found is None and not inside:
            paths = "\n  ".join(sorted(c.path for c in all_chapters))
            raise BookError(
                f"no chapter or folder {name!r} ({settings.docs}/{bare}.md); there are:\n  {paths}"
            )
        chosen.update({c.path: c for c in ([found] if found else inside)})
    return list(chosen.values())
