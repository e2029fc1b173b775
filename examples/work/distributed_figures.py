"""The figures of the chapter *Several processes* (`docs/work/distributed.md`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.patches import Rectangle

from bookparts.figures import COLORS, INK, MUTED

from .stacks import draw_stacks


def draw_held(ax: Any, whole: Mapping[str, int], part: Mapping[str, int]) -> None:
    """Draw the bytes that a process holds, of a whole copy and of its part, as two stacked bars.

    Args:
        ax: matplotlib axes.
        whole: for each kind of tensor the bytes of one process with a whole copy.
        part: the same for a process that holds a part.
    """
    bars = {"DDP": whole, "FSDP2": part}
    thousands = {name: {k: n / 1000 for k, n in held.items()} for name, held in bars.items()}
    draw_stacks(ax, thousands, "kilobytes in each of two processes")


def draw_kinds(axes: Any) -> None:
    """Draw how data, tensor and pipeline parallelism cut a batch and a network for two processes.

    Args:
        axes: three matplotlib axes.
    """
    titles = ("data", "tensor", "pipeline")
    for ax, title in zip(axes, titles, strict=True):
        ax.set_title(title)
        ax.set_xlim(-0.3, 5.3)
        ax.set_ylim(-0.4, 5.4)
        ax.set_axis_off()
    for n in (0, 1):  # data: two batches, two whole networks
        _batch(axes[0], 2.7 * n, 4.2, n)
        for layer in range(3):
            _box(axes[0], 2.7 * n, 2.7 - 1.2 * layer, 2.3, n)
    _batch(axes[1], 1.35, 4.2, None)
    for layer in range(3):  # tensor: each layer in two halves
        for n in (0, 1):
            _box(axes[1], 1.35 + 1.2 * n, 2.7 - 1.2 * layer, 1.1, n)
    _batch(axes[2], 1.35, 4.2, None)
    for layer in range(3):  # pipeline: the first layers here, the others there
        _box(axes[2], 1.35, 2.7 - 1.2 * layer, 2.3, 0 if layer == 0 else 1)


def _box(ax: Any, x: float, y: float, width: float, rank: int) -> None:
    ax.add_patch(Rectangle((x, y), width, 0.9, facecolor=COLORS[rank], alpha=0.85, lw=0))
    ax.text(x + width / 2, y + 0.42, str(rank), color="white", ha="center", va="center")


def _batch(ax: Any, x: float, y: float, rank: int | None) -> None:
    edge = MUTED if rank is None else COLORS[rank]
    ax.add_patch(Rectangle((x, y), 2.3, 0.75, facecolor="none", edgecolor=edge, lw=1.4))
    word = "batch" if rank is None else "half"
    ax.text(x + 1.15, y + 0.36, word, color=INK, ha="center", va="center", fontsize=10)
