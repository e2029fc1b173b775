"""Let the processes that a block spawns find the functions and classes that the page defined.

A spawned process imports the main module's file, and a page is no Python. In its place it gets a
file with the imports, functions, classes and plain values of the blocks, as a script would have
them outside its `if __name__ == "__main__":`.
"""

from __future__ import annotations

import ast
import copy
import multiprocessing.spawn
import sys
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from ..definitions import defines
from ..files import write_text


class Definitions:
    """What the blocks have defined so far, by the main module that they share.

    Args:
        file: Where to write it for a process that asks.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: WeakKeyDictionary[ModuleType, list[ast.stmt]] = WeakKeyDictionary()

    def begin(self) -> None:
        """Hand the file to spawned processes from now on."""
        usual = multiprocessing.spawn.get_preparation_data

        def get_preparation_data(name: str) -> dict[str, Any]:
            data = usual(name)
            if "init_main_from_path" in data:
                self._write(sys.modules["__main__"])
                data["init_main_from_path"] = str(self._file)
            return data

        multiprocessing.spawn.get_preparation_data = get_preparation_data

    def move(self, file: Path) -> None:
        """Write from now on to another file."""
        self._file = file

    def add(self, module: ModuleType, parts: list[tuple[str, ast.Module]]) -> None:
        """Take note of a block's statements before they run."""
        body = [statement for _, tree in parts for statement in tree.body]
        found = [copy.deepcopy(s) for s in body if defines(s)]  # a walk changes its own
        self._known.setdefault(module, []).extend(found)

    def _write(self, module: ModuleType) -> None:
        known = self._known.get(module, [])
        future = [s for s in known if isinstance(s, ast.ImportFrom) and s.module == "__future__"]
        text = [ast.unparse(s) for s in future]
        for statement in known:
            if statement not in future:  # what stands on a value that is not there is left out
                body = textwrap.indent(ast.unparse(statement), "    ")
                text.append(f"try:\n{body}\nexcept NameError:\n    pass")
        write_text(self._file, "\n".join(text) + "\n")  # one that began before may be reading it
