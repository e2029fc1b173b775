"""Your answers to the exercises of `docs/start/by-hand-then-torch.md`.

Replace each `raise NotImplementedError`, then run `python3 book.py check by-hand-then-torch`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.optim import Optimizer


def five_steps(
    model: nn.Module,
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    optimizer: Optimizer,
    X: Tensor,
    T: Tensor,
) -> float:
    """Take the five steps once, and return the loss as a standard Python number.

    The loss is that of the second step: the error before the numbers move.
    """
    raise NotImplementedError


def step_by_hand(parameters: Sequence[Tensor], lr: float) -> None:
    """Do the job of `optimizer.step()` for plain SGD, without one: change every parameter in place.

    Each parameter has its slopes in `.grad`. A parameter whose `.grad` is None stays as it is.
    """
    raise NotImplementedError


def neuron_slopes(w: float, b: float, x: float, t: float) -> tuple[float, float]:
    """Return the slopes of the loss (y − t)² along w and along b, where y = sigmoid(w·x + b).

    Plain Python only: no torch, no nudging. `math.exp` may help.
    """
    raise NotImplementedError
