"""Worked solutions of the tasks in `tasks.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

Batches = Iterable[tuple[Tensor, Tensor]]
LossFunction = Callable[[Tensor, Tensor], Tensor]


# --8<-- [start:step_by_hand]
def step_by_hand(
    weight: Tensor, bias: Tensor, x: Tensor, y: Tensor, lr: float
) -> tuple[Tensor, Tensor]:
    """Return weight and bias after one step, by (p − y) · x."""
    error = torch.sigmoid(x @ weight + bias) - y  # (n, 1)
    slope = x.T @ error / len(x)  # (f, 1): sums over the samples
    return weight - lr * slope, bias - lr * error.mean(0)


# --8<-- [end:step_by_hand]


# --8<-- [start:train_one_epoch]
def train_one_epoch(
    model: nn.Module,
    batches: Batches,
    loss_fn: LossFunction,
    optimizer: torch.optim.Optimizer,
) -> float:
    """Take the five steps for each batch; return the mean loss of a sample."""
    model.train()
    total, count = 0.0, 0
    for x, y in batches:
        output = model(x)
        loss = loss_fn(output, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
        count += len(x)
    return total / count


# --8<-- [end:train_one_epoch]


# --8<-- [start:evaluate]
def evaluate(
    model: nn.Module,
    batches: Batches,
    loss_fn: LossFunction,
) -> tuple[float, float]:
    """Return the mean loss and the share of right answers; keep the mode."""
    mode = model.training
    model.eval()
    total, right, count = 0.0, 0, 0
    with torch.no_grad():
        for x, y in batches:
            logits = model(x)
            total += loss_fn(logits, y).item() * len(x)
            right += int(((logits > 0) == (y > 0.5)).sum())
            count += len(x)
    model.train(mode)
    return total / count, right / count


# --8<-- [end:evaluate]
