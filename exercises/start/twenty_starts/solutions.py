"""Worked solutions to the exercises of `docs/start/twenty-starts.md`."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn

from examples.start.by_hand_then_torch import INPUTS, TARGETS


# --8<-- [start:final_loss]
def final_loss(seed: int, hidden: int, epochs: int) -> float:
    X, T = torch.tensor(INPUTS), torch.tensor(TARGETS).reshape(4, 1)
    torch.manual_seed(seed)
    layers = [nn.Linear(2, hidden), nn.Sigmoid(), nn.Linear(hidden, 1), nn.Sigmoid()]
    model = nn.Sequential(*layers)
    loss_fn = nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    for _ in range(epochs):
        loss = loss_fn(model(X), T)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    last: Tensor = loss_fn(model(X), T)
    return last.item()


# --8<-- [end:final_loss]


# --8<-- [start:gradient_length]
def gradient_length(parameters: Iterable[Tensor]) -> float:
    squares = [(p.grad**2).sum().item() for p in parameters if p.grad is not None]
    return math.sqrt(sum(squares))


# --8<-- [end:gradient_length]


# --8<-- [start:arrived]
def arrived(losses: list[float], limit: float) -> int | None:
    epoch = len(losses)
    while epoch > 0 and losses[epoch - 1] < limit:
        epoch -= 1
    return None if epoch == len(losses) else epoch


# --8<-- [end:arrived]
