"""The figures of the chapter *The graph*: a recorded graph, and the error of a slope by trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch.autograd.graph import Node

from bookparts.figures import COLORS, INK, MUTED, PAPER
from examples.autograd.graph import watch

_DOWN, _APART, _BEND = 1.0, 1.75, -0.14


def draw_graph(ax: Any, result: torch.Tensor, names: Mapping[str, torch.Tensor]) -> None:
    """Draw the graph behind a scalar: what was recorded, its values, and its gradients.

    Boxes and arrows come from `next_functions`, gradients from one run of `backward()`.

    Args:
        ax: the axes to draw on.
        result: shape (); its graph is used up.
        names: a formula for each tensor on the way, leaves included, and the tensor itself.

    Raises:
        KeyError: if a node belongs to none of the tensors.
    """
    visits = watch(result)
    places = layout([visit.node for visit in visits])
    boxes = {}
    for visit in visits:
        formula, tensor = _find(visit.node, names)
        text = f"{formula} = {tensor.item():.4g}\n{visit.name}"
        if not visit.node.next_functions:
            text += f"\n.grad = {visit.came:.4g}"
        x, y = places[visit.node]
        style = {"boxstyle": "round,pad=0.5", "facecolor": "none", "edgecolor": INK}
        boxes[visit.node] = ax.text(x, y, text, ha="center", va="center", fontsize=10, bbox=style)
    xs, ys = zip(*places.values(), strict=True)
    ax.set(xlim=(min(xs) - 0.85, max(xs) + 0.85), ylim=(min(ys) - 0.35, max(ys) + 0.45))
    ax.axis("off")
    for visit in visits:
        for (earlier, _), slope in zip(visit.node.next_functions, visit.sent, strict=True):
            if earlier is not None:
                _arrow(ax, boxes[earlier], boxes[visit.node], MUTED, "-")
                _arrow(ax, boxes[visit.node], boxes[earlier], COLORS[1], (0, (4, 2)))
                _label(ax, places[visit.node], places[earlier], f"{slope:.4g}")


def layout(order: Sequence[Node]) -> dict[Node, tuple[float, float]]:
    """Place every node below all nodes it came from.

    Args:
        order: nodes in the order of `backward()`, every node before those that it came from.

    Returns:
        For each node its x and y, in inches or so.

    >>> x = torch.tensor(2.0, requires_grad=True)
    >>> y = 3 * x
    >>> list(layout([visit.node for visit in watch(y)]).values())
    [(0.0, 0.0), (0.0, -1.0)]
    """
    sources = {node: [n for n, _ in node.next_functions if n is not None] for node in order}
    row: dict[Node, int] = {}
    for node in reversed(order):
        row[node] = 1 + max((row[source] for source in sources[node]), default=-1)
    across: dict[Node, float] = {}
    for number in range(max(row.values()) + 1):
        crowd = [node for node in row if row[node] == number]
        for node in crowd:
            across[node] = sum(across[s] for s in sources[node]) / max(len(sources[node]), 1)
        if len({round(across[node], 3) for node in crowd}) < len(crowd):
            _spread(crowd, across)
    return {node: (across[node], -_DOWN * row[node]) for node in row}


def _spread(crowd: Sequence[Node], across: dict[Node, float]) -> None:
    """Set the nodes of one row apart, around 0, the first one at the left."""
    for place, node in enumerate(crowd):
        across[node] = _APART * (place - (len(crowd) - 1) / 2)


def _find(node: Node, names: Mapping[str, torch.Tensor]) -> tuple[str, torch.Tensor]:
    for name, tensor in names.items():
        if tensor.grad_fn is node or getattr(node, "variable", None) is tensor:
            return name, tensor
    raise KeyError(f"no tensor was given for {type(node).__name__}")


def _label(ax: Any, start: tuple[float, float], end: tuple[float, float], text: str) -> None:
    """Write a number on the middle of the bent arrow between two places."""
    width, height = ax.figure.get_size_inches()
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    aspect = (height / (top - bottom)) / (width / (right - left))
    dx, dy = end[0] - start[0], end[1] - start[1]
    x = (start[0] + end[0]) / 2 + _BEND / 2 * dy * aspect
    y = (start[1] + end[1]) / 2 - _BEND / 2 * dx / aspect
    paper = {"boxstyle": "round,pad=0.15", "facecolor": PAPER, "edgecolor": "none"}
    style = {"ha": "center", "va": "center", "color": COLORS[1], "fontsize": 11, "bbox": paper}
    ax.text(x, y, text, **style)


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
            "connectionstyle": f"arc3,rad={_BEND}",
        },
    )


def in_boxes(drawing: str) -> str:
    """Let the words of a drawing shrink with their boxes, where the page makes other words larger.

    Args:
        drawing: what `bookparts.figures.svg` returned.

    >>> in_boxes('<figure style="max-width:1px">')
    '<figure style="--bp-type:0.95;max-width:1px">'
    """
    return drawing.replace("max-width:", "--bp-type:0.95;max-width:", 1)


def draw_errors(ax: Any, errors: Mapping[str, Mapping[float, float]]) -> None:
    """Draw how far a slope by trial is off, over the size of the step.

    Args:
        ax: the axes to draw on.
        errors: for each dtype's name, the absolute error for each step.
    """
    for (name, line), dash, marker in zip(errors.items(), ("-", "--"), ("o", "s"), strict=False):
        steps = [step for step, error in line.items() if error > 0]
        ax.plot(
            steps, [line[s] for s in steps], linestyle=dash, marker=marker, markevery=1, label=name
        )
    ax.set(xscale="log", yscale="log", xlabel="step", ylabel="error of the slope")
    ax.legend()
