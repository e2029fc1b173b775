"""Tell the watch what Python's audit tells: what is opened, listed, made, gone to, started.

Source: https://docs.python.org/3/library/audit_events.html
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from .asker import IMPORTING, PYTHON, asker, by_removal, stands_in
from .commands import Command
from .unheard import from_descriptor, is_there

if TYPE_CHECKING:
    from .watch import Watch

_LOOKING = {"os.listdir", "os.scandir"}
_MAKING = {"os.mkdir", "os.symlink", "os.link", "os.rename"}
_ASKING = {  # what they answer, or that they fail, tells what is there
    *("os.chdir", "os.remove", "os.rmdir", "os.chmod", "os.chown", "os.utime", "os.truncate"),
    *("os.listxattr", "os.getxattr"),
}
_STARTING = {"subprocess.Popen", "os.posix_spawn", "os.exec", "os.spawn", "os.system"}
_NATIVE = {"ctypes.dlopen", "sqlite3.connect"}
_HEARD = frozenset({"open"} | _LOOKING | _MAKING | _ASKING | _STARTING | _NATIVE)


def listen(watch: Watch) -> None:
    """Tell `watch` from now on; Python has no way to stop it."""
    heard = _HEARD

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event in heard:  # some are told of a thousand times a second
            _tell(watch, event, args)

    sys.addaudithook(hook)


def _tell(watch: Watch, event: str, args: tuple[Any, ...]) -> None:
    if event == "open":
        if not watch.deaf and not by_removal(asker()):
            watch.opened(*(*args, None, None)[:3])
    elif event in _LOOKING:
        _looks(watch, event, args[0])
    elif event in _MAKING:
        _makes(watch, event, args)
    elif event in _ASKING:
        if not by_removal(asker()):
            watch.asked(args[0])
        if event == "os.chdir":
            watch.goes(args[0])
    elif event in _STARTING:
        with watch.quiet():
            Command.of(event, args).tell(watch)
    elif isinstance(args[0], (str, bytes, os.PathLike)):  # native code opens it
        path = os.fsdecode(args[0])
        if event == "sqlite3.connect":
            _database(watch, path)
        else:
            watch.maybe(path)


def _looks(watch: Watch, event: str, folder: Any) -> None:
    who = asker()
    removed = by_removal(who) and by_removal(who.f_back)  # below what was named
    if not watch.deaf and not removed and not stands_in(who, IMPORTING):
        path = from_descriptor(folder, "") if isinstance(folder, int) else folder
        own = event == "os.scandir" and not stands_in(who, PYTHON)
        (watch.scanned if own else watch.listed)(os.fsdecode(path or "."))


def _makes(watch: Watch, event: str, args: tuple[Any, ...]) -> None:
    target = args[0] if event == "os.mkdir" else args[1]
    if not isinstance(target, (str, bytes)):
        return
    if event != "os.mkdir" and isinstance(args[0], (str, bytes)):
        watch.leads(os.fsdecode(args[0]), os.fsdecode(target), symbolic=event == "os.symlink")
    if event != "os.rename" and is_there(target):
        watch.asked(target)  # it fails, and so tells what is there
    else:
        watch.makes(os.fsdecode(target))


def _database(watch: Watch, path: str) -> None:
    """Tell that a database is opened, with what others may have written beside it."""
    named, _, options = path.removeprefix("file:").partition("?")
    path = unquote(named) if path.startswith("file:") else path
    if path in ("", ":memory:"):
        return
    if not is_there(path) and not re.search(r"\bmode=r[ow]\b", options):
        watch.makes(path)
        return
    for place in (path, f"{path}-wal", f"{path}-journal"):
        watch.asked(place)
        watch.maybe(place)
