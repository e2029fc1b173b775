"""The file in which a chapter, its workers and other Pythons note what they ask, each thing once.

A block may close what is not its own, or use up the numbers of files: the notes are opened again.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import NamedTuple

from ..files import EVERY_MODULE

with contextlib.suppress(ImportError):  # Windows has none
    import fcntl

READ, MAYBE, NAMED, STARTED, BEGAN = "read", "maybe", "named", "started", "began"
LOOKED = "looked"  # for a module, or by a library, which is no answer to what the code asks
MADE, REMADE = "made", "remade"  # the second had been asked for before
_HIGH = 100  # descriptors below it are the blocks' own
_fstat, _open = os.fstat, os.open  # a block may put others in their places


class Note(NamedTuple):
    """One line: its kind, what it names, that thing's stamp then, and where the line begins."""

    kind: str
    name: str
    mark: str
    at: int


class Notes:
    """Notes in a file, which others may write, too.

    Args:
        file: The file, which is made where there is none.
    """

    def __init__(self, file: Path | str) -> None:
        self.file = str(file)
        self._number, self._identity = _opened(self.file)
        self._seen: set[tuple[str, str]] = set()

    def write(self, kind: str, name: str, mark: str = "") -> None:
        """Note a thing, unless that was done."""
        if (kind, name) not in self._seen and "\0" not in name:  # nothing has such a name
            self._seen.add((kind, name))
            with contextlib.suppress(OSError):  # after the end
                os.write(self._descriptor(), _line(kind, name, mark))

    def has(self, kind: str, name: str) -> bool:
        """Say whether this process has noted a thing."""
        return (kind, name) in self._seen

    def size(self) -> int:
        """Return how far they go by now, in bytes."""
        return _fstat(self._descriptor()).st_size

    def owns(self, number: int) -> bool:
        """Say whether a descriptor is theirs."""
        return number == self._number

    def move(self, file: Path) -> None:
        """Go on in another file, which holds what was noted so far."""
        before = self._descriptor()
        self.file = str(file)
        self._number, self._identity = _opened(self.file)
        os.close(before)

    def close(self) -> None:
        """Let the file go."""
        os.close(self._descriptor())

    def all(self) -> list[Note]:
        """Read them, in their order."""
        with open(self.file, "rb") as file:
            parts = file.read().decode("utf-8", "surrogateescape").split("\0")[:-1]
        found, at = [], 0
        for line in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
            found.append(Note(*line, at))
            at += len(_line(*line))
        return found

    def _descriptor(self) -> int:
        with contextlib.suppress(OSError):
            found = _fstat(self._number)
            if (found.st_dev, found.st_ino) == self._identity:
                return self._number
        self._number, self._identity = _opened(self.file)
        return self._number


def gathered(notes: list[Note]) -> tuple[dict[str, tuple[str, int]], set[str]]:
    """Say what was asked of the world, and what was made of it.

    Returns:
        For each thing its stamp when it was asked for and where that is noted, -1 where code only
        looked by way of a library or an import; and the names of what was made before anybody asked
        for it. A stamp is empty where it does not matter, and `edited` where it moved meanwhile.
    """
    asked: dict[str, dict[str, tuple[str, int]]] = {READ: {}, MAYBE: {}, NAMED: {}}
    looked: dict[str, tuple[str, int]] = {}
    made: dict[str, set[str]] = {MADE: set(), REMADE: set()}
    unseen: list[str] = []  # Pythons that were started and did not begin
    for kind, name, mark, at in notes:
        if kind in asked:
            before = asked[kind].setdefault(name, (mark, at))
            if kind == READ and before[0] != mark and name[:1] != "?" and name[-1:] != "/":
                asked[kind][name] = ("edited", before[1])
        elif kind == LOOKED:
            looked[name] = ("", -1)
        elif kind in made:
            made[kind].add(name)
        elif kind == STARTED:
            unseen.append(name)
        elif name in unseen:
            unseen.remove(name)
    new, again, read = made[MADE], made[REMADE], asked[READ]
    for name in new:  # what a chapter makes itself follows from its code
        for asking in (read, looked):
            asking.pop(f"?{name}", None)
            asking.pop(f"{name}/", None)
    if unseen:
        read.setdefault(EVERY_MODULE, ("", 0))
    # A word of code that names what the chapter makes, here or outside the book, is of that.
    here, outside = new | again, {m for m in new | again if os.path.isabs(m)}
    spoken = {n for n in asked[MAYBE] if n in here or any(m.endswith(f"/{n}") for m in outside)}
    found = looked | {n: v for n, v in asked[MAYBE].items() if n not in spoken}
    found |= {n: v for n, v in asked[NAMED].items() if n not in new}
    found |= read
    mine = new | again
    changed = again | {f"?{n}" for n in mine} | {f"{os.path.dirname(n) or '.'}/" for n in mine}
    return {n: ("" if n in changed else mark, at) for n, (mark, at) in found.items()}, new


def _opened(file: str) -> tuple[int, tuple[int, int]]:
    """Open a file where no block looks for a descriptor; return also which file that is."""
    number = _open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with contextlib.suppress(OSError, NameError):  # few descriptors; Windows
        high = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, _HIGH)
        os.close(number)
        number = high
    found = _fstat(number)
    return number, (found.st_dev, found.st_ino)


def _line(kind: str, name: str, mark: str) -> bytes:
    return f"{kind}\0{name}\0{mark}\0".encode("utf-8", "surrogateescape")
