"""Your answers to the exercises of *Shapes*; check them with `python3 book.py check shapes`."""

from __future__ import annotations

import torch
from torch import Tensor


def ages_of_tall(x: Tensor, limit: float) -> Tensor:
    """Return the ages of the people taller than `limit`: shape (number of them,).

    `x` has the shape (n, 3); its columns are height, weight and age.
    """
    raise NotImplementedError


def shares(x: Tensor) -> Tensor:
    """Return `x`, shape (n, f), with each row divided by its own sum, so that each sums to 1."""
    raise NotImplementedError


def picked(scores: Tensor, labels: Tensor) -> Tensor:
    """Return the score of each row's label: shape (n,).

    `scores` has the shape (n, classes); `labels`, int64 of shape (n,), names one column a row.
    """
    raise NotImplementedError


def mean_squared_error(predictions: Tensor, targets: Tensor) -> Tensor:
    """Return the mean of the squared differences: shape ().

    Raise a `ValueError` that names both shapes if they are not the same.
    """
    raise NotImplementedError


def distances(a: Tensor, b: Tensor) -> Tensor:
    """Return the straight-line distance from every row of `a` to every row of `b`.

    `a` has the shape (n, f), `b` the shape (m, f); the result has the shape (n, m). No loops.
    """
    raise NotImplementedError


def mended(x: Tensor, weights: Tensor, extra: Tensor) -> Tensor:
    """Return the outputs, shape (n, m), of n people with f features each.

    `x` has the shape (n, f). `weights` has the shape (m, f), one row an output. `extra` has the
    shape (n,), one number a person, which is added to all outputs of that person. The line
    `x @ weights + extra` is where to begin.
    """
    raise NotImplementedError
