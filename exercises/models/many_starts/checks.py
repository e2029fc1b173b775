"""Checks of the answers in `tasks.py`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from bookparts.practice import same


def check_kinds(answer: Callable[[nn.Linear, Tensor], Any]) -> None:
    """Ask about a layer with units of each kind, one of them 0 at one sample."""
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    layer = nn.Linear(2, 6)
    with torch.no_grad():
        layer.weight.copy_(
            torch.tensor(
                [[1.0, 1.0], [-1.0, -1.0], [0.0, 0.0], [1.0, -1.0], [1.0, 1.0], [1.0, 0.0]]
            )
        )
        layer.bias.copy_(torch.tensor([0.5, -0.5, -1.0, 0.0, 0.0, 0.1]))
    same(answer(layer, x), (2, 2, 2), "for six units: dead, always on, bending")


def check_share(answer: Callable[..., float]) -> None:
    """Compare with the fates of seeds that are known; few steps first, to be quick."""

    def make() -> nn.Module:
        return nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))

    same(answer(make, [0, 17], 1), 0.0, "after one step no net has learned")
    same(answer(make, [0, 1, 17, 29], 400), 0.5, "of the seeds 0, 1, 17 and 29 two learn")


def check_shelf(answer: Callable[[int, int], float]) -> None:
    """Ask for the three shelves, and for rows that are all of one kind."""
    for yes, no, want, why in (
        (2, 2, math.log(2), "knowing nothing costs the logarithm of 2"),
        (1, 1, math.log(2) / 2, "two rows of four cost the logarithm of 2, and two nothing"),
        (2, 1, (2 * math.log(3 / 2) + math.log(3)) / 4, "the best answer to the three is 2/3"),
        (1, 3, (math.log(4) + 3 * math.log(4 / 3)) / 4, "the best answer to the four is 1/4"),
        (0, 2, 0.0, "both should be 0, and both can be right"),
        (3, 0, 0.0, "all three should be 1, and all can be right"),
    ):
        same(answer(yes, no), want, f"for {yes} yes and {no} no: {why}")
