"""Run a notebook's cells in this process, as Jupyter would: `python again.py NOTEBOOK RESULTS`.

A kernel of Jupyter's own takes seconds to start; this stand-in takes none. It knows what the
book's notebooks use: one namespace, text on standard output, `display`, and the value of a cell's
last line. An error stops its cell alone, so that one run tells of all.
"""

from __future__ import annotations

import ast
import io
import json
import linecache
import os
import sys
import tempfile
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any


class _Screen:
    """What a cell shows: its own process, C code and child processes all write to two files."""

    def __init__(self) -> None:
        self._files = {}
        for number, name in ((1, "stdout"), (2, "stderr")):
            self._files[number], path = tempfile.mkstemp()
            os.unlink(path)
            os.dup2(self._files[number], number)
            raw = io.FileIO(number, "w", closefd=False)
            setattr(sys, name, io.TextIOWrapper(raw, "utf-8", write_through=True))

    def begin(self) -> None:
        """Forget what is there."""
        for file in self._files.values():
            os.ftruncate(file, 0)
            os.lseek(file, 0, os.SEEK_SET)

    def text(self, number: int) -> str:
        """Return what was written since `begin`."""
        file = self._files[number]
        return os.pread(file, os.fstat(file).st_size, 0).decode("utf-8", "backslashreplace")


def run(notebook: Path) -> list[dict[str, Any]]:
    """Run the cells of code; return for each what it showed, and its error or an empty text."""
    screen = _Screen()
    package, module = ModuleType("IPython"), ModuleType("IPython.display")
    vars(package).update(version_info=(9, 0), display=module)  # matplotlib asks
    vars(module).update(HTML=str, Markdown=str, display=print)
    sys.modules.update({"IPython": package, "IPython.display": module})
    main = sys.modules["__main__"] = ModuleType("__main__")
    sys.path[0] = ""  # as in a kernel: where it was started, not where this file stands
    results = []
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        screen.begin()
        error = _execute(cell["source"], f"<{cell['id']}>", main)
        results.append({"shown": screen.text(1), "stderr": screen.text(2), "error": error})
    return results


def _execute(code: str, name: str, main: ModuleType) -> str:
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    try:
        tree = ast.parse(code, name)
        last: ast.Expr | None = None
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            last = tree.body.pop()  # type: ignore[assignment]
        exec(compile(tree, name, "exec", dont_inherit=True), main.__dict__)
        if last is not None:
            code_of_last = compile(ast.Expression(last.value), name, "eval", dont_inherit=True)
            value = eval(code_of_last, main.__dict__)
            if value is not None and not code.rstrip().endswith(";"):
                print(f"Out: {value!r}")
    except BaseException:
        return traceback.format_exc()
    return ""


if __name__ == "__main__":
    book, results = (Path(name).resolve() for name in sys.argv[1:])
    results.write_text(json.dumps(run(book)), "utf-8")
