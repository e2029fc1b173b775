"""Worked solutions to the exercises of *Digits*."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


# --8<-- [start:accuracy]
def accuracy(scores: Tensor, labels: Tensor) -> float:
    """`True` counts as 1 once it is a float."""
    return 100 * (scores.argmax(dim=1) == labels).float().mean().item()


# --8<-- [end:accuracy]


# --8<-- [start:recall]
def recall(counts: Tensor) -> Tensor:
    """The right ones, divided by the images of the class; 0 / 1, never 0 / 0."""
    return counts.diag() / counts.sum(dim=1).clamp(min=1)


# --8<-- [end:recall]


# --8<-- [start:least_sure]
def least_sure(scores: Tensor, k: int) -> Tensor:
    """Softmax first: high scores do not mean sure, if they are all high."""
    sure = scores.softmax(dim=1).max(dim=1).values
    return sure.argsort()[:k]


# --8<-- [end:least_sure]


# --8<-- [start:flat_size]
def flat_size(side: int, channels: int, rounds: int) -> int:
    """With `padding=1` the convolution keeps the side, and pooling halves it."""
    for _ in range(rounds):
        side = side // 2
    return channels * side * side


# --8<-- [end:flat_size]


# --8<-- [start:vote]
@torch.no_grad()
def vote(models: Sequence[nn.Module], x: Tensor) -> Tensor:
    """The mean of probabilities, so that each network has the same weight."""
    answers = [model.eval()(x).softmax(dim=1) for model in models]
    return torch.stack(answers).mean(dim=0).argmax(dim=1)


# --8<-- [end:vote]
