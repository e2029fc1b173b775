"""Worked solutions to the exercises of *Generalization*."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn


# --8<-- [start:stop]
def stop(losses: Sequence[float], patience: int) -> tuple[int, int]:
    """Walk through the epochs, and remember the best."""
    best, lowest = 0, float("inf")
    for epoch, loss in enumerate(losses, 1):
        if loss < lowest:
            best, lowest = epoch, loss
        if epoch - best >= patience:
            return best, epoch
    return best, len(losses)


# --8<-- [end:stop]


# --8<-- [start:dropped]
def dropped(x: Tensor, mask: Tensor, p: float) -> Tensor:
    """Where nothing stays, there is nothing to scale; 0 / 0 would be NaN."""
    if p == 1:
        return torch.zeros_like(x)
    return x * mask / (1 - p)


# --8<-- [end:dropped]


# --8<-- [start:normalized]
def normalized(
    x: Tensor, mean: Tensor, var: Tensor, training: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Make new running statistics first, so that the old ones are not changed."""
    if not training:
        return (x - mean) / torch.sqrt(var + 1e-5), mean, var
    new_mean = 0.9 * mean + 0.1 * x.mean(dim=0)
    new_var = 0.9 * var + 0.1 * x.var(dim=0)  # divides by n - 1
    centered = x - x.mean(dim=0)
    return centered / torch.sqrt((centered**2).mean(dim=0) + 1e-5), new_mean, new_var


# --8<-- [end:normalized]


# --8<-- [start:decay_step]
@torch.no_grad()
def decay_step(parameters: Iterable[nn.Parameter], lr: float, weight_decay: float) -> None:
    """The decay is a part of the weight, added to its gradient."""
    for p in parameters:
        if p.grad is not None:
            p.sub_(lr * (p.grad + weight_decay * p))


# --8<-- [end:decay_step]


# --8<-- [start:with_batch_norm]
def with_batch_norm(model: nn.Sequential) -> nn.Sequential:
    """Find the last linear layer, and put a norm after each of the others."""
    last = [layer for layer in model if isinstance(layer, nn.Linear)][-1]
    layers: list[nn.Module] = []
    for layer in model:
        layers.append(layer)
        if isinstance(layer, nn.Linear) and layer is not last:
            layers.append(nn.BatchNorm1d(layer.out_features))
    return nn.Sequential(*layers)


# --8<-- [end:with_batch_norm]
