"""Your answers for *Devices*; check them with `python3 book.py check devices`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn


def ask(model: nn.Module, x: Tensor) -> Tensor:
    """Return `model(x)`, computed where the model's parameters are; nothing is recorded.

    Nothing for gradients, that is: neither in the result nor on the way to it.
    `x` may be on another device. If the model has no parameters, it is asked as `x` is.
    """
    raise NotImplementedError


def batch_to(batch: Any, device: torch.device | str) -> Any:
    """Return the batch with every tensor in it on `device`.

    A batch is a tensor, or a tuple, list or dict of batches, or anything else, which stays. The
    batch that comes in is left as it is.
    """
    raise NotImplementedError


def strays(model: nn.Module) -> list[str]:
    """Return the names of plain tensors in attributes of the model and of the modules in it.

    Parameters and buffers are no strays. `named_modules()` yields each module with its name; the
    model's own is `""`.
    """
    raise NotImplementedError


def plan(make: Callable[[], nn.Module], shape: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    """Return the shape of the output for an input of `shape`, and the parameters' bytes.

    `make` makes the model. No memory may be taken for the numbers of either.
    """
    raise NotImplementedError


def clock(
    work: Callable[[], object],
    wait: Callable[[], object],
    now: Callable[[], float],
    repeat: int,
) -> float:
    """Return the median seconds of `work()`, of `repeat` calls after one that does not count.

    `work` only places an order; `wait` returns when all orders are done; `now` tells the time.
    """
    raise NotImplementedError
