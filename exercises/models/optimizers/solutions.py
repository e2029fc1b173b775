"""Worked solutions of the tasks in `tasks.py`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn


# --8<-- [start:momentum_steps]
def momentum_steps(
    w: Tensor,
    gradients: Sequence[Tensor],
    lr: float,
    momentum: float,
) -> Tensor:
    """Return the weight after a step for each gradient."""
    velocity = torch.zeros_like(w)
    for g in gradients:
        velocity = momentum * velocity + g
        w = w - lr * velocity
    return w


# --8<-- [end:momentum_steps]


# --8<-- [start:adam_first_step]
def adam_first_step(w: Tensor, g: Tensor, lr: float) -> Tensor:
    """Return the weight after Adam's first step."""
    return w - lr * g.sign()


# --8<-- [end:adam_first_step]


# --8<-- [start:largest_rate]
def largest_rate(a: float) -> float:
    """Return the learning rate at which SGD on a · (w − c)² bounces for ever."""
    return 1 / a


# --8<-- [end:largest_rate]


# --8<-- [start:scaled]
def scaled(train: Tensor, test: Tensor) -> tuple[Tensor, Tensor]:
    """Scale both tables by the columns' mean and spread in `train`."""
    mean, spread = train.mean(0), train.std(0)
    spread = torch.where(spread == 0, 1.0, spread)
    return (train - mean) / spread, (test - mean) / spread


# --8<-- [end:scaled]


# --8<-- [start:clip]
def clip(parameters: Iterable[nn.Parameter], limit: float) -> float:
    """Shorten all gradients together; return their length from before."""
    gradients = [p.grad for p in parameters if p.grad is not None]
    length: float = sum(g.square().sum().item() for g in gradients) ** 0.5
    if length > limit:
        for g in gradients:
            g *= limit / length
    return length


# --8<-- [end:clip]


# --8<-- [start:hold_then_fall]
def hold_then_fall(step: int, hold: int, total: int) -> float:
    """Return 1 for a while, then a line down to 0."""
    if step < hold:
        return 1.0
    return max(0.0, (total - step) / (total - hold))


# --8<-- [end:hold_then_fall]
