"""The net of nine numbers from "By hand, then torch", computed in values that find their slopes."""

from __future__ import annotations

from examples.autograd.engine import SIGMOID, Value, apply
from examples.start.by_hand_then_torch import INPUTS, TARGETS


# --8<-- [start:loss]
def sigmoid(a: Value) -> Value:
    """Return 1 / (1 + e⁻ᵃ).

    >>> sigmoid(Value(0.0))
    Value(0.5, sigmoid)
    """
    return apply(SIGMOID, a)


def loss_of(theta: list[Value]) -> Value:
    """Return the mean squared error of nine values on the four cases of XOR."""
    w11, w12, w21, w22, b1, b2, v1, v2, c = theta
    total = Value(0.0)
    for (x1, x2), t in zip(INPUTS, TARGETS, strict=True):
        h1 = sigmoid(w11 * x1 + w12 * x2 + b1)
        h2 = sigmoid(w21 * x1 + w22 * x2 + b2)
        y = sigmoid(v1 * h1 + v2 * h2 + c)
        total = total + (y - t) ** 2
    return total / 4


# --8<-- [end:loss]


# --8<-- [start:train]
def train(theta: list[Value], steps: int, lr: float = 1.0) -> list[list[float]]:
    """Move nine values in place; return their numbers at first and after each step."""
    path = [[p.number for p in theta]]
    for _ in range(steps):
        loss = loss_of(theta)
        for p in theta:
            p.grad = 0.0
        loss.backward()
        for p in theta:
            p.number -= lr * p.grad
        path.append([p.number for p in theta])
    return path


# --8<-- [end:train]
