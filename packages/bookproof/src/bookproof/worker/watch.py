"""Note what a chapter asks of the world outside its page, in whatever way.

Each thing is noted once, in a file that worker processes and other Pythons write, too:

    docs/a.csv    the content of a file; outside the book, with its whole path
    data/         the names in a folder
    ?data/a.csv   whether something is there, and how large
    $TZ           a variable of the environment
    @numpy        the version of a distribution; `@*` stands for all that are installed
    @:yaml        the version of the distribution that a module came from
    &json,numpy   what in the book's folders would be imported in place of these modules
    **/*.py       all the book's Python files: a Python was started that could not be watched

Python tells of most of it by itself (`sys.addaudithook`). It does not tell what native code reads:
there, words of the code that name a file count as read.
"""

from __future__ import annotations

import glob
import importlib.util
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from types import ModuleType
from typing import Any

from ..files import EVERY_MODULE, stamp, standing
from . import places
from .commands import Command
from .origins import ENGINE, ORIGINS
from .questions import listen

HANDED = "BOOKPROOF_WATCH"  # the variable that tells another Python where to note
_OURS = {HANDED, "PYTHONPATH", "COLUMNS"}  # the engine sets them
_PYTHON = (places.folder(os.path.dirname(os.__file__)), "<frozen ")
_SPLIT = re.compile(r"[\s'\"`(),;=\[\]{}<>|&]+")
_LONGEST = 500  # characters of a word that may be a path
_MAKING = {"os.mkdir", "os.symlink", "os.link", "os.rename"}
_STARTING = {"subprocess.Popen", "os.posix_spawn", "os.exec", "os.spawn", "os.system"}
_LOOKING, _NATIVE = {"os.listdir", "os.scandir"}, {"ctypes.dlopen", "sqlite3.connect"}
_HEARD = frozenset({"open"} | _LOOKING | _MAKING | _STARTING | _NATIVE)
_READ, _MAYBE, _MADE, _STARTED, _BEGAN = "read", "maybe", "made", "started", "began"


class Watch:
    """Notes what happens from `begin` on.

    Args:
        root: Folder of the book.
        ignore: Beginnings of names under the root that no output follows from.
        log: File to note in.
        own: The chapter's page, whose looks at itself do not count.
    """

    def __init__(self, root: str, ignore: Iterable[str], log: Path | str, own: str = "") -> None:
        self.root = root.rstrip(os.sep) + os.sep
        self.ignore = tuple(name.replace(os.sep, "/") for name in ignore)
        self._log = str(log)
        self._own = own
        self._file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._seen: set[tuple[str, str]] = set()
        self._made: set[str] = set()
        self._sourced: set[str] = set()  # modules whose sources are noted
        self._since = time.time_ns()
        self._thread = threading.local()
        self._passing = tuple({places.folder(tempfile.gettempdir()), places.folder("/tmp")})
        self._packages = tuple(map(places.folder, places.packages()))
        elsewhere = [*places.apart(), os.path.dirname(self._log)]
        self._apart = tuple(map(places.folder, elsewhere))

    def begin(self) -> None:
        """Begin to note; Python has no way to stop it."""
        with self.quiet():
            self._sources(engine=False)  # what all chapters share was there before the first block
        listen(self)
        os.environ[HANDED] = "\x1f".join([self.root, self._log, *self.ignore])
        inside = os.path.join(ENGINE, "worker", "inside")
        paths = [inside, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(filter(None, paths)))
        sys.addaudithook(self._hook)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Note nothing of what this thread does meanwhile: it is the engine's own."""
        before = getattr(self._thread, "quiet", False)
        self._thread.quiet = True
        try:
            yield
        finally:
            self._thread.quiet = before

    @property
    def deaf(self) -> bool:
        """Whether what this thread does is the engine's own."""
        return getattr(self._thread, "quiet", False)

    # What the wrappers of `questions` and the audit hook tell.

    def asked(self, path: Any) -> None:
        """Note that somebody asks whether a path is there, and what it is."""
        if isinstance(path, (str, bytes, os.PathLike)) and not self.deaf:
            name = self._name(os.fsdecode(path))
            if name and name != self._own and name not in self._made:
                self._write(_READ, f"?{name}")
                if not os.path.isabs(name):  # native code often asks first, and then reads
                    self._unseen(os.fsdecode(path))

    def variable(self, name: str) -> None:
        """Note that somebody reads a variable of the environment."""
        if not self.deaf and name not in _OURS:
            self._write(_READ, f"${name}")

    def distribution(self, name: str) -> None:
        """Note that somebody asks for a distribution, or with `*` for all of them."""
        if not self.deaf and (name != "*" or not self._by_library()):
            self._write(_READ, f"@{name}")

    def _by_library(self) -> bool:
        """Say whether an installed package asks, by way of Python's own modules or not."""
        frame: Any = sys._getframe(1)
        while frame is not None:
            file = frame.f_code.co_filename
            if file.startswith(self._packages) and not file.startswith(ENGINE):
                return True
            if not file.startswith((ENGINE, *_PYTHON)):
                return False
            frame = frame.f_back
        return False

    def imported(self, name: str, folders: Iterable[str]) -> None:
        """Note that a module could come from each of these folders, as far as they are the book's.

        Args:
            name: Its last name.
            folders: Those that Python looks in.
        """
        for folder in folders:
            inside = self._name(folder or ".")
            if inside is not None and not os.path.isabs(inside):
                inside = f"{inside}/" if inside else ""
                for end in (".py", "/__init__.py", ""):
                    self._write(_READ, f"?{inside}{name}{end}")

    def listed(self, path: str) -> None:
        """Note that the names in a folder are read."""
        name = self._name(path)
        if name is not None:
            self._write(_READ, f"{name or '.'}/")

    def read(self, path: str) -> None:
        """Note that a file is read."""
        if path.endswith(".pyc"):
            try:
                path = importlib.util.source_from_cache(path)
            except ValueError:
                return
        name = self._name(path)
        if name == self._own and self._by_library():
            return  # a compiler looks up the code that it is given, which is in the key
        if name and name not in self._made:
            self._write(_READ, name, stamp(path))

    def maybe(self, path: str) -> None:
        """Note that a file may be read, if there is one: native code does not tell."""
        name = self._name(path) if 0 < len(path) <= _LONGEST and "\0" not in path else None
        if name and name != self._own and name not in self._made and os.path.isfile(path):
            self._write(_MAYBE, name, stamp(path))

    def _unseen(self, path: str) -> None:
        """Count what native code may read as maybe read; who reads a Python file tells of it."""
        if not path.endswith(".py"):
            with self.quiet():
                self.maybe(path)

    def python(self, words: list[str]) -> None:
        """Note that a Python is started, with these words after its name."""
        self._write(_STARTED, "\x1f".join(words))

    def began(self) -> None:
        """Note that this Python, which another started, is watched."""
        self._write(_BEGAN, "\x1f".join(sys.orig_argv[1:]))

    # What a chapter's process tells.

    def words(self, text: str) -> None:
        """Count the words of some code that name a file as maybe read."""
        for word in set(_SPLIT.split(text)):
            if "." in word or "/" in word or os.sep in word:
                self._unseen(word.removeprefix("file:").partition("?")[0])

    def values(self, module: ModuleType) -> None:
        """Count as maybe read what the names of a module hold and is the path of a file."""
        for value in list(vars(module).values()):
            if type(value) is str or isinstance(value, PurePath):
                self._unseen(str(value))

    def declared(self, names: Iterable[str]) -> None:
        """Count as read the files that a fence says are; a name may have `*` in it."""
        with self.quiet():
            for name in names:
                path = os.path.join(self.root, name)
                if any(sign in name for sign in "*?["):
                    for folder in {os.path.dirname(f) for f in glob.glob(path, recursive=True)}:
                        self.listed(folder)
                    for file in sorted(glob.glob(path, recursive=True)):
                        self.read(file)
                else:
                    self.read(path)

    def noted(self) -> int:
        """Return how far the notes go by now, in bytes."""
        return os.fstat(self._file).st_size

    def owns(self, number: int) -> bool:
        """Say whether a descriptor is that of the notes."""
        return number == self._file

    def marks(self) -> dict[str, str]:
        """Say what stands now at each place that was noted; `!` before what the chapter made."""
        with self.quiet(), open(self._log, "rb") as file:
            parts = file.read().decode("utf-8", "surrogateescape").split("\0")[:-1]
            found = set()
            for kind, name in zip(parts[::3], parts[1::3], strict=True):
                if kind == _MADE:
                    found.add(f"!{name}")
                elif kind in (_READ, _MAYBE) and name != EVERY_MODULE and name[:1] not in "$@&":
                    found.add(name)
            return {name: standing(self.root, name) for name in sorted(found)}

    def move(self, log: Path) -> None:
        """Note from now on in another file, which holds what was noted so far."""
        with self.quiet():
            file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(file, self._file, inheritable=False)
            os.close(file)
            handed = os.environ.get(HANDED, "").split("\x1f")
            if handed[1:2] == [self._log]:
                os.environ[HANDED] = "\x1f".join([handed[0], str(log), *handed[2:]])
            self._log = str(log)
            self._apart += (places.folder(os.path.dirname(self._log)),)

    def modules(self) -> None:
        """Note what all modules came from, and what would be imported in place of them."""
        with self.quiet():
            self._sources()
            tops = {name.partition(".")[0] for name in list(sys.modules)} - {"__main__"}
            self._write(_READ, f"&{','.join(sorted(tops))}")

    def _sources(self, engine: bool = True) -> None:
        ORIGINS.look(engine)
        for name in ORIGINS.installed:
            self._write(_READ, f"@:{name}")
        for name in ORIGINS.files.keys() - self._sourced:
            self._sourced.add(name)
            self.read(ORIGINS.files[name])
            self._words_of(ORIGINS.files[name])

    def _words_of(self, source: str) -> None:
        name = self._name(source)
        if name and not os.path.isabs(name):
            try:
                with open(source, encoding="utf-8", errors="replace") as file:
                    self.words(file.read())
            except OSError:
                return

    def end(self) -> list[tuple[str, str, int]]:
        """Return what was noted, each with its stamp then and where in the notes it stands.

        The stamp is empty where it does not matter, and `edited` where it moved meanwhile.
        """
        os.close(self._file)
        with self.quiet():
            found = self._gathered()
            return [(n, mark, at) for n, (mark, at) in found.items() if not self._passes(n)]

    def _gathered(self) -> dict[str, tuple[str, int]]:
        with open(self._log, "rb") as file:
            parts = file.read().decode("utf-8", "surrogateescape").split("\0")[:-1]
        found: dict[str, tuple[str, int]] = {}
        maybe: dict[str, tuple[str, int]] = {}
        made: set[str] = set()
        unseen: list[str] = []
        at = 0
        for kind, name, mark in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
            if kind == _READ:
                before = found.setdefault(name, (mark, at))
                found[name] = before if before[0] == mark else ("edited", before[1])
            elif kind == _MAYBE:
                maybe.setdefault(name, (mark, at))
            elif kind == _MADE:
                made.add(name)
            elif kind == _STARTED:
                unseen.append(name)
            elif name in unseen:
                unseen.remove(name)
            at += len(f"{kind}\0{name}\0{mark}\0".encode("utf-8", "surrogateescape"))
        for name in made:  # what a chapter makes itself follows from its code
            found.pop(f"?{name}", None)
            found.pop(f"{name}/", None)
        if unseen:
            found.setdefault(EVERY_MODULE, ("", 0))
        # A word that names what the chapter makes, here or elsewhere, is of that.
        spoken = {n for n in maybe for m in made if m == n or m.endswith(f"/{n}")}
        return {n: v for n, v in maybe.items() if n not in spoken} | found

    def _passes(self, name: str) -> bool:
        """Say whether a thing in the folder for temporary ones came and went with the chapter."""
        path = name.removeprefix("?").rstrip("/")
        if not (path + os.sep).startswith(self._passing) or self._name(path) != path:
            return False
        try:
            return os.stat(path).st_mtime_ns >= self._since
        except OSError:
            return True

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if event not in _HEARD:  # some are told of a thousand times a second
            return
        if event == "open":
            if not self.deaf and not _by_removal():
                self._opened(*(*args, None, None)[:3])
        elif event in _LOOKING:
            if not self.deaf and not isinstance(args[0], int) and not _by_import():
                self.listed(os.fsdecode(args[0] or "."))
        elif event in _MAKING:
            target = args[0] if event == "os.mkdir" else args[1]
            if isinstance(target, (str, bytes)):
                self._makes(os.fsdecode(target))
        elif event in _STARTING:
            with self.quiet():
                Command.of(event, args).tell(self)
        elif isinstance(args[0], (str, bytes)):  # native code opens it
            with self.quiet():
                self.maybe(os.fsdecode(args[0]).removeprefix("file:").partition("?")[0])

    def _opened(self, path: Any, mode: Any, flags: Any) -> None:
        if not isinstance(path, (str, bytes)):
            return
        flags = flags if isinstance(flags, int) else 0
        if mode is None:
            made = bool(flags & os.O_TRUNC)
            reads = flags & (os.O_WRONLY | os.O_RDWR) != os.O_WRONLY
        else:
            made, reads = "w" in mode or "x" in mode, "r" in mode or "+" in mode
        with self.quiet():
            if made:
                self._makes(os.fsdecode(path))
            elif reads:
                self.read(os.fsdecode(path))

    def _makes(self, path: str) -> None:
        name = self._name(path)
        if name:
            self._made.add(name)
            self._write(_MADE, name)

    def _name(self, path: str) -> str | None:
        """Name a path: from the root, or whole where it stands outside; None if it is apart."""
        path = os.path.normpath(os.path.join(os.getcwd(), path))
        if (path + os.sep).startswith(self.root):
            name = path[len(self.root) :].replace(os.sep, "/")
            return None if f"{name}/".startswith(self.ignore) else name
        return None if (path + os.sep).startswith(self._apart) else path

    def _write(self, kind: str, name: str, mark: str = "") -> None:
        if (kind, name) not in self._seen:
            self._seen.add((kind, name))
            line = f"{kind}\0{name}\0{mark}\0".encode("utf-8", "surrogateescape")
            try:
                os.write(self._file, line)
            except OSError:  # after the end, or where a block closed what is not its own
                return


def _by_removal() -> bool:
    """Say whether a folder is opened to be removed, by a name that counts from the one above."""
    frame = sys._getframe(1).f_back  # none where Python itself opens the script that it was given
    return (
        frame is not None
        and frame.f_code.co_name.startswith("_rmtree")
        and frame.f_code.co_filename == shutil.__file__
    )


def _by_import() -> bool:
    """Say whether the import system, and no code, looks into a folder."""
    return "importlib" in sys._getframe(2).f_code.co_filename
