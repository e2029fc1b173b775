"""The paths that torch's optimizers take down a loss, and what became of each."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

Loss = Callable[[Tensor], Tensor]
Make = Callable[[list[dict[str, Any]]], torch.optim.Optimizer]
Point = tuple[float, ...]

THREE: Mapping[str, Make] = {
    "SGD": lambda groups: torch.optim.SGD(groups),
    "momentum 0.9": lambda groups: torch.optim.SGD(groups, momentum=0.9),
    "Adam": lambda groups: torch.optim.Adam(groups),
}
"""The optimizers that are compared, each made for a group of parameters for each rate."""


_ROUNDING = 1e-9  # of the way: float64 has sixteen digits, and errors of many steps add up


@dataclass(frozen=True)
class Path:
    """What an optimizer did.

    Attributes:
        points: the weights at the start and after each step.
        goal: where the bottom is.
        near: what counts as near it.
        watched: after how many steps we stopped watching.
    """

    points: list[Point]
    goal: Point
    near: float
    watched: int

    def away(self, step: int) -> float:
        """Return the distance to the bottom after a step."""
        return math.dist(self.points[step], self.goal)

    def arrived(self) -> int | None:
        """Return the step from which on it stayed near the bottom, or None."""
        far = [n for n in range(len(self.points)) if not self.away(n) <= self.near]
        first = far[-1] + 1 if far else 0
        return first if first < len(self.points) else None

    def jumps(self, steps: int) -> int:
        """Count how often the first weight came from one side of the bottom to the other.

        What is as near to it as rounding can tell is on neither side.
        """
        side = [self.points[n][0] - self.goal[0] for n in range(steps + 1)]
        clear = [x for x in side if not abs(x) <= _ROUNDING * abs(side[0])]
        return sum(a * b < 0 for a, b in pairwise(clear))

    def fate(self, steps: int) -> str:
        """Name what it did in so many steps.

        Returns:
            `lands` in one step; `diverges` if it ends farther away than it began; `bounces for
            ever` if it jumps over the bottom at each step and comes no nearer; `bounces` if it
            jumps over it more than once, `overshoots` if it does once; `crawls` if more than a
            tenth of the way is left; or else `walks`.
        """
        if self.arrived() in (0, 1):
            return "lands"
        if not self.away(steps) <= 1.001 * self.away(0):
            return "diverges"
        if self.jumps(steps) == steps and self.away(steps) > 0.999 * self.away(0):
            return "bounces for ever"
        if jumps := self.jumps(steps):
            return "bounces" if jumps > 1 else "overshoots"
        return "crawls" if self.away(steps) > 0.1 * self.away(0) else "walks"


def follow(
    loss: Loss,
    start: Point,
    make: Make,
    rates: Sequence[float],
    goal: Point,
    near: float,
    watched: int = 200,
) -> list[Path]:
    """Let an optimizer of torch go down a loss at several rates.

    Args:
        loss: takes the weights, float64 of shape () for one or (2,) for two, and returns a scalar.
        start: where the weights stand at first.
        make: makes the optimizer from a group of parameters for each rate; all go side by side,
            which is ten times as fast, and does not change what happens to any of them.
        rates: the learning rates.
        goal: where the bottom is.
        near: the distance from it that counts as near.
        watched: how many steps they take, at most.

    >>> path = follow(lambda w: (w - 3) ** 2, (0.0,), THREE["SGD"], [0.5], (3.0,), 0.01)[0]
    >>> path.points[:2], path.arrived()
    ([(0.0,), (3.0,)], 1)
    """
    first = torch.tensor(start if len(start) > 1 else start[0], dtype=torch.float64)
    weights = [first.clone().requires_grad_() for _ in rates]
    groups = [{"params": [w], "lr": rate} for w, rate in zip(weights, rates, strict=True)]
    optimizer = make(groups)
    paths = [Path([start], goal, near, watched) for _ in rates]
    for _ in range(watched):
        optimizer.zero_grad()
        torch.stack([loss(w) for w in weights]).sum().backward()
        optimizer.step()
        for path, point in zip(paths, torch.stack(weights).tolist(), strict=True):
            path.points.append(tuple(point) if len(start) > 1 else (point,))
    return paths


def fates(
    loss: Loss,
    start: float,
    goal: float,
    rates: Sequence[float],
    steps: int = 20,
    near: float = 0.01,
    optimizers: Mapping[str, Make] = THREE,
) -> dict[str, list[tuple[str, float, float]]]:
    """List for each optimizer what it does from which rate to which, in the order of the rates.

    >>> fates(lambda w: (w - 3) ** 2, 0.0, 3.0, [0.4, 0.5, 0.6, 0.7])["SGD"]
    [('walks', 0.4, 0.4), ('lands', 0.5, 0.5), ('bounces', 0.6, 0.7)]
    """
    found: dict[str, list[tuple[str, float, float]]] = {}
    for name, make in optimizers.items():
        spans = found.setdefault(name, [])
        for rate, path in zip(
            rates, follow(loss, (start,), make, rates, (goal,), near, steps), strict=True
        ):
            fate = path.fate(steps)
            if spans and spans[-1][0] == fate:
                spans[-1] = (fate, spans[-1][1], rate)
            else:
                spans.append((fate, rate, rate))
    return found
