"""Your answers to *Randomness*. Check them with `python3 book.py check randomness`."""

from __future__ import annotations

import torch
from torch import nn


def own_numbers(seed: int, count: int) -> torch.Tensor:
    """Return what `torch.rand(count)` gives right after `torch.manual_seed(seed)`, shape (count,).

    The default generator must not move.
    """
    raise NotImplementedError


def peek(count: int) -> torch.Tensor:
    """Return the next `count` numbers of the default generator, which must still be to come."""
    raise NotImplementedError


def linear(inputs: int, outputs: int, seed: int) -> nn.Linear:
    """Return a layer whose weights and biases depend on the three arguments alone.

    They must be initialized as `nn.Linear` does it. The default generator must not move.
    """
    raise NotImplementedError


def clearly_better(first: int, second: int, starts: int) -> bool:
    """Say whether `first` of `starts` is more than `second` of `starts` by over two errors.

    A share p has the standard error sqrt(p (1 - p) / starts), and the difference of two shares the
    square root of the sum of both squared errors. Both counts may be 0 or `starts`.
    """
    raise NotImplementedError
