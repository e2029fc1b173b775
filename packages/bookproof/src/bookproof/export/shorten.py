"""Make code shorter for readers: the first line of a docstring, and a function without its types.

What is cut is cut out of the text, so that its layout and its comments stay as they were written.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from typing import NamedTuple

Function = ast.FunctionDef | ast.AsyncFunctionDef
_MARK = re.compile(r"^[ \t]*#[ \t]*-+8<-+.*\n?", re.MULTILINE)
_NOTE = re.compile(r"[ \t]*#[ \t]*(?:noqa|type:[ \t]*ignore|pragma:|fmt:|pyright:)[^\n]*")
_PLAIN = {"staticmethod", "classmethod", "property", "cached_property", "contextmanager", "cache"}
_WIDEST = 88


class Edit(NamedTuple):
    """Text that takes the place of another: from a line and column to a line and column."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


def edited(code: str, edits: Iterable[Edit]) -> str:
    """Return code with edits made; columns count bytes, as those of `ast` do."""
    lines = [line.encode() for line in code.split("\n")]
    for edit in sorted(edits, reverse=True):
        (first, left), (last, right) = edit.start, edit.end
        middle = lines[first - 1][:left] + edit.text.encode() + lines[last - 1][right:]
        lines[first - 1 : last] = middle.split(b"\n")
    return b"\n".join(lines).decode()


def span(node: ast.expr | ast.stmt) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return where a node begins and ends."""
    return (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)


def docstring_tails(code: str) -> str:
    """Return code whose docstrings hold their first lines alone, as a page shows it.

    What follows there (arguments, errors, examples) is for those who open the file. Code that is
    no Python, and code without such a docstring, is returned as it is.
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return code
    return edited(code, _docstrings(tree))


def brief(code: str) -> str:
    """Return definitions as a reader gets them who only wants to run what needs them."""
    tree = ast.parse(code)
    found = edited(code, [*_docstrings(tree), *_headers(tree, code), *_values(tree)])
    return _NOTE.sub("", _MARK.sub("", found)).strip("\n")


def _docstrings(tree: ast.Module) -> Iterator[Edit]:
    for node in ast.walk(tree):
        if not isinstance(node, (Function, ast.ClassDef)):
            continue
        text = ast.get_docstring(node)
        if text and "\n" in text.strip():
            first = text.strip().split("\n\n")[0].replace("\n", " ")
            plain = first.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
            yield Edit(*span(node.body[0]), f'"""{plain}"""')


def keeps_types(node: Function) -> bool:
    """Say whether something may read a function's types when it runs, as a decorator may."""
    names = {
        n.id if isinstance(n, ast.Name) else n.attr
        for d in node.decorator_list
        for n in [d.func if isinstance(d, ast.Call) else d]
        if isinstance(n, (ast.Name, ast.Attribute))
    }
    return bool(node.decorator_list) and not names <= _PLAIN | {"no_grad", "setter", "wraps"}


def _headers(tree: ast.Module, code: str) -> Iterator[Edit]:
    """Write the first lines of functions anew, without the types of what they take and give."""
    ends = _colons(code)
    for node in ast.walk(tree):
        if not isinstance(node, Function) or keeps_types(node):
            continue
        args = node.args
        named = [*args.posonlyargs, *args.args, *args.kwonlyargs]
        every = [*named, *(a for a in (args.vararg, args.kwarg) if a)]
        if not node.returns and not any(a.annotation for a in every):
            continue
        for arg in every:
            arg.annotation = None
        start = (node.lineno, node.col_offset)
        end = ends[start]
        word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
        inside = ast.unparse(args)
        header = f"{word} {node.name}({inside}):"
        if node.col_offset + len(header) > _WIDEST:
            margin = " " * node.col_offset
            header = f"{word} {node.name}(\n{margin}    {inside}\n{margin}):"
        yield Edit(start, end, header)


def _values(tree: ast.Module) -> Iterator[Edit]:
    """Leave out the types of values; those of a class's fields are read by what decorates it."""
    fields = {
        id(part): node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for part in node.body
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.AnnAssign):
            continue
        name = fields.get(id(node))
        if name is None and node.value is not None:
            yield Edit(
                (node.target.end_lineno or 0, node.target.end_col_offset or 0),
                span(node.annotation)[1],
                "",
            )
        elif any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node.annotation)):
            yield Edit(*span(node.annotation), repr(ast.unparse(node.annotation)))


def _colons(code: str) -> dict[tuple[int, int], tuple[int, int]]:
    """Return where the first line of each function ends, by where it begins."""
    lines = code.split("\n")
    found: dict[tuple[int, int], tuple[int, int]] = {}
    begun: tuple[int, int] | None = None
    depth, previous = 0, ""
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        line, column = token.start
        if token.type == tokenize.NAME and token.string == "def" and begun is None:
            at = column - 6 if previous == "async" else column
            begun, depth = (line, len(lines[line - 1][:at].encode())), 0
        elif token.type == tokenize.OP and begun is not None:
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string == ":" and depth == 0:
                found[begun] = (line, len(lines[line - 1][: column + 1].encode()))
                begun = None
        previous = token.string
    return found
