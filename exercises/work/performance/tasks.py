"""Your answers to the exercises of *Performance*.

Check them with `python3 book.py check performance`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn


def medians(
    works: Mapping[str, Callable[[], object]], now: Callable[[], float], rounds: int
) -> dict[str, float]:
    """Time some functions in turns.

    Args:
        works: functions by name. Each is called once before anything counts.
        now: returns the time in seconds.
        rounds: how often each is timed; in each round, each of them once.

    Returns:
        The median seconds of a call, by name.
    """
    raise NotImplementedError


def nearest(points: Tensor, centers: Tensor) -> Tensor:
    """Return for each point the number of the center that is nearest to it.

    The number of operations is the same for any number of points and centers.

    Args:
        points: float, shape (points, dimensions).
        centers: float, shape (centers, dimensions).

    Returns:
        int64, shape (points,).
    """
    raise NotImplementedError


def in_groups(model: nn.Sequential, x: Tensor, size: int) -> Tensor:
    """Run a `Sequential` in groups of parts, and keep only what goes into each group.

    Args:
        model: result, gradients and dropout are those of `model(x)`.
        x: its input, which may want a gradient or not.
        size: how many parts are in a group; the last may have fewer.
    """
    raise NotImplementedError


def shorten(x: Tensor, most: float) -> Tensor:
    """Return a vector as it is, or shortened to the length `most` if it is longer.

    It compiles as one graph, and a vector of zeros has no nan in its gradient.

    Args:
        x: float, shape (n,).
        most: greater than 0.
    """
    raise NotImplementedError
