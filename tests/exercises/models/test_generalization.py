"""The checks of `docs/models/generalization.md` find the mistakes that readers make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from tests.exercises.told import is_told


def _stop_at_any_rise(losses: list[float], patience: int) -> tuple[int, int]:
    best = min(range(len(losses)), key=losses.__getitem__) + 1
    return best, min(best + patience, len(losses))


def _biased(x: Any, mean: Any, var: Any, training: bool) -> Any:
    if not training:
        return (x - mean) / (var + 1e-5) ** 0.5, mean, var
    new = x.var(dim=0, unbiased=False)
    mean, var = 0.9 * mean + 0.1 * x.mean(dim=0), 0.9 * var + 0.1 * new
    return (x - x.mean(dim=0)) / (new + 1e-5) ** 0.5, mean, var


def _norm_everywhere(model: nn.Sequential) -> nn.Sequential:
    layers: list[nn.Module] = []
    for layer in model:
        layers.append(layer)
        if isinstance(layer, nn.Linear):
            layers.append(nn.BatchNorm1d(layer.out_features))
    return nn.Sequential(*layers)


@torch.no_grad()
def _no_decay(parameters: Any, lr: float, weight_decay: float) -> None:
    for p in parameters:
        if p.grad is not None:
            p -= lr * p.grad


@pytest.mark.parametrize(
    ("task", "answer", "words"),
    [
        ("stop", _stop_at_any_rise, "Two epochs"),
        ("dropped", lambda x, mask, p: x * mask, "Divide"),
        ("dropped", lambda x, mask, p: x * mask / p, "p is the share"),
        ("dropped", lambda x, mask, p: x * mask / (1 - p), "all zeros"),
        ("normalized", _biased, "divides by n - 1"),
        ("decay_step", _no_decay, "weight_decay"),
        ("with_batch_norm", _norm_everywhere, "but the last"),
    ],
)
def test_wrong_answers_are_explained(task: str, answer: Callable[..., Any], words: str) -> None:
    """A wrong answer is refused, with a hint that names what is wrong."""
    is_told("models/generalization", task, answer, words)
