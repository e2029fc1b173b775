"""Say what a program that a block starts reads, as far as its words tell."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import shlex
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from .around import below, is_pattern, matching

_LARGEST_SCRIPT = 100_000  # bytes of a script whose own words are looked at
_MOST_FILES = 500  # of a folder that a word names
_NAMING = {"ls", "dir", "find", "tree"}  # they tell names alone, unless an option asks for more
_LISTING = _NAMING | {"du"}  # they look around where they are
_MORE = re.compile(  # than names, as sizes
    r"--(size|format|block-size|full-time|author|du|sort).*|-[A-Za-z]*[lsgnoShFk][A-Za-z]*"
)
_ASKED_IN_FIND = re.compile(r"-(i?name|i?path|i?regex|type|(max|min)depth|print0?|not|and|or|a|o)")
_MADE_BY = ("GNUmakefile", "makefile", "Makefile")  # where make looks, in this order
_PRINTING = {"env", "printenv", "export", "set"}
_OF_INDEX = {"add", "commit", "diff", "ls-files", "stash", "status"}  # what of git asks it
_OF_ALL = {"list", "freeze", "show", "check", "inspect", "install", "uninstall"}  # what of pip asks
_BARE = re.compile(r"\w[\w.+-]*")  # a name that is looked for in the folders of PATH
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)")
_FILTERS = {"cat", "cut", "grep", "head", "nl", "sort", "tail", "tr", "uniq", "wc"}  # of a text
_RECURSIVE = {"-r", "-R", "--recursive"}
_MOST_SCRIPTS = 50  # that a command leads to

_Seen = set[tuple[str, ...]]  # scripts, and the folders that their words count from


class Teller(Protocol):
    """What is told."""

    root: str

    def read(self, path: str) -> None:
        """A file is read."""

    def named(self, path: str) -> None:
        """A file may be read, since a command names it."""

    def sought(self, path: str) -> None:
        """A program looks whether a file is there."""

    def listed(self, path: str) -> None:
        """The names in a folder are read."""

    def installed(self, name: str) -> None:
        """What is installed by this name counts; with `*` everything."""

    def python(self, words: list[str]) -> None:
        """A Python is started."""

    def words(self, text: str, folder: str = "") -> None:
        """Some code may read the files that its words name, from a folder."""

    def asked_for(self, variables: Iterable[str]) -> None:
        """Variables of the environment may be read."""


@dataclass(frozen=True)
class Command:
    """A program that is started.

    Attributes:
        program: As it was named.
        words: Those after it.
        folder: The one that it runs in.
        path: The folders where it is looked for, as in `PATH`.
    """

    program: str
    words: list[str]
    folder: str
    path: str

    @staticmethod
    def of(event: str, args: tuple[Any, ...]) -> Command:
        """Read what Python's audit tells of a start."""
        cwd, env = None, None
        if event == "os.system":
            program, given = "sh", ["sh", "-c", args[0]]
        elif event == "os.spawn":
            program, given, env = args[1], args[2], args[3]
        elif event == "subprocess.Popen":
            program, given, cwd, env = args
        else:
            program, given, env = args[0], args[1], args[2]
        given = [given] if isinstance(given, (str, bytes, os.PathLike)) else list(given or [])
        words = [os.fsdecode(word) for word in given]
        if len(words) == 1 and os.name == "nt":
            words = _split(words[0])
        return Command(
            os.fsdecode(program) if program else words[0] if words else "",
            words[1:],
            os.path.join(_here(), os.fsdecode(cwd)) if cwd else _here(),
            _search(os.environ if env is None else env),
        )

    @property
    def name(self) -> str:
        """Its last name, in small letters."""
        return os.path.basename(self.program).lower()

    def tell(self, teller: Teller) -> None:
        """Tell what it reads."""
        seen: _Seen = set()
        _program(teller, self.program, self.folder, self.path, seen, surely=True)
        if self.name.startswith("python"):
            teller.python(self.words)
            if self.words[:2] == ["-m", "pip"] and _OF_ALL.intersection(self.words):
                teller.installed("*")
            for before, word in itertools.pairwise(["", *self.words]):
                if before == "-c":
                    teller.words(word, self.folder)  # code, and not the name of a file
                    continue
                _named(teller, word, self.folder, None)
                if word.endswith(".py"):  # it may be one that cannot be watched
                    _words_of(teller, os.path.join(self.folder, word))
        else:
            _line(teller, [self.name, *self.words], [self.folder], seen, self.path)


def _search(env: Any) -> str:
    """Return what an environment has as `PATH`."""
    for name in ("PATH", b"PATH"):
        with contextlib.suppress(Exception):  # it may be anything that has keys
            return os.fsdecode(env[name])
    return os.defpath


def _program(
    teller: Teller,
    word: str,
    folder: str,
    path: str,
    seen: _Seen,
    surely: bool = False,
) -> None:
    """Tell where a program is looked for, and which file it is.

    Args:
        teller: What is told.
        word: Its name, or its path.
        folder: The one that it is started in.
        path: The folders where a name is looked for.
        seen: The scripts that were looked at.
        surely: Whether it is a program; else it may be a word like another.
    """
    bare = not os.path.dirname(word)
    for place in path.split(os.pathsep) if bare else [""]:
        file = os.path.join(folder, place, word)
        found = os.path.isfile(file) and os.access(file, os.X_OK)
        if found or surely or file.startswith(teller.root):
            teller.sought(file)
        if found:
            teller.named(file)
            name = os.path.basename(file)
            if os.path.dirname(file) == os.path.dirname(sys.executable):
                if not name.startswith("python"):
                    teller.installed(name)  # as most are called that bring a program
            elif file.startswith(teller.root):
                _script(teller, file, [folder], seen, path)
            return


def _here() -> str:
    try:
        return os.getcwd()
    except OSError:  # it is gone
        return os.sep


def _words_of(teller: Teller, path: str) -> None:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            teller.words(file.read(_LARGEST_SCRIPT))
    except OSError:
        return


def _split(text: str) -> list[str]:
    """Split a line of a shell into words; operators are words of their own."""
    try:
        return list(shlex.shlex(text, posix=True, punctuation_chars=True))
    except ValueError:
        return text.split()


def _line(teller: Teller, texts: list[str], start: list[str], seen: _Seen, path: str) -> None:
    """Tell what the words of a command read, those inside a word for a shell among them."""
    words = [word for text in texts for word in dict.fromkeys([text, *_split(text)])]
    said = {name for word in words for name in _VARIABLE.findall(word)}
    if any(word.startswith("~") for word in words):
        said.add("HOME")
    if _PRINTING.intersection(map(os.path.basename, words)):
        said.update(os.environ)
    teller.asked_for(sorted(said))
    folders = list(start)
    for before, word in itertools.pairwise(words):
        if before in ("cd", "-C", "--directory"):
            folders.append(os.path.join(folders[-1], word))
    names = {os.path.basename(word) for word in words}
    if any(name.startswith("python") for name in names):
        teller.python(["", *texts])  # by a shell: whether it is watched, nobody can tell
    if "git" in names:
        for where in folders:
            _repository(teller, where, index=bool(_OF_INDEX.intersection(words)))
    if "make" in names:
        words += _MADE_BY
        for where, file in itertools.product(folders, _MADE_BY):
            teller.sought(os.path.join(where, file))
    looks, contents = bool(_LISTING & names), not _names_alone(texts)
    named = [word for word in words if not word.startswith("/dev/")]
    if looks and not any(os.path.exists(os.path.join(start[0], word)) for word in named):
        for where in folders:
            _folder(teller, where, contents)
    for word in dict.fromkeys(words):
        if _BARE.fullmatch(word):
            _program(teller, word, start[0], path, seen)
        for where in folders:
            _named(teller, word, where, seen, path, contents)


def _names_alone(texts: list[str]) -> bool:
    """Say whether a command tells of folders the names in them, and nothing of the files."""
    texts = [re.sub(r"[0-9]*>&[0-9]", "", text) for text in texts]
    if any(re.search(r"[;&`\n]|\$\(|\|\|", text) for text in texts):
        return False
    words = [word for text in texts for word in _split(text)]
    if len(words) > 2 and words[1] == "-c":
        words = words[2:]  # of a shell
    cut = itertools.groupby(words, lambda word: word == "|")
    first, *rest = [list(part) for bar, part in cut if not bar] or [[""]]
    if any(part[0] not in _FILTERS or _RECURSIVE.intersection(part) for part in rest):
        return False
    program, options = os.path.basename(first[0]), [word for word in first if word[:1] == "-"]
    if program == "find":
        return all(_ASKED_IN_FIND.fullmatch(word) for word in options)
    return program in _NAMING and not any(_MORE.fullmatch(word) for word in options)


def _repository(teller: Teller, folder: str, index: bool) -> None:
    """Tell what git reads of the repository around a folder."""
    while not os.path.exists(place := os.path.join(folder, ".git")):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return
    if index:
        _folder(teller, folder)
    if os.path.isfile(place):  # of a submodule, or of another working tree
        teller.read(place)
        with open(place, encoding="utf-8", errors="replace") as file:
            place = os.path.join(folder, file.read().removeprefix("gitdir:").strip())
    for part in ("HEAD", "packed-refs", "logs/HEAD", "config", *(["index"] if index else [])):
        teller.read(os.path.join(place, part))
    for base, _, files in os.walk(os.path.join(place, "refs")):
        teller.listed(base)
        for file_name in files[:_MOST_FILES]:
            teller.read(os.path.join(base, file_name))


def _named(
    teller: Teller,
    word: str,
    folder: str,
    seen: _Seen | None,
    search: str = "",
    contents: bool = True,
) -> None:
    """Tell of the files that a word names, and of what a script among them names, if `seen`."""
    word = word.partition("=")[2] if word.startswith("-") and "=" in word else word
    if not word or len(word) > 500 or "\0" in word:
        return
    path = os.path.join(folder, os.path.expanduser(word))
    if word.startswith("-"):
        path = os.path.join(folder, word[2:])  # a value that follows its letter at once
        if os.path.isfile(path):
            teller.named(path)
    elif is_pattern(word):
        found, places = matching(path)
        for place in places[-_MOST_FILES:]:
            teller.listed(place)
        for file in found[:_MOST_FILES]:
            teller.named(file)
    elif os.path.isdir(path):
        _folder(teller, path, contents)
    elif os.path.isfile(path):
        teller.named(path)
        if seen is not None and path.startswith(teller.root):
            _script(teller, path, [folder, os.path.dirname(path)], seen, search)
    elif ("." in word or "/" in word) and "://" not in word and not re.search(r"\s", word):
        teller.sought(path)


def _folder(teller: Teller, folder: str, contents: bool = True) -> None:
    """Tell of all that stands in a folder and below it, up to a number of files."""
    found = 0
    for base, names, files in below(folder):
        names[:] = sorted(n for n in names if not n.startswith("."))
        teller.listed(base)
        found += len(files)
        if found > _MOST_FILES:
            return
        if contents:
            for file in sorted(files):
                teller.named(os.path.join(base, file))


def _script(teller: Teller, path: str, folders: list[str], seen: _Seen, search: str) -> None:
    """Tell what the lines of a script read, and the scripts that they name, each once a folder."""
    this = (os.path.normpath(path), *map(os.path.normpath, folders))
    if this in seen or len(seen) >= _MOST_SCRIPTS:
        return
    if path.endswith(".py") or os.path.getsize(path) > _LARGEST_SCRIPT:
        return
    seen.add(this)
    with open(path, "rb") as file:
        data = file.read()
    if b"\0" not in data:
        for line in data.decode("utf-8", "replace").splitlines():
            _line(teller, [line], folders, seen, search)
