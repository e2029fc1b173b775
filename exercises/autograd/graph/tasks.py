"""Your answers to the exercises of *The graph*. Check them with `python3 book.py check graph`."""

from __future__ import annotations

from collections.abc import Callable

import torch


def names(result: torch.Tensor) -> list[str]:
    """Return the class names of all nodes behind a tensor, each node once.

    The result's own node comes first; the order of the others is free. A tensor for which nothing
    was recorded gives an empty list.
    """
    raise NotImplementedError


def by_hand(w: float, x: float, b: float, target: float) -> tuple[float, float]:
    """Return the gradients of (w * x + b - target) ** 2 for w and for b.

    Without torch, and by the rules: what nudging finds is not exact.
    """
    raise NotImplementedError


def agrees(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> bool:
    """Say whether backward and a trial find the same gradient of `f` at `x`.

    `f` takes a tensor like `x` and returns one of shape (). `x` is a float tensor of any shape
    that does not require a gradient; leave it as it is. `examples.autograd.graph` has
    `finite_difference`; it wants float64.
    """
    raise NotImplementedError


def backward(result: torch.Tensor) -> dict[torch.Tensor, torch.Tensor]:
    """Return the gradient of a scalar for each leaf behind it, by calling the nodes yourself.

    Every node gets the sum of what all later nodes send to it, once. Called with it, a node returns
    one tensor or a tuple of them, in the order of its `next_functions`. The leaves' `.grad` stays
    `None`; `backward` and `torch.autograd.grad` are not asked.
    """
    raise NotImplementedError
