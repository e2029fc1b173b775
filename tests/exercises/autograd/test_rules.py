"""The usual wrong answers to the exercises of "The rules" are told what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.exercises.told import is_told

CHAPTER = "autograd/rules"


def _through_grad(f: Callable[[Tensor], Tensor], x: Tensor) -> Tensor | None:
    x.requires_grad_()
    f(x).backward()
    return x.grad


def _on_a_view(f: Callable[[Tensor], Tensor], x: Tensor) -> Tensor | None:
    point = x * 1
    if not point.requires_grad:
        point.requires_grad_()
    point.retain_grad()
    f(point).backward()
    return point.grad


def _mean_of_means(model: Any, loss_fn: Any, batches: Any) -> None:
    model.zero_grad()
    for inputs, targets in batches:
        (loss_fn(model(inputs), targets) / len(batches)).backward()


def _keeps_the_old_gradient(model: Any, loss_fn: Any, batches: Any) -> None:
    samples = sum(len(inputs) for inputs, _ in batches)
    for inputs, targets in batches:
        (loss_fn(model(inputs), targets) * len(inputs) / samples).backward()


def _recorded(parameters: Iterable[Tensor], lr: float) -> None:
    for parameter in parameters:
        if parameter.grad is not None:
            parameter -= lr * parameter.grad


def _keeps_gradients(parameters: Iterable[Tensor], lr: float) -> None:
    with torch.no_grad():
        for parameter in parameters:
            if parameter.grad is not None:
                parameter -= lr * parameter.grad


class _KeepsTwo(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        s = x.sigmoid()
        ctx.save_for_backward(x, s)
        return x * s

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        x: Tensor
        s: Tensor
        x, s = ctx.saved_tensors
        return g * (s + x * s * (1 - s))


class _HalfTheRule(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x * x.sigmoid()

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        x: Tensor = ctx.saved_tensors[0]
        return g * x.sigmoid()


_HalfTheRule.__name__ = _KeepsTwo.__name__ = "Swish"


@pytest.mark.parametrize(
    ("task", "answer", "state", "told"),
    [
        ("slope", _through_grad, "wrong", "`requires_grad` of `x` has changed"),
        ("slope", _on_a_view, "wrong", "`x.grad` has changed"),
        ("accumulate_uneven", _mean_of_means, "wrong", "[4, 4, 2]"),
        ("accumulate_uneven", _keeps_the_old_gradient, "wrong", "for batches of [10]"),
        ("step", _recorded, "raised", "leaf Variable"),
        ("step", _keeps_gradients, "wrong", "was not forgotten"),
        ("Swish", _KeepsTwo, "wrong", "2 tensors were kept"),
        ("Swish", _HalfTheRule, "wrong", "backward, for a tensor"),
    ],
)
def test_a_usual_mistake_is_named(
    task: str, answer: Callable[..., Any], state: str, told: str
) -> None:
    """The verdict says in words what a reader did who made this mistake."""
    is_told(CHAPTER, task, answer, told, state)
