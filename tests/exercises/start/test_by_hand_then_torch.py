"""The usual wrong answers to the exercises of "By hand, then torch" are told what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.exercises.told import is_told

CHAPTER = "start/by-hand-then-torch"


def _without_zero_grad(model: Any, loss_fn: Any, optimizer: Any, X: Tensor, T: Tensor) -> Any:
    loss = loss_fn(model(X), T)
    loss.backward()
    optimizer.step()
    return loss.item()


def _forgets_too_late(model: Any, loss_fn: Any, optimizer: Any, X: Tensor, T: Tensor) -> Any:
    loss = loss_fn(model(X), T)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


def _returns_a_tensor(model: Any, loss_fn: Any, optimizer: Any, X: Tensor, T: Tensor) -> Any:
    optimizer.zero_grad()
    loss = loss_fn(model(X), T)
    loss.backward()
    optimizer.step()
    return loss


def _records_the_step(parameters: Sequence[Tensor], lr: float) -> None:
    for p in parameters:
        if p.grad is not None:
            p -= lr * p.grad


def _climbs(parameters: Sequence[Tensor], lr: float) -> None:
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p += lr * p.grad


def _needs_every_gradient(parameters: Sequence[Tensor], lr: float) -> None:
    with torch.no_grad():
        for p in parameters:
            assert p.grad is not None
            p -= lr * p.grad


def _skips_the_sigmoid(w: float, b: float, x: float, t: float) -> tuple[float, float]:
    d_y = 2 * ((w * x + b) - t)
    return d_y * x, d_y


@pytest.mark.parametrize(
    ("task", "answer", "message"),
    [
        ("five_steps", _without_zero_grad, "Is the order"),
        ("five_steps", _forgets_too_late, "Is the order"),
        ("five_steps", _returns_a_tensor, "`.item()`"),
        ("step_by_hand", _records_the_step, "in-place operation"),
        ("step_by_hand", _climbs, "parameter 0, with lr=1.0"),
        ("step_by_hand", _needs_every_gradient, "AssertionError at"),
        ("neuron_slopes", _skips_the_sigmoid, "w=0.5"),
    ],
)
def test_a_wrong_answer_is_told_what_is_wrong(
    task: str, answer: Callable[..., Any], message: str
) -> None:
    """The verdict is not "right", and its words point to the mistake."""
    is_told(CHAPTER, task, answer, message, "wrong", "raised")
