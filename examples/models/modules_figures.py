"""The drawings of the chapter *Modules*."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from bookparts.figures import INK
from examples.models.modules import curve
from examples.models.starts import (
    default_start,
    gradient_sizes,
    he_start,
    large_start,
    small_start,
    spreads,
)


def draw_fits(ax: Any, listed: nn.Module, registered: nn.Module) -> None:
    """Draw the wave, and what two trained networks made of it."""
    x, y = curve()
    with torch.no_grad():
        found = {"plain list": listed(x), "ModuleList": registered(x)}
    ax.plot(
        x[::3],
        y[::3],
        color=INK,
        linestyle="",
        marker="o",
        markersize=4,
        markevery=1,
        label="to learn",
    )
    ax.plot(x, found["plain list"], linestyle="--", marker="", label="plain list")
    ax.plot(x, found["ModuleList"], linestyle="-", marker="", label="ModuleList")
    ax.set(xlabel="x", ylabel="sin 3x", ylim=(-1.5, 1.5))  # the same, however they learned
    ax.legend(loc="upper center", ncols=3, bbox_to_anchor=(0.5, 1.2))


def draw_spreads(ax: Any) -> None:
    """Draw how far apart the rows are after each of twenty layers, for four starts."""
    _draw_starts(ax, spreads)
    ax.set_ylabel("spread of the rows")


def draw_gradients(ax: Any) -> None:
    """Draw the length of each layer's gradient in a net of twenty layers, for four starts."""
    _draw_starts(ax, gradient_sizes)
    ax.set_ylabel("length of the gradient")


def _draw_starts(ax: Any, measure: Callable[[Callable[[nn.Module], None]], list[float]]) -> None:
    starts = {
        "normal, 0.2": large_start,
        "He": he_start,
        "PyTorch's default": default_start,
        "normal, 0.01": small_start,
    }
    for name, start in starts.items():
        values = measure(start)
        ax.plot(range(1, len(values) + 1), values, label=name)
    ax.set(xlabel="layer", yscale="log")
    ax.set_xticks([1, 5, 10, 15, 20])
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
