"""A mini framework on plain lists: layers, a loss, two optimizers and a data loader.

The layers are in `layers.py` and `two_modes.py` beside this file. The names, shapes and defaults
are torch's, and so are the results: every number is a Python float, which is torch's float64.

>>> rng = Random(0)
>>> model = Sequential(Linear(2, 8, rng), ReLU(), Linear(8, 1, rng))
>>> loss_fn, optimizer = BCEWithLogitsLoss(), SGD(model.parameters(), lr=0.5)
>>> X, T = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [[0.0], [1.0], [1.0], [0.0]]
>>> losses = [five_steps(model, loss_fn, optimizer, X, T) for _ in range(300)]
>>> losses[0] > 0.6, losses[-1] < 0.1
(True, True)
"""

# ruff: noqa: D102 (`step` moves the parameters, as `Optimizer` says)

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random

from examples.autograd.engine import SIGMOID
from examples.autograd.layers import (
    Activation,
    Layer,
    Linear,
    Matrix,
    Parameter,
    ReLU,
    Sequential,
    Sigmoid,
)
from examples.autograd.two_modes import BatchNorm, Dropout

__all__ = [
    "SGD",
    "Activation",
    "Adam",
    "BCEWithLogitsLoss",
    "BatchNorm",
    "DataLoader",
    "Dropout",
    "Layer",
    "Linear",
    "Matrix",
    "Optimizer",
    "Parameter",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "five_steps",
]


# --8<-- [start:loss]
class BCEWithLogitsLoss:
    """Mean binary cross-entropy of logits z and targets t, both of shape (N, out)."""

    def __call__(self, z: Matrix, t: Matrix) -> float:
        rows = zip(z, t, strict=True)
        self.pairs = [list(zip(*row, strict=True)) for row in rows]
        losses = [
            max(a, 0.0) - a * b + math.log1p(math.exp(-abs(a)))
            for row in self.pairs
            for a, b in row
        ]
        self.count = len(losses)
        return sum(losses) / self.count

    def backward(self) -> Matrix:
        """Return the slopes of the last loss along its logits, shape (N, out)."""
        n, sigmoid = self.count, SIGMOID.result
        return [[(sigmoid(a) - b) / n for a, b in row] for row in self.pairs]


# --8<-- [end:loss]


# --8<-- [start:optimizer]
class Optimizer:
    """What moves parameters by their slopes."""

    def __init__(self, parameters: list[Parameter], lr: float) -> None:
        self.parameters, self.lr = parameters, lr

    def zero_grad(self) -> None:
        """Forget the slopes of all parameters."""
        for p in self.parameters:
            p.zero_grad()

    def step(self) -> None:
        """Move every parameter once."""
        raise NotImplementedError


# --8<-- [end:optimizer]


# --8<-- [start:sgd]
class SGD(Optimizer):
    """θ ← θ − lr·g."""

    def step(self) -> None:
        for p in self.parameters:
            p.value = [
                [v - self.lr * g for v, g in zip(*rows, strict=True)]
                for rows in zip(p.value, p.grad, strict=True)
            ]


# --8<-- [end:sgd]


# --8<-- [start:adam]
class Adam(Optimizer):
    """A step against the mean slope, over the root of the mean squared slope.

    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015.
    """

    def __init__(
        self,
        parameters: list[Parameter],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(parameters, lr)
        self.betas, self.eps, self.steps = betas, eps, 0
        self.memory = [[[(0.0, 0.0)] * len(r) for r in p.value] for p in parameters]

    def step(self) -> None:
        self.steps += 1
        for p, memory in zip(self.parameters, self.memory, strict=True):
            for row, slopes, remembered in zip(p.value, p.grad, memory, strict=True):
                for n, g in enumerate(slopes):
                    remembered[n] = self._mix(remembered[n], g)
                    row[n] -= self.lr * self._direction(*remembered[n])

    def _mix(self, old: tuple[float, float], g: float) -> tuple[float, float]:
        """Return the two running means, of g and of g², with g taken in."""
        a, b = self.betas
        return a * old[0] + (1 - a) * g, b * old[1] + (1 - b) * g * g

    def _direction(self, mean: float, square: float) -> float:
        """Return the step; both means began at 0, and are corrected for that."""
        a, b = self.betas
        mean, square = mean / (1 - a**self.steps), square / (1 - b**self.steps)
        return mean / (math.sqrt(square) + self.eps)


# --8<-- [end:adam]


# --8<-- [start:loader]
class DataLoader:
    """Cut X and T, both of N rows, into batches; with `rng`, in a new order each time.

    >>> [len(xs) for xs, ts in DataLoader([[0.0]] * 5, [[0.0]] * 5, batch_size=2)]
    [2, 2, 1]
    """

    def __init__(
        self,
        X: Matrix,
        T: Matrix,
        batch_size: int,
        rng: Random | None = None,
    ) -> None:
        self.X, self.T, self.batch_size, self.rng = X, T, batch_size, rng

    def __iter__(self) -> Iterator[tuple[Matrix, Matrix]]:
        rows = list(range(len(self.X)))
        if self.rng:
            self.rng.shuffle(rows)
        for start in range(0, len(rows), self.batch_size):
            batch = rows[start : start + self.batch_size]
            yield [self.X[n] for n in batch], [self.T[n] for n in batch]


# --8<-- [end:loader]


# --8<-- [start:five_steps]
def five_steps(
    model: Layer,
    loss_fn: BCEWithLogitsLoss,
    optimizer: Optimizer,
    x: Matrix,
    t: Matrix,
) -> float:
    """Train on x, shape (N, in), and t, (N, out), once; return the loss."""
    y = model(x)
    loss = loss_fn(y, t)
    optimizer.zero_grad()
    model.backward(loss_fn.backward())
    optimizer.step()
    return loss


# --8<-- [end:five_steps]
