"""The functions of `examples/tensors/create.py` tell the truth about dtypes and sizes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from examples.tensors import create


def test_the_people_are_a_float32_table_of_four_by_three() -> None:
    """The running example has the shape and dtype that the chapters name."""
    x = create.people()
    assert x.shape == (4, 3)
    assert x.dtype == torch.float32
    assert x.tolist() == create.PEOPLE


@pytest.mark.parametrize("dtype", create.FLOATS)
def test_a_dtype_counts_by_ones_exactly_up_to_the_named_number(dtype: torch.dtype) -> None:
    """Adding one has an effect below the limit, and none at it."""
    limit = create.counts_to(dtype)
    below = torch.tensor(limit - 1, dtype=dtype)
    at = torch.tensor(limit, dtype=dtype)
    one = torch.tensor(1, dtype=dtype)
    assert (below + one).item() == limit
    assert (at + one).item() == limit
    assert create.gap(float(limit), dtype) == 2.0


@pytest.mark.parametrize(
    ("dtype", "twin"), [(torch.float32, np.float32), (torch.float16, np.float16)]
)
@pytest.mark.parametrize("value", [1.0, 3.14, 1000.0])
def test_the_gap_is_the_one_that_numpy_gives(
    dtype: torch.dtype, twin: type[np.floating], value: float
) -> None:
    """NumPy's `spacing` is an independent answer to the same question."""
    assert create.gap(value, dtype) == float(np.spacing(twin(value)))


def test_megabytes_needs_no_memory_for_a_tensor_that_fits_nowhere() -> None:
    """A petabyte of numbers is measured without being made."""
    assert create.megabytes((10**6, 10**9), torch.int8) == 10**9


@pytest.mark.parametrize("dtype", create.INTEGERS)
def test_the_integer_table_has_the_range_of_every_dtype(dtype: torch.dtype) -> None:
    """The row of a dtype holds what two's complement says."""
    bits = dtype.itemsize * 8
    signed = dtype.is_signed
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    row = f"| `{create.name(dtype)}` | {bits} | {low:,} | {high:,} |"
    assert row in create.integer_table()


def test_the_float_table_keeps_digits_that_really_survive() -> None:
    """Every decimal of the promised length comes back from float32 and float16 unchanged."""
    generator = torch.Generator().manual_seed(0)
    for dtype, digits in ((torch.float32, 6), (torch.float16, 3), (torch.bfloat16, 2)):
        assert f"`{create.name(dtype)}`" in create.float_table()
        whole = torch.randint(10 ** (digits - 1), 10**digits, (500,), generator=generator)
        for value in whole.tolist():
            stored = torch.tensor(value * 1e-3, dtype=torch.float64).to(dtype).item()
            assert f"{stored:.{digits - 1}e}" == f"{value * 1e-3:.{digits - 1}e}"


def test_pick_device_names_a_device_that_works() -> None:
    """A tensor can be made there and read back."""
    assert torch.ones(2, device=create.pick_device()).cpu().sum().item() == 2.0


def test_slowdown_times_both_dtypes_as_often_as_asked() -> None:
    """The work is called with float32 and float64 in turn."""
    calls: list[torch.dtype] = []
    assert create.slowdown(calls.append, repeats=3) > 0
    assert calls == [torch.float32, torch.float64] * 3
