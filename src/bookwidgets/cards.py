"""Cards: lines of code, and beside each what it gave when the page was built.

A fence with `as="card"` is a card. A row ends where an expression has a value to show, where
something was printed, at a blank line, or at a remark, `#: …`, which stands beside it and not in
its code:

    ```python exec="1" as="card"
    torch.zeros(2)  #: Floats, not whole numbers.

    x = torch.arange(6)
    x.shape
    ```

That is two rows. `beside` sets two such lines next to each other, as NumPy's and PyTorch's.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any

from bookproof import Code
from bookwidgets.element import colored, text

__all__ = ["beside", "outcome", "show"]

_REMARK = re.compile(r"\s*#:\s*(.*)$")


@dataclass
class _Row:
    """Lines of code, what they gave, and what is said of them."""

    lines: list[str] = field(default_factory=list)
    gave: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def show(code: Code) -> str:
    """Run a block in the page's names, and return it as a card.

    Raises:
        ValueError: if it has no row.
        BaseException: whatever the block raises.
    """
    rows = list(_rows(code))
    if not rows:
        raise ValueError(f'{code.place}: as="card" needs a line of code')
    return '<dl class="bp-card">\n' + "\n".join(map(_card_row, rows)) + "\n</dl>"


def _rows(code: Code) -> Iterator[_Row]:
    """Run the statements one after another; yield each row when its last has run."""
    lines = code.text.split("\n")
    places = [(node.lineno, node.end_lineno or node.lineno) for node in ast.parse(code.text).body]
    statements = [(file, node) for file, tree in code.parts for node in tree.body]
    row, at = _Row(), 0
    for n, ((_, last), (file, node)) in enumerate(zip(places, statements, strict=True)):
        row.gave += _run(code, file, node)
        until = places[n + 1][0] - 1 if n + 1 < len(places) else len(lines)
        if until < last:
            continue  # the next one begins on the same line
        stop = last
        while stop < until and lines[stop].strip().startswith("#:"):
            stop += 1
        if n == len(places) - 1:
            stop = len(lines)  # a comment may come last
        for line in lines[at:stop]:
            remark = _REMARK.search(line)
            if remark:
                row.remarks.append(remark[1])
            kept = _REMARK.sub("", line)
            if kept.strip() or (row.lines and not remark):
                row.lines.append(kept)
        at = stop
        if row.gave or row.remarks or at == len(lines) or not lines[at].strip():
            yield row
            row = _Row()


def _run(code: Code, file: str, node: ast.stmt) -> list[str]:
    """Run a statement as the page's own; return what it printed, and its value if it has one."""
    value = None
    if isinstance(node, ast.Expr):
        tree = ast.Expression(node.value)
        made = compile(tree, file, "eval", flags=code.flags, dont_inherit=True, optimize=0)
        value = eval(made, code.namespace)
    else:
        exec(code.compile(ast.Module([node], []), file), code.namespace)
    printed = code.printed().strip("\n")
    return [part for part in (printed, _shown(value)) if part]


def _shown(value: object) -> str:
    """Return a value as Python shows it; nothing where that is no more than an address."""
    words = "" if value is None else repr(value)
    return "" if re.fullmatch(r"<\S+ object at 0x[0-9a-f]+>", words) else words


def _card_row(row: _Row) -> str:
    gave = f"<samp>{_quoted(chr(10).join(row.gave))}</samp>" if row.gave else ""
    said = f"<span>{text(' '.join(row.remarks))}</span>" if row.remarks else ""
    beside = f"<dd>{' '.join(filter(None, (gave, said)))}</dd>"
    return f"<div><dt>{_code(chr(10).join(row.lines).rstrip())}</dt>{beside}</div>"


def beside(
    names: dict[str, Any],
    rows: Iterable[tuple[str, str, str]],
    heads: tuple[str, str] = ("NumPy", "PyTorch"),
) -> str:
    """Return a table of pairs of code with what each gave, each pair under what is said of it.

    Args:
        names: The page's names, in which all of it runs, the left side first.
        rows: What is said of a pair, its left and its right code. Where one is empty, a dash
            stands in its place; statements with a semicolon between them stand on lines of their
            own.
        heads: The names of the two sides.
    """
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    body = "\n".join(
        f'<tbody><tr><th colspan="2" scope="rowgroup">{text(said)}</th></tr>\n'
        f"<tr>{_side(heads[0], left, names)}{_side(heads[1], right, names)}</tr></tbody>"
        for said, left, right in rows
    )
    return f'<table class="bp-beside">\n<thead><tr>{top}</tr></thead>\n{body}\n</table>'


def _side(head: str, code: str, names: dict[str, Any]) -> str:
    cell = f'<td data-side="{escape(head)}">'
    if not code:
        return f"{cell}–</td>"
    gave, failed = outcome(code, names)
    kind = ' class="bp-failed"' if failed else ""
    lines = [ast.get_source_segment(code, node) or "" for node in ast.parse(code).body]
    shown = f" <samp{kind}>{_quoted(gave)}</samp>" if gave else ""
    return f"{cell}{_code(chr(10).join(lines))}{shown}</td>"


def outcome(code: str, names: dict[str, Any]) -> tuple[str, bool]:
    """Run code; return its warnings and the value of its last line, and whether it failed.

    What it raised counts as its value: the error's name, and the first line of its message.

    >>> outcome("x = [1, 2]; x + [3]", {})
    ('[1, 2, 3]', False)
    >>> outcome("1 / 0", {})
    ('ZeroDivisionError: division by zero', True)
    """
    *body, last = ast.parse(code).body
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("always")
        try:
            exec(compile(ast.Module(body, []), "<card>", "exec"), names)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), "<card>", "eval"), names)
                lines, failed = [_shown(value)], False
            else:
                exec(compile(ast.Module([last], []), "<card>", "exec"), names)
                lines, failed = [], False
        except Exception as error:
            lines, failed = [_said(type(error), error)], True
    return "\n".join(
        [*(_said(w.category, w.message) for w in caught), *filter(None, lines)]
    ), failed


def _said(kind: type, message: object) -> str:
    """Return the name and the first line of an error or a warning."""
    return f"{kind.__name__}: {str(message).split(chr(10))[0].strip()}"


def _code(code: str) -> str:
    return f'<code class="highlight">{colored(code)}</code>'


def _quoted(words: str) -> str:
    return escape(words, quote=False)
