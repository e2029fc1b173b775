"""Checks of the answers in `tasks.py`."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from bookparts.forbidden import unchanged
from bookparts.practice import same

SECONDS = {"share": 60}  # it trains nets


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
    with unchanged(weight=layer.weight, bias=layer.bias, x=x):
        got = answer(layer, x)
    same(got, (2, 2, 2), "for six units: dead, always on, bending")
    for seed in range(8):
        torch.manual_seed(seed)
        layer, x = nn.Linear(2, 9, bias=seed % 2 == 0), torch.randn(seed + 1, 2)
        with torch.no_grad():
            on = layer(x) > 0
        dead, always = int((~on).all(0).sum()), int(on.all(0).sum())
        what = f"for nine units and {len(x)} samples: dead, always on, bending"
        same(answer(layer, x), (dead, always, 9 - dead - always), what)


def check_share(answer: Callable[..., float]) -> None:
    """Compare with the fates of seeds that are known; few steps first, to be quick."""

    def make() -> nn.Module:
        return nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))

    same(answer(make, [0, 17], 1), 0.0, "after one step no net has learned")
    hint = "nets that know XOR at the start, and grow surer: is it loss < 0.1 after the last step?"
    for steps, seeds in ((1, range(20)), (4, range(5, 16)), (9, range(3, 12))):
        want = sum(_fate(seed, steps) for seed in seeds) / len(seeds)
        same(answer(_near, iter(seeds), steps), want, f"{hint} (steps={steps})")
    same(answer(make, [1, 17], 200), 0.5, "of the seeds 1 and 17 one learns in 200 steps")


def _near() -> nn.Module:
    """Make a net that knows XOR, more or less surely."""
    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
    sure = 1.9 + 0.4 * torch.rand(1)
    with torch.no_grad():
        net[0].weight.fill_(1.0)  # type: ignore[operator]
        net[0].bias.copy_(torch.tensor([0.0, -1.0]))  # type: ignore[operator]
        net[2].weight.copy_(2 * sure * torch.tensor([[1.0, -2.0]]))  # type: ignore[operator]
        net[2].bias.copy_(-sure)  # type: ignore[operator]
    return net


@functools.cache
def _fate(seed: int, steps: int) -> bool:
    """Say whether such a net has learned after some steps."""
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    torch.manual_seed(seed)
    net, loss_fn = _near(), nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.5)
    for _ in range(steps):
        optimizer.zero_grad()
        loss_fn(net(x), y).backward()
        optimizer.step()
    return bool(loss_fn(net(x), y).item() < 0.1)


def check_shelf(answer: Callable[[int, int], float]) -> None:
    """Ask for the three shelves, and for rows that are all of one kind."""
    for yes, no, want, why in (
        (2, 2, math.log(2), "knowing nothing costs the logarithm of 2"),
        (1, 1, math.log(2) / 2, "two rows of four cost the logarithm of 2, and two nothing"),
        (2, 1, (2 * math.log(3 / 2) + math.log(3)) / 4, "the best answer to the three is 2/3"),
        (1, 3, (math.log(4) + 3 * math.log(4 / 3)) / 4, "the best answer to the four is 1/4"),
        (0, 2, 0.0, "both should be 0, and both can be right"),
        (3, 0, 0.0, "all three should be 1, and all can be right"),
        (1, 2, (2 * math.log(3 / 2) + math.log(3)) / 4, "the best answer to the three is 1/3"),
        (3, 1, (math.log(4) + 3 * math.log(4 / 3)) / 4, "the best answer to the four is 3/4"),
        (0, 4, 0.0, "all four should be 0, and all can be right"),
    ):
        same(answer(yes, no), want, f"for {yes} yes and {no} no: {why}", rtol=1e-5, atol=1e-6)
