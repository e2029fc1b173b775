"""Make this Python a reader's: nothing of the book can be imported."""

from __future__ import annotations

import multiprocessing
import os
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec

_OURS = {"examples", "exercises", "bookparts", "bookwidgets", "booksite", "bookproof"}


class _Without(MetaPathFinder):
    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name.partition(".")[0] in _OURS:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


sys.meta_path.insert(0, _Without())
if method := os.environ.get("START_PROCESSES_BY"):
    multiprocessing.set_start_method(method)
