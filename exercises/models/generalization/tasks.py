"""Your answers for *Generalization*; check them with `python3 book.py check generalization`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn


def stop(losses: Sequence[float], patience: int) -> tuple[int, int]:
    """Return the best epoch seen, and the epoch after which training stops; both from 1.

    `losses` holds the validation loss of each epoch. Training stops when `patience` epochs in a
    row have brought no new lowest loss, or after the last epoch.
    """
    raise NotImplementedError


def dropped(x: Tensor, mask: Tensor, p: float) -> Tensor:
    """Return what dropout makes of `x` in training: its shape and dtype stay.

    `mask` is a bool tensor of the same shape: `True` stays. With `p` = 1 the result is all zeros.
    """
    raise NotImplementedError


def normalized(
    x: Tensor, mean: Tensor, var: Tensor, training: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the normalized batch, and the running mean and variance afterwards.

    `x` has the shape (n, features), `mean` and `var` have (features,). The batch is normalized by
    the variance that divides by n, plus 1e-5; the running variance takes a tenth of the one that
    divides by n - 1. The tensors that come in are left as they are.
    """
    raise NotImplementedError


def decay_step(parameters: Iterable[nn.Parameter], lr: float, weight_decay: float) -> None:
    """Do one step of SGD with weight decay, in place; skip parameters without a gradient."""
    raise NotImplementedError


def with_batch_norm(model: nn.Sequential) -> nn.Sequential:
    """Return a new `nn.Sequential`: batch norm after each linear layer of `model` but the last.

    The layers of `model` are used again, not copied; `model` itself stays as it is.
    """
    raise NotImplementedError
