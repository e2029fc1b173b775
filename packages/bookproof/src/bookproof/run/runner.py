"""Run chapters, each in its own fresh process, side by side, and gather what they did."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path, PurePosixPath

from ..files import unchanged
from ..parse.block import Block
from ..parse.chapter import Chapter
from ..parse.lines import hide_lines, speaks_of_lines
from ..settings import Settings
from ..worker.job import UNTOLD, BlockJob, Job, as_on_a_terminal, printed_bytes, read_output
from .cache import decisive, versions
from .distributions import installed
from .processes import Processes, StarterDiedError, open_processes
from .results import BlockResult, ChapterResult, is_of_book
from .snapshots import Snapshot, Snapshots
from .world import World

_LARGEST_OUTPUT = 20_000_000  # bytes; a block that prints for ever must not fill the disk
_PREFIX = "bookproof-"
_PATIENCE = 10.0  # seconds for a snapshot to go on
_PARRICIDE = "ended the process that chapters are started from, which is its parent"
_TOO_MUCH = f"printed more than {_LARGEST_OUTPUT // 1_000_000} MB"
Progress = Callable[[str, int, int, float], None]


@dataclass
class _Running:
    chapter: Chapter
    key: str
    blocks: list[Block]
    folder: Path
    at: int = 0
    since: float = field(default_factory=time.monotonic)
    killed: str = ""
    kept: bool = False  # whether snapshots are taken, which need the folder
    snapshot: Snapshot | None = None  # what it goes on from
    born: float = field(default_factory=time.monotonic)


class Runner:
    """Runs chapters; keeps the process that they are forked from until closed."""

    def __init__(self, settings: Settings, processes: Processes | None = None) -> None:
        self.settings = settings
        self.snapshots: Snapshots | None = None
        self._processes = processes  # where some were begun already

    def keep_snapshots(self) -> None:
        """Take snapshots of each chapter that runs alone, and go on from them where that is safe.

        That is for an author who edits a page. A gate never does it.
        """
        if self.settings.snapshots and self.snapshots is None:
            self.snapshots = Snapshots(self.settings, f"{_PREFIX}{os.getpid()}-")

    def open(self) -> Processes:
        """Begin to import what the chapters share; the first run need not wait for it then."""
        if self._processes is None:
            self._processes = open_processes(self.settings)
        return self._processes

    def close(self) -> None:
        """End every process."""
        self._end_processes()
        if self.snapshots is not None:
            self.snapshots.forget()

    def _end_processes(self) -> None:
        if self._processes is not None:
            self._processes.close()
            self._processes = None
        if self.snapshots is not None:
            self.snapshots.lost()

    def run(
        self,
        wanted: list[tuple[Chapter, str]],
        has: dict[str, bool],
        progress: Progress,
    ) -> Iterator[tuple[Chapter, ChapterResult]]:
        """Run chapters as many at a time as there are cores; yield each with its results.

        Args:
            wanted: The chapters, each with the key of its results.
            has: For each need, whether this machine has it.
            progress: Hears, several times a second, of each running block: chapter, block's index,
                its Markdown line, seconds.
        """
        if not wanted:
            return
        if self._processes is not None and self._processes.outdated():
            self.close()
        waiting = list(wanted)
        running: dict[Path, _Running] = {}
        suspects: list[tuple[Chapter, str]] = []  # one of them ended what starts the chapters
        _sweep()
        base = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        kept = self.snapshots if len(wanted) == 1 and self.open().keeps else None
        begun = 0
        try:
            self.open()
            installed().learn(self.settings.preload)  # while that imports what the chapters share
            ended: list[tuple[_Running, int]] = []
            while waiting or suspects or running or ended:
                try:
                    processes = self.open()
                    while self._may_begin(len(running), waiting, suspects):
                        chapter, key = (waiting or suspects).pop(0)
                        begun += 1
                        folder = kept.folder() if kept else base / str(begun)
                        running[folder] = job = self._prepare(chapter, key, has, folder)
                        if job.snapshot is not None:
                            processes.resume(folder, job.snapshot.pid, job.snapshot.folder)
                        else:
                            processes.start(folder)
                    while ended:  # while the next ones run already
                        job, status = ended.pop()
                        if self._is_lost(job, processes):
                            waiting.append((job.chapter, job.key))
                            continue
                        yield job.chapter, self._done(job, status, has, processes)
                    found = processes.ended(0.1) if running else []
                    ended = [(running.pop(folder), status) for folder, status in found]
                    for job in running.values():
                        self._look(job, progress)
                        if job.killed:
                            processes.kill(job.folder)
                        elif job.snapshot is not None and _hangs(job):
                            processes.drop(job.snapshot.pid)
                    if kept and running:
                        kept.look(processes)
                except StarterDiedError:
                    self._end_processes()
                    begun_now = [job for job in running.values() if _has_begun(job)]
                    if not begun_now:  # no chapter is to blame
                        raise
                    if len(begun_now) == 1:
                        begun_now[0].killed = _PARRICIDE
                        ended.append((begun_now[0], 0))
                        del running[begun_now[0].folder]
                    suspects += [(job.chapter, job.key) for job in running.values()]
                    running.clear()
        except BaseException:
            self.close()
            raise
        finally:
            shutil.rmtree(base, ignore_errors=True)

    def _is_lost(self, job: _Running, processes: Processes) -> bool:
        """Say whether a snapshot was gone before it could go on; the chapter is then run whole."""
        lost = job.snapshot is not None and not _has_begun(job)
        if lost and self.snapshots is not None:
            self.snapshots.drop(job.chapter.path, processes)
        return lost

    def _done(
        self, job: _Running, status: int, has: dict[str, bool], processes: Processes
    ) -> ChapterResult:
        """Gather what a chapter did, and remove its files unless snapshots need them."""
        result = self._gather(job, status, has)
        if self.snapshots is not None and job.kept:
            self.snapshots.ended(job.folder, result, processes)
        else:
            shutil.rmtree(job.folder, ignore_errors=True)
        return result

    @staticmethod
    def _may_begin(
        running: int, waiting: list[tuple[Chapter, str]], suspects: list[tuple[Chapter, str]]
    ) -> bool:
        """Say whether another chapter may begin; a suspect runs alone, after all others."""
        if waiting:
            return running < (os.cpu_count() or 1)
        return bool(suspects) and running == 0

    def _prepare(self, chapter: Chapter, key: str, has: dict[str, bool], folder: Path) -> _Running:
        folder.mkdir()
        job, blocks = self._job(chapter, has)
        snapshot, kept = None, False
        if self.snapshots is not None and folder.parent == self.snapshots.base:
            (job, snapshot), kept = self.snapshots.prepared(job, folder), True
        job.save(folder)
        return _Running(chapter, key, blocks, folder, kept=kept, snapshot=snapshot)

    def _job(self, chapter: Chapter, has: dict[str, bool]) -> tuple[Job, list[Block]]:
        blocks = [b for b in chapter.blocks if all(has[n] for n in b.needs)]
        settings = self.settings
        job = Job(
            chapter=chapter.path,
            root=str(settings.root),
            lines=chapter.text.count("\n") + 1,
            path=settings.path,
            preload=settings.preload,
            start=settings.start,
            describe=settings.describe,
            ignore=list(settings.ignored),
            apart=[*settings.apart, *decisive(settings.root)],
            blocks=[
                BlockJob(
                    b.index,
                    b.line,
                    b.code,
                    list(b.origins),
                    b.session,
                    b.alone,
                    b.last_value,
                    b.stderr,
                    b.raises,
                    b.width,
                    b.workdir,
                    settings.shows.get(b.shown_as, ""),
                    b.options,
                    b.reads,
                )
                for b in blocks
            ],
        )
        return job, blocks

    def _look(self, job: _Running, progress: Progress) -> None:
        """See how far a chapter is, and why it is to be ended: too long, or too much printed."""
        now = time.monotonic()
        while (
            job.at < len(job.blocks) and (job.folder / f"{job.blocks[job.at].index}.json").exists()
        ):
            job.at, job.since = job.at + 1, now
        limit = self.settings.limit
        block = job.blocks[min(job.at, len(job.blocks) - 1)] if job.blocks else None
        if not _has_begun(job):  # it waits for the imports that all share
            job.since = now
        elif not (job.folder / "started").exists() or job.at >= len(job.blocks) or block is None:
            name = "describe" if (job.folder / "started").exists() else "start"
            name = name if (job.folder / "imported").exists() else "preload"
            if now - job.since > limit:
                job.killed = f"[tool.bookproof] {name} did not end within {limit:g} seconds"
        else:
            progress(job.chapter.path, block.index, block.line, now - job.since)
            self._look_at(job, block, now - job.since)

    def _look_at(self, job: _Running, block: Block, seconds: float) -> None:
        limit = block.limit or self.settings.limit
        if seconds > limit:
            job.killed = (
                f'did not end within {limit:g} seconds (limit="…" on its fence allows more)'
            )
        elif printed_bytes(job.folder, block.index) > _LARGEST_OUTPUT:
            job.killed = _TOO_MUCH

    def _gather(self, job: _Running, status: int, has: dict[str, bool]) -> ChapterResult:
        chapter, found, failed = job.chapter, [], False
        ran = {b.index for b in job.blocks}
        for block in chapter.blocks:
            if block.index not in ran:
                found.append(BlockResult("lacking"))
            elif failed:
                found.append(BlockResult("not-run"))
            else:
                result = self._block(job, block, status)
                found.append(result)
                failed = result.state == "failed"
        machine: dict[str, str] = {}
        asked: dict[str, str] = {}
        if (job.folder / "end.json").exists():
            end = json.loads((job.folder / "end.json").read_text("utf-8"))
            machine, asked = end["machine"], self._states(end["noted"])
            found = [
                replace(result, reads=_read_until(end["noted"], _reached(job.folder, block)))
                for result, block in zip(found, chapter.blocks, strict=True)
            ]
        elif not failed:  # between the blocks, before the first or after the last
            text = job.killed or _death(job.folder, status)
            last = next((i for i in reversed(range(len(found))) if found[i].state != "lacking"), 0)
            found[last] = BlockResult(
                "failed", problem=text, problem_line=chapter.blocks[last].line
            )
        return ChapterResult(
            job.key,
            found,
            machine,
            versions(self.settings),
            date.today().isoformat(),
            asked,
            chapter.lines if speaks_of_lines(chapter, [b.output for b in found]) else "",
        )

    def _states(self, noted: list[tuple[str, str, int]]) -> dict[str, str]:
        """Say what each thing is; what was edited while the chapter ran, it may not have seen."""
        root, world = self.settings.root, World(self.settings)
        return {
            name: world.state(name) if unchanged(str(root), name, then) else "edited"
            for name, then, _ in noted
        }

    def _block(self, job: _Running, block: Block, status: int) -> BlockResult:
        out = read_output(job.folder / f"{block.index}.out", _LARGEST_OUTPUT)
        err = (
            "" if block.stderr else read_output(job.folder / f"{block.index}.err", _LARGEST_OUTPUT)
        )
        file = job.folder / f"{block.index}.json"
        error, seconds = None, 0.0
        if file.exists():
            record = json.loads(file.read_text("utf-8"))
            error, seconds = record["error"], record["seconds"]
            if error is None and block.raises:
                problem = f"did not raise {block.raises}"
            elif error is not None and error["stops"]:
                problem = as_on_a_terminal(error["text"])
                if block.raises:
                    problem = f"raised {error['type']}, not {block.raises}\n{problem}"
            else:
                problem = (
                    _TOO_MUCH if printed_bytes(job.folder, block.index) > _LARGEST_OUTPUT else ""
                )
        else:
            problem = job.killed or _death(job.folder, status)
            seconds = time.monotonic() - job.since
        output = out
        if error is not None and not error["stops"]:
            text = as_on_a_terminal(error["text"])
            output = f"{out.rstrip()}\n{text}\n" if out.strip() else f"{text}\n"
        output = hide_lines(job.chapter, block, output)
        if problem:
            line = _blamed_line(job.chapter, block, problem)
            problem = hide_lines(job.chapter, block, problem)
            return BlockResult("failed", output, problem, line, err, seconds)
        return BlockResult("raised" if block.raises else "ran", output, "", 0, err, seconds)


def _has_begun(job: _Running) -> bool:
    return (job.folder / "begun").exists()


def _hangs(job: _Running) -> bool:
    """Say whether a snapshot does not go on."""
    return not _has_begun(job) and time.monotonic() - job.born > _PATIENCE


def _blamed_line(chapter: Chapter, block: Block, problem: str) -> int:
    """Return the line that the traceback names in the chapter, or the block's fence."""
    prefix = f"  {chapter.path}:"
    named = [t[len(prefix) :].split(",")[0] for t in problem.splitlines() if t.startswith(prefix)]
    return int(named[-1]) if named and named[-1].isdigit() else block.line


def _reached(folder: Path, block: Block) -> int:
    """Return how far the notes went when a block had ended; 0 where it did not run."""
    file = folder / f"{block.index}.json"
    return int(json.loads(file.read_text("utf-8"))["noted"]) if file.exists() else 0


def _read_until(noted: list[tuple[str, str, int]], reached: int) -> list[str]:
    found = [name for name, _, at in noted if 0 <= at < reached and is_of_book(name)]
    files = {name for name in found if name[:1] != "?"}
    there = files.union(*map(_above, files))
    return [name for name in found if name[:1] != "?" or name[1:] not in there]


@lru_cache(maxsize=4096)
def _above(name: str) -> tuple[str, ...]:
    """Name the folders that a file stands in."""
    return tuple(above.as_posix() for above in PurePosixPath(name).parents)


def _sweep() -> None:
    """Remove the folders of engines that were killed before they could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        number = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if number.isdigit() and os.name == "posix":
            try:
                os.kill(int(number), 0)
            except ProcessLookupError:
                shutil.rmtree(folder, ignore_errors=True)
            except OSError:
                continue


def _death(folder: Path, status: int) -> str:
    if (folder / "crash").exists() and (said := (folder / "crash").read_text("utf-8")):
        return said
    if status == UNTOLD:
        return (
            f"its process ended with exit status {status}, and could not write why: the disk is "
            f"full, or a block has set a limit or a hook that stops all writing"
        )
    if status < 0:
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = str(-status)
        return f"its process was killed by signal {name}"
    return f"its process ended by itself, with exit status {status}"
