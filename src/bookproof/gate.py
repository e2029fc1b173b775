"""The gate: run what must run, compare it with the recordings, and judge each block."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache as memoize
from pathlib import PurePosixPath

from . import recording, results
from .block import Block, Problem
from .chapter import Chapter, chapters
from .results import BlockResult, Cache, ChapterResult
from .runner import Progress, Runner
from .settings import BookError, Settings
from .verdict import BAD, Verdict, verdict_on


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
            judged.verdicts.append(verdict_on(chapter, block, result, pairs.get(block.index), name))
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
