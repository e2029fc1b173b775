"""The usual wrong answers to the exercises of "Twenty starts" are told what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from exercises.start.twenty_starts import solutions
from tests.exercises.told import is_told


def _one_step_short(seed: int, hidden: int, epochs: int) -> float:
    return solutions.final_loss(seed, hidden, max(epochs - 1, 0))


def _adds_lengths(parameters: Any) -> float:
    return float(sum(p.grad.norm().item() for p in parameters if p.grad is not None))


def _first_dip(losses: list[float], limit: float) -> int | None:
    return next((n for n, loss in enumerate(losses) if loss < limit), None)


def _at_or_below(losses: list[float], limit: float) -> int | None:
    return solutions.arrived(losses, limit + 1e-9)


@pytest.mark.parametrize(
    ("task", "answer", "message"),
    [
        ("final_loss", _one_step_short, "seed=1, hidden=2"),
        ("gradient_length", _adds_lengths, "49"),
        ("arrived", _first_dip, "comes back"),
        ("arrived", _at_or_below, "exactly 0.1"),
    ],
)
def test_a_wrong_answer_is_told_what_is_wrong(
    task: str, answer: Callable[..., Any], message: str
) -> None:
    """The verdict is not "right", and its words point to the mistake."""
    is_told("start/twenty-starts", task, answer, message, "wrong", "raised")
