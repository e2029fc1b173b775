"""Write your answers here, then run `python3 book.py check first-ten-minutes`."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn


def describe(tensor: torch.Tensor) -> tuple[tuple[int, ...], torch.dtype, float]:
    """Return a tensor's shape (as a tuple), its dtype, and its mean as a Python float.

    It must also work for a tensor of whole numbers: there the mean has to be asked for in float32.
    """
    raise NotImplementedError


def slope(x: float) -> float:
    """Return the slope of x³ − 2x at `x`, as a Python float, computed by autograd."""
    raise NotImplementedError


def count(inputs: int, hidden: int, outputs: int) -> int:
    """Count the parameters of `inputs` → `hidden` → `outputs`, two linear layers, by arithmetic.

    Make no module: multiply and add.
    """
    raise NotImplementedError


def one_round(
    model: nn.Module,
    x: torch.Tensor,
    y: torch.Tensor,
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    optimizer: torch.optim.Optimizer,
) -> float:
    """Do the five steps once, in the book's order, and return the loss as a Python float."""
    raise NotImplementedError
