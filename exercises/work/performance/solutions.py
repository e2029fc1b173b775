"""Worked solutions of the exercises of *Performance*."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping

from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint


# --8<-- [start:medians]
def medians(
    works: Mapping[str, Callable[[], object]], now: Callable[[], float], rounds: int
) -> dict[str, float]:
    for work in works.values():
        work()
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            start = now()
            work()
            found[name].append(now() - start)
    return {name: statistics.median(times) for name, times in found.items()}


# --8<-- [end:medians]


# --8<-- [start:nearest]
def nearest(points: Tensor, centers: Tensor) -> Tensor:
    apart = points.unsqueeze(1) - centers  # (points, centers, dimensions)
    return apart.square().sum(dim=2).argmin(dim=1)


# --8<-- [end:nearest]


# --8<-- [start:groups]
def in_groups(model: nn.Sequential, x: Tensor, size: int) -> Tensor:
    for start in range(0, len(model), size):
        x = checkpoint(model[start : start + size], x, use_reentrant=False)
    return x


# --8<-- [end:groups]


# --8<-- [start:shorten]
def shorten(x: Tensor, most: float) -> Tensor:
    factor: Tensor = most / x.norm().clamp(min=most)
    return x * factor


# --8<-- [end:shorten]
