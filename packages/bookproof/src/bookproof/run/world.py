"""Say what the things that a chapter asked of (see `worker.watch`) are now."""

from __future__ import annotations

import hashlib
import os

from ..files import EVERY_MODULE, content, question, stamp
from ..settings import Settings
from .distributions import Distributions, installed
from .environment import environment

_LARGE = 1_000_000  # bytes; a larger file is not read again as long as its stamp is the same


_TOLD = {"?": "whether there is {}", "$": "the variable {}", "@": "the version of {}"}


def told(name: str) -> str:
    """Name a thing for people."""
    if name == EVERY_MODULE or name[:1] not in "?$@&":
        return name
    if name[0] == "&":
        return "what the book's own folders would be imported from"
    rest = name[1:].removeprefix(":")
    return _TOLD[name[0]].format("anything installed" if rest == "*" else rest)


class World:
    """The state of things at one moment; each is looked at once."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._environment = environment(settings)
        self._distributions: Distributions | None = None
        self._known: dict[str, str] = {}
        self._entries: dict[str, list[str]] = {}  # of folders that modules are imported from

    @property
    def distributions(self) -> Distributions:
        """What is installed."""
        if self._distributions is None:
            self._distributions = installed()
        return self._distributions

    def state(self, name: str) -> str:
        """Say what a thing is: two moments with the same answer are the same to a chapter."""
        if name not in self._known:
            self._known[name] = self._look(name)
        return self._known[name]

    def _look(self, name: str) -> str:
        sign, rest = name[:1], name[1:]
        if name == EVERY_MODULE or sign not in "?$@&":
            return self._content(name)
        if sign == "?":
            return question(self.settings.root / rest)
        if sign == "$":
            return _digest(self._environment.get(rest))
        if sign == "&":
            return self._shadows(set(rest.split(",")))
        if rest == "*":
            return _digest(self.distributions.all())
        return (
            self.distributions.of_module(rest[1:])
            if rest.startswith(":")
            else self.distributions.version(rest)
        )

    def _content(self, name: str) -> str:
        path = self.settings.root / name
        if name.endswith("/") or not path.is_file() or path.stat().st_size < _LARGE:
            return content(self.settings.root, name, self.settings.ignored)
        mark = f"{path}\0{stamp(str(path))}"
        if mark not in _digests:
            _digests[mark] = content(self.settings.root, name)
        return _digests[mark]

    def _shadows(self, modules: set[str]) -> str:
        """Name what in the book's folders would be imported in place of a module."""
        return ", ".join(
            f"{folder}/{entry}"
            for folder in self.settings.path
            for entry in self._importable(folder)
            if entry.partition(".")[0] in modules
        )

    def _importable(self, folder: str) -> list[str]:
        if folder not in self._entries:
            try:
                names = sorted(os.listdir(self.settings.root / folder))
            except OSError:
                names = []
            self._entries[folder] = [
                n for n in names if n.endswith(".py") or self._is_package(folder, n)
            ]
        return self._entries[folder]

    def _is_package(self, folder: str, name: str) -> bool:
        return "." not in name and (self.settings.root / folder / name / "__init__.py").exists()


_digests: dict[str, str] = {}  # of large files, by path and stamp, for as long as this process is


def _digest(text: str | None) -> str:
    return (
        "missing"
        if text is None
        else hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    )
