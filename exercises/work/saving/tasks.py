"""Your answers to the exercises of *Saving and loading*.

Check them with `python3 book.py check saving`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn


def unwrap(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return a new dictionary without `module.` and `_orig_mod.` at the beginning of the names.

    One, the other, both or neither may be there, in any order. The tensors are the same, and
    `state` is left as it is.
    """
    raise NotImplementedError


def load_what_fits(model: nn.Module, state: Mapping[str, torch.Tensor]) -> list[str]:
    """Load each tensor whose name and shape fit; return the names that kept their own numbers.

    The names are those of the model's state_dict, in its order. Whatever else is in `state` is
    left aside.

    Raises:
        ValueError: if nothing fits.
    """
    raise NotImplementedError


def save_clean(data: object, path: Path) -> None:
    """Save with `torch.save` so that under `path` there is always the old file, or the new one.

    There may be no old file. If saving raises, the folder is as it was before, and the error goes
    on to the caller.
    """
    raise NotImplementedError


def rest_of_epoch(state: torch.Tensor, n: int, size: int, done: int) -> list[torch.Tensor]:
    """Return the batches that remain of an epoch, as row numbers.

    Args:
        state: the state of the generator (`Generator.get_state()`) at the beginning of the epoch,
            from which `torch.randperm(n, generator=…)` drew the order.
        n: the number of samples.
        size: samples in a batch; the last one may be smaller.
        done: how many batches are done.

    Returns:
        int64 tensors, in order. The global generator draws nothing.
    """
    raise NotImplementedError


def compact(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return a new dictionary with the same numbers, whose file is no larger than they need.

    A tensor that fills its storage is not copied.
    """
    raise NotImplementedError
