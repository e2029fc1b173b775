"""The figures of the chapter: a graph with its slopes, a network, and a loss curve."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from bookparts.figures import COLORS, INK, MUTED, PAPER

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


def draw_net(ax: Any, model: nn.Module) -> None:
    """Draw a network of linear layers: a line for each weight, a circle for each number.

    Args:
        ax: the axes to draw on.
        model: its `nn.Linear` children are drawn from the left to the right, as they are now.
    """
    layers = _linear(model)
    sizes = [layers[0].in_features, *(layer.out_features for layer in layers)]
    most = max(layer.weight.abs().max().item() for layer in layers)
    for column, layer in enumerate(layers):
        for to, row in enumerate(layer.weight.tolist()):
            for begin, weight in enumerate(row):
                ax.plot(
                    [column, column + 1],
                    [_height(begin, sizes[column]), _height(to, sizes[column + 1])],
                    color=COLORS[1] if weight < 0 else COLORS[0],
                    linestyle=(0, (3, 2)) if weight < 0 else "-",
                    linewidth=0.4 + 3 * abs(weight) / most,
                    marker="",
                    zorder=1,
                )
    for column, size in enumerate(sizes):
        biases = layers[column - 1].bias.tolist() if column else []
        for unit in range(size):
            y = _height(unit, size)
            ax.scatter(
                [column], [y], s=1300, facecolor=PAPER, edgecolor=INK, linewidth=1.2, zorder=3
            )
            text = f"{biases[unit]:+.1f}" if column else f"x{unit + 1}"
            ax.text(column, y, text, ha="center", va="center", fontsize=9, zorder=4)
    top = _height(0, max(sizes)) + 0.75
    for column, name in enumerate(["inputs", *(name for name, _ in _named(model))]):
        ax.text(column, top, name, ha="center", color=MUTED)
    ax.set(xlim=(-0.4, len(layers) + 0.4), ylim=(-top + 0.1, top + 0.5))
    ax.axis("off")


def said(model: nn.Module) -> str:
    """Say in words what `draw_net` draws.

    >>> said(nn.Sequential(nn.Linear(2, 1)))
    'Circles in columns of 2 and 1. Lines join each circle to all of the next column, 2 in all.'
    """
    layers = _linear(model)
    sizes = [layers[0].in_features, *(layer.out_features for layer in layers)]
    columns = ", ".join(map(str, sizes[:-1])) + f" and {sizes[-1]}"
    lines = sum(layer.weight.numel() for layer in layers)
    return (
        f"Circles in columns of {columns}. "
        f"Lines join each circle to all of the next column, {lines} in all."
    )


def _named(model: nn.Module) -> list[tuple[str, nn.Linear]]:
    return [(name, part) for name, part in model.named_children() if isinstance(part, nn.Linear)]


def _linear(model: nn.Module) -> list[nn.Linear]:
    return [layer for _, layer in _named(model)]


def _height(unit: int, size: int) -> float:
    """Place a column's units evenly around the middle, the first on top."""
    return (size - 1) / 2 - unit


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
