"""Say which distributions are installed, and which of them a module came from."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import sysconfig
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_INFO = re.compile(
    r"(?P<name>[^-]+(?:-[^-]+)*?)-(?P<version>\d[^-]*?)(?:-py\S*)?\.(dist|egg)-info$"
)


def normal(name: str) -> str:
    """Return the one spelling of a distribution's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


class Distributions:
    """What is installed at one moment."""

    def __init__(self, folders: Iterable[str]) -> None:
        self._folders: dict[str, Path] = {}  # by normal name, the first that Python finds
        self._names: dict[str, list[str]] = {}  # by the modules that they have
        self.versions: dict[str, str] = {}
        for folder in folders:
            for name in sorted(os.listdir(folder)):
                if found := _INFO.match(name):
                    self._folders.setdefault(normal(found["name"]), Path(folder, name))
                    self.versions.setdefault(normal(found["name"]), found["version"])

    def version(self, name: str) -> str:
        """Name a distribution's version and files; `missing` where there is none."""
        known = self.versions.get(normal(name))
        if known is not None:
            return self._named(normal(name))
        try:
            return version(name)
        except PackageNotFoundError:
            return "missing"

    def of_module(self, module: str) -> str:
        """Name what a module came from, with versions; `missing` where nothing installed has it."""
        names = [normal(module)] if normal(module) in self.versions else self._having(module)
        return ", ".join(f"{name} {self._named(name)}" for name in names) or "missing"

    def all(self) -> str:
        """Name everything that is installed."""
        return ", ".join(f"{name} {self._named(name)}" for name in sorted(self.versions))

    def _named(self, name: str) -> str:
        """Name a version, and by the list of its files what was installed with that number."""
        return f"{self.versions[name]} {_files(self._folders[name])}".rstrip()

    def learn(self, modules: Iterable[str]) -> None:
        """Read which modules each has, and the lists of those that have these.

        Else the first question of one waits for it.
        """
        for module in modules:
            self.of_module(module.partition(".")[0])

    def _having(self, module: str) -> list[str]:
        if not self._names:
            for name, folder in self._folders.items():
                for top in _tops(folder):
                    self._names.setdefault(top, []).append(name)
        return sorted(self._names.get(module, []))


def installed() -> Distributions:
    """Look at what is installed now, in the folders that changed since somebody looked."""
    known = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    folders = dict.fromkeys([*known, *filter(None, sys.path)])
    return _in(tuple((f, os.stat(f).st_mtime_ns) for f in folders if os.path.isdir(f)))


@lru_cache(maxsize=1)
def _in(folders: tuple[tuple[str, int], ...]) -> Distributions:
    return Distributions(folder for folder, _ in folders)


def _files(info: Path) -> str:
    """Name the files that were installed with a `.dist-info` folder; empty where nobody lists them.

    The list has the digest of each file. What Python compiled of them says nothing more, and the
    commands beside the packages name the folder of the environment.
    """
    try:
        found = os.stat(info / "RECORD")
    except OSError:
        return ""
    return _listed(info / "RECORD", found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=1024)
def _listed(record: Path, *_: int) -> str:
    lines = record.read_bytes().splitlines()
    own = (line for line in lines if b"sha256=" in line and not line.startswith(b".."))
    kept = sorted(line for line in own if b".pyc," not in line)
    return hashlib.sha256(b"\n".join(kept)).hexdigest()[:10]


@lru_cache(maxsize=1024)
def _tops(info: Path) -> frozenset[str]:
    """Return the top-level names of what is installed with a `.dist-info` folder."""
    found: set[str] = set()
    for name in ("RECORD", "installed-files.txt", "top_level.txt"):
        try:
            text = (info / name).read_text("utf-8", errors="replace")
        except OSError:
            continue
        for line in text.splitlines():
            top = line.partition(",")[0].removeprefix("../").partition("/")[0]
            found.add(top.partition(".")[0] if top.endswith((".py", ".so", ".pyd")) else top)
    return frozenset(found)
