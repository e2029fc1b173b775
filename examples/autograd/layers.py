"""Layers on plain lists that know the way forward and the way back.

A batch is a list of samples, and a sample is a list of numbers: shape (N, features). Everything is
a Python float, which is torch's float64. The names, shapes and defaults are torch's.

>>> model = Sequential(Linear(2, 3, Random(0)), ReLU(), Linear(3, 1, Random(1)))
>>> len(model([[1.0, 2.0], [3.0, 4.0]])), sum(p.size for p in model.parameters())
(2, 13)
"""

# ruff: noqa: D102 (what `forward`, `backward` and `parameters` do is said by `Layer`)

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import mul
from random import Random

from examples.autograd.engine import RELU, SIGMOID, Rule

Matrix = list[list[float]]


def dot(a: Sequence[float], b: Sequence[float]) -> float:
    """Return the sum of the products, pair by pair.

    >>> dot([1.0, 2.0], [10.0, 1.0])
    12.0
    """
    total: float = sum(map(mul, a, b))
    return total


# --8<-- [start:parameter]
class Parameter:
    """A table of numbers that training changes: `value` and `grad`, both (rows, columns)."""

    def __init__(self, value: Matrix) -> None:
        self.value = value
        self.zero_grad()

    def zero_grad(self) -> None:
        """Forget the slopes."""
        self.grad = [[0.0] * len(row) for row in self.value]

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return sum(len(row) for row in self.value)


# --8<-- [end:parameter]


# --8<-- [start:layer]
class Layer:
    """A step of a network. Subclasses say what `forward` and `backward` do."""

    training = True

    def __call__(self, x: Matrix) -> Matrix:
        return self.forward(x)

    def forward(self, x: Matrix) -> Matrix:
        """Map inputs, shape (N, in), to outputs, shape (N, out), and keep what backward needs."""
        raise NotImplementedError

    def backward(self, grad: Matrix) -> Matrix:
        """Map the slopes along the outputs, shape (N, out), to those along the inputs, (N, in).

        They are the slopes of the loss; those along the parameters are added to their `grad`.
        """
        raise NotImplementedError

    def parameters(self) -> list[Parameter]:
        """List the parameters; most layers have none."""
        return []

    def train(self, mode: bool = True) -> None:
        """Switch to training, or with `False` to use."""
        self.training = mode


# --8<-- [end:layer]


# --8<-- [start:linear]
class Linear(Layer):
    """y = x·Wᵀ + b, with W of shape (outputs, inputs) and b of shape (1, outputs).

    Both start within ±1/√inputs.
    """

    def __init__(self, inputs: int, outputs: int, rng: Random) -> None:
        edge = 1 / math.sqrt(inputs)
        rows = [[rng.uniform(-edge, edge) for _ in range(inputs)] for _ in range(outputs)]
        self.weight = Parameter(rows)
        self.bias = Parameter([[rng.uniform(-edge, edge) for _ in range(outputs)]])

    def forward(self, x: Matrix) -> Matrix:
        self.x = x
        pairs = list(zip(self.weight.value, self.bias.value[0], strict=True))
        return [[dot(sample, w) + b for w, b in pairs] for sample in x]

    def backward(self, grad: Matrix) -> Matrix:
        inputs, outputs = list(zip(*self.x, strict=True)), list(zip(*grad, strict=True))
        for o, column in enumerate(outputs):
            row = self.weight.grad[o]
            self.weight.grad[o] = [g + dot(column, i) for g, i in zip(row, inputs, strict=True)]
            self.bias.grad[0][o] += sum(column)
        weights = list(zip(*self.weight.value, strict=True))
        return [[dot(slopes, w) for w in weights] for slopes in grad]

    def parameters(self) -> list[Parameter]:
        return [self.weight, self.bias]


# --8<-- [end:linear]


# --8<-- [start:activation]
class Activation(Layer):
    """A rule of the scalar engine, applied to each number by itself: (N, features) to the same."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def forward(self, x: Matrix) -> Matrix:
        self.x = x
        self.y = [[self.rule.result(a) for a in row] for row in x]
        return self.y

    def backward(self, grad: Matrix) -> Matrix:
        slopes = self.rule.slopes
        return [
            [g * slopes(y, a)[0] for g, y, a in zip(*rows, strict=True)]
            for rows in zip(grad, self.y, self.x, strict=True)
        ]


class ReLU(Activation):
    """Keep positive numbers, and make the others 0."""

    def __init__(self) -> None:
        super().__init__(RELU)


# --8<-- [end:activation]


class Sigmoid(Activation):
    """Squeeze each number into the range from 0 to 1."""

    def __init__(self) -> None:
        super().__init__(SIGMOID)


# --8<-- [start:sequential]
class Sequential(Layer):
    """Layers, one after the other; backward goes through them from the last to the first."""

    def __init__(self, *layers: Layer) -> None:
        self.layers = layers

    def forward(self, x: Matrix) -> Matrix:
        for layer in self.layers:
            x = layer(x)
        return x

    def backward(self, grad: Matrix) -> Matrix:
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return grad

    def parameters(self) -> list[Parameter]:
        return [p for layer in self.layers for p in layer.parameters()]

    def train(self, mode: bool = True) -> None:
        for layer in self.layers:
            layer.train(mode)


# --8<-- [end:sequential]
