"""Write your answers here, then run `python3 book.py check optimizers`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn


def momentum_steps(w: Tensor, gradients: Sequence[Tensor], lr: float, momentum: float) -> Tensor:
    """Return the weight after a step of SGD with momentum for each gradient, in their order.

    The velocity starts at 0. Leave `w` as it is.
    """
    raise NotImplementedError


def adam_first_step(w: Tensor, g: Tensor, lr: float) -> Tensor:
    """Return the weight after Adam's first step; without eps.

    Where the gradient is 0 the weight stays. No power and no root is needed.
    """
    raise NotImplementedError


def largest_rate(a: float) -> float:
    """Return the learning rate at which SGD on a · (w − c)² bounces for ever; `a` is positive."""
    raise NotImplementedError


def scaled(train: Tensor, test: Tensor) -> tuple[Tensor, Tensor]:
    """Scale both tables (n, f) and (m, f) by the columns' mean and spread in `train`.

    The spread is `std(0)`; where it is 0, only the mean is subtracted.
    """
    raise NotImplementedError


def clip(parameters: Iterable[nn.Parameter], limit: float) -> float:
    """Shorten all gradients together to the length `limit` if they are longer, in place.

    Return their common length from before: the root of the sum of all squares. Parameters without
    a gradient are skipped.
    """
    raise NotImplementedError


def hold_then_fall(step: int, hold: int, total: int) -> float:
    """Return 1 for the first `hold` steps, then a line that is 0 from step `total` on.

    At step `hold` the line begins, at 1.
    """
    raise NotImplementedError
