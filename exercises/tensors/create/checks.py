"""Checks of the exercises of *Create*."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from bookparts.answers import described
from bookparts.forbidden import unchanged
from bookparts.practice import same


def check_table(answer: Callable[[list[list[int]]], Tensor]) -> None:
    """Try lists of lists of whole numbers, of several sizes, with signs."""
    tables = ([[170, 65, 25], [160, 55, 30]], [[1], [2], [3]], [[-4, 0]], [[300, 70_000, 1]])
    for rows in tables:
        want = torch.tensor(rows, dtype=torch.float32)
        same(answer(rows), want, f"for {rows}; torch.tensor takes the dtype of what it is given")


def check_megabytes_saved(answer: Callable[[tuple[int, ...]], float]) -> None:
    """Try small shapes, and some that no machine here could hold."""
    same(answer((1000, 1000)), 2.0, "Half of 4 bytes for each of a million numbers.")
    same(answer((32, 3, 224, 224)), 9.633792, "for the shape (32, 3, 224, 224)")
    same(answer((500_000,)), 1.0, "for the shape (500000,)")
    same(answer(()), 2e-6, "for the shape (), which is one number")
    huge = (1_000_000_000, 1_000_000_000)
    try:
        got = answer(huge)
    except (RuntimeError, MemoryError) as error:
        raise AssertionError(
            f"for the shape {huge} the memory is not enough ({type(error).__name__}). "
            "Do not make the numbers: multiply, or use the meta device."
        ) from None
    same(got, 2e12, f"for the shape {huge}")


def check_share_over(answer: Callable[[Tensor, int], Tensor]) -> None:
    """Shares that are not whole, none at all, and ages drawn at random."""
    ages = torch.tensor([25, 30, 22, 35])
    with unchanged(ages=ages):
        got = answer(ages, 28)
    same(got, torch.tensor(0.5), "Two of the four ages are above 28: their share is 0.5.")
    same(answer(ages, 30), torch.tensor(0.25), "Above the limit, not at it.")
    same(answer(ages, 99), torch.tensor(0.0), "Nobody is above 99.")
    same(answer(ages, 0), torch.tensor(1.0), "All are above 0.")
    for seed in range(5):
        ages = torch.randint(0, 90, (seed + 3,), generator=torch.Generator().manual_seed(seed))
        above = [age for age in ages.tolist() if age > 40]
        want = torch.tensor(len(above) / len(ages))
        same(answer(ages, 40), want, f"for the ages {ages.tolist()} and the limit 40")


def check_smallest_dtype(answer: Callable[[Tensor], torch.dtype]) -> None:
    """Values at the edges of the ranges, and tables drawn at random."""
    cases = [
        ([0, 255], torch.uint8),
        ([7], torch.uint8),
        ([-1, 127], torch.int8),
        ([-128], torch.int8),
        ([-1, 128], torch.int16),
        ([-129, 0], torch.int16),
        ([0, 256], torch.int16),
        ([32_767], torch.int16),
        ([-32_769], torch.int32),
        ([32_768], torch.int32),
        ([2**31 - 1], torch.int32),
        ([2**31], torch.int64),
        ([-(2**31) - 1, 5], torch.int64),
    ]
    tensors = [(torch.tensor(values), want) for values, want in cases]
    tensors.append((torch.tensor([[3, 300], [-2, 0]]), torch.int16))
    for values, want in tensors:
        with unchanged(values=values):
            got = answer(values)
        assert isinstance(got, torch.dtype), f"expected a torch.dtype, got {described(got)}"
        where = f"for {values.tolist()} expected {want}, got {got}"
        assert got == want, f"{where}; torch.iinfo has the ranges"


def check_with_ones(answer: Callable[[Tensor], Tensor]) -> None:
    """Several shapes and dtypes, and a device that holds no numbers."""
    x = torch.tensor([[5.0, 6.0], [7.0, 8.0], [9.0, 10.0]])
    with unchanged(x=x):
        got = answer(x)
    want = torch.tensor([[5.0, 6.0, 1.0], [7.0, 8.0, 1.0], [9.0, 10.0, 1.0]])
    same(got, want, "The ones are the last column: torch.cat([x, ones], dim=1).")
    for dtype in (torch.float64, torch.int64, torch.float16, torch.uint8):
        hint = f"for a {dtype} table; torch.ones makes float32 unless told otherwise"
        same(answer(x.to(dtype)), want.to(dtype), f"{hint}: pass dtype=x.dtype.")
    for shape in ((1, 1), (2, 5), (4, 4)):
        x = torch.randn(shape, generator=torch.Generator().manual_seed(shape[1]))
        want = torch.tensor([[*row, 1.0] for row in x.tolist()])
        same(answer(x), want, f"for a table of shape {shape}")
    hint = (
        "for a table on another device (the meta device, which holds no numbers): "
        "the ones must be on the device of x: pass device=x.device"
    )
    try:
        got = answer(torch.empty(4, 3, device="meta"))
    except RuntimeError:
        raise AssertionError(hint) from None
    assert got.device.type == "meta", hint
    assert got.shape == (4, 4), f"{hint}; expected shape (4, 4), got {tuple(got.shape)}"
