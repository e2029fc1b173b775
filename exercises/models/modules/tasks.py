"""Your answers to the exercises of *Modules*; check them with `python3 book.py check modules`."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def mlp_parameters(sizes: list[int]) -> int:
    """Return how many parameters the linear layers between these sizes have, biases included.

    `[784, 256, 128, 10]` means three layers: 784 to 256, 256 to 128, 128 to 10. Make no layer.
    """
    raise NotImplementedError


class Deep(nn.Module):
    """Linear layers between the given sizes, with ReLU after each but the last."""

    def __init__(self, sizes: list[int]) -> None:
        """Make the layers; `[2, 8, 8, 1]` means three of them."""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """Turn rows (n, sizes[0]) into rows (n, sizes[-1])."""
        raise NotImplementedError


class RunningMaximum(nn.Module):
    """Return the input unchanged, and remember the largest value of each column in training."""

    largest: Tensor

    def __init__(self, columns: int) -> None:
        """Make the buffer `largest`, shape (columns,), full of −inf."""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """Take rows (n, columns) and return them; in training, update `largest`."""
        raise NotImplementedError


def snapshot(model: nn.Module) -> dict[str, Tensor]:
    """Return the model's state by name, so that training on does not change it."""
    raise NotImplementedError


def quiet(model: nn.Module) -> None:
    """Set weight and bias of the last linear layer of `model` to zero, in place."""
    raise NotImplementedError
