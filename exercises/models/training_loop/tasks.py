"""Write your answers here, then run `python3 book.py check training-loop`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

Batches = Iterable[tuple[Tensor, Tensor]]
LossFunction = Callable[[Tensor, Tensor], Tensor]


def step_by_hand(
    weight: Tensor, bias: Tensor, x: Tensor, y: Tensor, lr: float
) -> tuple[Tensor, Tensor]:
    """Return weight (f, 1) and bias (1,) after one step of a sigmoid unit with cross-entropy.

    `x` is (n, f), `y` is (n, 1). Use neither autograd nor an optimizer, and leave the old weight
    and bias as they are.
    """
    raise NotImplementedError


def train_one_epoch(
    model: nn.Module, batches: Batches, loss_fn: LossFunction, optimizer: torch.optim.Optimizer
) -> float:
    """Take the five steps for each batch, in training mode; return the mean loss of a sample.

    `loss_fn` gives a batch's mean, and the batches may differ in size.
    """
    raise NotImplementedError


def evaluate(model: nn.Module, batches: Batches, loss_fn: LossFunction) -> tuple[float, float]:
    """Return the mean loss of a sample, and the share of right answers.

    The model puts out logits (n, 1), the targets are 0 or 1. Ask it in evaluation mode and record
    nothing; afterwards the model is in the mode in which it was.
    """
    raise NotImplementedError
