"""Worked solutions to the exercises of *Devices*."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn


# --8<-- [start:ask]
@torch.no_grad()
def ask(model: nn.Module, x: Tensor) -> Tensor:
    """One parameter tells where the model is."""
    first = next(model.parameters(), None)
    answer: Tensor = model(x if first is None else x.to(first.device))
    return answer


# --8<-- [end:ask]


# --8<-- [start:batch_to]
def batch_to(batch: Any, device: torch.device | str) -> Any:
    """Go down until there is a tensor."""
    if isinstance(batch, torch.Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {key: batch_to(value, device) for key, value in batch.items()}
    if isinstance(batch, tuple | list):
        return type(batch)(batch_to(value, device) for value in batch)
    return batch


# --8<-- [end:batch_to]


# --8<-- [start:strays]
def strays(model: nn.Module) -> list[str]:
    """Parameters and buffers are kept elsewhere than plain attributes, which `vars` shows."""
    found = []
    for prefix, module in model.named_modules():
        for name, value in vars(module).items():
            if isinstance(value, torch.Tensor):
                found.append(f"{prefix}.{name}" if prefix else name)
    return found


# --8<-- [end:strays]


# --8<-- [start:plan]
def plan(make: Callable[[], nn.Module], shape: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    """On the meta device, everything has a shape and a size, and takes no room."""
    with torch.device("meta"):
        model = make()
        output = model(torch.empty(shape))
    return tuple(output.shape), sum(parameter.nbytes for parameter in model.parameters())


# --8<-- [end:plan]


# --8<-- [start:clock]
def clock(
    work: Callable[[], object],
    wait: Callable[[], object],
    now: Callable[[], float],
    repeat: int,
) -> float:
    """Wait before the start, and before the end."""
    work()
    times = []
    for _ in range(repeat):
        wait()
        start = now()
        work()
        wait()
        times.append(now() - start)
    return statistics.median(times)


# --8<-- [end:clock]
