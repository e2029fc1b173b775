"""Say what a program that a block starts reads, as far as its words tell."""

from __future__ import annotations

import glob
import os
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

_LARGEST_SCRIPT = 100_000  # bytes of a script whose own words are looked at
_MOST_FILES = 500  # of a folder that a word names
_LISTING = {"ls", "dir", "find", "tree", "du", "make"}  # they look around where they are
_PRINTING = {"env", "printenv", "export", "set"}
_OF_INDEX = {"add", "commit", "diff", "ls-files", "stash", "status"}  # what of git asks it
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)")
_DEEPEST = 3  # scripts that call scripts


class Teller(Protocol):
    """What is told."""

    root: str

    def read(self, path: str) -> None:
        """A file is read."""

    def named(self, path: str) -> None:
        """A file may be read, since a command names it."""

    def listed(self, path: str) -> None:
        """The names in a folder are read."""

    def python(self, words: list[str]) -> None:
        """A Python is started."""

    def words(self, text: str) -> None:
        """Some code may read the files that its words name."""

    def asked_for(self, variables: Iterable[str]) -> None:
        """Variables of the environment may be read."""


@dataclass(frozen=True)
class Command:
    """A program that is started: its name, the words after it, the folder that it runs in."""

    name: str
    words: list[str]
    folder: str

    @staticmethod
    def of(event: str, args: tuple[Any, ...]) -> Command:
        """Read what Python's audit tells of a start."""
        cwd = None
        if event == "os.system":
            program, given = "sh", ["sh", "-c", args[0]]
        elif event == "os.spawn":
            program, given = args[1], args[2]
        else:
            program, given = args[0], args[1]
            cwd = args[2] if event == "subprocess.Popen" else None
        given = [given] if isinstance(given, (str, bytes, os.PathLike)) else list(given or [])
        words = [os.fsdecode(word) for word in given]
        if len(words) == 1 and os.name == "nt":
            words = _split(words[0])
        name = os.fsdecode(program) if program else words[0] if words else ""
        return Command(
            os.path.basename(name).lower(),
            words[1:],
            os.path.join(_here(), os.fsdecode(cwd)) if cwd else _here(),
        )

    def tell(self, teller: Teller) -> None:
        """Tell what it reads."""
        if self.name.startswith("python"):
            teller.python(self.words)
            for before, word in pairwise(["", *self.words]):
                if before == "-c":
                    teller.words(word)  # code, and not the name of a file
                    continue
                _named(teller, word, self.folder, _DEEPEST)
                if word.endswith(".py"):  # it may be one that cannot be watched
                    _words_of(teller, os.path.join(self.folder, word))
        else:
            _line(teller, [self.name, *self.words], self.folder, 0)


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


def _line(teller: Teller, texts: list[str], folder: str, depth: int) -> None:
    """Tell what the words of a command read, those inside a word for a shell among them."""
    words = [word for text in texts for word in dict.fromkeys([text, *_split(text)])]
    said = {name for word in words for name in _VARIABLE.findall(word)}
    if _PRINTING.intersection(map(os.path.basename, words)):
        said.update(os.environ)
    teller.asked_for(sorted(said))
    folders = [folder]
    for before, word in pairwise(words):
        if before in ("cd", "-C", "--directory"):
            folders.append(os.path.join(folders[-1], word))
    if any(os.path.basename(word).startswith("python") for word in words):
        teller.python(["", *texts])  # by a shell: whether it is watched, nobody can tell
    if any(os.path.basename(word) == "git" for word in words):
        for where in folders:
            _repository(teller, where, index=bool(_OF_INDEX.intersection(words)))
    looks = _LISTING.intersection(map(os.path.basename, words))
    named = [word for word in words if not word.startswith("/dev/")]
    if looks and not any(os.path.exists(os.path.join(folder, word)) for word in named):
        for where in folders:
            teller.listed(where)
    for word in dict.fromkeys(words):
        for where in folders:
            _named(teller, word, where, depth)


def _repository(teller: Teller, folder: str, index: bool) -> None:
    """Tell what git reads of the repository around a folder."""
    while not os.path.exists(place := os.path.join(folder, ".git")):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return
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


def _named(teller: Teller, word: str, folder: str, depth: int) -> None:
    """Tell of the files that a word names, and of what a script among them names."""
    word = word.partition("=")[2] if word.startswith("-") and "=" in word else word
    if not word or len(word) > 500 or "\0" in word:
        return
    path = os.path.join(folder, os.path.expanduser(word))
    if any(sign in word for sign in "*?["):
        teller.listed(os.path.dirname(path))
        for file in sorted(glob.glob(path))[:_MOST_FILES]:
            teller.named(file)
    elif os.path.isdir(path):
        if os.path.normpath(path) + os.sep != teller.root:
            _folder(teller, path)
    elif os.path.isfile(path):
        teller.named(path)
        if depth < _DEEPEST and path.startswith(teller.root):
            _script(teller, path, folder, depth + 1)


def _folder(teller: Teller, folder: str) -> None:
    found = 0
    for base, names, files in os.walk(folder):
        names[:] = sorted(n for n in names if not n.startswith("."))
        teller.listed(base)
        for file in sorted(files):
            found += 1
            if found > _MOST_FILES:
                return
            teller.named(os.path.join(base, file))


def _script(teller: Teller, path: str, folder: str, depth: int) -> None:
    if path.endswith(".py") or os.path.getsize(path) > _LARGEST_SCRIPT:
        return
    with open(path, "rb") as file:
        data = file.read()
    if b"\0" not in data:
        for line in data.decode("utf-8", "replace").splitlines():
            _line(teller, [line], folder, depth)
