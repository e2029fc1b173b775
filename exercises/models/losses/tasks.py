"""Your answers to the exercises of *Losses*; check them with `python3 book.py check losses`."""

from __future__ import annotations

import torch
from torch import Tensor


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the cross-entropy of each sample: shape (n,).

    `logits` has the shape (n, classes); `labels`, int64 of shape (n,), names the right classes.
    """
    raise NotImplementedError


def yes_or_no_loss(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the mean binary cross-entropy: shape ().

    `outputs` are logits of shape (n, 1); `targets` are 0 and 1 as int64, of shape (n,).
    """
    raise NotImplementedError


def lowest(classes: int) -> float:
    """Return the lowest cross-entropy that is possible if a softmax comes before the loss."""
    raise NotImplementedError


def bce_with_logits(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the mean binary cross-entropy, right for any logit: shape ().

    `logits` and `targets`, from 0 to 1, are float32 of the same shape. Use no ready-made loss.
    """
    raise NotImplementedError


def known_mse(predictions: Tensor, targets: Tensor) -> Tensor:
    """Return the mean squared error where `targets` is not nan, and 0 if it is nowhere known.

    Both are float32 of shape (n,); the result has the shape (), and can be sent backward.
    """
    raise NotImplementedError
