"""Blocks that are shown in a way of the book's own: `as="walk"` names a function of the book.

The function gets the block's code, runs it once, and returns HTML, which is the block's output.
What the code printed goes along in an attribute, and what it raised if the function lets that
pass, for those who run the code without the function: the notebook and the script of the chapter.
"""

from __future__ import annotations

import ast
import html
import importlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

from .job import as_on_a_terminal


@dataclass
class Code:
    """A block's code, as the function that shows it gets it.

    Attributes:
        text: The code.
        parts: Its statements by the file that they stand in, with their lines there.
        flags: What `from __future__` asks of the compiler.
        namespace: The chapter's names; running the code changes them as an ordinary block does.
        options: The fence's options: `id`, `title`, …
        place: Where the block stands, `docs/tensors/shapes.md:41`.
        printed: Returns what was printed, from Python or from C, since it was last asked.
        raised: What `run` raised, if it did.
    """

    text: str
    parts: list[tuple[str, ast.Module]]
    flags: int
    namespace: dict[str, Any]
    options: dict[str, str]
    place: str
    printed: Callable[[], str]
    raised: BaseException | None = None

    def compile(self, tree: ast.Module, file: str) -> CodeType:
        """Compile statements, which may have been changed, under the file they stand in."""
        code: CodeType = compile(
            tree, file, "exec", flags=self.flags, dont_inherit=True, optimize=0
        )
        return code

    def run(self) -> str:
        """Run the code as an ordinary block is run; return what it printed."""
        try:
            for file, tree in self.parts:
                exec(self.compile(tree, file), self.namespace)
        except BaseException as error:
            self.raised = error
            raise
        return self.printed()


class _Screen:
    def __init__(self, file: Any) -> None:
        self._file = file
        self._taken = 0
        self.all = ""

    def take(self) -> str:
        sys.stdout.flush()
        self._file.seek(self._taken)
        data = self._file.read()
        self._taken += len(data)
        text = as_on_a_terminal(data.decode("utf-8", "backslashreplace"))
        self.all += text
        return text


def show(function: str, code: str, caught: Path, **known: Any) -> str:
    """Run a block's code through the function that shows it; return its HTML.

    Args:
        function: `module:function` of the book.
        code: The block's code.
        caught: File for what it prints.
        known: The other attributes of `Code`.

    Raises:
        BaseException: whatever the code raised; what was printed before stands on the output.
    """
    module, _, name = function.partition(":")
    shown = getattr(importlib.import_module(module), name)
    with _caught(caught) as screen:
        block = Code(code, printed=screen.take, **known)
        body = shown(block)
        screen.take()
    printed, raised = screen.all, ""
    if block.raised is not None:
        raised = type(block.raised).__name__
        printed += f"{raised}: {block.raised}\n"  # as the notebook's cell, which catches it, does
        raised = f' data-raised="{raised}"'
    printed = html.escape(printed).replace("\n", "&#10;")
    body = str(body).replace("\r", "&#13;")
    return f'<div class="bp-as" data-printed="{printed}"{raised}>\n{body}\n</div>'


@contextmanager
def _caught(path: Path) -> Iterator[_Screen]:
    """Send what is printed to a file of its own; after an exception, to where it belongs."""
    sys.stdout.flush()
    kept = os.dup(1)
    with open(path, "w+b") as file:
        os.dup2(file.fileno(), 1)
        screen = _Screen(file)
        try:
            yield screen
        except BaseException:
            screen.take()
            os.dup2(kept, 1)
            print(screen.all, end="")
            raise
        finally:
            os.dup2(kept, 1)
            os.close(kept)
