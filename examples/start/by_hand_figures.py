"""Figures of the chapter "By hand, then torch"."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from torch import Tensor

from bookparts.figures import COLORS, INK, MUTED, PAPER, figure
from examples.start.by_hand_then_torch import INPUTS, TARGETS, forward, loss_by_hand
from examples.start.twenty_starts import fate

_PLACES = {"x1": (0, 2), "x2": (0, 0), "h1": (2, 2), "h2": (2, 0), "y": (4, 1)}
_EDGES = [  # from, to, weight, how far along its label sits
    ("x1", "h1", "w11", 0.5),
    ("x2", "h1", "w12", 0.72),
    ("x1", "h2", "w21", 0.72),
    ("x2", "h2", "w22", 0.5),
    ("h1", "y", "v1", 0.5),
    ("h2", "y", "v2", 0.5),
]


def net_diagram() -> Figure:
    """Draw the net: two inputs, two hidden units, one answer, and its nine numbers by name."""
    fig, ax = figure(width=6, height=2.8)
    for start, end, name, along in _EDGES:
        (x, y), (u, v) = _PLACES[start], _PLACES[end]
        ax.plot([x, u], [y, v], color=MUTED, linewidth=1.2, linestyle="-", marker="", zorder=1)
        _label(ax, x + along * (u - x), y + along * (v - y), name)
    for name, (x, y) in _PLACES.items():
        ax.scatter([x], [y], s=900, facecolor=PAPER, edgecolor=INK, linewidth=1.4, zorder=3)
        ax.text(x, y, name, ha="center", va="center", zorder=4)
    for name, unit in (("b1", "h1"), ("b2", "h2"), ("c", "y")):
        x, y = _PLACES[unit]
        ax.text(x, y + 0.42, f"+ {name}", ha="center", va="bottom", color=COLORS[1])
    ax.set(xlim=(-0.6, 4.6), ylim=(-0.5, 2.8))
    ax.axis("off")
    return fig


def _label(ax: Any, x: float, y: float, name: str) -> None:
    box = {"facecolor": PAPER, "edgecolor": "none", "pad": 1.5}
    ax.text(x, y, name, ha="center", va="center", color=COLORS[0], bbox=box, zorder=2)


def ranges(layers: dict[str, Tensor]) -> Figure:
    """Draw where the weights of some layers fall.

    Args:
        layers: a label, and the weights, shape (out, in): their documented edges are ±1/√in.
    """
    fig, axes = figure(width=6, height=2.6, ncols=len(layers), sharey=True)
    for ax, (label, weight), color in zip(axes, layers.items(), COLORS, strict=False):
        ax.hist(weight.detach().flatten().tolist(), bins=40, range=(-0.8, 0.8), color=color)
        edge = weight.shape[1] ** -0.5
        for x in (-edge, edge):
            ax.axvline(x, color=INK, linestyle=(0, (4, 2)), linewidth=1.2)
        ax.set_title(f"{label}: ±{edge:.3f}")
        ax.set_xlabel("weight")
    axes[0].set_ylabel("how many")
    return fig


def training(path: list[list[float]], every: int = 50) -> Figure:
    """Draw the loss, and the four answers, along a path of nine numbers."""
    epochs = list(range(0, len(path), every))
    fig, (above, below) = figure(width=6, height=4.4, nrows=2, sharex=True)
    above.plot(epochs, [loss_by_hand(path[e]) for e in epochs], marker="")
    above.set(ylabel="loss", ylim=(0, 0.27))
    for (x1, x2), target, marker in zip(INPUTS, TARGETS, "os^D", strict=True):
        answers = [forward(path[e], [x1, x2])[2] for e in epochs]
        below.plot(epochs, answers, marker=marker, label=f"{x1:.0f} {x2:.0f} → {target:.0f}")
    below.set(xlabel="epoch", ylabel="answer", ylim=(-0.03, 1.03))
    below.legend(ncols=2, loc="center right")
    return fig


_STYLES: dict[str, dict[str, Any]] = {
    "solved": {"color": COLORS[0], "linestyle": "-", "marker": ""},
    "on its way": {"color": COLORS[2], "linestyle": (0, (6, 2)), "marker": "s"},
    "stalled": {"color": COLORS[1], "linestyle": "-", "marker": "o"},
}


def starts(losses: Tensor, every: int = 100) -> Figure:
    """Draw the loss of many starts, each in the style of its fate.

    Args:
        losses: shape (moments, starts), one row every `every` epochs.
    """
    fig, ax = figure(width=6, height=3.8)
    epochs = [every * n for n in range(len(losses))]
    fates = [fate(loss) for loss in losses[-1].tolist()]
    for name, style in _STYLES.items():
        curves = [n for n, found in enumerate(fates) if found == name]
        label = f"{name} ({len(curves)})"
        for n in curves:
            values = losses[:, n].tolist()
            ax.plot(epochs, values, **style, linewidth=1.3, markersize=4, markevery=5, label=label)
            label = "_"
    for level in (0.25, 0.125):
        ax.axhline(level, color=MUTED, linewidth=0.9, linestyle=(0, (1, 2)))
    ax.set(xlabel="epoch", ylabel="loss", ylim=(0, 0.31), yticks=[0, 0.05, 0.125, 0.2, 0.25, 0.3])
    ax.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return fig
