"""Worked solutions of the tasks in `tasks.py`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn


# --8<-- [start:kinds]
def kinds(layer: nn.Linear, x: Tensor) -> tuple[int, int, int]:
    """Count the ReLU units that are dead, always on, and bending."""
    with torch.no_grad():
        on = torch.relu(layer(x)) > 0  # (samples, units)
    dead = int((~on).all(dim=0).sum())
    always = int(on.all(dim=0).sum())
    return dead, always, on.shape[1] - dead - always


# --8<-- [end:kinds]


# --8<-- [start:share]
def share(
    make: Callable[[], nn.Module],
    seeds: Iterable[int],
    steps: int,
) -> float:
    """Return the share of nets that learn XOR."""
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    loss_fn = nn.BCEWithLogitsLoss()
    learned = []
    for seed in seeds:
        torch.manual_seed(seed)
        model = make()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
        for _ in range(steps):
            loss = loss_fn(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        learned.append(bool(loss_fn(model(x), y) < 0.1))
    return sum(learned) / len(learned)


# --8<-- [end:share]


# --8<-- [start:shelf]
def shelf(yes: int, no: int) -> float:
    """Return the mean loss of four rows, of which yes + no look the same."""
    p = yes / (yes + no)
    surprise = 0.0
    if yes:
        surprise -= yes * math.log(p)
    if no:
        surprise -= no * math.log(1 - p)
    return surprise / 4


# --8<-- [end:shelf]
