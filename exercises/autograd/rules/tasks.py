"""Your answers to the exercises of *The rules*. Check them with `python3 book.py check rules`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import nn


def slope(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """Return the gradient of `f` at `x`, and leave no trace on `x`.

    `f` takes a float tensor of any shape and returns one of shape (). `x` may be a leaf with or
    without `requires_grad`, with an old `.grad`, or the result of an operation.
    """
    raise NotImplementedError


def accumulate_uneven(
    model: nn.Module,
    loss_fn: nn.Module,
    batches: Sequence[tuple[torch.Tensor, torch.Tensor]],
) -> None:
    """Leave in `.grad` the gradient of the mean loss over all samples of all batches.

    `loss_fn` returns the mean over the batch it is given. The batches differ in size, and old
    gradients may be there.
    """
    raise NotImplementedError


def step(parameters: Iterable[torch.Tensor], lr: float) -> None:
    """Move each parameter by -lr times its gradient, in place, and forget the gradient.

    A parameter whose `.grad` is `None` stays as it is. All stay leaves that require a gradient.
    """
    raise NotImplementedError


class Swish(torch.autograd.Function):
    """x · sigmoid(x), with a backward of its own that keeps x alone.

    Its slope is s + x · s · (1 - s), where s is sigmoid(x).
    """

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        """Return x · sigmoid(x), and keep what backward needs."""
        raise NotImplementedError

    @staticmethod
    def backward(ctx: Any, g: torch.Tensor) -> torch.Tensor:
        """Turn the gradient that comes into the one that goes."""
        raise NotImplementedError
