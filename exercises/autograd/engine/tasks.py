"""Your answers to the exercises of `docs/autograd/engine.md`.

Replace each `raise NotImplementedError`, then run `python3 book.py check engine`.
"""

from __future__ import annotations

import math

from examples.autograd.engine import Rule, Value, apply
from examples.autograd.framework import Matrix, Parameter


def tanh(x: Value) -> Value:
    """Return the hyperbolic tangent of x, as a value from which `backward` finds the way to x.

    Make a `Rule` of your own and `apply` it. `math.tanh` gives the result; where the result is y,
    the slope is 1 − y².
    """
    raise NotImplementedError


def fit_line(points: list[tuple[float, float]], lr: float, steps: int) -> tuple[float, float]:
    """Fit y = w·x + b to points (x, y) with the engine, and return w and b as plain numbers.

    Start at w = b = 0, and take the five steps `steps` times. The loss is the mean of the squared
    distances from the ys. Let `backward` find the slopes: write no formula for them.
    """
    raise NotImplementedError


class MSELoss:
    """The mean of the squared distances, for the mini framework."""

    def __call__(self, y: Matrix, t: Matrix) -> float:
        """Return the loss of outputs y and targets t, both of shape (N, out), over all N·out."""
        raise NotImplementedError

    def backward(self) -> Matrix:
        """Return the slopes of the last loss along its outputs, shape (N, out)."""
        raise NotImplementedError


class Momentum:
    """SGD with momentum: a velocity for each number, which `step` turns towards the slope.

    v ← momentum·v + g, then θ ← θ − lr·v, with v = 0 in the beginning.
    """

    def __init__(self, parameters: list[Parameter], lr: float, momentum: float = 0.9) -> None:
        raise NotImplementedError

    def zero_grad(self) -> None:
        """Forget the slopes of all parameters, and not the velocities."""
        raise NotImplementedError

    def step(self) -> None:
        """Move every parameter once."""
        raise NotImplementedError
