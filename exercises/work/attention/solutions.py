"""Solutions of the exercises of *Attention*."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


# --8<-- [start:safely]
def attend_safely(q: Tensor, k: Tensor, v: Tensor, seen: Tensor) -> Tensor:
    anything = seen.any(dim=-1, keepdim=True)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    scores = scores.masked_fill(~seen & anything, -math.inf)  # a row of its own is never all -inf
    weights = scores.softmax(dim=-1) * anything
    return weights @ v


# --8<-- [end:safely]


# --8<-- [start:look]
def may_look(lengths: Tensor, time: int) -> Tensor:
    causal = torch.ones(time, time, dtype=torch.bool).tril()
    real = torch.arange(time) < lengths[:, None]  # (batch, time)
    return causal & real[:, None, None, :] & real[:, None, :, None]


# --8<-- [end:look]


# --8<-- [start:choose]
def choose(scores: Tensor, temperature: float, k: int) -> Tensor:
    best = scores.topk(1 if temperature == 0 else min(k, scores.shape[-1]), dim=-1)
    chances = (best.values / (temperature or 1)).softmax(dim=-1)
    return torch.zeros_like(scores).scatter(-1, best.indices, chances)


# --8<-- [end:choose]


# --8<-- [start:go]
@torch.no_grad()
def go_on(model: nn.Module, index: Tensor, more: int) -> Tensor:
    past: list[list[Tensor]] = [[] for _ in model.get_submodule("blocks").children()]
    new = index
    for _ in range(more):
        new = model(new, past)[:, -1].argmax(dim=-1, keepdim=True)
        index = torch.cat([index, new], dim=1)
    return index


# --8<-- [end:go]
