"""Note every file of the book that a chapter reads, in whatever way, in its worker processes too.

A name that ends with a slash is a folder whose names were listed; `EVERY_MODULE` stands for all
the book's Python files, where a chapter starts another Python and what that imports is not seen.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

from ..files import EVERY_MODULE, stamp


class Watch:
    """Notes the files under a root but for those whose names begin as `ignore` says.

    Args:
        root: Folder of the book.
        ignore: Beginnings of names, from the root.
        log: File to note them in, where worker processes note theirs too.
    """

    def __init__(self, root: str, ignore: list[str], log: Path) -> None:
        self._root = root.rstrip(os.sep) + os.sep
        self._ignore = tuple(ignore)
        self._log = log
        self._file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._seen: set[str] = set()
        self._before = set(sys.modules)  # what all chapters share is in their key

    def begin(self) -> None:
        """Begin to note; Python has no way to stop it."""
        sys.addaudithook(self._hook)

    def end(self) -> dict[str, str]:
        """Return the stamp of each file when it was first read; empty where it does not matter."""
        for name in set(sys.modules) - self._before:
            source = getattr(sys.modules[name], "__file__", None)
            if isinstance(source, str):
                self._read(source)
        os.close(self._file)
        parts = os.fsdecode(self._log.read_bytes()).split("\0")[:-1]
        found: dict[str, str] = {}
        for name, mark in zip(parts[::2], parts[1::2], strict=True):
            found[name] = mark if found.setdefault(name, mark) == mark else "edited"
        return found

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            self._opened(*(*args, None, None)[:3])
        elif event in ("os.listdir", "os.scandir"):
            if not isinstance(args[0], int):
                self._listed(os.fsdecode(args[0] or "."))
        elif event in ("subprocess.Popen", "os.posix_spawn", "os.exec"):
            given = args[1] if isinstance(args[1], (list, tuple)) else [args[1]]
            self._started([w for a in (args[0], *given) if a for w in os.fsdecode(a).split()])
        elif event == "os.system":
            self._started(os.fsdecode(args[0]).split())
        elif event in ("ctypes.dlopen", "sqlite3.connect") and isinstance(args[0], (str, bytes)):
            self._read(os.fsdecode(args[0]))

    def _opened(self, path: Any, mode: Any, flags: Any) -> None:
        if not isinstance(path, (str, bytes)):
            return
        flags = flags if isinstance(flags, int) else 0
        if mode is None:
            made = bool(flags & os.O_TRUNC)
            reads = flags & (os.O_WRONLY | os.O_RDWR) != os.O_WRONLY
        else:
            made, reads = "w" in mode or "x" in mode, "r" in mode or "+" in mode
        if made:  # what a chapter makes itself follows from its code
            name = self._name(os.fsdecode(path))
            self._seen.update([name] if name else [])
        elif reads:
            self._read(os.fsdecode(path))

    def _read(self, path: str) -> None:
        if path.endswith(".pyc"):
            try:
                path = importlib.util.source_from_cache(path)
            except ValueError:
                return
        name = self._name(path)
        if name:
            self._write(name, stamp(self._root + name))

    def _listed(self, path: str) -> None:
        name = self._name(path)
        if name is not None and "importlib" not in sys._getframe(3).f_code.co_filename:
            self._write(f"{name or '.'}/", "")

    def _started(self, words: list[str]) -> None:
        if any(os.path.basename(word).startswith("python") for word in words):
            self._write(EVERY_MODULE, "")
        for word in words:
            if os.path.isfile(word):
                self._read(word)

    def _name(self, path: str) -> str | None:
        path = os.path.normpath(os.path.join(os.getcwd(), path))
        inside = (path + os.sep).startswith(self._root)
        return path[len(self._root) :].replace(os.sep, "/") if inside else None

    def _write(self, name: str, mark: str) -> None:
        if name not in self._seen and not name.startswith(self._ignore):
            self._seen.add(name)
            os.write(self._file, f"{name}\0{mark}\0".encode("utf-8", "surrogateescape"))


def believe_sources(root: str, ignore: list[str]) -> None:
    """Compile the book's modules from their sources at each import.

    Python believes a compiled copy whose source has the same size and the same second, as after
    two quick edits of a digit.
    """
    loader = importlib.machinery.SourceFileLoader
    usual = loader.path_stats
    apart = tuple(os.path.join(root, i) for i in ignore)

    def path_stats(self: importlib.machinery.SourceFileLoader, path: str) -> Any:
        if path.startswith(root + os.sep) and not path.startswith(apart):
            raise OSError  # the import system then leaves compiled copies alone
        return usual(self, path)

    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"  # so that a script of the book finds none either
    loader.path_stats = path_stats  # type: ignore[method-assign]
