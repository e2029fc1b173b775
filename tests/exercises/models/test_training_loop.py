"""The checks of `docs/models/training-loop.md` find the mistakes that readers make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from exercises.models.training_loop import solutions
from tests.exercises.told import is_told


def _sum_not_mean(w: Any, b: Any, x: Any, y: Any, lr: float) -> Any:
    error = torch.sigmoid(x @ w + b) - y
    return w - lr * x.T @ error, b - lr * error.sum(0)


def _in_place(w: Any, b: Any, x: Any, y: Any, lr: float) -> Any:
    new_w, new_b = solutions.step_by_hand(w, b, x, y, lr)
    w.copy_(new_w)
    return w, new_b


def _epoch(*, train: bool = True, zero: bool = True, weigh: bool = True) -> Callable[..., float]:
    def answer(model: Any, batches: Any, loss_fn: Any, optimizer: Any) -> float:
        if train:
            model.train()
        losses, sizes = [], []
        for x, y in batches:
            loss = loss_fn(model(x), y)
            if zero:
                optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            sizes.append(len(x) if weigh else 1)
        total = sum(n * v for n, v in zip(sizes, losses, strict=True))
        return float(total / sum(sizes))

    return answer


def _leaves_eval(model: Any, batches: Any, loss_fn: Any) -> Any:
    result = solutions.evaluate(model, batches, loss_fn)
    model.eval()
    return result


@torch.no_grad()
def _asks_in_training(model: Any, batches: Any, loss_fn: Any) -> Any:
    x, y = (torch.cat(parts) for parts in zip(*batches, strict=True))
    logits = model(x)
    return loss_fn(logits, y).item(), ((logits > 0) == (y > 0.5)).float().mean().item()


@pytest.mark.parametrize(
    ("task", "answer", "words"),
    [
        ("step_by_hand", _sum_not_mean, "mean"),
        ("step_by_hand", _in_place, "changed"),
        ("train_one_epoch", _epoch(zero=False), "old gradient"),
        ("train_one_epoch", _epoch(weigh=False), "four times"),
        ("train_one_epoch", _epoch(train=False), "model.train()"),
        ("evaluate", _leaves_eval, "model.training"),
        ("evaluate", _asks_in_training, "model.eval()"),
    ],
)
def test_a_usual_mistake_is_named(task: str, answer: Callable[..., Any], words: str) -> None:
    """The verdict is `wrong`, and its text has what the reader needs to look at."""
    is_told("models/training-loop", task, answer, words)
