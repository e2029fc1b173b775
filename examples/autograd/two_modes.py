"""Layers on plain lists that do one thing in training and another in use.

>>> layer = BatchNorm(1)
>>> [round(y, 3) for (y,) in layer([[1.0], [3.0]])]
[-1.0, 1.0]
>>> layer.train(False)
>>> [round(y, 3) for (y,) in layer([[1.0], [3.0]])]
[0.763, 2.67]
"""

# ruff: noqa: D102 (what `forward`, `backward` and `parameters` do is said by `Layer`)

from __future__ import annotations

import math
from operator import mul
from random import Random

from examples.autograd.layers import Layer, Matrix, Parameter, dot


# --8<-- [start:dropout]
class Dropout(Layer):
    """In training, drop each number with probability p, and divide the rest by 1 − p.

    >>> layer = Dropout(0.5, Random(0))
    >>> layer([[1.0] * 6]), layer.train(False), layer([[1.0] * 6])
    ([[2.0, 2.0, 0.0, 0.0, 2.0, 0.0]], None, [[1.0, 1.0, 1.0, 1.0, 1.0, 1.0]])
    """

    def __init__(self, p: float, rng: Random) -> None:
        self.p, self.rng = p, rng

    def forward(self, x: Matrix) -> Matrix:
        p = self.p if self.training else 0.0
        kept, draw = 1 / (1 - p), self.rng.random
        self.mask = [[kept if draw() >= p else 0.0 for _ in row] for row in x]
        return [list(map(mul, *rows)) for rows in zip(x, self.mask, strict=True)]

    def backward(self, grad: Matrix) -> Matrix:
        return [list(map(mul, *rows)) for rows in zip(grad, self.mask, strict=True)]


# --8<-- [end:dropout]


# --8<-- [start:norm]
class BatchNorm(Layer):
    """Shift and scale each feature of a batch to mean 0 and variance 1, then by learned numbers.

    In use, the running mean and variance stand in for those of the batch.

    Raises:
        ValueError: in training, if the batch has a single sample, which has no variance.
    """

    def __init__(self, features: int, momentum: float = 0.1, eps: float = 1e-5) -> None:
        self.weight = Parameter([[1.0] * features])
        self.bias = Parameter([[0.0] * features])
        self.mean, self.variance = [0.0] * features, [1.0] * features
        self.momentum, self.eps = momentum, eps

    # --8<-- [end:norm]
    # --8<-- [start:norm_forward]
    def forward(self, x: Matrix) -> Matrix:
        n = len(x)
        if self.training and n == 1:
            raise ValueError("batch norm in training needs two samples or more")
        mean, variance = self.mean, self.variance
        if self.training:
            columns = list(zip(*x, strict=True))
            mean = [sum(c) / n for c in columns]
            away = zip(columns, mean, strict=True)
            variance = [sum((a - m) ** 2 for a in c) / n for c, m in away]
            self._remember(mean, [v * n / (n - 1) for v in variance])
        self.scale = [1 / math.sqrt(v + self.eps) for v in variance]
        moves = list(zip(mean, self.scale, strict=True))
        self.hat = [[(a - m) * s for a, (m, s) in zip(r, moves, strict=True)] for r in x]
        ends = list(zip(self.weight.value[0], self.bias.value[0], strict=True))
        return [[h * w + b for h, (w, b) in zip(r, ends, strict=True)] for r in self.hat]

    # --8<-- [end:norm_forward]
    def _remember(self, mean: list[float], variance: list[float]) -> None:
        """Move the running statistics a part of the way to those of this batch."""
        k = self.momentum
        self.mean = [(1 - k) * a + k * b for a, b in zip(self.mean, mean, strict=True)]
        self.variance = [(1 - k) * a + k * b for a, b in zip(self.variance, variance, strict=True)]

    # --8<-- [start:norm_backward]
    def backward(self, grad: Matrix) -> Matrix:
        n, columns = len(grad), []
        both = zip(zip(*grad, strict=True), zip(*self.hat, strict=True), strict=True)
        for f, (g, h) in enumerate(both):
            total, along = sum(g), dot(g, h)
            self.bias.grad[0][f] += total
            self.weight.grad[0][f] += along
            factor = self.weight.value[0][f] * self.scale[f]
            if not self.training:
                total = along = 0.0  # the statistics were constants
            pairs = zip(g, h, strict=True)
            columns.append([factor * (a - (total + b * along) / n) for a, b in pairs])
        return [list(row) for row in zip(*columns, strict=True)]

    # --8<-- [end:norm_backward]
    def parameters(self) -> list[Parameter]:
        return [self.weight, self.bias]
