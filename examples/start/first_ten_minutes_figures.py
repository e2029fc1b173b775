"""The figures of the chapter: a graph with its slopes, and a loss curve."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from bookparts.figures import COLORS, INK, MUTED

_PLACES = {"a": (0.0, 0.0), "p": (2.3, 0.8), "q": (2.3, -0.8), "s": (4.6, 0.0), "b": (6.9, 0.0)}
_ARROWS = (("a", "p"), ("a", "q"), ("p", "s"), ("q", "s"), ("s", "b"))


def polynomial(value: float) -> dict[str, torch.Tensor]:
    """Compute b = a² + 2a + 1 one operation at a time.

    Args:
        value: the number a starts with.

    Returns:
        The five float32 scalars: `a`, `p` = a², `q` = 2a, `s` = p + q and `b` = s + 1.

    >>> [f"{name} {t.item():g}" for name, t in polynomial(3.0).items()]
    ['a 3', 'p 9', 'q 6', 's 15', 'b 16']
    """
    a = torch.tensor(value, requires_grad=True)
    p = a**2
    q = 2 * a
    s = p + q
    return {"a": a, "p": p, "q": q, "s": s, "b": s + 1}


def slopes(nodes: dict[str, torch.Tensor]) -> dict[tuple[str, str], float]:
    """Ask autograd for the slope of every single operation of `polynomial`.

    >>> slopes(polynomial(3.0))[("a", "p")], slopes(polynomial(3.0))[("a", "q")]
    (6.0, 2.0)
    """
    found = {}
    for source, target in _ARROWS:
        (slope,) = torch.autograd.grad(nodes[target], nodes[source], retain_graph=True)
        found[source, target] = slope.item()
    return found


def draw_graph(ax: Any, nodes: dict[str, torch.Tensor]) -> None:
    """Draw the recorded operations as boxes, and the slopes that backward multiplies.

    Args:
        ax: the axes to draw on.
        nodes: what `polynomial` returned.
    """
    formulas = {"a": "a", "p": "a ** 2", "q": "2 * a", "s": "sum", "b": "b = sum + 1"}
    boxes = {}
    for name, (x, y) in _PLACES.items():
        tensor = nodes[name]
        kind = type(tensor.grad_fn).__name__ if tensor.grad_fn else "leaf"
        boxes[name] = ax.text(
            x,
            y,
            f"{formulas[name]} = {tensor.item():g}\n{kind}",
            ha="center",
            va="center",
            fontsize=9,
            bbox={"boxstyle": "round,pad=0.45", "facecolor": "none", "edgecolor": INK},
        )
    for (source, target), slope in slopes(nodes).items():
        _arrow(ax, boxes[source], boxes[target], MUTED, "-")
        _arrow(ax, boxes[target], boxes[source], COLORS[1], (0, (4, 2)))
        (x0, y0), (x1, y1) = _PLACES[source], _PLACES[target]
        rise = -0.36 if y0 + y1 < 0 else 0.36
        ax.text(
            (x0 + x1) / 2,
            (y0 + y1) / 2 + rise,
            f"× {slope:g}",
            color=COLORS[1],
            ha="center",
            va="center",
        )
    ax.set(xlim=(-0.6, 7.9), ylim=(-1.3, 1.3))
    ax.axis("off")


def _arrow(ax: Any, start: Any, end: Any, color: str, dash: Any) -> None:
    """Bend an arrow from the edge of one text's box to that of another."""
    ax.annotate(
        "",
        xy=end.get_position(),
        xytext=start.get_position(),
        arrowprops={
            "arrowstyle": "->",
            "color": color,
            "linestyle": dash,
            "patchA": start.get_bbox_patch(),
            "patchB": end.get_bbox_patch(),
            "shrinkA": 3,
            "shrinkB": 3,
            "connectionstyle": "arc3,rad=-0.14",
        },
    )


def draw_losses(ax: Any, losses: Sequence[float], last: int = 500) -> None:
    """Draw the loss of each epoch beside the loss of always answering 0.5.

    Args:
        ax: the axes to draw on.
        losses: one number for each epoch, the first epoch first.
        last: the epoch at which the drawing ends.
    """
    shown = [e for e in range(1, min(last, len(losses)) + 1) if e < 60 or e % 5 == 0]
    ax.plot(shown, [losses[e - 1] for e in shown], color=COLORS[0], linestyle="-", marker="")
    ax.axhline(math.log(2), color=COLORS[1], linestyle=(0, (5, 2)), linewidth=1.2)
    ax.text(last, math.log(2) + 0.02, "always answering 0.5", ha="right", color=COLORS[1])
    ax.text(last / 2, 0.07, "the network", color=COLORS[0])
    ax.set(xlabel="epoch", ylabel="loss", xlim=(0, last), ylim=(0, 0.9))
