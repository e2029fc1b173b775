"""What forgetting `zero_grad` does: many nets trained side by side, with it and without it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

Make = Callable[[Sequence[torch.Tensor]], Optimizer]


# --8<-- [start:path]
def path(make: Make, reset: bool, steps: int) -> list[float]:
    """Return where each step of an optimizer on (w - 3)² ends, from w = 0.

    Args:
        make: makes the optimizer of the parameters it is given.
        reset: whether the old gradient is forgotten before each backward.
        steps: how many steps to take.

    >>> path(lambda w: torch.optim.SGD(w, lr=0.5), True, 2)
    [3.0, 3.0]
    """
    w = torch.tensor(0.0, requires_grad=True)
    optimizer = make([w])
    places = []
    for _ in range(steps):
        loss = (w - 3) ** 2
        if reset:
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        places.append(w.item())
    return places


# --8<-- [end:path]


def clusters(count: int = 200) -> tuple[torch.Tensor, torch.Tensor]:
    """Return noisy XOR: points around the four corners of a square.

    Args:
        count: how many points, a quarter around each corner.

    Returns:
        Inputs of shape (count, 2) and targets of shape (count, 1), float32.
    """
    chance = torch.Generator().manual_seed(0)
    corner = torch.arange(count) % 4
    corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    inputs = corners[corner] + 0.2 * torch.randn(count, 2, generator=chance)
    return inputs, ((corner == 1) | (corner == 2)).float().unsqueeze(1)


def starts(number: int, hidden: int = 8) -> list[torch.Tensor]:
    """Return the parameters of many 2-hidden-1 nets at once, one net a row.

    Each is drawn as `nn.Linear` draws its own. An optimizer that works element by element, as all
    of those compared here do, treats the stack as if each net were trained alone.
    """
    chance = torch.Generator().manual_seed(0)
    shapes = (((2, hidden), 2), ((1, hidden), 2), ((hidden, 1), hidden), ((1, 1), hidden))
    stack = []
    for shape, fan_in in shapes:
        draw = torch.rand(number, *shape, generator=chance) * 2 - 1
        stack.append((draw / math.sqrt(fan_in)).requires_grad_())
    return stack


def logits(stack: Sequence[torch.Tensor], inputs: torch.Tensor) -> torch.Tensor:
    """Return every net's output before the sigmoid, shape (nets, samples, 1)."""
    w1, b1, w2, b2 = stack
    return torch.relu(inputs @ w1 + b1) @ w2 + b2


def race(
    make: Make, reset: bool, number: int = 40, steps: int = 400
) -> tuple[torch.Tensor, torch.Tensor]:
    """Train many nets on noisy XOR, with or without forgetting the old gradients.

    Args:
        make: makes the optimizer.
        reset: whether `zero_grad` is called.
        number: how many nets, each from its own start.
        steps: full-batch steps.

    Returns:
        The final loss and the share of right answers of each net, two tensors of shape (number,).
    """
    inputs, targets = clusters()
    wanted = targets.expand(number, -1, -1)
    stack = starts(number)
    optimizer = make(stack)
    loss_fn = nn.BCEWithLogitsLoss(reduction="none")
    for _ in range(steps):
        losses = loss_fn(logits(stack, inputs), wanted).mean((1, 2))
        if reset:
            optimizer.zero_grad()
        losses.sum().backward()
        optimizer.step()
    with torch.no_grad():
        answers = logits(stack, inputs)
        losses = loss_fn(answers, wanted).mean((1, 2))
        right = ((answers > 0) == (wanted > 0.5)).float().mean((1, 2))
    return losses, right


def compare(makers: dict[str, Make]) -> dict[str, tuple[float, float, float, float]]:
    """Race every optimizer twice; medians of loss and accuracy, with and without `zero_grad`."""
    medians = {}
    for name, make in makers.items():
        found: list[float] = []
        for reset in (True, False):
            losses, right = race(make, reset)
            found += [losses.median().item(), right.median().item()]
        medians[name] = (found[0], found[1], found[2], found[3])
    return medians


def draw_paths(ax: Any, paths: dict[str, Sequence[float]]) -> None:
    """Draw where each path of w is, step by step, and the goal."""
    from bookparts.figures import MUTED

    for (name, places), dash in zip(paths.items(), ("-", (0, (5, 2))), strict=False):
        ax.plot([0.0, *places], linestyle=dash, marker="", label=name)
    dots = {"color": MUTED, "linewidth": 1, "linestyle": (0, (1, 2)), "marker": ""}
    ax.plot([0, len(places)], [3, 3], **dots)
    ax.text(len(places) + 1, 3, "minimum", va="center", color=MUTED)
    ax.set(xlabel="step", ylabel="w", xlim=(-2, 1.18 * len(places)), ylim=(-0.5, 7.8))
    ax.legend(loc="upper right", ncols=2)
