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
modules = os.environ.get("SPAWN_WITH")
if modules and "forkserver" in multiprocessing.get_all_start_methods():
    # Each process imports the script anew, as one that is spawned does; torch has been imported
    # once for all of them.
    multiprocessing.set_start_method("forkserver")
    multiprocessing.set_forkserver_preload(modules.split(","))
