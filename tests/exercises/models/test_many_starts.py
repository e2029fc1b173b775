"""The checks of `docs/models/many-starts.md` find the mistakes that readers make."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch

from tests.exercises.told import is_told


def _alive_is_always_on(layer: Any, x: Any) -> Any:
    on = torch.relu(layer(x)) > 0
    dead = int((~on).all(0).sum())
    return dead, on.shape[1] - dead, 0


def _over_the_same_rows(yes: int, no: int) -> float:
    p = yes / (yes + no)
    return -(yes * math.log(p) + no * math.log(1 - p)) / (yes + no)


def _always_one_half(yes: int, no: int) -> float:
    return (yes + no) * math.log(2) / 4


def _forgets_the_edge(yes: int, no: int) -> float:
    p = yes / (yes + no)
    return -(yes * math.log(p) + no * math.log(1 - p)) / 4


@pytest.mark.parametrize(
    ("task", "answer", "words"),
    [
        ("kinds", _alive_is_always_on, "bending"),
        ("share", lambda make, seeds, steps: 1.0, "one step"),
        ("shelf", _over_the_same_rows, "two rows of four"),
        ("shelf", _always_one_half, "2/3"),
        ("shelf", _forgets_the_edge, "math domain error"),
    ],
)
def test_a_usual_mistake_is_named(task: str, answer: Callable[..., Any], words: str) -> None:
    """The verdict is not "right", and its text has what the reader needs to look at."""
    is_told("models/many-starts", task, answer, words, "wrong", "raised")
