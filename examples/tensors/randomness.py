"""Where random numbers come from, who draws them, and what many starts show that one hides.

Used by `docs/tensors/randomness.md`. `python -m examples.tensors.randomness` learns XOR 200 times.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.data import Dataset

X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])


# --8<-- [start:one-start]
def one_start(hidden: int, steps: int = 400) -> list[float]:
    """Train a small network on XOR, from weights drawn at random.

    Args:
        hidden: units in the hidden layer.
        steps: how often the parameters are moved, on all four samples.

    Returns:
        The loss before each step.

    >>> _ = torch.manual_seed(0)
    >>> [round(loss, 3) for loss in one_start(hidden=4)[::399]]
    [0.688, 0.011]
    """
    first, last = nn.Linear(2, hidden), nn.Linear(hidden, 1)
    net = nn.Sequential(first, nn.ReLU(), last)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.5)
    losses = []
    for _ in range(steps):
        loss = nn.functional.binary_cross_entropy_with_logits(net(X), Y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


# --8<-- [end:one-start]


# --8<-- [start:many-starts]
def many_starts(seeds: Iterable[int], hidden: int, steps: int = 400) -> torch.Tensor:
    """Do what `one_start` does for many seeds, with all the networks in the same few tensors.

    The weights are stacked along a new first dimension. The gradient of the sum of the losses holds
    each network's own gradient, because no loss depends on another network's weights.

    Args:
        seeds: one network is made for each, as `torch.manual_seed(seed)` would have it.
        hidden, steps: as in `one_start`.

    Returns:
        The losses before each step, shape (seeds, steps).
    """
    starts = []
    for seed in seeds:
        torch.manual_seed(seed)
        layers = nn.Linear(2, hidden), nn.Linear(hidden, 1)
        starts.append([p.detach() for f in layers for p in (f.weight.T, f.bias[None])])
    stacked = [torch.stack(same).requires_grad_() for same in zip(*starts, strict=True)]
    first, bias, last, offset = stacked
    losses = []
    for _ in range(steps):
        logits = torch.relu(X @ first + bias) @ last + offset
        loss = nn.functional.binary_cross_entropy_with_logits(
            logits, Y.expand_as(logits), reduction="none"
        ).mean(dim=(1, 2))
        losses.append(loss.detach())
        gradients = torch.autograd.grad(loss.sum(), stacked)
        with torch.no_grad():
            for parameter, gradient in zip(stacked, gradients, strict=True):
                parameter -= 0.5 * gradient
    return torch.stack(losses, dim=1)


# --8<-- [end:many-starts]


# --8<-- [start:solved]
def solved(losses: torch.Tensor, below: float = 0.1) -> tuple[float, float]:
    """Say what share of the starts has learned, and how uncertain that share is.

    Args:
        losses: final losses, shape (starts,).
        below: a start with a smaller loss than this counts as solved.

    Returns:
        The share, and its standard error: the square root of share x (1 - share) / starts.

    >>> share, error = solved(torch.tensor([0.01, 0.02, 0.01, 0.69]))
    >>> round(share, 2), round(error, 2)
    (0.75, 0.22)
    """
    share = (losses < below).double().mean().item()
    return share, math.sqrt(share * (1 - share) / len(losses))


# --8<-- [end:solved]


# --8<-- [start:moves]
def moves(action: Callable[[], object]) -> bool:
    """Say whether an action draws from PyTorch's default CPU generator.

    Args:
        action: a function without arguments.

    >>> moves(lambda: torch.rand(3)), moves(lambda: torch.zeros(3))
    (True, False)
    """
    before = torch.get_rng_state()
    action()
    return not torch.equal(before, torch.get_rng_state())


# --8<-- [end:moves]


# --8<-- [start:seed-everything]
def seed_everything(seed: int) -> None:
    """Seed the global generators of Python, NumPy and PyTorch.

    Args:
        seed: from 0 to 2**32 - 1; NumPy takes no larger one.

    >>> seed_everything(0)
    >>> before = random.random(), np.random.rand(), torch.rand(())
    >>> seed_everything(0)
    >>> before == (random.random(), np.random.rand(), torch.rand(()))
    True
    """
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


# --8<-- [end:seed-everything]


# --8<-- [start:rand-by-hand]
def rand_by_hand(seed: int, count: int) -> torch.Tensor:
    """Compute what `torch.rand` gives after a seed, with NumPy's engine.

    Both are the Mersenne Twister. PyTorch takes the lowest 24 bits of each
    32-bit number, as many as a float32 can hold, and divides by 2**24.

    Args:
        seed: from 0 to 2**32 - 1.
        count: how many numbers.

    Returns:
        Shape (count,), float32, at least 0 and less than 1.

    >>> _ = torch.manual_seed(7)
    >>> torch.equal(torch.rand(1000), rand_by_hand(7, 1000))
    True
    """
    engine = np.random.RandomState(seed)
    bits = engine.randint(0, 2**32, size=count, dtype=np.uint32)
    return torch.tensor((bits % 2**24) / 2**24, dtype=torch.float32)


# --8<-- [end:rand-by-hand]


# --8<-- [start:own-generator]
class OwnGenerator(Dataset[float]):
    """Noise from a generator of its own: wrong with several workers."""

    def __init__(self, seed: int) -> None:
        self.generator = np.random.default_rng(seed)

    def __len__(self) -> int:
        return 8

    def __getitem__(self, index: int) -> float:
        return self.generator.random()


# --8<-- [end:own-generator]


# --8<-- [start:by-index]
class ByIndex(Dataset[float]):
    """Noise that depends on seed and index alone: right with any workers."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __len__(self) -> int:
        return 8

    def __getitem__(self, index: int) -> float:
        return np.random.default_rng([self.seed, index]).random()


# --8<-- [end:by-index]


# --8<-- [start:draw-starts]
def draw_starts(ax: Any, losses: torch.Tensor, below: float = 0.1, every: int = 20) -> None:
    """Draw the losses of many starts: solid where the start is solved at the end, else dashed.

    Args:
        ax: matplotlib axes.
        losses: shape (starts, steps).
        below: a start with a smaller last loss than this counts as solved.
        every: draw one step in so many.
    """
    from bookparts.figures import COLORS

    curves = losses[:, ::every].double()
    gap = torch.full((len(curves), 1), torch.nan, dtype=torch.float64)  # lifts the pen
    curves = torch.cat([curves, gap], dim=1)
    steps = torch.arange(curves.shape[1]) * every
    learned = losses[:, -1] < below
    for group, color, dash, width in (
        (learned, COLORS[0], "-", 0.8),
        (~learned, COLORS[1], (0, (4, 2)), 1.4),
    ):
        x, y = steps.repeat(int(group.sum())), curves[group].flatten()
        ax.plot(x, y, color=color, linestyle=dash, linewidth=width, marker="")
    ax.set(yscale="log", ylim=(0.004, 1.2), xlabel="step")


# --8<-- [end:draw-starts]


def main() -> None:
    """Print the share of solved starts for several widths."""
    for hidden in (2, 4, 8, 16):
        share, error = solved(many_starts(range(200), hidden)[:, -1])
        print(f"{hidden:>2} hidden units: {share:5.1%} solved, ± {error:.1%}")


if __name__ == "__main__":
    main()
