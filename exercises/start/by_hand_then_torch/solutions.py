"""Worked solutions to the exercises of `docs/start/by-hand-then-torch.md`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.optim import Optimizer


# --8<-- [start:five_steps]
def five_steps(
    model: nn.Module,
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    optimizer: Optimizer,
    X: Tensor,
    T: Tensor,
) -> float:
    Y = model(X)
    loss = loss_fn(Y, T)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


# --8<-- [end:five_steps]


# --8<-- [start:step_by_hand]
def step_by_hand(parameters: Sequence[Tensor], lr: float) -> None:
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= lr * p.grad


# --8<-- [end:step_by_hand]


# --8<-- [start:neuron_slopes]
def neuron_slopes(w: float, b: float, x: float, t: float) -> tuple[float, float]:
    y = 1 / (1 + math.exp(-(w * x + b)))
    d_y = 2 * (y - t)
    d_z = d_y * y * (1 - y)
    return d_z * x, d_z


# --8<-- [end:neuron_slopes]
