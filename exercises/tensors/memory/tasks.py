"""Your answers to the exercises of *Memory*. Check them with `python3 book.py check memory`."""

from __future__ import annotations

import numpy as np
import torch


def strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the strides of a contiguous tensor of this shape, without making a tensor.

    Start from the last dimension: its stride is 1.
    """
    raise NotImplementedError


def halved(x: torch.Tensor) -> torch.Tensor:
    """Return a tensor like `x` in which negative elements are 0 and all others are halved.

    `x` is float32 of any shape. It must not change, and the result must not share its memory.
    """
    raise NotImplementedError


def model_input(array: np.ndarray) -> torch.Tensor:
    """Return the numbers of a NumPy array as a contiguous float32 tensor with its own memory.

    The array may be of any dtype and shape, have negative strides, or be read-only.
    """
    raise NotImplementedError


def windows(x: torch.Tensor, width: int) -> torch.Tensor:
    """Return all runs of `width` neighbors of `x` as rows that share its memory.

    `x` has shape (n,), perhaps with a stride other than 1; the result has shape
    (n - width + 1, width).
    """
    raise NotImplementedError
