"""Hear the questions that Python's audit does not tell of: is it there, which variable."""

from __future__ import annotations

import importlib.metadata
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import PurePath
from types import ModuleType
from typing import Any, Protocol


class Listener(Protocol):
    """What is told."""

    def asked(self, path: Any, folder: Any = None) -> None:
        """Somebody asks what a path is; it may count from a folder that is open."""

    def opened_in(self, folder: int, path: Any, flags: int) -> None:
        """Somebody opens a file by its place in a folder that is open."""

    def built(self, path: str) -> None:
        """Somebody puts a path together."""

    def variable(self, name: str) -> None:
        """Somebody reads a variable of the environment."""

    def distribution(self, name: str) -> None:
        """Somebody asks for a distribution, or with `*` for all."""

    def quiet(self) -> AbstractContextManager[None]:
        """Nothing of what this thread does meanwhile counts."""

    def imported(self, name: str, places: Sequence[str]) -> None:
        """A module is looked for in these folders."""


def listen(listener: Listener) -> None:
    """Tell `listener` from now on; there is no way back."""
    for module, name in _questions():
        _wrap(module, name, listener)
    _hear_places(listener)
    _hear_paths(listener)
    _hear_variables(listener)
    _hear_distributions(listener)
    sys.meta_path.insert(0, _Finder(listener))


def _questions() -> list[tuple[ModuleType, str]]:
    found: list[tuple[ModuleType, str]] = [(os, n) for n in ("stat", "lstat", "access", "readlink")]
    if os.name == "nt":  # written in C there
        names = ("exists", "lexists", "isfile", "isdir", "islink", "isjunction")
        found += [(os.path, name) for name in names if hasattr(os.path, name)]
    return found


def _wrap(module: ModuleType, name: str, listener: Listener) -> None:
    usual = getattr(module, name)

    def question(path: Any, *args: Any, **kwargs: Any) -> Any:
        listener.asked(path, kwargs.get("dir_fd"))
        return usual(path, *args, **kwargs)

    _put(module, name, question)


def _hear_places(listener: Listener) -> None:
    """Tell of what is opened by its place in an open folder; Python's audit does not name that."""
    usual = os.open

    def opened(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if dir_fd is None:
            return usual(path, flags, mode)
        listener.opened_in(dir_fd, path, flags)
        with listener.quiet():
            return usual(path, flags, mode, dir_fd=dir_fd)

    if usual in os.supports_dir_fd:
        _put(os, "open", opened)


def _hear_paths(listener: Listener) -> None:
    """Tell of each path that is put together, since native code may be what opens it."""
    joined, said = os.path.join, PurePath.__str__

    def join(a: Any, *p: Any) -> Any:
        path = joined(a, *p)
        if type(path) is str:
            listener.built(path)
        return path

    def say(self: PurePath) -> str:
        path = said(self)
        listener.built(path)
        return path

    _put(os.path, "join", join)
    say.__name__, say.__qualname__, say.__doc__ = "__str__", said.__qualname__, said.__doc__
    PurePath.__str__ = say  # type: ignore[method-assign, assignment]


def _put(module: ModuleType, name: str, question: Any) -> None:
    """Put a function in the place of Python's own, which it is for all that look at it."""
    usual = getattr(module, name)
    question.__name__ = question.__qualname__ = name
    question.__module__ = module.__name__  # where it is found by its name: pickle looks
    question.__doc__ = usual.__doc__
    for kind in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
        if usual in kind:  # others look there for what this system can do
            kind.add(question)
    if usual in os.supports_effective_ids:
        os.supports_effective_ids.add(question)
    setattr(module, name, question)


def _hear_variables(listener: Listener) -> None:
    kind: Any = type(os.environ)

    class Heard(kind):
        def __getitem__(self, key: Any) -> Any:
            if isinstance(key, (str, bytes)):
                listener.variable(os.fsdecode(key))
            return super().__getitem__(key)

        def __iter__(self) -> Iterator[Any]:
            for key in super().__iter__():
                listener.variable(os.fsdecode(key))
                yield key

        def __len__(self) -> int:
            return sum(1 for _ in self)

        def __repr__(self) -> str:
            list(self)
            return str(super().__repr__())

    Heard.__name__ = Heard.__qualname__ = kind.__name__
    Heard.__module__ = kind.__module__
    for environ in (os.environ, getattr(os, "environb", os.environ)):
        environ.__class__ = Heard


def _hear_distributions(listener: Listener) -> None:
    finder = importlib.metadata.MetadataPathFinder
    usual = finder.find_distributions

    def find_distributions(context: Any = None) -> Any:
        name = getattr(context, "name", None)
        listener.distribution(name or "*")
        return usual(context) if context is not None else usual()

    finder.find_distributions = staticmethod(find_distributions)  # type: ignore[method-assign]


class _Finder:
    """Stands first among Python's finders of modules, and finds none."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> None:
        """Tell where Python will look."""
        places = sys.path if path is None else list(path)
        self._listener.imported(name.rpartition(".")[2], places)
        if path is None and name not in sys.stdlib_module_names:
            self._listener.distribution(f":{name}")  # which may come, or go
