"""Worked solutions of the exercises of *Saving and loading*."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn


# --8<-- [start:unwrap]
def unwrap(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    bare = {}
    for name, tensor in state.items():
        while name.startswith(("module.", "_orig_mod.")):
            name = name.removeprefix("module.").removeprefix("_orig_mod.")
        bare[name] = tensor
    return bare


# --8<-- [end:unwrap]


# --8<-- [start:fits]
def load_what_fits(model: nn.Module, state: Mapping[str, torch.Tensor]) -> list[str]:
    own = model.state_dict()
    fits = {
        name: state[name]
        for name, tensor in own.items()
        if name in state and state[name].shape == tensor.shape
    }
    if not fits:
        raise ValueError("nothing in this file fits the model")
    return list(model.load_state_dict(fits, strict=False).missing_keys)


# --8<-- [end:fits]


# --8<-- [start:clean]
def save_clean(data: object, path: Path) -> None:
    beside = path.with_name(path.name + ".part")
    try:
        torch.save(data, beside)
        os.replace(beside, path)
    except BaseException:  # an interrupted run, too, should leave nothing behind
        beside.unlink(missing_ok=True)
        raise


# --8<-- [end:clean]


# --8<-- [start:rest]
def rest_of_epoch(state: torch.Tensor, n: int, size: int, done: int) -> list[torch.Tensor]:
    generator = torch.Generator()
    generator.set_state(state)
    order = torch.randperm(n, generator=generator)
    return list(order.split(size))[done:]


# --8<-- [end:rest]


# --8<-- [start:compact]
def compact(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {
        name: tensor.clone() if tensor.untyped_storage().nbytes() > tensor.nbytes else tensor
        for name, tensor in state.items()
    }


# --8<-- [end:compact]
