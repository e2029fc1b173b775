"""Note what a chapter asks of the world outside its page, in whatever way.

Each thing is noted once, in a file that worker processes and other Pythons write, too:

    docs/a.csv    the content of a file; outside the book, with its whole path
    data/         the names in a folder
    ?data/a.csv   whether something is there, how large, and whether it can be run
    $TZ           a variable of the environment
    @numpy        the version and files of a distribution; `@*` stands for all that are installed
    @:yaml        those of the distribution that a module came from
    &json,numpy   what in the book's folders would be imported in place of these modules
    **/*.py       all the book's Python files: a Python was started that could not be watched

Python tells of most of it by itself (`audit`), and some is heard where it is asked (`questions`).
Nothing tells what native code reads: there, words of the code that name a file count as read.
"""

from __future__ import annotations

import contextlib
import importlib.machinery
import importlib.util
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from types import ModuleType
from typing import Any

from ..files import EVERY_MODULE, mark, seen, stamp, standing
from . import audit, places, questions
from .around import below, is_pattern, matching
from .asker import asker, by_library, by_removal
from .notes import BEGAN, LOOKED, MADE, MAYBE, NAMED, READ, REMADE, STARTED, Notes, gathered
from .origins import ENGINE, ORIGINS
from .shared import ASKED
from .unheard import from_descriptor, getcwd, getpid, is_file, is_there

HANDED = "BOOKPROOF_WATCH"  # the variable that tells another Python where to note
_OURS = {HANDED, "PYTHONPATH", "COLUMNS"}  # the engine sets them
_SPLIT = re.compile(r"[\s'\"`(),;=\[\]{}<>|&]+")
_QUOTED = re.compile(r"""(["'])((?:(?!\1)[^\n\\])+)\1""")  # may be a path, also with a blank
_LONGEST = 500  # characters of a word that may be a path
_MEMORY = "/dev/shm/"  # of Linux: no device, but files like others
_SIGNS = tuple("?$@&!")  # that begin a name which is no file's
_MOST_FOLDERS = 20  # that code goes to, from which its words may count
_MOST_ENTRIES = 500  # of a folder, whose sizes may be asked for
_ENDS = ("", "/__init__.py", *importlib.machinery.all_suffixes())  # of a module's name
_join = os.path.join  # that of the moment tells of what it joins


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
        self.notes = Notes(log)
        self._own = own
        self._process = getpid() if own else 0  # the one that lives to look at what was built
        self._made: set[str] = set()
        self._links: set[str] = set()  # symbolic ones that it made
        self._remade: set[str] = set()
        self._been: list[str] = []  # folders that code went to
        self._built: set[str] = set()  # whole paths under the root that code put together
        self._sourced: set[str] = set()  # modules whose sources are noted
        self._since = time.time_ns()
        self._thread = threading.local()
        passing = [tempfile.gettempdir(), "/tmp", _MEMORY]
        passing = [*passing, *map(os.path.realpath, passing)]
        self._passing = tuple(dict.fromkeys(map(places.folder, passing)))
        self._packages = tuple(map(places.folder, places.packages()))
        self._jobs: tuple[str, ...] = (places.folder(os.path.dirname(self.notes.file)),)
        self._apart = tuple(map(places.folder, places.apart()))

    def begin(self) -> None:
        """Begin to note; Python has no way to stop it."""
        with self.quiet():
            self._sources(engine=False)  # what all chapters share was there before the first block
            for how, path in ASKED:
                self._shared(how, path)
        questions.listen(self)
        os.environ[HANDED] = "\x1f".join([self.root, self.notes.file, *self.ignore])
        inside = _join(ENGINE, "worker", "inside")
        paths = [inside, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(filter(None, paths)))
        audit.listen(self)

    def _shared(self, how: str, path: str) -> None:
        """Note what a library asked when it was imported for all chapters."""
        name = self._name(path)
        if name is not None and how == "read":
            self.read(path)
        elif name is not None:
            self.notes.write(LOOKED, f"{name or '.'}/" if how == "listed" else f"?{name}")

    @contextlib.contextmanager
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

    # What `questions` and `audit` tell.

    def asked(self, path: Any, folder: Any = None) -> None:
        """Note that somebody asks whether a path is there, and what it is.

        Args:
            path: The path; what is none is no question.
            folder: The descriptor of the folder that it counts from, if that is another.
        """
        if isinstance(path, (str, bytes, os.PathLike)) and not self.deaf:
            text = from_descriptor(folder, os.fsdecode(path))
            for where in self._ways(text):
                name = self._name(where)
                if name and name != self._own and name not in self._made:
                    self._note(self._of_code(name), f"?{name}")
                    if not os.path.isabs(name):  # native code often asks first, and then reads
                        self._unseen(where)

    def opened_in(self, folder: int, path: Any, flags: int) -> None:
        """Note that a file is opened by its place in a folder that is open."""
        if (
            isinstance(path, (str, bytes, os.PathLike))
            and not self.deaf
            and not by_removal(asker())
        ):
            self.opened(from_descriptor(folder, os.fsdecode(path)), None, flags)

    def goes(self, folder: Any) -> None:
        """Remember a folder that code goes to: what it names may count from there."""
        told = isinstance(folder, (str, bytes, os.PathLike)) and not self.deaf
        if told and len(self._been) < _MOST_FOLDERS:
            with self.quiet(), contextlib.suppress(OSError):
                path = _join(getcwd(), os.fsdecode(folder))
                if f"{path}/".startswith(self.root) and path not in self._been:
                    self._been.append(path)

    def opened(self, path: Any, mode: Any, flags: Any) -> None:
        """Note that a file is opened, in the way that `open` or `os.open` is given."""
        if not isinstance(path, (str, bytes)):
            return
        flags = flags if isinstance(flags, int) else 0
        if mode is None:
            new = bool(flags & os.O_CREAT) and not is_there(path)
            made = new or bool(flags & os.O_TRUNC)
            reads = flags & (os.O_WRONLY | os.O_RDWR) != os.O_WRONLY
        else:
            made, reads = "w" in mode or "x" in mode, "r" in mode or "+" in mode
        if "x" in (mode or "") or (made and is_there(path, folder=True)):
            self.asked(path)  # whether that can be
        with self.quiet():
            if made:
                self.makes(os.fsdecode(path))
            elif reads:
                self.read(os.fsdecode(path))

    def makes(self, path: str) -> None:
        """Note that something is made: what was not asked for before says nothing later."""
        name = self._name(path)
        if not name or name in self._made or is_there(path, folder=True):
            return
        asked = (READ, f"?{name}"), (LOOKED, f"?{name}"), (READ, name)
        if any(self.notes.has(*note) for note in asked):
            self._remade.add(name)
            self.notes.write(REMADE, name)
        else:
            self._made.add(name)
            self.notes.write(MADE, name)

    def leads(self, source: str, target: str, symbolic: bool) -> None:
        """Note that what a link or a new name leads to is read."""
        if symbolic:
            source = _join(os.path.dirname(target), source)
            if name := self._name(target):
                self._links.add(f"{name}/")
        if not self.deaf:
            with self.quiet():
                if os.path.isfile(source):
                    self.read(source)

    def variable(self, name: str) -> None:
        """Note that somebody reads a variable of the environment."""
        if not self.deaf and name not in _OURS:
            self.notes.write(READ, f"${name}")

    def asked_for(self, variables: Iterable[str]) -> None:
        """Note that a command may read these variables."""
        for name in variables:
            if name not in _OURS:
                self.notes.write(READ, f"${name}")

    def distribution(self, name: str) -> None:
        """Note that somebody asks for a distribution, or with `*` for all of them.

        What a library looks for in vain, or among all, is to help it and not to be shown.
        """
        if not self.deaf and (name[:1] not in ("*", ":") or not by_library(self._packages)):
            self.notes.write(READ, f"@{name}")

    def _note(self, kind: str, name: str) -> None:
        """Note a question or a listing, with its answer now where that is an answer to code."""
        if not self.notes.has(kind, name):
            with self.quiet():
                self.notes.write(kind, name, mark(self.root, name) if kind == READ else "")

    def installed(self, name: str) -> None:
        """Note that a program of a distribution is started; with `*` that it looks at all."""
        self.notes.write(READ, f"@{name}")

    def _of_code(self, name: str) -> str:
        """Say how to note a question about the book: as one of its code, or of a library's."""
        return LOOKED if not os.path.isabs(name) and by_library(self._packages) else READ

    def imported(self, name: str, folders: Iterable[str]) -> None:
        """Note that a module could come from each of these folders, but for those of packages.

        Args:
            name: Its last name.
            folders: Those that Python looks in.
        """
        for folder in folders:
            inside = self._name(folder or ".")
            if inside is not None:
                inside = f"{inside}/" if inside else ""
                for end in _ENDS:
                    self.notes.write(LOOKED, f"?{inside}{name}{end}")

    def listed(self, path: str) -> None:
        """Note that the names in a folder are read."""
        for where in self._ways(path):
            name = self._name(where)
            if name is not None:
                self._note(self._of_code(name), f"{name or '.'}/")

    def scanned(self, path: str) -> None:
        """Note that the names in a folder are read, and that each may be asked what it is."""
        self.listed(path)
        with self.quiet():
            try:
                names = sorted(os.listdir(path))[:_MOST_ENTRIES]
            except OSError:
                return
        for name in names:
            self.asked(_join(path, name))

    def read(self, path: str) -> None:
        """Note that a file is read."""
        if path.endswith(".pyc"):
            try:
                path = importlib.util.source_from_cache(path)
            except ValueError:
                return
        for where in self._ways(path):
            name = self._name(where)
            if name == self._own and by_library(self._packages):
                return  # a compiler looks up the code that it is given, which is in the key
            if name and name not in self._made:
                self.notes.write(READ, name, "" if name in self._remade else stamp(where))

    def sought(self, path: str) -> None:
        """Note that a program looks whether a file is there."""
        for where in self._ways(path):
            name = self._name(where)
            if name and name != self._own and name not in self._made:
                self._note(READ, f"?{name}")

    def named(self, path: str) -> None:
        """Note that a command names a file, if there is one, and may read it."""
        self.maybe(path, NAMED)

    def maybe(self, path: str, kind: str = MAYBE) -> None:
        """Note that a file may be read, if there is one: native code does not tell."""
        if not (0 < len(path) <= _LONGEST and is_file(path)):  # most words are none
            return
        name = self._name(path)
        if not name or name == self._own or name in self._made or self.notes.has(kind, name):
            return
        with self.quiet():
            self.notes.write(kind, name, seen(path))

    def _ways(self, path: str) -> list[str]:
        """Return a path, and where it leads if it goes by a folder for temporary things.

        What stands there comes and goes, but a link in it may lead to what stays; and so may a link
        that the chapter makes.
        """
        name = self._name(path)
        if name and any(f"{name}/".startswith(link) for link in self._links):
            with self.quiet():
                return [os.path.realpath(path)]
        if name is None or not os.path.isabs(name) or not name.startswith(self._passing):
            return [path]
        with self.quiet():
            real = os.path.realpath(name)
        return [path] if real == name else [path, real]

    def _unseen(self, path: str) -> None:
        """Count what native code may read as maybe read; who reads a Python file tells of it."""
        if not path.endswith(".py"):
            self.maybe(path)

    def python(self, words: list[str]) -> None:
        """Note that a Python is started, with these words after its name."""
        self.notes.write(STARTED, "\x1f".join(words))

    def began(self) -> None:
        """Note that this Python, which another started, is watched."""
        self.notes.write(BEGAN, "\x1f".join(sys.orig_argv[1:]))

    # What a chapter's process tells.

    def words(self, text: str, folder: str = "") -> None:
        """Count the words of some code that name a file, maybe from this folder, as maybe read."""
        for word in _words(text):
            path = word.removeprefix("file:").partition("?")[0]
            for start in (folder, *self._been):
                self._unseen(_join(start, path))

    def built(self, path: str) -> None:
        """Remember that code put together a path, which it may hand to native code.

        A worker may end without a word: what it puts together is looked at at once.
        """
        if not self.deaf and 0 < len(path) <= _LONGEST:
            try:
                whole = _join(getcwd(), path)
            except OSError:
                return
            if not whole.startswith(self.root):
                return
            if getpid() == self._process:
                self._built.add(whole)
            else:
                self._unseen(whole)

    def begins(self, text: str) -> None:
        """Remember what the words of some code name from the folder that it begins in."""
        for word in _words(text):
            self.built(word)

    def values(self, module: ModuleType) -> None:
        """Count as maybe read what the names of a module hold and is the path of a file.

        So does what code has put together as a path, with `os.path.join` or `pathlib`.
        """
        for value in list(vars(module).values()):
            with contextlib.suppress(Exception):  # a class of the block's may do anything
                if type(value) is str or isinstance(value, PurePath):
                    self._unseen(str(value))
        self._all_built()

    def _all_built(self) -> None:
        while self._built:
            self._unseen(self._built.pop())

    def declared(self, names: Iterable[str]) -> list[str]:
        """Count as read the files that a fence says are: by name, in a folder, or with `*`.

        Returns:
            Those of the names that are of nothing.
        """
        nothing = []
        with self.quiet():
            for name in names:
                path = os.path.normpath(_join(self.root, name))
                found, folders = matching(path) if is_pattern(name) else ([path], [])
                for folder in folders:
                    self.listed(folder)
                if not any(map(is_there, [*found, *folders])):
                    nothing.append(name)
                for file in found:
                    if os.path.isdir(file):
                        for folder, _, files in below(file):
                            self.listed(folder)
                            found += (_join(folder, one) for one in files)
                    else:
                        self.read(file)
        return nothing

    def marks(self) -> dict[str, str]:
        """Say what stands now at each place that was noted; `!` before what the chapter made."""
        with self.quiet():
            found = set()
            for kind, name, *_ in self.notes.all():
                if kind in (MADE, REMADE):
                    found.add(f"!{name}")
                elif kind in (READ, LOOKED, MAYBE, NAMED) and not _is_no_place(name):
                    found.add(name)
            return {name: standing(self.root, name) for name in sorted(found)}

    def move(self, log: Path) -> None:
        """Note from now on in another file, which holds what was noted so far."""
        with self.quiet():
            handed = os.environ.get(HANDED, "").split("\x1f")
            if handed[1:2] == [self.notes.file]:
                os.environ[HANDED] = "\x1f".join([handed[0], str(log), *handed[2:]])
            self.notes.move(log)
            self._process = getpid()
            self._jobs += (places.folder(os.path.dirname(self.notes.file)),)

    def modules(self) -> None:
        """Note what all modules came from, and what would be imported in place of them."""
        self._all_built()
        with self.quiet():
            self._sources()
            self.notes.write(READ, f"&{','.join(sorted(ORIGINS.tops))}")

    def _sources(self, engine: bool = True) -> None:
        ORIGINS.look(engine)
        for name in ORIGINS.installed:
            self.notes.write(READ, f"@:{name}")
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

        The stamp is empty where it does not matter, and `edited` where it moved meanwhile; the
        place is -1 for what a library or an import looked for, and the code itself did not.
        """
        self.notes.close()
        with self.quiet():
            found, made = gathered(self.notes.all())
            for name in made:  # what came and went must not be there the next time
                if not os.path.isabs(name) and not is_there(self.root + name):
                    found.setdefault(f"?{name}", ("", -1))
            known: dict[str, bool] = {}
            return [
                (name, then, at)
                for name, (then, at) in found.items()
                if not self._passes(name, made) and not self._is_cached(name, known)
            ]

    def _passes(self, name: str, made: set[str]) -> bool:
        """Say whether a thing in the folder for temporary ones came and went with the chapter."""
        path = name.removeprefix("?").rstrip("/")
        if _join(self.root, path) + os.sep in self._passing:
            return True  # where others put their things, too, from one moment to the next
        if not (path + os.sep).startswith(self._passing) or self._name(path) != path:
            return False
        try:
            return os.stat(path).st_mtime_ns >= self._since
        except OSError:
            above = os.path.dirname(path)
            return name[:1] != "?" or path in made or above in made or not os.path.isdir(above)

    def _is_cached(self, name: str, known: dict[str, bool]) -> bool:
        """Say whether a thing of the book stands in a folder that a tool has marked as its cache.

        Source: the Cache Directory Tagging Specification, https://bford.info/cachedir/.
        """
        folder = os.path.dirname(name.lstrip("?"))
        if not folder or os.path.isabs(folder):
            return False
        if folder not in known:
            tagged = is_there(f"{self.root}{folder}/CACHEDIR.TAG")
            known[folder] = tagged or self._is_cached(folder, known)
        return known[folder]

    def _name(self, path: str) -> str | None:
        """Name a path: from the root, or whole where it stands outside; None if it is apart.

        So are the book's own caches of Python, which come and go.
        """
        if "\0" in path:
            return None
        if not os.path.isabs(path):
            try:
                path = _join(getcwd(), path)
            except OSError:  # the folder is gone, and with it all that it held
                return None
        path = os.path.normpath(path)
        if (path + os.sep).startswith(self._jobs):
            return None
        if (path + os.sep).startswith(self.root):
            name = path[len(self.root) :].replace(os.sep, "/")
            name = f"./{name}" if name[:1] in _SIGNS or name == EVERY_MODULE else name
            left = "__pycache__" in name or f"{name}/".startswith(self.ignore)
            return None if left else name
        apart = (path + os.sep).startswith(self._apart) and not path.startswith(_MEMORY)
        return None if apart else path


def _words(text: str) -> set[str]:
    """Return what may name a file in some code: its words, and its texts as they are quoted."""
    texts = {found for _, found in _QUOTED.findall(text)}
    words = {word for word in _SPLIT.split(text) if "." in word or "/" in word or os.sep in word}
    return words | texts


def _is_no_place(name: str) -> bool:
    return name == EVERY_MODULE or name[:1] in "$@&"
