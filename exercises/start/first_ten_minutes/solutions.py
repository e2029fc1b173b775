"""Worked solutions of the tasks in `tasks.py`."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn


# --8<-- [start:describe]
def describe(
    tensor: torch.Tensor,
) -> tuple[tuple[int, ...], torch.dtype, float]:
    """Return a tensor's shape, its dtype, and its mean."""
    mean = tensor.float().mean().item()
    return tuple(tensor.shape), tensor.dtype, mean


# --8<-- [end:describe]


# --8<-- [start:slope]
def slope(x: float) -> float:
    """Return the slope of x³ − 2x at `x`, by autograd."""
    leaf = torch.tensor(x, requires_grad=True)
    (leaf**3 - 2 * leaf).backward()
    assert leaf.grad is not None
    return leaf.grad.item()


# --8<-- [end:slope]


# --8<-- [start:count]
def count(inputs: int, hidden: int, outputs: int) -> int:
    """Count the parameters of two linear layers."""
    first = inputs * hidden + hidden
    second = hidden * outputs + outputs
    return first + second


# --8<-- [end:count]


# --8<-- [start:one_round]
def one_round(
    model: nn.Module,
    x: torch.Tensor,
    y: torch.Tensor,
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    optimizer: torch.optim.Optimizer,
) -> float:
    """Do the five steps once and return the loss."""
    output = model(x)  # 1. forward
    loss = loss_fn(output, y)  # 2. loss
    optimizer.zero_grad()  # 3. zero_grad
    loss.backward()  # 4. backward
    optimizer.step()  # 5. step
    return loss.item()


# --8<-- [end:one_round]
