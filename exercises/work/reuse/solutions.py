"""Worked solutions of the exercises of *Reusing a trained network*."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


# --8<-- [start:swap]
def swap_head(model: nn.Module, name: str, classes: int) -> list[nn.Parameter]:
    old = getattr(model, name)  # raises if it is not there, and setattr would not
    new = nn.Linear(old.in_features, classes, bias=old.bias is not None)
    model.requires_grad_(False)
    setattr(model, name, new)
    return list(new.parameters())


# --8<-- [end:swap]


# --8<-- [start:mode]
def train_mode(model: nn.Module) -> None:
    model.train()
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)):
            own = list(module.parameters())
            if own and not any(p.requires_grad for p in own):
                module.eval()


# --8<-- [end:mode]


# --8<-- [start:groups]
def groups(model: nn.Sequential, lr: float, factor: float) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for part in reversed(model):
        wanted = [p for p in part.parameters() if p.requires_grad]
        if wanted:
            found.insert(0, {"params": wanted, "lr": lr})
            lr *= factor
    return found


# --8<-- [end:groups]


# --8<-- [start:means]
def row_means(table: torch.Tensor, ids: torch.Tensor, empty: int) -> torch.Tensor:
    seen = (ids != empty).unsqueeze(-1)  # (sentences, length, 1)
    rows = torch.where(seen, table[ids], 0.0)
    return rows.sum(dim=1) / seen.sum(dim=1).clamp(min=1)


# --8<-- [end:means]
