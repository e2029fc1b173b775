"""Worked solutions to the exercises of `docs/autograd/engine.md`."""

# ruff: noqa: D101, D102 (the tasks say what they do)

from __future__ import annotations

import math

from examples.autograd.engine import Rule, Value, apply
from examples.autograd.framework import Matrix, Optimizer, Parameter

# --8<-- [start:tanh]
TANH = Rule("tanh", math.tanh, lambda y, a: (1 - y * y,))


def tanh(x: Value) -> Value:
    return apply(TANH, x)


# --8<-- [end:tanh]


# --8<-- [start:fit_line]
def fit_line(
    points: list[tuple[float, float]],
    lr: float,
    steps: int,
) -> tuple[float, float]:
    w, b = Value(0.0), Value(0.0)
    for _ in range(steps):
        errors = [(w * x + b - y) ** 2 for x, y in points]
        loss = sum(errors, Value(0.0)) / len(points)
        w.grad = b.grad = 0.0
        loss.backward()
        w.number -= lr * w.grad
        b.number -= lr * b.grad
    return w.number, b.number


# --8<-- [end:fit_line]


# --8<-- [start:MSELoss]
class MSELoss:
    def __call__(self, y: Matrix, t: Matrix) -> float:
        rows = zip(y, t, strict=True)
        self.off = [[a - b for a, b in zip(*pair, strict=True)] for pair in rows]
        self.count = sum(len(row) for row in self.off)
        return sum(a**2 for row in self.off for a in row) / self.count

    def backward(self) -> Matrix:
        return [[2 * a / self.count for a in row] for row in self.off]


# --8<-- [end:MSELoss]


# --8<-- [start:Momentum]
class Momentum(Optimizer):
    def __init__(
        self,
        parameters: list[Parameter],
        lr: float,
        momentum: float = 0.9,
    ) -> None:
        super().__init__(parameters, lr)
        self.momentum = momentum
        self.velocity = [[[0.0] * len(row) for row in p.value] for p in parameters]

    def step(self) -> None:
        for p, velocity in zip(self.parameters, self.velocity, strict=True):
            for row, slopes, speeds in zip(p.value, p.grad, velocity, strict=True):
                for n, g in enumerate(slopes):
                    speeds[n] = self.momentum * speeds[n] + g
                    row[n] -= self.lr * speeds[n]


# --8<-- [end:Momentum]
