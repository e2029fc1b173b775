"""Tables of cells: point at a number of a result, and see which numbers it was made of.

>>> import torch
>>> a, b = torch.tensor([[1, 2], [3, 4]]), torch.tensor([[5, 6], [7, 8]])
>>> "1·5 + 2·7 = 19" in matmul(a, b)
True

The calculations are written from the tensors' own numbers, worked out here once more, and must
agree with what torch made of the tensors.
"""

from __future__ import annotations

import html
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .element import element

_OPERATIONS: dict[str, Callable[..., Tensor]] = {
    "+": torch.add,
    "-": torch.sub,
    "*": torch.mul,
    "/": torch.div,
}
_SIGNS = {"-": "−", "*": "·", "/": "∕"}
_PLAIN: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_ON = ' class="bp-on"'


@dataclass(frozen=True)
class _Grid:
    """A table of numbers.

    Attributes:
        title: Its caption, as HTML.
        values: Shape (rows, columns).
        solid: For each cell, row by row, whether it is stored, and no repetition of another one.
    """

    title: str
    values: Tensor
    solid: Sequence[bool]


def matmul(a: Tensor, b: Tensor, names: tuple[str, str] = ("A", "B")) -> str:
    """Return the tables of `a @ b`: `b` above the result, `a` at its left.

    Args:
        a: shape (n, k).
        b: shape (k, m).
        names: what the page calls them.

    Raises:
        ValueError: if they are no matrices that fit, or have numbers that five digits do not show.
    """
    if a.dim() != 2 or b.dim() != 2 or a.shape[1] != b.shape[0]:
        raise ValueError(f"{tuple(a.shape)} @ {tuple(b.shape)} is no product of two matrices")
    _readable(a, b)
    product = a @ b
    (rows, inner), columns = a.shape, b.shape[1]
    sums = []
    for i in range(rows):
        for j in range(columns):
            pairs = list(zip(a[i].tolist(), b[:, j].tolist(), strict=True))
            got = product[i, j].item()
            _same(math.fsum(x * y for x, y in pairs), got, product.dtype)
            terms = " + ".join(f"{_factor(x)}·{_factor(y)}" for x, y in pairs)
            where = [(0, i * inner + n) for n in range(inner)]
            where += [(1, n * columns + j) for n in range(inner)]
            left, right = (f"<code>{html.escape(name)}</code>" for name in names)
            place = f"Row {i} of {left}, column {j} of {right}:"
            sums.append((f"{place} <b>{terms} {_is(got)}</b>", where))
    grids = [_whole(names[0], a), _whole(names[1], b), _whole(f"{names[0]} @ {names[1]}", product)]
    return _cells("matmul", grids, [], sums)


def broadcasting(a: Tensor, b: Tensor, sign: str, names: tuple[str, str] = ("a", "b")) -> str:
    """Return the tables of `a + b`, or another operation, with repetitions as broadcasting makes.

    Args:
        a: no more than two dimensions.
        b: likewise; the shapes broadcast to one of one or two dimensions.
        sign: one of `+ - * /`.
        names: what the page calls them.

    Raises:
        ValueError: if the sign or the shapes are others, or numbers need more than five digits.
    """
    if sign not in _OPERATIONS:
        raise ValueError(f"{sign!r} is none of {' '.join(_OPERATIONS)}")
    try:
        shape = torch.broadcast_shapes(a.shape, b.shape)
    except RuntimeError as error:
        raise ValueError(str(error)) from None
    if not 1 <= len(shape) <= 2:
        raise ValueError(f"a result of shape {tuple(shape)} is no row and no table")
    _readable(a, b)
    result = _OPERATIONS[sign](a, b)
    rows, columns = shape if len(shape) == 2 else (1, shape[0])
    wide = [tensor.broadcast_to(shape).reshape(rows, columns) for tensor in (a, b)]
    origins = [  # for each cell the number of the element that stands in it
        torch.arange(tensor.numel()).reshape(tensor.shape).broadcast_to(shape).flatten().tolist()
        for tensor in (a, b)
    ]
    firsts = [[origin.index(n) for n in origin] for origin in origins]
    sums = []
    for n, got in enumerate(result.flatten().tolist()):
        x, y = (tensor.flatten()[n].item() for tensor in wide)
        _same(_PLAIN[sign](x, y), got, result.dtype)
        text = f"<b>{_number(x)} {_SIGNS.get(sign, sign)} {_factor(y)} {_is(got)}</b>"
        for tensor, origin, name in zip((a, b), origins, names, strict=True):
            if (uses := origin.count(origin[n])) > 1:
                index = ", ".join(map(str, _unravel(origin[n], tensor.shape)))
                place = f"{name}[{index}]" if index else name
                seen = _number(tensor.flatten()[origin[n]].item())
                text += f"; <code>{html.escape(place)}</code>, {seen}, is used {uses} times"
        where = [(g, cell) for g in range(2) for cell in dict.fromkeys((n, firsts[g][n]))]
        row, column = divmod(n, columns)
        sums.append((f"Row {row}, column {column}: {text}.", where))
    grids = []
    for name, tensor, values, first in zip(names, (a, b), wide, firsts, strict=True):
        solid = [cell == n for n, cell in enumerate(first)]
        title = f"<code>{html.escape(name)}</code> {_shape(tensor)}"
        stretched = f", stretched to {_shape(result)}" if tensor.shape != result.shape else ""
        grids.append(_Grid(title + stretched, values, solid))
    title = f"<code>{html.escape(f'{names[0]} {sign} {names[1]}')}</code> {_shape(result)}"
    grids.append(_Grid(title, result.reshape(rows, columns), [True] * result.numel()))
    return _cells("broadcast", grids, [_SIGNS.get(sign, sign), "="], sums)


def _cells(
    kind: str,
    grids: Sequence[_Grid],
    signs: Sequence[str],
    sums: Sequence[tuple[str, list[tuple[int, int]]]],
) -> str:
    """Put the tables beside each other, the last one's calculations below; the first is shown."""
    marked = {*sums[0][1], (len(grids) - 1, 0)}
    parts = []
    for g, grid in enumerate(grids):
        if g and signs:
            parts.append(f'<span class="bp-sign">{signs[g - 1]}</span>')
        parts.append(_table(grid, {cell for which, cell in marked if which == g}))
    lines = "".join(
        f'<li data-from="{" ".join(f"{g}.{cell}" for g, cell in where)}"{_ON * (not n)}>{text}</li>'
        for n, (text, where) in enumerate(sums)
    )
    return element(
        "bp-cells",
        f'<div class="bp-grids bp-grids-{kind}">{"".join(parts)}</div>\n'
        f'<ol class="bp-sums" aria-live="polite">{lines}</ol>',
    )


def _table(grid: _Grid, marked: set[int]) -> str:
    columns = grid.values.shape[1]
    texts = [_number(value) for value in grid.values.flatten().tolist()]
    head = "".join(f'<th scope="col">{n}</th>' for n in range(columns))
    body = ""
    for row in range(grid.values.shape[0]):
        body += f'<tr><th scope="row">{row}</th>'
        for n in range(row * columns, (row + 1) * columns):
            classes = ["bp-copy"] * (not grid.solid[n]) + ["bp-on"] * (n in marked)
            body += f'<td class="{" ".join(classes)}">' if classes else "<td>"
            body += f"{texts[n]}</td>"
        body += "</tr>"
    return (
        f'<table class="bp-grid"><caption>{grid.title}</caption>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _whole(name: str, tensor: Tensor) -> _Grid:
    title = f"<code>{html.escape(name)}</code> {_shape(tensor)}"
    return _Grid(title, tensor, [True] * tensor.numel())


def _shape(tensor: Tensor) -> str:
    return str(tuple(tensor.shape))


def _unravel(n: int, shape: Sequence[int]) -> list[int]:
    index: list[int] = []
    for length in reversed(shape):
        n, place = divmod(n, length)
        index.insert(0, place)
    return index


def _same(ours: float, torchs: float, dtype: torch.dtype) -> None:
    """Insist that what the page spells out is what torch computed."""
    near = 1e-5 if dtype.is_floating_point else 0.0
    if not math.isclose(ours, torchs, rel_tol=near, abs_tol=near):
        raise ValueError(f"the calculation gives {ours}, and torch gave {torchs}")


def _number(value: float) -> str:
    """Write a number with five digits at most, and a minus sign as wide as a plus."""
    return f"{value + 0.0:.5g}".replace("-", "−")


def _factor(value: float) -> str:
    return f"({_number(value)})" if value < 0 else _number(value)


def _is(result: float) -> str:
    return f"{'=' if _short(result) else '≈'} {_number(result)}"


def _short(value: float) -> bool:
    """Say whether five digits show a number, as far as float32 does."""
    return math.isclose(float(f"{value:.5g}"), value, rel_tol=1e-6)


def _readable(*tensors: Tensor) -> None:
    """Refuse what cannot be spelled out."""
    for value in (value for tensor in tensors for value in tensor.flatten().tolist()):
        if not math.isfinite(value) or not _short(value):
            raise ValueError(f"{value} cannot be spelled out in five digits")
