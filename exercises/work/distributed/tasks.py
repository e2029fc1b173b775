"""Your answers to the exercises of *Several processes*.

Check them with `python3 book.py check distributed`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn


def share(length: int, rank: int, world: int) -> list[int]:
    """Return the samples of one rank, in turns: of 5 samples and 2 ranks, rank 0 gets 0, 2 and 4.

    All ranks get equally many. Where they do not come out even, the first samples are dealt again,
    as often as needed: rank 1 gets 1, 3 and 0. Use no `DistributedSampler`.
    """
    raise NotImplementedError


def average_gradients(
    parameters: Iterable[nn.Parameter], all_reduce: Callable[[Tensor], None], world: int
) -> None:
    """Leave in each parameter's `.grad` the mean of the gradients of all ranks.

    Args:
        parameters: those of this rank; all ranks have the same, in the same order.
        all_reduce: adds a tensor up over all ranks, in place. Every rank has to call it equally
            often, with equal shapes, in the same order.
        world: how many ranks there are.

    A parameter that requires a gradient and has none counts as zero. One that requires none is
    left out.
    """
    raise NotImplementedError


def accuracy(scores: Tensor, labels: Tensor, all_reduce: Callable[[Tensor], None]) -> float:
    """Return the share of right answers over the samples of all ranks.

    Args:
        scores: of this rank's samples, (samples, classes); the largest score is the answer.
        labels: (samples,), integers. There may be no sample here, and there is one somewhere.
        all_reduce: adds a tensor up over all ranks, in place. Call it once.
    """
    raise NotImplementedError


def save_once(state: Any, path: Path, rank: int, barrier: Callable[[], None]) -> None:
    """Save with `torch.save`, from rank 0 only; return when the file is there, on every rank.

    Args:
        state: what is saved.
        path: where to.
        rank: the number of this process.
        barrier: waits until all ranks have called it.
    """
    raise NotImplementedError
