"""Worked solutions of the exercises of *Randomness*."""

from __future__ import annotations

import math

import torch
from torch import nn


# --8<-- [start:own-numbers]
def own_numbers(seed: int, count: int) -> torch.Tensor:
    """Return what `torch.rand(count)` gives right after a seed."""
    return torch.rand(count, generator=torch.Generator().manual_seed(seed))


# --8<-- [end:own-numbers]


# --8<-- [start:peek]
def peek(count: int) -> torch.Tensor:
    """Return the next `count` numbers, which are still to come."""
    state = torch.get_rng_state()
    numbers = torch.rand(count)
    torch.set_rng_state(state)
    return numbers


# --8<-- [end:peek]


# --8<-- [start:linear]
def linear(inputs: int, outputs: int, seed: int) -> nn.Linear:
    """Return a layer that depends on the three arguments alone."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Linear(inputs, outputs)


# --8<-- [end:linear]


# --8<-- [start:clearly-better]
def clearly_better(first: int, second: int, starts: int) -> bool:
    """Say whether the first share exceeds the second by over two errors."""
    shares = first / starts, second / starts
    error = math.sqrt(sum(share * (1 - share) / starts for share in shares))
    return shares[0] - shares[1] > 2 * error


# --8<-- [end:clearly-better]
