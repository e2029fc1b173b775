"""Checks of the exercises of *Create*."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from bookparts.practice import same


def check_table(answer: Callable[[list[list[int]]], Tensor]) -> None:
    """Try a list of lists of whole numbers, of any size."""
    for rows in ([[170, 65, 25], [160, 55, 30]], [[1], [2], [3]]):
        want = torch.tensor(rows, dtype=torch.float32)
        same(answer(rows), want, "torch.tensor takes the dtype of what it is given.")


def check_megabytes_saved(answer: Callable[[tuple[int, ...]], float]) -> None:
    """Try a small shape, and one that no machine here could hold."""
    same(answer((1000, 1000)), 2.0, "Half of 4 bytes for each of a million numbers.")
    same(answer((32, 3, 224, 224)), 9.633792)
    same(answer((1_000_000, 10_000_000)), 2e7, "Do not make the numbers: use the meta device.")


def check_share_over(answer: Callable[[Tensor, int], Tensor]) -> None:
    """Shares that are not whole, and none at all."""
    ages = torch.tensor([25, 30, 22, 35])
    hint = "Whole numbers have no mean: make the comparison's result floating point first."
    same(answer(ages, 28), torch.tensor(0.5), hint)
    same(answer(ages, 30), torch.tensor(0.25), "Above the limit, not at it.")
    same(answer(ages, 99), torch.tensor(0.0))


def check_smallest_dtype(answer: Callable[[Tensor], torch.dtype]) -> None:
    """Values at the edges of the ranges."""
    cases = [
        ([0, 255], torch.uint8),
        ([-1, 127], torch.int8),
        ([-1, 128], torch.int16),
        ([0, 256], torch.int16),
        ([-32_769], torch.int32),
        ([2**31], torch.int64),
    ]
    for values, want in cases:
        got = answer(torch.tensor(values))
        assert got == want, f"for {values} expected {want}, got {got}; torch.iinfo has the ranges"


def check_with_ones(answer: Callable[[Tensor], Tensor]) -> None:
    """Different dtypes, and a device that holds no numbers."""
    for dtype in (torch.float32, torch.float64, torch.int64):
        x = torch.tensor([[5, 6], [7, 8], [9, 10]], dtype=dtype)
        want = torch.tensor([[5, 6, 1], [7, 8, 1], [9, 10, 1]], dtype=dtype)
        same(answer(x), want, "torch.ones makes float32 unless told otherwise: pass dtype=x.dtype.")
    got = answer(torch.empty(4, 3, device="meta"))
    assert got.device.type == "meta", "the ones must be on the device of x: pass device=x.device"
    assert got.shape == (4, 4), f"expected shape (4, 4), got {tuple(got.shape)}"
