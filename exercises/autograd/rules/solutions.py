"""Worked solutions of the exercises of *The rules*."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import nn


# --8<-- [start:slope]
def slope(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """Return the gradient of `f` at `x`, and leave no trace on `x`."""
    point = x.detach().clone().requires_grad_()  # a leaf of our own
    (gradient,) = torch.autograd.grad(f(point), point)
    return gradient


# --8<-- [end:slope]


# --8<-- [start:accumulate]
def accumulate_uneven(
    model: nn.Module,
    loss_fn: nn.Module,
    batches: Sequence[tuple[torch.Tensor, torch.Tensor]],
) -> None:
    """Leave the gradient of the mean over all samples."""
    samples = sum(len(inputs) for inputs, _ in batches)
    model.zero_grad()
    for inputs, targets in batches:
        loss = loss_fn(model(inputs), targets) * len(inputs) / samples
        loss.backward()


# --8<-- [end:accumulate]


# --8<-- [start:step]
def step(parameters: Iterable[torch.Tensor], lr: float) -> None:
    """Move each parameter against its gradient, and forget the gradient."""
    with torch.no_grad():
        for parameter in parameters:
            if parameter.grad is not None:
                parameter -= lr * parameter.grad
                parameter.grad = None


# --8<-- [end:step]


# --8<-- [start:swish]
class Swish(torch.autograd.Function):
    """x · sigmoid(x), which keeps x alone."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        """Return x · sigmoid(x)."""
        ctx.save_for_backward(x)
        return x * x.sigmoid()

    @staticmethod
    def backward(ctx: Any, g: torch.Tensor) -> torch.Tensor:
        """Send g times the slope s + x · s · (1 - s)."""
        x: torch.Tensor = ctx.saved_tensors[0]
        s = x.sigmoid()
        return g * (s + x * s * (1 - s))


# --8<-- [end:swish]
