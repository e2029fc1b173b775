"""Keep a chapter's process as it is between two blocks, for a later run to go on from there.

The process forks a copy, which sleeps: it shares all memory that neither has written to since. A
copy that is woken forks again, and that one runs the rest of an edited page, so that a snapshot
serves any number of edits. Copies and those that go on are children of the process that starts
chapters, and no block sees them as its own. A copy ends with that process, whatever ended it.

What a copy does not hold is not to be trusted: other threads, running children, files open for
writing, pipes and devices, memory that all copies share. Where there is any, no snapshot is taken.
A file that is open for reading gets its own place in the copy.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import signal
import stat
import time
from collections.abc import Callable
from pathlib import Path

from ..files import write_json, write_text
from .job import Job
from .watch import Watch

with contextlib.suppress(ImportError):  # Windows has none, and forks nothing
    import fcntl

ADOPT = 36  # PR_SET_CHILD_SUBREAPER of Linux's prctl
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_WAKE = signal.SIGUSR1 if hasattr(signal, "SIGUSR1") else None
_SHORT = 0.1  # seconds of run time that are not worth a snapshot
_STATELESS = {"/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"}

# A block may put something else in their places.
_fork, _exit, _setsid = getattr(os, "fork", None), os._exit, getattr(os, "setsid", None)
_waitpid, _getpid, _getppid, _sleep = os.waitpid, os.getpid, os.getppid, time.sleep
_mask = getattr(signal, "pthread_sigmask", None)
_sigwait = getattr(signal, "sigwait", None)
_getstate, _setstate = random.getstate, random.setstate


class Keeper:
    """Takes snapshots of this process, and is told in a copy what to do.

    Args:
        folder: The folder of the job.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._starter = _getppid()
        self._last = 0.0  # seconds of run time at the last snapshot
        self._open: set[tuple[str, str]] = set()  # what was open before any code of the book ran
        self._shared: set[str] = set()
        self._places: dict[int, int] = {}  # in the files that are open for reading

    def begin(self, job: Job) -> None:
        """Note what is open before any code of the book runs."""
        if job.keep_every:
            self._open, self._shared = _open_files(), _shared_memory()

    def before(self, job: Job, at: int, seconds: float, watch: Watch) -> bool:
        """Take a snapshot before a block if one is due; say whether this is a copy that goes on.

        Args:
            job: What runs.
            at: Which of its blocks is next.
            seconds: How long its blocks have run.
            watch: Notes what they ask for.

        Returns:
            Whether another job is to be run from here on, which stands in `folder`.
        """
        since = seconds - self._last
        wanted = at in job.keep_before or at == len(job.blocks)
        due = since >= job.keep_every or (since >= _SHORT and wanted)
        if not job.keep_every or at == 0 or not due:
            return False
        with watch.quiet():
            try:
                if not self._trusted(watch):
                    return False
                marks = watch.marks()
            except Exception:  # what a block put in the place of something that this needs
                return False
            told = {"at": at, "after": seconds, "notes": watch.notes.size(), "marks": marks}
            self._last = seconds
            return self._keep(told)

    def _trusted(self, watch: Watch) -> bool:
        """Say whether a copy of this process would hold all that its blocks have done."""
        if len(os.listdir("/proc/self/task")) > 1:
            return False
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            pass
        else:
            return False
        if signal.getsignal(signal.SIGCHLD) != signal.SIG_DFL:
            return False
        if any(signal.getitimer(kind)[0] for kind in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL)):
            return False
        reading = self._reading(watch)
        self._places = reading or {}
        return reading is not None and not _shared_memory() - self._shared

    def _reading(self, watch: Watch) -> dict[int, int] | None:
        """Return the place in each file that is open for reading; None if there is another kind."""
        places = {}
        for number in (int(n) for n, _ in _open_files() - self._open):
            if watch.notes.owns(number):
                continue
            mode = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE
            if mode != os.O_RDONLY or not stat.S_ISREG(os.fstat(number).st_mode):
                return None
            places[number] = os.lseek(number, 0, os.SEEK_CUR)
        return places

    def _part(self) -> None:
        """Give the files that are open for reading a place that no other process moves."""
        for number, place in self._places.items():
            try:
                own = os.open(f"/proc/self/fd/{number}", os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:  # whoever opened it closes it in a child
                continue
            os.lseek(own, place, os.SEEK_SET)
            os.dup2(own, number, inheritable=os.get_inheritable(number))
            os.close(own)

    def _keep(self, told: dict[str, object]) -> bool:
        assert _mask is not None and _sigwait is not None and _WAKE is not None
        usual = _mask(signal.SIG_BLOCK, {_WAKE})
        folder = self.folder
        if not _detached(lambda pid: write_json(folder / f"kept.{pid}.json", told)):
            _mask(signal.SIG_SETMASK, usual)
            return False
        try:
            _prctl(_DIE_WITH_PARENT, signal.SIGKILL)
            if _getppid() != self._starter:  # it has ended before
                _exit(0)
            while True:
                _sigwait({_WAKE})
                self.folder = Path((folder / f"go.{_getpid()}").read_text("utf-8"))
                if _detached(lambda pid: write_text(self.folder / "pid", str(pid))):
                    self._part()
                    _prctl(ADOPT, 1)
                    _mask(signal.SIG_SETMASK, usual)
                    return True
        except BaseException:
            _exit(1)
            raise


def _detached(tell: Callable[[int], object]) -> bool:
    """Fork a process that becomes a child of whoever starts chapters.

    Args:
        tell: Is given its number before it is that.

    Returns:
        Whether this is the new process.
    """
    assert _fork is not None and _setsid is not None
    dice = _getstate()  # Python seeds its generator anew in a child
    _prctl(ADOPT, 0)
    try:
        between = _fork()
    except OSError:  # there is no memory for it, or there are too many processes
        _prctl(ADOPT, 1)
        return False
    if between:
        _waitpid(between, 0)
        _prctl(ADOPT, 1)
        return False
    try:
        _setsid()
        between = _getpid()
        child = _fork()
        if child:
            tell(child)
            _exit(0)
        _setsid()
        while _getppid() == between:
            _sleep(0.001)
        _setstate(dice)
    except BaseException:
        _exit(1)
    return True


_libc = ctypes.CDLL(None) if _fork is not None else None


def _prctl(what: int, value: int) -> None:
    if _libc is not None and hasattr(_libc, "prctl"):
        _libc.prctl(what, value, 0, 0, 0)


def _open_files() -> set[tuple[str, str]]:
    """Name what is open, but for the three streams, by number."""
    found = set()
    for number in os.listdir("/proc/self/fd"):
        try:
            place = os.readlink(f"/proc/self/fd/{number}")
        except OSError:  # that of the listing itself
            continue
        if int(number) > 2 and place not in _STATELESS:
            found.add((number, place))
    return found


def _shared_memory() -> set[str]:
    """Name the memory that a copy would share, and that can be written to."""
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as file:
        return {line for line in file if " rw-s " in line or " -w-s " in line}
