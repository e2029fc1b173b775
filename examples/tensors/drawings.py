"""Draw tensors as grids of cells: dimensions, broadcasting, reductions, matrix products."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import torch
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from bookparts.figures import COLORS, INK, MUTED, PAPER, figure
from examples.tensors.create import FLOATS, fraction_bits, gap, name

Cell = tuple[int, int]


def grid(
    ax: Any,
    values: Tensor,
    left: float,
    top: float,
    *,
    marked: Collection[Cell] = (),
    copies: Collection[Cell] = (),
    color: str = COLORS[0],
) -> None:
    """Draw a matrix as cells of side 1, with y growing downwards.

    Args:
        ax: axes made by `canvas`.
        values: shape (rows, columns).
        left: where the first column begins.
        top: where the first row begins.
        marked: cells (row, column) with a thick border and a tint.
        copies: cells with a dashed border and gray numbers: repeated, not stored.
        color: of the marked cells.
    """
    for (row, column), value in ((cell, values[cell].item()) for cell in _positions(values)):
        strong, copy = (row, column) in marked, (row, column) in copies
        ax.add_patch(
            Rectangle(
                (left + column, top + row),
                1,
                1,
                facecolor=color if strong else "none",
                alpha=0.22 if strong else None,
                edgecolor="none",
            )
        )
        ax.add_patch(
            Rectangle(
                (left + column + 0.04, top + row + 0.04),
                0.92,
                0.92,
                fill=False,
                edgecolor=color if strong else MUTED,
                linewidth=1.8 if strong else 0.8,
                linestyle=(0, (3, 2)) if copy else "-",
            )
        )
        ax.text(
            left + column + 0.5,
            top + row + 0.52,
            f"{value:g}",
            ha="center",
            va="center",
            color=MUTED if copy else INK,
            fontweight="bold" if strong else "normal",
        )


def _positions(values: Tensor) -> list[Cell]:
    return [(row, column) for row in range(values.shape[0]) for column in range(values.shape[1])]


def canvas(width: float, height: float, inches: float = 6.5) -> tuple[Figure, Any]:
    """Return a figure without axes, `width` by `height` cells, with y growing downwards."""
    fig, ax = figure(width=inches, height=inches * height / width)
    ax.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
    ax.axis("off")
    return fig, ax


def label(ax: Any, x: float, y: float, text: str, **style: Any) -> None:
    """Write a remark, centered on (x, y)."""
    ax.text(x, y, text, **{"ha": "center", "va": "center", "color": INK, **style})


def draw_dimensions() -> Figure:
    """Draw tensors of 0, 1, 2 and 3 dimensions side by side, with their shapes."""
    fig, ax = canvas(14.6, 5.2)
    grid(ax, torch.tensor([[7]]), 0.4, 1.2)
    grid(ax, torch.tensor([[170, 65, 25]]), 2.6, 1.2)
    grid(ax, torch.tensor([[170, 65, 25], [160, 55, 30]]), 6.8, 1.2)
    for shift in (0.7, 0.35):  # the pages behind the front one
        for row in range(2):
            for column in range(3):
                corner = (11 + shift + column, 1.2 - shift + row)
                ax.add_patch(
                    Rectangle(corner, 1, 1, facecolor=PAPER, edgecolor=MUTED, linewidth=0.8)
                )
    ax.add_patch(Rectangle((11, 1.2), 3, 2, facecolor=PAPER, edgecolor="none"))
    grid(ax, torch.tensor([[170, 65, 25], [160, 55, 30]]), 11, 1.2)
    words = [
        (0.9, "0-D", "()"),
        (4.1, "1-D", "(3,)"),
        (8.3, "2-D", "(2, 3)"),
        (12.5, "3-D", "(3, 2, 3)"),
    ]
    for x, dimensions, shape in words:
        label(ax, x, 3.8, dimensions, fontweight="bold")
        label(ax, x, 4.6, shape)
    return fig


def draw_bits() -> Figure:
    """Draw how four floating-point dtypes share out their bits, to scale."""
    fig, ax = figure(width=6.5, height=2.3)
    for row, dtype in enumerate(FLOATS):
        bits, fraction = torch.finfo(dtype).bits, fraction_bits(dtype)
        left = 0
        parts = [
            ("", 1, INK, ""),
            ("exponent", bits - 1 - fraction, COLORS[1], "///"),
            ("fraction", fraction, COLORS[0], ""),
        ]
        for part, width, color, hatch in parts:
            ax.add_patch(Rectangle((left, row - 0.36), width, 0.72, facecolor=color, alpha=0.25))
            ax.add_patch(
                Rectangle(
                    (left, row - 0.36),
                    width,
                    0.72,
                    fill=False,
                    edgecolor=color,
                    hatch=hatch,
                    linewidth=0.9,
                )
            )
            if part and row == 0:
                ax.text(left + width / 2, row - 0.55, part, ha="center", va="bottom", color=INK)
            left += width
        ax.text(left + 0.8, row, f"{bits - 1 - fraction} + {fraction}", va="center", color=INK)
    ax.set(xlim=(-0.5, 74), ylim=(3.6, -1.1), xlabel="bits", xticks=[0, 16, 32, 64])
    ax.set_yticks(range(4), [name(dtype) for dtype in FLOATS])
    ax.grid(False)
    return fig


def draw_gaps() -> Figure:
    """Draw the distance between neighboring numbers against the number, for four dtypes."""
    fig, ax = figure(width=6.5, height=3.6)
    for dtype in FLOATS:
        last = 15 if dtype is torch.float16 else 60
        values = [2.0**power for power in range(0, last + 1, 3)]
        ax.plot(values, [gap(value, dtype) for value in values], markevery=2)
        below = 0.25 if dtype is torch.float16 else 1.0  # clear of the line above it
        ax.text(values[-1] * 2, gap(values[-1], dtype) * below, name(dtype), va="center", color=INK)
    ax.axhline(1, color=MUTED, linewidth=1)
    remark = "whole numbers are\nmissing above this line"
    ax.text(8e22, 0.2, remark, ha="right", va="top", color=MUTED, fontsize=9)
    ax.set(
        xscale="log", yscale="log", xlim=(1, 1e23), xlabel="number", ylabel="gap to the next one"
    )
    ax.set_xticks([1, 1e3, 1e6, 1e9, 1e12, 1e15, 1e18])
    return fig


def draw_broadcast(row: Tensor, column: Tensor) -> Figure:
    """Draw `row - column`, shapes (n,) and (n, 1), as the grid of (n, n) that it makes."""
    n = len(row)
    across, down = row.expand(n, n), column.expand(n, n)
    fig, ax = canvas(3 * n + 3.6, n + 2)
    later_rows = [cell for cell in _positions(across) if cell[0] > 0]
    later_columns = [cell for cell in _positions(across) if cell[1] > 0]
    first_row = [cell for cell in _positions(across) if cell[0] == 0]
    first_column = [cell for cell in _positions(across) if cell[1] == 0]
    diagonal = [(i, i) for i in range(n)]
    panels = [
        (across, first_row, later_rows, f"({n},)  read as  (1, {n})"),
        (down, first_column, later_columns, f"({n}, 1)"),
        (across - down, diagonal, [], f"({n}, {n})"),
    ]
    for k, (values, marked, copies, text) in enumerate(panels):
        left = 0.3 + k * (n + 1.5)
        grid(ax, values, left, 0.6, marked=marked, copies=copies, color=COLORS[k])
        label(ax, left + n / 2, n + 1.4, text)
        if k < 2:
            label(ax, left + n + 0.75, 0.6 + n / 2, "−="[k], fontsize=15)
    return fig


def draw_reduce(x: Tensor) -> Figure:
    """Draw a matrix with its column sums below (`dim=0`) and its row sums beside (`dim=1`)."""
    rows, columns = x.shape
    fig, ax = canvas(columns + 9, rows + 2.5, inches=5.2)
    grid(ax, x, 2.5, 0.3)
    below, beside = x.sum(0, keepdim=True), x.sum(1, keepdim=True)
    grid(ax, below, 2.5, rows + 1.3, marked=_positions(below), color=COLORS[1])
    grid(ax, beside, columns + 3.8, 0.3, marked=_positions(beside), color=COLORS[2])
    style = {"arrowstyle": "->", "color": MUTED, "linewidth": 1.3}
    for column in range(columns):
        ax.annotate("", (3 + column, rows + 1.2), (3 + column, rows + 0.4), arrowprops=style)
    for row in range(rows):
        ax.annotate("", (columns + 3.7, row + 0.8), (columns + 2.6, row + 0.8), arrowprops=style)
    label(ax, 2.2, rows + 1.8, "sum(dim=0)", ha="right")
    label(ax, columns + 5.1, 0.8, "sum(dim=1)", ha="left")
    return fig


def draw_matmul(a: Tensor, b: Tensor) -> Figure:
    """Draw `a @ b` once for every cell of the result, with the row and column that make it."""
    n, m, k = a.shape[0], b.shape[1], a.shape[1]
    wide, high = k + m + 2.2, k + n + 2
    fig, ax = canvas(m * wide, n * high)
    for i in range(n):
        for j in range(m):
            left, top = j * wide + 0.3, i * high + 0.3
            grid(ax, b, left + k + 0.6, top, marked=[(r, j) for r in range(k)], color=COLORS[1])
            grid(ax, a, left, top + k + 0.6, marked=[(i, c) for c in range(k)], color=COLORS[0])
            result = a @ b
            grid(ax, result, left + k + 0.6, top + k + 0.6, marked=[(i, j)], color=COLORS[2])
            terms = " + ".join(f"{a[i, c]:g}·{b[c, j]:g}" for c in range(k))
            label(ax, left + (k + m + 0.6) / 2, top + k + n + 1.1, f"{terms} = {result[i, j]:g}")
    return fig
