"""The checks of `docs/models/digits.md` find the mistakes that readers make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from tests.exercises.told import is_told


def _with_notes(models: Any, x: Any) -> Any:
    return torch.stack([m.eval()(x).softmax(1) for m in models]).mean(0).argmax(1)


def _surest_first(scores: Any, k: int) -> Any:
    return scores.softmax(1).max(1).values.argsort(descending=True)[:k]


@torch.no_grad()
def _mean_of_scores(models: Any, x: Any) -> Any:
    return torch.stack([m.eval()(x) for m in models]).mean(0).argmax(1)


@pytest.mark.parametrize(
    ("task", "answer", "words"),
    [
        ("accuracy", lambda s, y: (s.argmax(1) == y).float().mean().item(), "Of 100"),
        ("accuracy", lambda s, y: 100 * (s.argmax(1) == y).float().mean(), "float"),
        ("accuracy", lambda s, y: 100 * ((s > 0).long()[:, 1] == y).float().mean().item(), "75.0"),
        ("recall", lambda c: c.diag() / c.sum(0).clamp(min=1), "Rows"),
        ("recall", lambda c: c.diag() / c.sum(1), "nan"),
        ("least_sure", lambda s, k: s.max(1).values.argsort()[:k], "softmax"),
        ("least_sure", _surest_first, "smallest"),
        ("flat_size", lambda side, c, r: c * (side / 2**r) ** 2, "side"),
        ("flat_size", lambda side, c, r: c * (side // 2**r), "side 8"),
        ("vote", _with_notes, "no_grad"),
        ("vote", _mean_of_scores, "probabilities"),
    ],
)  # fmt: skip
def test_a_usual_mistake_is_named(task: str, answer: Callable[..., Any], words: str) -> None:
    """The verdict is not `right`, and its text has what the reader needs to look at."""
    is_told("models/digits", task, answer, words, "wrong", "raised")
