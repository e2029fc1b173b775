"""Checks of the exercises of *Memory*."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from bookparts.practice import same
from examples.tensors.memory import shares


def check_strides(answer: Callable[[tuple[int, ...]], tuple[int, ...]]) -> None:
    """Strides follow from the shape alone."""
    for shape in ((6,), (2, 3), (2, 3, 4), (5, 1, 2), ()):
        same(
            answer(shape),
            torch.zeros(shape).stride(),
            f"for the shape {shape}: a stride is the number of elements in all later dimensions",
        )


def check_halved(answer: Callable[[torch.Tensor], torch.Tensor]) -> None:
    """The result is right, new, and the argument is as it was."""
    for x in (torch.tensor([[-2.0, 4.0], [0.0, -6.0]]), torch.arange(-3.0, 3.0)[::2]):
        before = x.clone()
        result = answer(x)
        same(x, before, "your function changed its argument: which line wrote in place?")
        same(result, x.clamp(min=0) / 2, "negative elements become 0, all others are halved")
        assert not shares(result, x), "the result looks at the memory of the argument"
    x = torch.tensor([2.0, 4.0])
    assert not shares(answer(x), x), "the result looks at the memory of the argument"


def check_model_input(answer: Callable[[np.ndarray], torch.Tensor]) -> None:
    """Every kind of array arrives as float32, in order, and alone."""
    read_only = np.array([1.0, 2.0], dtype=np.float32)
    read_only.flags.writeable = False
    kinds = {
        "float64": np.array([[1.0, 2.0], [3.0, 4.0]]),
        "int64": np.array([1, 2, 3]),
        "float32": np.array([1.0, 2.0], dtype=np.float32),
        "reversed": np.arange(5.0)[::-1],
        "transposed": np.arange(6.0).reshape(2, 3).T,
        "read-only": read_only,
    }
    for name, array in kinds.items():
        result = answer(array)
        same(result, torch.tensor(array.tolist(), dtype=torch.float32), f"for a {name} array")
        assert result.is_contiguous(), f"for a {name} array: the result is not contiguous"
        start = result.data_ptr()
        apart = not array.ctypes.data <= start < array.ctypes.data + max(array.nbytes, 1)
        assert apart, f"for a {name} array: the result shares NumPy's memory"


def check_windows(answer: Callable[[torch.Tensor, int], torch.Tensor]) -> None:
    """The rows are right, and they are a view."""
    for x, width in (
        (torch.arange(1, 5), 3),
        (torch.arange(10.0)[2:], 4),
        (torch.arange(9)[::2], 2),
    ):
        result = answer(x, width)
        rows = [x[start : start + width] for start in range(len(x) - width + 1)]
        same(result, torch.stack(rows), f"for {x.tolist()} and width {width}")
        assert shares(result, x), "the rows were copied; a view of `x` was asked for"
