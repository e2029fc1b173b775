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
    """Numbers that training changes; `value` and `grad` are (rows, columns)."""

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
        """Map inputs, (N, in), to outputs, (N, out); keep what backward needs."""
        raise NotImplementedError

    def backward(self, grad: Matrix) -> Matrix:
        """Map slopes along the outputs, (N, out), to those along the inputs, (N, in).

        All are slopes of the loss. Those along parameters are added to their `grad`.
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

        def draw(count: int) -> list[float]:
            return [rng.uniform(-edge, edge) for _ in range(count)]

        self.weight = Parameter([draw(inputs) for _ in range(outputs)])
        self.bias = Parameter([draw(outputs)])

    def forward(self, x: Matrix) -> Matrix:
        self.x = x
        pairs = list(zip(self.weight.value, self.bias.value[0], strict=True))
        return [[dot(sample, w) + b for w, b in pairs] for sample in x]

    def backward(self, grad: Matrix) -> Matrix:
        inputs = list(zip(*self.x, strict=True))
        for o, slopes in enumerate(zip(*grad, strict=True)):
            pairs = zip(self.weight.grad[o], inputs, strict=True)
            self.weight.grad[o] = [old + dot(slopes, column) for old, column in pairs]
            self.bias.grad[0][o] += sum(slopes)
        weights = list(zip(*self.weight.value, strict=True))
        return [[dot(sample, w) for w in weights] for sample in grad]

    def parameters(self) -> list[Parameter]:
        return [self.weight, self.bias]


# --8<-- [end:linear]


# --8<-- [start:activation]
class Activation(Layer):
    """A rule of the engine, applied to each number by itself."""

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
    """Layers, one after the other; backward goes from the last to the first."""

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
