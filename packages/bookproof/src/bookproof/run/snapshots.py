"""Keep the processes of chapters that an author edits, and choose the one to go on from.

See `worker.snapshot` for what a snapshot is. One is used only where all that stands before it is
what it was: the blocks with their lines and options, what the process was told of the book, each
file and folder that was looked at or made until then, what is installed.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from ..files import EVERY_MODULE, standing
from ..settings import Settings
from ..worker.job import BlockJob, Job
from .processes import Processes
from .results import ChapterResult
from .world import World

EVERY = 1.0  # seconds of a chapter's run time from one snapshot to the next
_LONG = 1.0  # seconds; before a block that took as long, a snapshot is worth more
_LOOKS = 0.5  # seconds from one look at the memory to the next
_GIB = 1 << 30


@dataclass(frozen=True)
class Snapshot:
    """A chapter's process between two blocks.

    Attributes:
        pid: Its number.
        folder: Of the job that it was taken in, where what the blocks before it left stands.
        job: That job.
        at: The place of the block after it.
        after: Seconds that the blocks before it ran.
        notes: Bytes that were noted until then of what they asked for.
        marks: What stood then on disk at each place that they asked for.
    """

    pid: int
    folder: Path
    job: Job
    at: int
    after: float
    notes: int
    marks: dict[str, str]


class Snapshots:
    """Those of all chapters, bounded in number and memory."""

    def __init__(self, settings: Settings, prefix: str) -> None:
        self.settings = settings
        self.peak = 0  # bytes that they took at most
        self._prefix = prefix
        self.base: Path | None = None
        self._made = 0
        self._all: list[Snapshot] = []  # those of the chapter that ran last stand last
        self._jobs: dict[Path, Job] = {}  # of the folders that are there
        self._world: dict[Path, dict[str, str]] = {}  # what is no file, when a folder's run ended
        self._seconds: dict[tuple[str, str], float] = {}  # of a block, by chapter and code
        self._edited: dict[str, int] = {}  # by chapter, the first block that the last edit changed
        self._dropped: set[tuple[Path, int]] = set()
        self._looked = 0.0

    def all(self) -> list[Snapshot]:
        """Return those that are there."""
        return list(self._all)

    def folder(self) -> Path:
        """Return the place for the files of another run, which live as long as its snapshots."""
        if self.base is None:
            self.base = Path(tempfile.mkdtemp(prefix=self._prefix))
        self._made += 1
        return self.base / str(self._made)

    def prepared(self, job: Job, folder: Path) -> tuple[Job, Snapshot | None]:
        """Return a job that keeps snapshots, and the last of the former ones that it may use.

        What the blocks before that one left is put into the job's folder.
        """
        found = self._usable(job)
        self._edited[job.chapter] = changed = self._changed(job)
        long = [
            at
            for at, block in enumerate(job.blocks)
            if self._seconds.get((job.chapter, block.code), 0) >= _LONG
        ]
        job = replace(job, keep_every=EVERY, keep_before=sorted({*long, changed}))
        self._jobs[folder] = job
        for snapshot in [s for s in self._all if s.job.chapter == job.chapter]:
            self._all.remove(snapshot)
            self._all.append(snapshot)
        if found is not None:
            for block in job.blocks[: found.at]:
                for file in found.folder.glob(f"{block.index}.*"):
                    shutil.copyfile(file, folder / file.name)
            with open(found.folder / "noted", "rb") as noted:
                (folder / "noted").write_bytes(noted.read(found.notes))
        return job, found

    def look(self, processes: Processes, now: bool = False) -> None:
        """Find the new ones, and end those that are beyond the bounds."""
        if not now and time.monotonic() - self._looked < _LOOKS:
            return
        self._looked = time.monotonic()
        self._all = [s for s in self._all if _file(s.folder, s.pid).exists()]
        known = {(s.folder, s.pid) for s in self._all} | self._dropped
        for folder, job in self._jobs.items():
            for file in folder.glob("kept.*.json"):
                pid = int(file.name.split(".")[1])
                if (folder, pid) not in known:
                    told = json.loads(file.read_text("utf-8"))
                    self._all.append(Snapshot(pid, folder, job, **told))
        sizes = {s.pid: _memory(s.pid) for s in self._all}
        most = self.settings.snapshot_memory * _GIB
        while self._all and (
            len(self._all) > self.settings.snapshots or sum(sizes[s.pid] for s in self._all) > most
        ):
            self._drop(self._least(), processes)
        self.peak = max(self.peak, sum(sizes[s.pid] for s in self._all))

    def ended(self, folder: Path, result: ChapterResult, processes: Processes) -> None:
        """Take note of a run that is over; what it did not end by itself is not gone on from."""
        self.look(processes, now=True)
        job = self._jobs[folder]
        self._world[folder] = {n: s for n, s in result.asked.items() if _is_no_file(n)}
        seconds = {i: b.seconds for i, b in enumerate(result.blocks, 1)}
        for block in job.blocks:
            self._seconds[job.chapter, block.code] = seconds.get(block.index, 0)
        if not (folder / "end.json").exists():
            self.drop(job.chapter, processes)
        self._clean(keep=folder)

    def drop(self, chapter: str, processes: Processes) -> None:
        """End all of a chapter."""
        for snapshot in [s for s in self._all if s.job.chapter == chapter]:
            self._drop(snapshot, processes)

    def lost(self) -> None:
        """Forget all, whose processes have ended; the files of a run may be wanted still."""
        self._all.clear()

    def forget(self) -> None:
        """Forget all, with the files."""
        if self.base is not None:
            shutil.rmtree(self.base, ignore_errors=True)
        self.base = None
        self._all.clear()
        self._jobs.clear()
        self._world.clear()

    def _usable(self, job: Job) -> Snapshot | None:
        ours = [s for s in self._all if s.job.chapter == job.chapter and s.folder in self._world]
        world = World(self.settings)
        for snapshot in sorted(ours, key=lambda s: -s.at):
            if (
                _frame(snapshot.job) == _frame(job)
                and snapshot.job.blocks[: snapshot.at] == job.blocks[: snapshot.at]
                and all(world.state(n) == s for n, s in self._world[snapshot.folder].items())
                and all(standing(job.root, name) == was for name, was in snapshot.marks.items())
            ):
                return snapshot
        return None

    def _changed(self, job: Job) -> int:
        """Return the place of the first block that is not as in the chapter's last run."""
        before = self._last_blocks(job.chapter)
        same = 0
        while same < min(len(before), len(job.blocks)) and before[same] == job.blocks[same]:
            same += 1
        return same

    def _last_blocks(self, chapter: str) -> list[BlockJob]:
        jobs = [job for job in self._jobs.values() if job.chapter == chapter]
        return jobs[-1].blocks if jobs else []

    def _least(self) -> Snapshot:
        """Choose one to end: of the chapter that ran longest ago, what saves the least time.

        The next edit is likely to be where the last one was: what serves it goes last.
        """
        chapter = self._all[0].job.chapter
        ours = sorted((s for s in self._all if s.job.chapter == chapter), key=lambda s: s.after)
        last = self._last_blocks(chapter)
        fitting = [s for s in ours if s.job.blocks[: s.at] == last[: s.at]]
        edited = [s for s in fitting if s.at <= self._edited.get(chapter, 0)][-1:]
        saves = [
            (one in edited, one in fitting, one.after - before, -at)
            for at, (one, before) in enumerate(
                zip(ours, [0.0, *(s.after for s in ours)], strict=False)
            )
        ]
        return ours[saves.index(min(saves))]

    def _drop(self, snapshot: Snapshot, processes: Processes) -> None:
        self._all.remove(snapshot)
        self._dropped.add((snapshot.folder, snapshot.pid))
        processes.drop(snapshot.pid)

    def _clean(self, keep: Path) -> None:
        """Remove the folders that no snapshot needs."""
        needed = {keep, *(s.folder for s in self._all)}
        for folder in [f for f in self._jobs if f not in needed]:
            del self._jobs[folder]
            self._world.pop(folder, None)
            shutil.rmtree(folder, ignore_errors=True)


def _file(folder: Path, pid: int) -> Path:
    """Return the file that is there as long as a snapshot's process is."""
    return folder / f"kept.{pid}.json"


def _frame(job: Job) -> Job:
    """Return all of a job but for its blocks."""
    return replace(job, blocks=[], lines=0, keep_every=0, keep_before=[])


def _is_no_file(name: str) -> bool:
    return name[:1] in "@&" or name == EVERY_MODULE


def _memory(pid: int) -> int:
    """Return a process's share of the memory that is not a file's, in bytes."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            lines = dict(line.split(":", 1) for line in file if ":" in line)
        return sum(
            int(lines.get(name, "0").split()[0]) * 1024 for name in ("Pss_Anon", "Pss_Shmem")
        )
    except (OSError, ValueError):
        return 0
