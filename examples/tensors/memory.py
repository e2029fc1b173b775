"""Where a tensor's numbers lie, and who else looks at them.

Used by the chapter *Memory* (`docs/tensors/memory.md`). Run it alone for a short tour:
`python -m examples.tensors.memory`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import torch


# --8<-- [start:layout]
def layout(x: torch.Tensor) -> str:
    """Describe how a tensor reads its storage, in one line.

    Args:
        x: a tensor of any shape and dtype that has memory behind it.

    Returns:
        Its shape, its strides and its offset (both in elements, not in
        bytes), and whether it is contiguous.

    >>> layout(torch.zeros(2, 3))
    'shape (2, 3)  stride (3, 1)  offset 0  contiguous'
    >>> layout(torch.zeros(2, 3)[:, 1:])
    'shape (2, 2)  stride (3, 1)  offset 1  not contiguous'
    """
    order = "contiguous" if x.is_contiguous() else "not contiguous"
    shape, stride, offset = tuple(x.shape), x.stride(), x.storage_offset()
    return f"shape {shape}  stride {stride}  offset {offset}  {order}"


# --8<-- [end:layout]


# --8<-- [start:shares]
def shares(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Say whether two tensors look at the same storage.

    The start of the storage is compared, not `a.data_ptr()`: that is the
    address of the first element, and two views may begin at different ones.

    Args:
        a, b: tensors of any shape and dtype that are not empty.

    >>> x = torch.arange(6)
    >>> shares(x, x[3:]), shares(x, x.clone())
    (True, False)
    """
    return a.untyped_storage().data_ptr() == b.untyped_storage().data_ptr()


# --8<-- [end:shares]


# --8<-- [start:place]
def place(x: torch.Tensor, *index: int) -> int:
    """Compute an element's place in the storage: offset + index * stride.

    Args:
        x: a tensor of any shape.
        index: one index a dimension, none of them negative.

    Returns:
        The position in the storage, counted in elements from 0.

    Raises:
        ValueError: if there are more or fewer indices than dimensions.

    >>> place(torch.arange(6).view(2, 3), 1, 2)
    5
    """
    pairs = zip(index, x.stride(), strict=True)
    return int(x.storage_offset()) + sum(i * stride for i, stride in pairs)


# --8<-- [end:place]


# --8<-- [start:kind]
def kind(operation: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> str:
    """Say what an operation returns: the very same tensor, a view of its memory, or a copy.

    Args:
        operation: a function of one tensor.
        x: a tensor of any shape, with at least one element.

    Returns:
        `"itself"`, `"view"` or `"copy"`.

    >>> kind(torch.t, torch.zeros(2, 3)), kind(torch.clone, torch.zeros(2, 3))
    ('view', 'copy')
    """
    result = operation(x)
    if result is x:
        return "itself"
    return "view" if shares(result, x) else "copy"


# --8<-- [end:kind]


# --8<-- [start:best-time]
def best_time(action: Callable[[], object], repeats: int = 5) -> float:
    """Measure how long an action takes at its best.

    Args:
        action: a function without arguments; it should wait for its own work to be done, as
            everything on a CPU does.
        repeats: how often it is run; the shortest time is the least disturbed one.

    Returns:
        Seconds.

    >>> best_time(lambda: None) < 1
    True
    """
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


# --8<-- [end:best-time]


# --8<-- [start:evaluate]
def evaluate(expression: str, names: Mapping[str, Any]) -> str:
    """Evaluate an expression and return what it gave, or the name of the error that it raised.

    Args:
        expression: Python source of the book's own, never a reader's input.
        names: what the expression may use.

    Returns:
        `str(result)` on one line, or `"raises …"`.

    >>> evaluate("1 + 1", {}), evaluate("1 / 0", {})
    ('2', 'raises ZeroDivisionError')
    """
    try:
        return " ".join(str(eval(expression, dict(names))).split())
    except Exception as error:
        return f"raises {type(error).__name__}"


# --8<-- [end:evaluate]


# --8<-- [start:draw]
def draw_grid(ax: Any, x: torch.Tensor, *, left: float, top: float, title: str) -> None:
    """Draw a matrix as a grid, with the two strides on arrows between its cells.

    Args:
        ax: matplotlib axes whose unit is one cell.
        x: shape (rows, columns); each cell shows its value, and small its place in the storage.
        left: where the grid begins, in cells.
        top: the height of its upper edge.
        title: what is written above it.
    """
    rows, columns = x.shape
    for i in range(rows):
        for j in range(columns):
            _cell(ax, left + j, top - i - 1, int(x[i, j]), place(x, i, j))
    ax.text(left + columns / 2, top + 0.72, title, ha="center", va="bottom", fontsize=10)
    down, right = x.stride()
    _arrow(ax, (left + 0.5, top + 0.2), (left + 1.5, top + 0.2), f"+{right}", (0, 0.07))
    _arrow(ax, (left - 0.2, top - 0.5), (left - 0.2, top - 1.5), f"+{down}", (-0.28, -0.2))


def draw_storage(ax: Any, x: torch.Tensor, *, left: float, top: float, title: str) -> None:
    """Draw the whole storage behind a tensor as one row of cells, with their places below.

    Args:
        ax: matplotlib axes whose unit is one cell.
        x: any tensor; its storage is shown, whatever part of it `x` itself sees.
        left: where the row begins, in cells.
        top: the height of its upper edge.
        title: what is written above it.
    """
    length = x.untyped_storage().nbytes() // x.element_size()
    flat = x.as_strided((length,), (1,), 0)
    for n, value in enumerate(flat.tolist()):
        _cell(ax, left + n, top - 1, value, n)
    ax.text(left + length / 2, top + 0.15, title, ha="center", va="bottom", fontsize=10)


# --8<-- [end:draw]


def _cell(ax: Any, x: float, y: float, value: int, number: int) -> None:
    """Draw one box with its value, and its place in the storage in the lower corner."""
    from bookparts.figures import INK, MUTED

    ax.plot(
        [x, x + 1, x + 1, x, x], [y, y, y + 1, y + 1, y], color=MUTED, lw=0.9, ls="-", marker=""
    )
    ax.text(x + 0.5, y + 0.58, str(value), ha="center", va="center", fontsize=11, color=INK)
    ax.text(x + 0.93, y + 0.06, str(number), ha="right", va="bottom", fontsize=8, color=MUTED)


def _arrow(
    ax: Any,
    start: tuple[float, float],
    end: tuple[float, float],
    label: str,
    shift: tuple[float, float],
) -> None:
    """Draw an arrow from cell to cell, and what is added to the place on the way."""
    from bookparts.figures import COLORS

    style = {"arrowstyle": "->", "color": COLORS[0], "lw": 1.3, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", xy=end, xytext=start, arrowprops=style)
    x, y = (start[0] + end[0]) / 2 + shift[0], (start[1] + end[1]) / 2 + shift[1]
    ax.text(x, y, label, ha="center", va="bottom", fontsize=10, color=COLORS[0])


def main() -> None:
    """Print the layout of one storage in three shapes."""
    x = torch.arange(10, 70, 10)
    for name, view in (("x", x), ("x.view(2, 3)", x.view(2, 3)), ("… .t()", x.view(2, 3).t())):
        print(f"{name:<14}{layout(view)}")


if __name__ == "__main__":
    main()
