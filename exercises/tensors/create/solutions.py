"""Worked solutions to the exercises of *Create*."""

from __future__ import annotations

import torch
from torch import Tensor


# --8<-- [start:table]
def table(rows: list[list[int]]) -> Tensor:
    """Whole numbers would give int64: name the dtype."""
    return torch.tensor(rows, dtype=torch.float32)


# --8<-- [end:table]


# --8<-- [start:megabytes_saved]
def megabytes_saved(shape: tuple[int, ...]) -> float:
    """Ask the meta device, which knows the size of numbers that it does not have."""
    full = torch.empty(shape, dtype=torch.float32, device="meta")
    half = torch.empty(shape, dtype=torch.float16, device="meta")
    return (full.nbytes - half.nbytes) / 1e6


# --8<-- [end:megabytes_saved]


# --8<-- [start:share_over]
def share_over(ages: Tensor, limit: int) -> Tensor:
    """Average the comparison: as floats, True is 1 and False is 0."""
    return (ages > limit).float().mean()


# --8<-- [end:share_over]


# --8<-- [start:smallest_dtype]
def smallest_dtype(values: Tensor) -> torch.dtype:
    """Take the first dtype whose range holds both the smallest and the largest value."""
    low, high = int(values.min()), int(values.max())
    for dtype in (torch.uint8, torch.int8, torch.int16, torch.int32):
        info = torch.iinfo(dtype)
        if info.min <= low and high <= info.max:
            return dtype
    return torch.int64


# --8<-- [end:smallest_dtype]


# --8<-- [start:with_ones]
def with_ones(x: Tensor) -> Tensor:
    """Make the ones with the dtype and device of x."""
    ones = torch.ones(x.shape[0], 1, dtype=x.dtype, device=x.device)
    return torch.cat([x, ones], dim=1)


# --8<-- [end:with_ones]
