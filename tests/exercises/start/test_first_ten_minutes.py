"""The checks of `docs/start/first-ten-minutes.md` find the mistakes that readers make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from bookparts.practice import judge
from tests.exercises.told import is_told


def _without_zero_grad(model: Any, x: Any, y: Any, loss_fn: Any, optimizer: Any) -> Any:
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def _zero_grad_too_late(model: Any, x: Any, y: Any, loss_fn: Any, optimizer: Any) -> Any:
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


def _two_steps(model: Any, x: Any, y: Any, loss_fn: Any, optimizer: Any) -> Any:
    loss = loss_fn(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    optimizer.step()
    return loss.item()


def _loss_as_tensor(model: Any, x: Any, y: Any, loss_fn: Any, optimizer: Any) -> Any:
    loss = loss_fn(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


@pytest.mark.parametrize(
    ("task", "answer", "words"),
    [
        ("describe", lambda t: (tuple(t.shape), torch.float32, t.float().mean().item()), "int64"),
        ("describe", lambda t: (tuple(t.shape), t.dtype, t.float().mean()), "float"),
        ("slope", lambda x: x**3 - 2 * x, "autograd"),
        ("count", lambda i, h, o: i * h + h * o, "biases"),
        ("one_round", _without_zero_grad, "forgotten"),
        ("one_round", _zero_grad_too_late, "forgotten"),
        ("one_round", _two_steps, "once"),
        ("one_round", _loss_as_tensor, "float"),
    ],
)
def test_a_usual_mistake_is_named(task: str, answer: Callable[..., Any], words: str) -> None:
    """The verdict is `wrong`, and its text has what the reader needs to look at."""
    is_told("start/first-ten-minutes", task, answer, words)


def test_whole_numbers_without_conversion_are_shown_with_torch_s_own_words() -> None:
    """The mean of an int64 tensor raises inside the answer, and the verdict says so."""
    verdict = judge(
        "start/first-ten-minutes",
        "describe",
        lambda t: (tuple(t.shape), t.dtype, t.mean().item()),
    )
    assert verdict.state == "raised" and "could not infer output dtype" in verdict.text
