"""Answers to the exercises of *Several processes*."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn


# --8<-- [start:share]
def share(length: int, rank: int, world: int) -> list[int]:
    """Return the samples of one rank, in turns, equally many for each."""
    each = -(-length // world)  # rounded up
    return [(rank + turn * world) % length for turn in range(each)]


# --8<-- [end:share]


# --8<-- [start:average_gradients]
def average_gradients(
    parameters: Iterable[nn.Parameter], all_reduce: Callable[[Tensor], None], world: int
) -> None:
    """Leave in each parameter's `.grad` the mean of the gradients of all ranks."""
    for parameter in parameters:
        if parameter.requires_grad:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            all_reduce(parameter.grad)
            parameter.grad /= world


# --8<-- [end:average_gradients]


# --8<-- [start:accuracy]
def accuracy(scores: Tensor, labels: Tensor, all_reduce: Callable[[Tensor], None]) -> float:
    """Return the share of right answers over the samples of all ranks."""
    right = (scores.argmax(dim=1) == labels).sum()
    counts = torch.tensor([int(right), len(labels)])
    all_reduce(counts)
    return (counts[0] / counts[1]).item()


# --8<-- [end:accuracy]


# --8<-- [start:save_once]
def save_once(state: Any, path: Path, rank: int, barrier: Callable[[], None]) -> None:
    """Save from rank 0 only, and return when the file is there."""
    if rank == 0:
        torch.save(state, path)
    barrier()


# --8<-- [end:save_once]
