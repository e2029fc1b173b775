"""Two rings of points, and a net of four layers that learns which ring a point is on."""

from __future__ import annotations

import math
from random import Random
from typing import Any

from bookparts.figures import COLORS, INK, MUTED
from examples.autograd.framework import (
    Adam,
    BatchNorm,
    BCEWithLogitsLoss,
    DataLoader,
    Layer,
    Linear,
    Matrix,
    ReLU,
    Sequential,
    five_steps,
)


# --8<-- [start:rings]
def two_rings(count: int, rng: Random) -> tuple[Matrix, Matrix]:
    """Draw points on two rings, of radius 1 (target 0) and 1/2 (target 1).

    Args:
        count: how many points, half of them on each ring.
        rng: the source of angles, and of a scatter of 0.08 in each direction.

    Returns:
        Points, shape (count, 2), and targets, shape (count, 1).

    >>> two_rings(4, Random(0))[1]
    [[0.0], [1.0], [0.0], [1.0]]
    """
    X, T = [], []
    for n in range(count):
        inner, angle = n % 2, rng.uniform(0, 2 * math.pi)
        radius = 0.5 if inner else 1.0
        place = (radius * math.cos(angle), radius * math.sin(angle))
        X.append([a + rng.gauss(0, 0.08) for a in place])
        T.append([float(inner)])
    return X, T


# --8<-- [end:rings]


# --8<-- [start:net]
def four_layers(width: int, rng: Random, norm: bool = False) -> Sequential:
    """Make a net of four linear layers, with ReLU between them.

    Args:
        width: units in each of the three hidden layers.
        rng: the source of the start.
        norm: whether batch norm follows the first layer.

    >>> sum(p.size for p in four_layers(16, Random(0)).parameters())
    609
    """
    layers: list[Layer] = [Linear(2, width, rng)]
    if norm:
        layers.append(BatchNorm(width))
    layers += [ReLU(), Linear(width, width, rng), ReLU(), Linear(width, width, rng)]
    return Sequential(*layers, ReLU(), Linear(width, 1, rng))


# --8<-- [end:net]


# --8<-- [start:train]
def train(
    model: Layer,
    loader: DataLoader,
    epochs: int,
    lr: float = 0.01,
) -> list[float]:
    """Train with Adam and return the mean loss of each epoch."""
    loss_fn, optimizer = BCEWithLogitsLoss(), Adam(model.parameters(), lr=lr)
    means = []
    for _ in range(epochs):
        losses = [five_steps(model, loss_fn, optimizer, x, t) for x, t in loader]
        means.append(sum(losses) / len(losses))
    return means


# --8<-- [end:train]


# --8<-- [start:accuracy]
def accuracy(model: Layer, X: Matrix, T: Matrix) -> float:
    """Return the share of X, (N, 2), on the side of logit 0 that T, (N, 1), says."""
    model.train(False)
    pairs = zip(model(X), T, strict=True)
    right = sum((z > 0) == (t == 1.0) for (z,), (t,) in pairs)
    model.train(True)
    return right / len(X)


# --8<-- [end:accuracy]


def probe(model: Layer, steps: int = 29, edge: float = 1.4) -> tuple[list[float], Matrix]:
    """Ask the net on a grid; return the places along one axis, and the logits, (steps, steps)."""
    places = [edge * (2 * n / (steps - 1) - 1) for n in range(steps)]
    model.train(False)
    logits = [[z for (z,) in model([[x, y] for x in places])] for y in places]
    model.train(True)
    return places, logits


def draw_boundary(ax: Any, probed: tuple[list[float], Matrix], X: Matrix, T: Matrix) -> None:
    """Draw points as circles and triangles, and the line of logit 0 where the net says either.

    Args:
        ax: the axes to draw on.
        probed: what `probe` returned.
        X: points, shape (N, 2).
        T: targets, shape (N, 1).
    """
    places, logits = probed
    for target, marker, color in ((0.0, "o", COLORS[0]), (1.0, "^", COLORS[1])):
        shown = [x for x, (t,) in zip(X, T, strict=True) if t == target]
        xs, ys = zip(*shown, strict=True)
        ax.plot(xs, ys, marker=marker, linestyle="", color=color, markersize=4)
    lowest, highest = min(map(min, logits)), max(map(max, logits))
    if lowest < 0 < highest:
        ax.contourf(places, places, logits, levels=[0, highest + 1], colors=[COLORS[1]], alpha=0.12)
        ax.contour(places, places, logits, levels=[0], colors=[INK], linewidths=1.8)
    ax.set(xlim=(-1.4, 1.4), ylim=(-1.4, 1.4), xticks=[-1, 0, 1], yticks=[-1, 0, 1], aspect="equal")
    ax.tick_params(color=MUTED)
