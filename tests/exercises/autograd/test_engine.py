"""The usual wrong answers to the exercises of "Build an engine" are told what is wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from examples.autograd.engine import Rule, Value, apply
from examples.autograd.framework import Matrix
from exercises.autograd.engine import solutions
from tests.exercises.told import is_told


def _forgets_the_graph(x: Value) -> Value:
    return Value(math.tanh(x.number))


def _slope_of_the_input(x: Value) -> Value:
    return apply(Rule("tanh", math.tanh, lambda y, a: (1 - a * a,)), x)


def _a_plain_number(x: Value) -> float:
    return math.tanh(x.number)


def _never_forgets(points: list[tuple[float, float]], lr: float, steps: int) -> tuple[float, float]:
    w, b = Value(0.0), Value(0.0)
    for _ in range(steps):
        loss = sum(((w * x + b - y) ** 2 for x, y in points), Value(0.0)) / len(points)
        loss.backward()
        w.number -= lr * w.grad
        b.number -= lr * b.grad
    return w.number, b.number


def _sums(points: list[tuple[float, float]], lr: float, steps: int) -> tuple[float, float]:
    return solutions.fit_line(points, lr * len(points), steps)


class _CountsRows(solutions.MSELoss):
    def __call__(self, y: Matrix, t: Matrix) -> float:
        super().__call__(y, t)
        self.count = len(y)
        return sum(a**2 for row in self.off for a in row) / self.count


class _WithoutTwo(solutions.MSELoss):
    def backward(self) -> Matrix:
        return [[a / 2 for a in row] for row in super().backward()]


class _ForgetsVelocity(solutions.Momentum):
    def zero_grad(self) -> None:
        super().zero_grad()
        self.velocity = [[[0.0] * len(row) for row in p.value] for p in self.parameters]


@pytest.mark.parametrize(
    ("task", "answer", "message"),
    [
        ("tanh", _forgets_the_graph, "the slope, x.grad"),
        ("tanh", _slope_of_the_input, "the slope, x.grad"),
        ("tanh", _a_plain_number, "a Value is asked for"),
        ("fit_line", _never_forgets, "Do old slopes remain"),
        ("fit_line", _sums, "That was steps=1"),
        ("MSELoss", _CountsRows, "the loss"),
        ("MSELoss", _WithoutTwo, "the slopes"),
        ("Momentum", _ForgetsVelocity, "after step 2"),
    ],
)
def test_a_wrong_answer_is_told_what_is_wrong(
    task: str, answer: Callable[..., Any], message: str
) -> None:
    """The verdict is "wrong", and its words point to the mistake."""
    is_told("autograd/engine", task, answer, message)
