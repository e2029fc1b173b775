"""Note every file of the book that a chapter reads, in whatever way, in its worker processes too.

A name that ends with a slash is a folder whose names were listed; `EVERY_MODULE` stands for all
the book's Python files, where a chapter starts another Python and what that imports is not seen.
"""

from __future__ import annotations

import hashlib
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

EVERY_MODULE = "**/*.py"
_APART = ("site", "__pycache__")  # made by running, like all hidden names


def stamp(path: str) -> str:
    """Return what an edit of the file changes, without reading it."""
    try:
        found = os.stat(path)
    except OSError:
        return "missing"
    return f"{found.st_mtime_ns}:{found.st_size}"


def content(root: Path, name: str) -> str:
    """Name the content of what `watch` calls `name`."""
    try:
        if name == EVERY_MODULE:
            lines = [f"{file} {content(root, file)}" for file in sorted(_modules(root))]
            return _digest("\n".join(lines).encode())
        if name.endswith("/"):
            names = (
                n for n in os.listdir(root / name) if not n.startswith(".") and n not in _APART
            )
            return _digest("\n".join(sorted(names)).encode())
        if (root / name).is_dir():
            return "folder"
        with open(root / name, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "missing"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _modules(root: Path) -> list[str]:
    found = []
    for folder, names, files in os.walk(root):
        names[:] = [n for n in names if not n.startswith(".") and n not in _APART]
        inside = Path(folder).relative_to(root)
        found += [(inside / f).as_posix() for f in files if f.endswith(".py")]
    return found


def watch(root: str, ignore: list[str], log: Path) -> Callable[[], dict[str, str]]:
    """Begin to note the files under `root` but for those whose names begin as `ignore` says.

    Returns:
        A function that ends the noting and returns each file's stamp when it was first read, or
        an empty one where it does not matter.
    """
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    root = root.rstrip(os.sep) + os.sep
    seen: set[str] = set()
    before = set(sys.modules)  # what all chapters share is in their key

    def write(name: str, mark: str) -> None:
        if name not in seen and not any(name.startswith(i) for i in ignore):
            seen.add(name)
            os.write(file, f"{name}\0{mark}\0".encode("utf-8", "surrogateescape"))

    def name_of(path: str) -> str | None:
        path = os.path.normpath(os.path.join(os.getcwd(), path))
        return path[len(root) :].replace(os.sep, "/") if (path + os.sep).startswith(root) else None

    def read(path: str) -> None:
        if path.endswith(".pyc"):
            try:
                path = importlib.util.source_from_cache(path)
            except ValueError:
                return
        name = name_of(path)
        if name:
            write(name, stamp(root + name))

    def listed(path: str) -> None:
        name = name_of(path)
        if name is not None and "importlib" not in sys._getframe(2).f_code.co_filename:
            write(f"{name or '.'}/", "")

    def started(words: list[str]) -> None:
        if any(os.path.basename(word).startswith("python") for word in words):
            write(EVERY_MODULE, "")
        for word in words:
            if os.path.isfile(word):
                read(word)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = (*args, None, None)[:3]
            if not isinstance(path, (str, bytes)):
                return
            flags = flags if isinstance(flags, int) else 0
            if mode is None:
                made = bool(flags & os.O_TRUNC)
                reads = flags & (os.O_WRONLY | os.O_RDWR) != os.O_WRONLY
            else:
                made, reads = "w" in mode or "x" in mode, "r" in mode or "+" in mode
            if made:  # what a chapter makes itself follows from its code
                name = name_of(os.fsdecode(path))
                seen.update([name] if name else [])
            elif reads:
                read(os.fsdecode(path))
        elif event in ("os.listdir", "os.scandir"):
            if not isinstance(args[0], int):
                listed(os.fsdecode(args[0] or "."))
        elif event in ("subprocess.Popen", "os.posix_spawn", "os.exec"):
            given = args[1] if isinstance(args[1], (list, tuple)) else [args[1]]
            started([w for a in (args[0], *given) if a for w in os.fsdecode(a).split()])
        elif event == "os.system":
            started(os.fsdecode(args[0]).split())
        elif event in ("ctypes.dlopen", "sqlite3.connect") and isinstance(args[0], (str, bytes)):
            read(os.fsdecode(args[0]))

    def ended() -> dict[str, str]:
        for name in set(sys.modules) - before:
            source = getattr(sys.modules[name], "__file__", None)
            if isinstance(source, str):
                read(source)
        os.close(file)
        parts = os.fsdecode(log.read_bytes()).split("\0")[:-1]
        found: dict[str, str] = {}
        for name, mark in zip(parts[::2], parts[1::2], strict=True):
            found[name] = mark if found.setdefault(name, mark) == mark else "edited"
        return found

    sys.addaudithook(hook)
    return ended


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
