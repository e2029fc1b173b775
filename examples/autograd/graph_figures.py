"""The figures of the chapter *The graph*: a recorded graph, and the error of a slope by trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch.autograd.graph import Node

from bookparts.figures import COLORS, INK, MUTED, PAPER
from examples.autograd.graph import watch

_WIDE, _HIGH, _BEND = 2.5, 1.7, -0.14


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
        style = {"boxstyle": "round,pad=0.4", "facecolor": "none", "edgecolor": INK}
        boxes[visit.node] = ax.text(x, y, text, ha="center", va="center", fontsize=9, bbox=style)
    xs, ys = zip(*places.values(), strict=True)
    ax.set(xlim=(min(xs) - 0.9, max(xs) + 1.0), ylim=(min(ys) - 0.75, max(ys) + 0.75))
    ax.axis("off")
    for visit in visits:
        for (earlier, _), slope in zip(visit.node.next_functions, visit.sent, strict=True):
            if earlier is not None:
                _arrow(ax, boxes[earlier], boxes[visit.node], MUTED, "-")
                _arrow(ax, boxes[visit.node], boxes[earlier], COLORS[1], (0, (4, 2)))
                _label(ax, places[visit.node], places[earlier], f"{slope:.4g}")


def layout(order: Sequence[Node]) -> dict[Node, tuple[float, float]]:
    """Place every node to the right of all nodes it came from.

    Args:
        order: nodes in the order of `backward()`, every node before those that it came from.

    Returns:
        For each node its x and y, in inches or so.

    >>> x = torch.tensor(2.0, requires_grad=True)
    >>> y = 3 * x
    >>> list(layout([visit.node for visit in watch(y)]).values())
    [(0.0, 0.0), (2.5, 0.0)]
    """
    sources = {node: [n for n, _ in node.next_functions if n is not None] for node in order}
    column: dict[Node, int] = {}
    for node in reversed(order):
        column[node] = 1 + max((column[source] for source in sources[node]), default=-1)
    height: dict[Node, float] = {}
    for number in range(max(column.values()) + 1):
        crowd = [node for node in column if column[node] == number]
        for node in crowd:
            height[node] = sum(height[s] for s in sources[node]) / max(len(sources[node]), 1)
        if len({round(height[node], 3) for node in crowd}) < len(crowd):
            _spread(crowd, height)
    return {node: (_WIDE * column[node], height[node]) for node in column}


def _spread(crowd: Sequence[Node], height: dict[Node, float]) -> None:
    """Give the nodes of one column different heights around 0, the first one at the top."""
    for place, node in enumerate(crowd):
        height[node] = _HIGH * ((len(crowd) - 1) / 2 - place)


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
    style = {"ha": "center", "va": "center", "color": COLORS[1], "fontsize": 10, "bbox": paper}
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
