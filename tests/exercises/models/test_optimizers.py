"""The checks of `docs/models/optimizers.md` find the mistakes that readers make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from exercises.models.optimizers import solutions
from tests.exercises.told import is_told


def _forgets_the_velocity(w: Any, gradients: Any, lr: float, momentum: float) -> Any:
    for g in gradients:
        w = w - lr * g
    return w


def _changes_its_input(w: Any, gradients: Any, lr: float, momentum: float) -> Any:
    w.copy_(solutions.momentum_steps(w, gradients, lr, momentum))
    return w.clone()


def _test_by_itself(train: Any, test: Any) -> Any:
    return solutions.scaled(train, train)[0], test * 0


def _clips_each_alone(parameters: Any, limit: float) -> float:
    gradients = [p.grad for p in parameters if p.grad is not None]
    for g in gradients:
        g *= min(1.0, limit / g.norm().item())
    return 13.0


@pytest.mark.parametrize(
    ("task", "answer", "words"),
    [
        ("momentum_steps", _forgets_the_velocity, "velocity"),
        ("momentum_steps", _changes_its_input, "changed `w`"),
        ("adam_first_step", lambda w, g, lr: w - lr * g, "1000"),
        ("largest_rate", lambda a: 0.5 / a, "bounce"),
        ("largest_rate", lambda a: 2 / a, "bounce"),
        ("scaled", _test_by_itself, "test table"),
        ("clip", _clips_each_alone, "limit 1"),
        ("hold_then_fall", lambda n, hold, total: (total - n) / (total - hold), "hold=2"),
    ],
)
def test_a_usual_mistake_is_named(task: str, answer: Callable[..., Any], words: str) -> None:
    """The verdict is `wrong`, and its text has what the reader needs to look at."""
    is_told("models/optimizers", task, answer, words)
