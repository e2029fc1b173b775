"""Update rules by hand, in a form that can be compared with torch's step by step.

Run it: `python -m examples.models.optimizers`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Protocol

import torch
from torch import Tensor


class Rule(Protocol):
    """A way to get a new weight from the old one and its gradient."""

    def step(self, w: Tensor, g: Tensor) -> Tensor:
        """Return the weight after one step; `w` and `g` have one shape and one float dtype."""


# --8<-- [start:descend]
def descend(lr: float, steps: int, start: float = 0.0) -> list[float]:
    """Go down (w − 3)² by SGD; return every w, the start first.

    >>> descend(lr=0.5, steps=2)
    [0.0, 3.0, 3.0]
    """
    w = torch.tensor(start, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=lr)
    path = [w.item()]
    for _ in range(steps):
        loss = (w - 3) ** 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        path.append(w.item())
    return path


# --8<-- [end:descend]


def arrival(path: list[float], goal: float = 3.0, within: float = 0.01) -> int | None:
    """Return the step from which on a path stays near its goal, or None.

    >>> arrival(descend(lr=0.1, steps=100))
    26
    """
    far = [n for n, w in enumerate(path) if not abs(w - goal) < within]
    first = far[-1] + 1 if far else 0
    return first if first < len(path) else None


def crossings(path: list[float], goal: float = 3.0) -> int:
    """Count how often a path jumps over its goal.

    >>> crossings([0.0, 6.0, 0.0, 3.0])
    2
    """
    return sum((a - goal) * (b - goal) < 0 for a, b in pairwise(path))


# --8<-- [start:sgd]
class SGD:
    """Plain descent: w ← w − lr · g."""

    def __init__(self, lr: float) -> None:
        self.lr = lr

    def step(self, w: Tensor, g: Tensor) -> Tensor:
        """Go against the gradient."""
        return w - self.lr * g


# --8<-- [end:sgd]


# --8<-- [start:momentum]
class Momentum:
    """Go on with a part of the last step."""

    def __init__(self, lr: float, momentum: float = 0.9) -> None:
        self.lr, self.momentum = lr, momentum
        self.velocity: Tensor | float = 0.0

    def step(self, w: Tensor, g: Tensor) -> Tensor:
        """Add the gradient to what is left of the velocity, and move by that."""
        self.velocity = self.momentum * self.velocity + g
        return w - self.lr * self.velocity


# --8<-- [end:momentum]


# --8<-- [start:rmsprop]
class RMSprop:
    """Divide each gradient by its own usual size."""

    def __init__(self, lr: float, keep: float = 0.99, eps: float = 1e-8) -> None:
        self.lr, self.keep, self.eps = lr, keep, eps
        self.square: Tensor | float = 0.0

    def step(self, w: Tensor, g: Tensor) -> Tensor:
        """Follow the mean of the squared gradient, and divide by its root."""
        self.square = self.keep * self.square + (1 - self.keep) * g**2
        return w - self.lr * g / (self.square**0.5 + self.eps)


# --8<-- [end:rmsprop]


# --8<-- [start:adam]
class Adam:
    """Momentum, divided by the usual size, both corrected for their start at 0."""

    def __init__(
        self, lr: float, keep: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8
    ) -> None:
        self.lr, self.keep, self.eps = lr, keep, eps
        self.mean: Tensor | float = 0.0
        self.square: Tensor | float = 0.0
        self.count = 0

    def step(self, w: Tensor, g: Tensor) -> Tensor:
        """Move by the mean gradient over the root of the mean square."""
        one, two = self.keep
        self.count += 1
        self.mean = one * self.mean + (1 - one) * g
        self.square = two * self.square + (1 - two) * g**2
        mean = self.mean / (1 - one**self.count)
        square = self.square / (1 - two**self.count)
        return w - self.lr * mean / (square**0.5 + self.eps)


# --8<-- [end:adam]


# --8<-- [start:adamw]
class AdamW(Adam):
    """Adam, after each weight has been shrunk a little."""

    def __init__(self, lr: float, decay: float = 0.01) -> None:
        super().__init__(lr)
        self.decay = decay

    def step(self, w: Tensor, g: Tensor) -> Tensor:
        """Shrink, then take Adam's step."""
        return super().step(w * (1 - self.lr * self.decay), g)


# --8<-- [end:adamw]


# --8<-- [start:valley]
def valley(w: Tensor) -> Tensor:
    """Twenty times as steep across as along: a scalar from shape (2,)."""
    return (w[0] ** 2 + 20 * w[1] ** 2) / 2


# --8<-- [end:valley]

START = (-4.0, 1.0)


# --8<-- [start:follow]
def follow(
    make: Callable[[list[Tensor]], torch.optim.Optimizer],
    steps: int,
    start: tuple[float, float] = START,
) -> Tensor:
    """Go down the valley with torch; return (steps + 1, 2), float64.

    >>> follow(lambda p: torch.optim.SGD(p, lr=0.05), steps=3).shape
    torch.Size([4, 2])
    """
    w = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = make([w])
    path = [w.detach().clone()]
    for _ in range(steps):
        loss = valley(w)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        path.append(w.detach().clone())
    return torch.stack(path)


# --8<-- [end:follow]


# --8<-- [start:follow_by_hand]
def follow_by_hand(
    rule: Rule,
    steps: int,
    start: tuple[float, float] = START,
) -> Tensor:
    """Go down the valley with a rule of ours; the slopes are w₀ and 20·w₁."""
    w = torch.tensor(start, dtype=torch.float64)
    path = [w]
    for _ in range(steps):
        w = rule.step(w, w * torch.tensor([1.0, 20.0]))
        path.append(w)
    return torch.stack(path)


# --8<-- [end:follow_by_hand]


# --8<-- [start:warmup_cosine]
def warmup_cosine(step: int, warmup: int, total: int) -> float:
    """Return a factor for the rate: up a straight line, down half a cosine.

    >>> [round(warmup_cosine(n, warmup=2, total=6), 2) for n in range(7)]
    [0.5, 1.0, 1.0, 0.85, 0.5, 0.15, 0.0]
    """
    if step < warmup:
        return (step + 1) / warmup
    done = (step - warmup) / (total - warmup)
    return 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))


# --8<-- [end:warmup_cosine]


def schedulers() -> list[str]:
    """List the learning-rate schedulers that torch has, by name.

    >>> "CosineAnnealingLR" in schedulers()
    True
    """
    module = torch.optim.lr_scheduler
    return sorted(
        name
        for name, kind in vars(module).items()
        if isinstance(kind, type)
        and issubclass(kind, module.LRScheduler)
        and kind is not module.LRScheduler
        and not name.startswith("_")
    )


if __name__ == "__main__":
    for rate in (0.01, 0.1, 0.5, 0.9, 1.0, 1.1):
        print(rate, [round(w, 3) for w in descend(rate, 5)], arrival(descend(rate, 500)))
    print(schedulers())
