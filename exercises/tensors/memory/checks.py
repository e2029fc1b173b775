"""Checks of the exercises of *Memory*."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import torch

from bookparts.forbidden import no_torch, unchanged
from bookparts.practice import same
from examples.tensors.memory import shares


def check_strides(answer: Callable[[tuple[int, ...]], tuple[int, ...]]) -> None:
    """Strides follow from the shape alone."""
    shapes: list[tuple[int, ...]] = [(6,), (2, 3), (2, 3, 4), (5, 1, 2), (), (1,), (3, 3, 3, 3)]
    rng = Random(0)
    shapes += [tuple(rng.randint(1, 9) for _ in range(length)) for length in (2, 3, 4, 5)]
    for shape in shapes:
        with no_torch("Count: a stride is the number of elements in all later dimensions."):
            got = answer(shape)
        same(
            got,
            torch.zeros(shape).stride(),
            f"for the shape {shape}: a stride is the number of elements in all later dimensions",
        )


def check_halved(answer: Callable[[torch.Tensor], torch.Tensor]) -> None:
    """The result is right, new, and the argument is as it was."""
    generator = torch.Generator().manual_seed(0)
    for x in (
        torch.tensor([[-2.0, 4.0], [0.0, -6.0]]),
        torch.tensor([2.0, 4.0]),
        torch.tensor([-1.0, -3.0]),
        torch.arange(-3.0, 3.0)[::2],
        torch.tensor(-5.0),
        torch.randn(3, 2, 4, generator=generator),
        torch.randn(4, 3, generator=generator).T,
    ):
        with unchanged(x=x):
            result = answer(x)
        where = f"for a tensor of shape {tuple(x.shape)}"
        same(result, x.clamp(min=0) / 2, f"{where}: negative elements become 0, others are halved")
        assert not shares(result, x), f"{where}: the result looks at the memory of the argument"


def check_model_input(answer: Callable[[np.ndarray], torch.Tensor]) -> None:
    """Every kind of array arrives as float32, in order, and alone."""
    read_only = np.array([1.0, 2.0], dtype=np.float32)
    read_only.flags.writeable = False
    kinds = {
        "float64": np.array([[1.0, 2.0], [3.0, 4.0]]),
        "int64": np.array([1, 2, 3]),
        "bool": np.array([True, False]),
        "float16": np.array([0.5, 1.5], dtype=np.float16),
        "float32": np.array([1.0, 2.0], dtype=np.float32),
        "float32 table": np.array([[1.0, 2.0], [3.0, 4.0]], dtype=np.float32),
        "sliced float32": np.arange(6, dtype=np.float32)[1:4],
        "stepped float32": np.arange(6, dtype=np.float32)[::2],
        "reversed": np.arange(5.0)[::-1],
        "reversed float32": np.arange(5, dtype=np.float32)[::-1],
        "transposed": np.arange(6.0).reshape(2, 3).T,
        "transposed float32": np.arange(6, dtype=np.float32).reshape(2, 3).T,
        "read-only": read_only,
        "read-only float64": np.broadcast_to(np.array([1.0]), (2, 3)),
        "zero-dimensional": np.array(2.5, dtype=np.float32),
    }
    for name, array in kinds.items():
        before = array.copy()
        result = answer(array)
        same(result, torch.tensor(array.tolist(), dtype=torch.float32), f"for a {name} array")
        assert result.is_contiguous(), f"for a {name} array: the result is not contiguous"
        apart = not np.shares_memory(result.detach().numpy(), array)
        assert apart, f"for a {name} array: the result shares NumPy's memory"
        result += 1  # broken memory, as of a tensor that was only expanded, would say so
        unmoved = bool((array == before).all())
        assert unmoved, f"for a {name} array: your function changed the array"


def check_windows(answer: Callable[[torch.Tensor, int], torch.Tensor]) -> None:
    """The rows are right, and they are a view."""
    for x, width in (
        (torch.arange(1, 5), 3),
        (torch.arange(10.0)[2:], 4),
        (torch.arange(9)[::2], 2),
        (torch.arange(5), 1),
        (torch.arange(5.0), 5),
        (torch.arange(20.0).reshape(5, 4)[:, 1], 3),
        (torch.arange(12)[1::3], 2),
    ):
        with unchanged(x=x):
            result = answer(x, width)
        rows = [x[start : start + width] for start in range(len(x) - width + 1)]
        same(result, torch.stack(rows), f"for {x.tolist()} and width {width}")
        assert shares(result, x), "the rows were copied; a view of `x` was asked for"
