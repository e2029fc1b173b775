"""Hear what the imports that all chapters share ask of the world, before there is a chapter."""

from __future__ import annotations

import builtins
import contextlib
import importlib
import io
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

from . import places
from .origins import ENGINE

ASKED: dict[tuple[str, str], None] = {}
"""In their order: how (`read`, `sought` or `listed`), and the whole path."""

_IMPORTING = ("<frozen importlib", places.folder(os.path.dirname(importlib.__file__)))
_HEARD = [
    (builtins, "open", "read"),
    (io, "open", "read"),
    (os, "open", "read"),
    *((os, name, "sought") for name in ("stat", "lstat", "access", "readlink")),
    *((os, name, "listed") for name in ("listdir", "scandir")),
]


@contextlib.contextmanager
def hearing() -> Iterator[None]:
    """Note it in `ASKED`; afterwards everything is in its place again."""
    usual = [(module, name, getattr(module, name)) for module, name, _ in _HEARD]
    for (module, name, function), (_, _, how) in zip(usual, _HEARD, strict=True):
        setattr(module, name, _told(function, how))
    try:
        yield
    finally:
        for module, name, function in usual:
            setattr(module, name, function)
        apart = (ENGINE, *map(places.folder, places.apart()))
        for how, path in list(ASKED):
            if (path + os.sep).startswith(apart):
                del ASKED[how, path]


def _told(function: Callable[..., Any], how: str) -> Callable[..., Any]:
    def told(path: Any = ".", *args: Any, **kwargs: Any) -> Any:
        heard = isinstance(path, (str, bytes, os.PathLike)) and kwargs.get("dir_fd") is None
        if heard and not sys._getframe(1).f_code.co_filename.startswith(_IMPORTING):
            ASKED[how, os.path.normpath(os.path.join(os.getcwd(), os.fsdecode(path)))] = None
        return function(path, *args, **kwargs)

    return told
