"""The usual wrong answers to the exercises of "The graph" are told what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from examples.autograd.graph import finite_difference
from tests.exercises.told import is_told

CHAPTER = "autograd/graph"


def _names_of_every_way(result: Tensor) -> list[str]:
    found: list[str] = []

    def walk(node: Any) -> None:
        if node is not None:
            found.append(type(node).__name__)
            for earlier, _ in node.next_functions:
                walk(earlier)

    walk(result.grad_fn)
    return found


def _forgets_the_two(w: float, x: float, b: float, target: float) -> tuple[float, float]:
    error = w * x + b - target
    return error * x, error


def _marks_the_argument(f: Callable[[Tensor], Tensor], x: Tensor) -> bool:
    x.requires_grad_()
    f(x).backward()
    trial = finite_difference(f, x.detach(), step=1e-2)
    return x.grad is not None and torch.allclose(x.grad, trial, rtol=1e-2)


def _always_true(f: Callable[[Tensor], Tensor], x: Tensor) -> bool:
    return True


def _replaces_instead_of_adding(result: Tensor) -> dict[Tensor, Tensor]:
    leaves: dict[Tensor, Tensor] = {}
    waiting: list[tuple[Any, Any]] = [(result.grad_fn, torch.ones_like(result))]
    while waiting:
        node, came = waiting.pop()
        if not node.next_functions:
            leaves[node.variable] = came
            continue
        sent = node(came)
        sent = sent if isinstance(sent, tuple) else (sent,)
        pairs = zip(node.next_functions, sent, strict=True)
        waiting += [(earlier, g) for (earlier, _), g in pairs if earlier is not None]
    return leaves


def _uses_torch(result: Tensor) -> dict[Tensor, Tensor]:
    result.backward()
    raise KeyError("where are the leaves?")


@pytest.mark.parametrize(
    ("task", "answer", "state", "told"),
    [
        ("names", _names_of_every_way, "wrong", "Each node once"),
        ("by_hand", _forgets_the_two, "wrong", "the gradient of w is"),
        ("agrees", _always_true, "wrong", "a cube with a wrong rule"),
        ("agrees", _marks_the_argument, "wrong", "changed `x.requires_grad`"),
        ("backward", _replaces_instead_of_adding, "wrong", "x**2 + 3 * x + z"),
        ("backward", _uses_torch, "wrong", "autograd is not allowed here"),
    ],
)
def test_a_usual_mistake_is_named(
    task: str, answer: Callable[..., Any], state: str, told: str
) -> None:
    """The verdict says in words what a reader did who made this mistake."""
    is_told(CHAPTER, task, answer, told, state)
