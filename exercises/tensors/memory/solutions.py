"""Worked solutions of the exercises of *Memory*."""

from __future__ import annotations

import numpy as np
import torch


# --8<-- [start:strides]
def strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the strides of a contiguous tensor of this shape."""
    result: list[int] = []
    step = 1
    for length in reversed(shape):
        result.insert(0, step)
        step *= length
    return tuple(result)


# --8<-- [end:strides]


# --8<-- [start:halved]
def halved(x: torch.Tensor) -> torch.Tensor:
    """Return a new tensor: negative elements become 0, others half."""
    result = x / 2  # a new tensor, so that writing into it harms nobody
    result[result < 0] = 0
    return result


# --8<-- [end:halved]


# --8<-- [start:model-input]
def model_input(array: np.ndarray) -> torch.Tensor:
    """Return an array as a contiguous float32 tensor with its own memory."""
    return torch.from_numpy(np.array(array, dtype=np.float32, order="C"))


# --8<-- [end:model-input]


# --8<-- [start:windows]
def windows(x: torch.Tensor, width: int) -> torch.Tensor:
    """Return all runs of `width` neighbors of `x` as rows of a view."""
    shape = (len(x) - width + 1, width)
    step = x.stride(0)
    return x.as_strided(shape, (step, step), x.storage_offset())


# --8<-- [end:windows]
