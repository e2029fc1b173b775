"""Your answers to the exercises of *Create*; check them with `python3 book.py check create`."""

from __future__ import annotations

import torch
from torch import Tensor


def table(rows: list[list[int]]) -> Tensor:
    """Return the rows, which hold whole numbers, as a float32 tensor of shape (n, f)."""
    raise NotImplementedError


def megabytes_saved(shape: tuple[int, ...]) -> float:
    """Return how many megabytes (10⁶ bytes) a tensor of this shape saves in float16.

    Compare with float32. The shape may be far too large for your memory: do not make the numbers.
    """
    raise NotImplementedError


def share_over(ages: Tensor, limit: int) -> Tensor:
    """Return the share of `ages`, int64 of shape (n,), that are above `limit`: float32, shape ().

    Of the ages 25, 30, 22, 35 the share above 28 is `tensor(0.5000)`.
    """
    raise NotImplementedError


def smallest_dtype(values: Tensor) -> torch.dtype:
    """Return the integer dtype with the fewest bits that holds every one of `values` (int64).

    Choose among uint8, int8, int16, int32 and int64; where both fit, uint8 before int8.
    """
    raise NotImplementedError


def with_ones(x: Tensor) -> Tensor:
    """Return `x`, shape (n, f), with a column of ones added at its right: shape (n, f + 1).

    The result has the dtype and the device of `x`, whatever they are.
    """
    raise NotImplementedError
