"""A process that has imported what the chapters share, and forks one child for each.

It reads lines of JSON from its standard input: `{"start": folder}`, `{"resume": folder, "of": pid}`
and `{"drop": pid}` (see `snapshot`). It answers on its standard output with lines of JSON:
`{"ready": true, "loaded": …}`, `{"folder": …, "pid": …}`, `{"folder": …, "status": …}`. It ends,
with all that it started, when its input does.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import multiprocessing
import os
import selectors
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from ..files import stamp
from . import places
from .child import attempt
from .origins import ORIGINS
from .shared import hearing
from .snapshot import ADOPT


def main(preload: list[str]) -> None:
    """Import `preload`, then fork a chapter's process for each folder that is asked for."""
    answers = os.dup(1)
    os.dup2(2, 1)  # what an import prints must not look like an answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # nothing that these imports make is let go, and looking for it takes its time
    root = os.getcwd()
    for name in preload:
        if places.is_own(name, root):
            continue  # each chapter imports it by itself, where what it asks is heard
        try:
            with hearing():
                importlib.import_module(name)
        except BaseException as error:
            said = "".join(traceback.format_exception_only(error)).strip()
            said = f"cannot import {name!r} (preload): {said}"
            _answer(answers, {"failed": said})
            return
    ORIGINS.look(engine=False)
    ORIGINS.mark()
    gc.freeze()
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    _adopt()
    _answer(answers, {"ready": True, "loaded": _loaded()})
    ours = _Ours()
    selector = selectors.DefaultSelector()
    selector.register(0, selectors.EVENT_READ)
    selector.register(wake_read, selectors.EVENT_READ)
    pending = b""
    while True:
        for key, _ in selector.select():
            data = os.read(key.fd, 65536)
            if key.fd == wake_read:
                _reap(ours, answers)
            elif not data:
                ours.learn()
                for pid in ours.children:
                    _kill_group(pid)
                _kill_all(_scanned())  # nothing comes after it that would see one more
                atexit._run_exitfuncs()  # what an import has made is removed
                os._exit(0)  # Python would take leave of each module
            else:
                *lines, pending = (pending + data).split(b"\n")
                for line in lines:
                    asked = json.loads(line)
                    if "start" in asked:
                        folder = asked["start"]
                        pid = os.fork()
                        if pid == 0:
                            _become_chapter(folder, [answers, wake_read, wake_write])
                        ours.children[pid] = folder
                        ours.folders.add(folder)
                        _answer(answers, {"folder": folder, "pid": pid})
                    elif "drop" in asked:
                        if asked["drop"] in ours.kept():
                            os.kill(asked["drop"], signal.SIGKILL)
                    elif asked["of"] in ours.kept():
                        ours.resuming[asked["resume"]] = asked["of"]
                        ours.folders.add(asked["resume"])
                        os.kill(asked["of"], signal.SIGUSR1)
                    else:
                        _answer(answers, {"folder": asked["resume"], "status": 1})


class _Ours:
    """The processes that are to live: chapters that run, and snapshots of them."""

    def __init__(self) -> None:
        self.children: dict[int, str] = {}  # chapters that run, by number, with their folders
        self.folders: set[str] = set()
        self.resuming: dict[str, int] = {}  # folders whose process a snapshot forks, with that

    def kept(self) -> set[int]:
        """Number the snapshots: each has a file from before it is a child of this process."""
        self.folders = {folder for folder in self.folders if os.path.isdir(folder)}
        return {
            int(file.name.split(".")[1])
            for folder in self.folders
            for file in Path(folder).glob("kept.*.json")
        }

    def learn(self) -> None:
        """See which chapters snapshots have gone on with; each tells before it can end."""
        for folder in list(self.resuming):
            with contextlib.suppress(OSError, ValueError):
                self.children[int(Path(folder, "pid").read_text("utf-8"))] = folder
                del self.resuming[folder]

    def ended(self, pid: int) -> list[str]:
        """Forget a process; return the folders of what will not be run because of that."""
        self.learn()
        for folder in self.folders:
            Path(folder, f"kept.{pid}.json").unlink(missing_ok=True)
        lost = [folder for folder, of in self.resuming.items() if of == pid]
        for folder in lost:
            del self.resuming[folder]
        found = self.children.pop(pid, None)
        return [*lost, *([] if found is None else [found])]

    def alive(self) -> set[int]:
        """Number all of them."""
        self.learn()
        return {*self.children, *self.kept()}


def _become_chapter(folder: str, close: list[int]) -> None:
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        gc.enable()
        os.setsid()
        _adopt()
        for number in close:
            os.close(number)
        if "fork" in multiprocessing.get_all_start_methods():
            multiprocessing.set_start_method("fork", force=True)  # workers see the page's classes
        status = attempt(Path(folder))
    finally:
        os._exit(status)


def _reap(ours: _Ours, answers: int) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _kill_group(pid)  # what a block left running ends with its chapter
        ended = ours.ended(pid)
        _kill_all(_listed() - ours.alive())
        for folder in ended:
            _answer(answers, {"folder": folder, "status": os.waitstatus_to_exitcode(status)})


def _loaded() -> dict[str, str]:
    """Return the modules of the book that all chapters share, as they were when they came."""
    root = os.getcwd() + os.sep
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    return {file: stamp(file) for file in files if file and file.startswith(root)}


def _adopt() -> None:
    """Become the parent of what a child's child leaves behind, which then can be found."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(ADOPT, 1, 0, 0, 0)


def _kill_all(pids: set[int]) -> None:
    """End what chapters that are over have left, though it made a session of its own.

    A chapter adopts its own while it lives, so what is ours and no chapter's is a dead one's.
    """
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _listed() -> set[int]:
    """Number this process's children, fast; while others end, Linux may leave one out."""
    me = os.getpid()
    try:
        return {int(n) for n in Path(f"/proc/{me}/task/{me}/children").read_text("utf-8").split()}
    except OSError:  # a kernel may be built without that list
        return _scanned()


def _scanned() -> set[int]:
    """Number this process's children, by asking each process there is for its parent."""
    me, found = os.getpid(), set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            if int(status.read_text("utf-8", "replace").rpartition(")")[2].split()[1]) == me:
                found.add(int(status.parent.name))
    return found


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _answer(channel: int, value: dict[str, Any]) -> None:
    os.write(channel, (json.dumps(value) + "\n").encode())


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
