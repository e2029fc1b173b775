"""Work with shapes: broadcast by the rule, multiply cell by cell, say what goes in and out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest

import torch
from torch import Tensor

from examples.tensors.create import people

__all__ = ["aligned", "broadcast", "by_cells", "cell", "operation_table", "people", "standardize"]


# --8<-- [start:broadcast]
def broadcast(a: Sequence[int], b: Sequence[int]) -> tuple[int, ...]:
    """Return the shape that two shapes broadcast to, by the rule.

    >>> broadcast((4, 3), (3,))
    (4, 3)
    >>> broadcast((4,), (4, 1))
    (4, 4)

    Raises:
        ValueError: if two lengths differ and neither is 1.
    """
    result: list[int] = []
    # last with last; where one shape is shorter, 1 stands in
    for m, n in zip_longest(reversed(a), reversed(b), fillvalue=1):
        if m != n and 1 not in (m, n):
            raise ValueError(f"{m} and {n} differ, and neither is 1")
        result.append(m if n == 1 else n)
    return tuple(reversed(result))


# --8<-- [end:broadcast]


def aligned(a: Sequence[int], b: Sequence[int]) -> str:
    """Write two shapes one above the other, aligned at the right, with what they broadcast to.

    >>> print(aligned((4, 3), (3,)))
    a         4  3
    b            3
    result    4  3
    >>> print(aligned((4, 3), (4,)))
    a         4  3
    b            4
    result    4  ✗
    """
    size = max(len(a), len(b))
    columns = zip(*([" "] * (size - len(s)) + [str(n) for n in s] for s in (a, b)), strict=True)
    rows: list[list[str]] = [[], [], []]
    for m, n in columns:
        known = {m, n} - {" ", "1"}
        result = "✗" if len(known) > 1 else known.pop() if known else "1"
        for row, text in zip(rows, (m, n, result), strict=True):
            row.append(text)
    width = max(len(text) for row in rows for text in row)
    return "\n".join(
        f"{title:<8}" + "".join(f"{text:>{width + 2}}" for text in row)
        for title, row in zip(("a", "b", "result"), rows, strict=True)
    )


# --8<-- [start:standardize]
def standardize(x: Tensor) -> Tensor:
    """Move each column of `x`, shape (n, f), to mean 0 and spread 1.

    >>> standardize(torch.tensor([[1.0, 10.0], [3.0, 30.0]]))
    tensor([[-0.7071, -0.7071],
            [ 0.7071,  0.7071]])
    """
    mean, spread = x.mean(dim=0, keepdim=True), x.std(dim=0, keepdim=True)
    return (x - mean) / spread


# --8<-- [end:standardize]


# --8<-- [start:cell]
def cell(a: Tensor, b: Tensor, i: int, j: int) -> str:
    """Spell out cell (i, j) of `a @ b`: row `i` of `a`, column `j` of `b`.

    >>> a, b = torch.tensor([[3, 4]]), torch.tensor([[5], [7]])
    >>> cell(a, b, 0, 0)
    '3*5 + 4*7 = 43'
    """
    pairs = [(m.item(), n.item()) for m, n in zip(a[i], b[:, j], strict=True)]
    terms = " + ".join(f"{m:g}*{n:g}" for m, n in pairs)
    return f"{terms} = {sum(m * n for m, n in pairs):g}"


# --8<-- [end:cell]


# --8<-- [start:by_cells]
def by_cells(a: Tensor, b: Tensor) -> Tensor:
    """Multiply (n, k) by (k, m), one cell at a time, to (n, m).

    >>> by_cells(torch.tensor([[3, 4]]), torch.tensor([[5], [7]]))
    tensor([[43]])
    """
    out = torch.empty(a.shape[0], b.shape[1], dtype=a.dtype)
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            out[i, j] = torch.dot(a[i], b[:, j])
    return out


# --8<-- [end:by_cells]


# --8<-- [start:operations]
OPERATIONS: list[tuple[str, str, str, Callable[..., Tensor]]] = [
    ("a + b", "add, element by element", "ab", lambda a, b: a + b),
    ("a * b", "multiply, element by element", "ab", lambda a, b: a * b),
    ("torch.dot(a, b)", "multiply, then sum", "ab", lambda a, b: torch.dot(a, b)),
    ("X @ a", "the dot of each row with `a`", "Xa", lambda X, a: X @ a),
    ("X @ W", "every row with every column", "XW", lambda X, W: X @ W),
    ("X.T", "rows become columns", "X", lambda X: X.T),
    ("X.mean(dim=0)", "average down each column", "X", lambda X: X.mean(dim=0)),
]
# --8<-- [end:operations]


def operation_table(a: Tensor, b: Tensor, X: Tensor, W: Tensor) -> str:
    """Run the seven operations and return a Markdown table of what goes in and comes out.

    Args:
        a: shape (k,), floating point.
        b: shape (k,).
        X: shape (n, k).
        W: shape (k, m).

    >>> v, M = torch.ones(3), torch.ones(4, 3)
    >>> operation_table(v, v, M, M.T).splitlines()[4]
    '| `torch.dot(a, b)` | multiply, then sum | (3,) and (3,) | () | 3 |'
    """
    given = {"a": a, "b": b, "X": X, "W": W}
    lines = [
        "| operation | what it does | shapes in | shape out | numbers |",
        "|---|---|---|---|---|",
    ]
    for code, job, names, operation in OPERATIONS:
        inputs = [given[letter] for letter in names]
        result = operation(*inputs)
        shapes = " and ".join(_shape(tensor) for tensor in inputs)
        lines.append(f"| `{code}` | {job} | {shapes} | {_shape(result)} | {_numbers(result)} |")
    return "\n".join(lines)


def _shape(tensor: Tensor) -> str:
    return str(tuple(tensor.shape))


def _numbers(tensor: Tensor) -> str:
    if tensor.ndim < 2:
        return ", ".join(f"{value:g}" for value in tensor.reshape(-1).tolist())
    first = ", ".join(f"{value:g}" for value in tensor[0].tolist())
    return f"first row: {first}"


if __name__ == "__main__":
    print(aligned((4,), (4, 1)))
    print(by_cells(people(), torch.ones(3, 2)))
