"""The checks of `docs/work/devices.md` find the mistakes that readers make."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

import pytest
import torch

from bookparts.practice import judge
from tests.exercises.told import is_told


def _flat(batch: Any, device: str) -> Any:
    if isinstance(batch, dict):
        return {k: v.to(device) if isinstance(v, torch.Tensor) else v for k, v in batch.items()}
    if isinstance(batch, tuple):
        return tuple(v.to(device) if isinstance(v, torch.Tensor) else v for v in batch)
    return batch.to(device)


def _outer(model: Any) -> list[str]:
    return [name for name, value in vars(model).items() if isinstance(value, torch.Tensor)]


def _hasty(work: Any, wait: Any, now: Any, repeat: int) -> float:
    work()
    wait()
    times = []
    for _ in range(repeat):
        start = now()
        work()
        times.append(now() - start)
        wait()
    return float(statistics.median(times))


def _no_start(work: Any, wait: Any, now: Any, repeat: int) -> float:
    times = []
    for _ in range(repeat + 1):
        start = now()
        work()
        wait()
        times.append(now() - start)
    return statistics.fmean(times[1:])


@pytest.mark.parametrize(
    ("task", "answer", "words"),
    [
        ("ask", lambda model, x: model(x).detach(), ""),
        ("ask", lambda model, x: model(x), "no_grad"),
        ("batch_to", _flat, "lists or dicts"),
        ("strays", _outer, "named_modules"),
        ("clock", _hasty, "Wait"),
        ("clock", _no_start, "median"),
    ],
)
def test_wrong_answers_are_refused(task: str, answer: Callable[..., Any], words: str) -> None:
    """A wrong answer is refused, with a hint where the check can give one."""
    is_told("work/devices", task, answer, words, "wrong", "raised")


def test_a_plan_takes_no_memory() -> None:
    """Who makes the model for real cannot make the large one."""

    def real(make: Any, shape: Any) -> Any:
        model = make()
        return tuple(model(torch.ones(shape)).shape), sum(p.nbytes for p in model.parameters())

    assert judge("work/devices", "plan", real).state == "raised"
