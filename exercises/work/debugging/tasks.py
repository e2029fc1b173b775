"""Your answers to the exercises of *Debugging*. Check: `python3 book.py check debugging`."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def train(model: nn.Module, x: Tensor, y: Tensor, steps: int, lr: float = 0.01) -> list[float]:
    """Train on all rows with Adam and cross-entropy; return the loss of each step, before it.

    This is the broken one; four bugs are in it, and none raises an error:

        losses = []
        for _ in range(steps):
            optimizer = torch.optim.Adam(model.parameters(), lr=lr)
            output = model(x).softmax(dim=1)
            loss = nn.functional.cross_entropy(output, y)
            loss.backward()
            optimizer.zero_grad()
            optimizer.step()
            losses.append(loss)
        return losses

    Args:
        model: gives logits (n, classes). It may come in evaluation mode, or with old gradients; it
            is trained in training mode, and stays in it.
        x: rows (n, features).
        y: classes (n,), int64.
        steps: how many, 0 included.
        lr: the learning rate.
    """
    raise NotImplementedError


def stuck(model: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, str]:
    """Return the parameters that the coming step of plain SGD will not move, with the reason.

    Called between `backward()` and `step()`. The reasons, of which the first that applies counts:
    "not in the optimizer", "frozen", "no gradient", "gradient is 0". Nothing is changed.
    """
    raise NotImplementedError


def standardize(x: Tensor) -> Tensor:
    """Return x (n, features) with columns of mean 0 and standard deviation 1, as float32.

    A column that never changes becomes 0, and so does a single row. `x` stays as it is.
    """
    raise NotImplementedError


def accuracy(model: nn.Module, x: Tensor, y: Tensor) -> float:
    """Return how many of 100 rows the model gets right.

    Args:
        model: gives (n, classes), where the largest counts, or (n, 1), where above 0 means 1. Each
            module in it is afterwards in the mode in which it was.
        x: rows (n, features), n at least 1.
        y: classes (n,), int64 or float.
    """
    raise NotImplementedError
