"""What a backward pass costs, measured against the forward pass."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import nn

Forward = Callable[[], torch.Tensor]


def polynomial(count: int) -> Forward:
    """Return the forward pass of x² + 3x + 1, summed over `count` float32 numbers.

    >>> polynomial(1)().shape
    torch.Size([])
    """
    torch.manual_seed(0)
    x = torch.randn(count, requires_grad=True)
    return lambda: (x**2 + 3 * x + 1).sum()


def digit_net(batch: int = 64) -> Forward:
    """Return the forward pass of a 784-256-128-10 net on random images, to its loss.

    >>> digit_net(4)().shape
    torch.Size([])
    """
    torch.manual_seed(0)
    layers = [nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10)]
    net = nn.Sequential(*layers)
    images, labels = torch.rand(batch, 784), torch.randint(0, 10, (batch,))
    return lambda: nn.functional.cross_entropy(net(images), labels)


def cost_of_backward(
    forward: Forward, rounds: int = 3, repeats: int = 5
) -> tuple[float, float, float]:
    """Measure how many times as long as forward the backward pass takes.

    Args:
        forward: computes a scalar, and records it anew at each call.
        rounds: how many times the two are compared.
        repeats: runs in a round, the fastest of which counts.

    Returns:
        The lowest and the highest ratio of the rounds, and the shortest forward pass in seconds.

    >>> low, high, seconds = cost_of_backward(polynomial(10))
    >>> low <= high
    True
    """
    ratios, fastest = [], float("inf")
    for _ in range(rounds):
        there, back = [], []
        for _ in range(repeats):
            start = time.perf_counter()
            result = forward()
            middle = time.perf_counter()
            result.backward()
            there.append(middle - start)
            back.append(time.perf_counter() - middle)
        ratios.append(min(back) / min(there))
        fastest = min(fastest, *there)
    return min(ratios), max(ratios), fastest
