"""Your answers to the exercises of *Digits*; check them with `python3 book.py check digits`."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


def accuracy(scores: Tensor, labels: Tensor) -> float:
    """Return how many of 100 answers are right, as a Python float.

    `scores` has the shape (n, classes); the class with the highest one is the answer. `labels`
    are int64 of shape (n,).
    """
    raise NotImplementedError


def recall(counts: Tensor) -> Tensor:
    """Return the share of each class that was recognized: float32 of shape (classes,).

    `counts` is a confusion matrix, int64: rows are what the images show, columns the answers.
    A class without images gets 0.
    """
    raise NotImplementedError


def least_sure(scores: Tensor, k: int) -> Tensor:
    """Return the positions of the k least sure answers, int64 of shape (k,), the least sure first.

    `scores` has the shape (n, classes). An answer is as sure as the probability, by softmax, of
    its class.
    """
    raise NotImplementedError


def flat_size(side: int, channels: int, rounds: int) -> int:
    """Return how many numbers of an image leave so many rounds of convolution and pooling.

    The image has side × side pixels. Each round is a 3 × 3 convolution with `padding=1`, and a
    2 × 2 max pooling; the last convolution makes `channels` images.
    """
    raise NotImplementedError


def vote(models: Sequence[nn.Module], x: Tensor) -> Tensor:
    """Return the class with the highest mean probability over all models: int64 of shape (n,).

    Each model turns `x`, shape (n, features), into scores (n, classes). Switch its dropout off,
    and take no notes for gradients.
    """
    raise NotImplementedError
