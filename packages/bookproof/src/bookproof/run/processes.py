"""Start, await and kill chapters' processes: forked on Linux, fresh elsewhere."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Protocol

from ..files import stamp, write_text
from ..settings import BookError, Settings
from .environment import environment


class StarterDiedError(BookError):
    """The process that chapters are started from is gone."""

    def __init__(self) -> None:
        super().__init__("the process that starts chapters has died; run again")


class Processes(Protocol):
    """The processes of chapters; a chapter is named by its job folder."""

    keeps: bool
    """Whether it can keep snapshots of a chapter."""

    def start(self, folder: Path) -> None:
        """Begin to run the job in `folder`."""

    def resume(self, folder: Path, pid: int, kept: Path) -> None:
        """Begin to run the job in `folder` from a snapshot on, which was taken in `kept`."""

    def drop(self, pid: int) -> None:
        """End a snapshot."""

    def ended(self, timeout: float) -> list[tuple[Path, int]]:
        """Wait up to `timeout` seconds; return what ended, with its exit status (−N: signal N)."""

    def kill(self, folder: Path) -> None:
        """End a chapter and all that it started; `ended` will name it."""

    def outdated(self) -> bool:
        """Say whether what all chapters share was edited since it was imported."""

    def close(self) -> None:
        """End everything."""


def open_processes(settings: Settings) -> Processes:
    """Choose the fastest way this machine has that is safe.

    Forking after the imports is safe on Linux alone: macOS's frameworks do not allow it, and
    Windows has none.
    """
    return Forked(settings) if sys.platform == "linux" else Fresh(settings)


class Forked:
    """Fork each chapter from one process that has paid for the imports."""

    keeps = True

    def __init__(self, settings: Settings) -> None:
        self.pids: dict[Path, int] = {}
        self.pending = b""
        self.ready, self.used = False, False
        self.loaded: dict[str, str] = {}
        self.preload, self.limit = settings.preload, settings.limit
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bookproof.worker.zygote", json.dumps(settings.preload)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(settings),
            cwd=settings.root,
            start_new_session=True,  # Ctrl-C is for the engine, which ends the rest
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)

    def start(self, folder: Path) -> None:
        """Begin to run the job in `folder`."""
        self._ask({"start": str(folder)})

    def resume(self, folder: Path, pid: int, kept: Path) -> None:
        """Begin to run the job in `folder` from a snapshot on, which was taken in `kept`."""
        write_text(kept / f"go.{pid}", str(folder))
        self._ask({"resume": str(folder), "of": pid})

    def drop(self, pid: int) -> None:
        """End a snapshot."""
        self._ask({"drop": pid})

    def _ask(self, what: dict[str, str | int]) -> None:
        assert self.process.stdin is not None
        self.used = True
        try:
            self.process.stdin.write((json.dumps(what) + "\n").encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            self.ended(0.5)  # says why, when it knows
            raise StarterDiedError from None

    def ended(self, timeout: float) -> list[tuple[Path, int]]:
        """Wait up to `timeout` seconds; return what ended, with its exit status."""
        assert self.process.stdout is not None
        if not self.selector.select(timeout):
            if not self.ready and time.monotonic() - self.began > self.limit:
                names = ", ".join(self.preload)
                raise BookError(
                    f"importing {names} (preload) did not end in {self.limit:g} seconds"
                )
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGCONT)  # a block may have stopped its parent
            return []
        data = os.read(self.process.stdout.fileno(), 65536)
        if not data:
            raise StarterDiedError
        *lines, self.pending = (self.pending + data).split(b"\n")
        ended = []
        for line in lines:
            answer = json.loads(line)
            if "failed" in answer:
                raise BookError(answer["failed"])
            if "ready" in answer:
                self.ready, self.loaded = True, answer["loaded"]
            elif "pid" in answer:
                self.pids[Path(answer["folder"])] = answer["pid"]
            elif "status" in answer:
                folder = Path(answer["folder"])
                self.pids.pop(folder, None)
                ended.append((folder, answer["status"]))
        return ended

    def kill(self, folder: Path) -> None:
        """End a chapter and all that it started."""
        with contextlib.suppress(ProcessLookupError, OSError, ValueError):
            pid = self.pids.get(folder) or int((folder / "pid").read_text("utf-8"))
            os.killpg(pid, signal.SIGKILL)

    def outdated(self) -> bool:
        """Say whether what all chapters share was edited since it was imported."""
        return any(stamp(path) != mark for path, mark in self.loaded.items())

    def close(self) -> None:
        """End everything."""
        assert self.process.stdin is not None and self.process.stdout is not None
        if self.process.stdout.closed:
            return
        for folder in list(self.pids):
            self.kill(folder)
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        if not self.used:  # it may import for a while yet, for nobody
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGCONT)
        try:
            self._await_end(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.selector.close()

    def _await_end(self, seconds: float) -> None:
        """Wait for the process; Python's own way asks only now and then whether it has ended."""
        with contextlib.suppress(OSError), selectors.DefaultSelector() as selector:
            number = os.pidfd_open(self.process.pid)
            try:
                selector.register(number, selectors.EVENT_READ)
                selector.select(seconds)
            finally:
                os.close(number)
        self.process.wait(seconds)


class Fresh:
    """Start each chapter as a new Python, which imports all by itself."""

    keeps = False

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.running: dict[Path, subprocess.Popen[bytes]] = {}

    def start(self, folder: Path) -> None:
        """Begin to run the job in `folder`."""
        self.running[folder] = subprocess.Popen(
            [sys.executable, "-m", "bookproof.worker.child", str(folder)],
            stdin=subprocess.DEVNULL,
            env=environment(self.settings),
            cwd=self.settings.root,
            start_new_session=True,
        )

    def resume(self, folder: Path, pid: int, kept: Path) -> None:
        """Run the whole job: there are no snapshots."""
        self.start(folder)

    def drop(self, pid: int) -> None:
        """There are none."""

    def ended(self, timeout: float) -> list[tuple[Path, int]]:
        """Wait up to `timeout` seconds; return what ended, with its exit status."""
        until = time.monotonic() + timeout
        while True:
            ended = [(f, p.returncode) for f, p in self.running.items() if p.poll() is not None]
            if ended or time.monotonic() > until:
                break
            time.sleep(0.02)
        for folder, _ in ended:
            self._kill_group(self.running.pop(folder))
        return ended

    def kill(self, folder: Path) -> None:
        """End a chapter and all that it started."""
        if folder in self.running:
            self._kill_group(self.running[folder])

    def outdated(self) -> bool:
        """Say whether what all chapters share was edited: each imports it anew here."""
        return False

    def close(self) -> None:
        """End everything."""
        for process in self.running.values():
            self._kill_group(process)
            process.wait()
        self.running.clear()

    @staticmethod
    def _kill_group(process: subprocess.Popen[bytes]) -> None:
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        elif process.poll() is None:
            process.kill()
