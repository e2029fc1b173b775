"""Worked solutions of the exercises of *Debugging*."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


# --8<-- [start:broken_train]
def broken_train(model: nn.Module, x: Tensor, y: Tensor, steps: int) -> list[Tensor]:
    losses = []
    for _ in range(steps):
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        output = model(x).softmax(dim=1)
        loss = F.cross_entropy(output, y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss)
    return losses


# --8<-- [end:broken_train]


# --8<-- [start:train]
def train(model: nn.Module, x: Tensor, y: Tensor, steps: int, lr: float = 0.01) -> list[float]:
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# --8<-- [end:train]


# --8<-- [start:stuck]
def stuck(model: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, str]:
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    reasons = {}
    for name, p in model.named_parameters():
        if id(p) not in held:
            reasons[name] = "not in the optimizer"
        elif not p.requires_grad:
            reasons[name] = "frozen"
        elif p.grad is None:
            reasons[name] = "no gradient"
        elif not p.grad.any():
            reasons[name] = "gradient is 0"
    return reasons


# --8<-- [end:stuck]


# --8<-- [start:standardize]
def standardize(x: Tensor) -> Tensor:
    x = x.float()
    if len(x) == 1:
        return torch.zeros_like(x)
    spread = x.std(dim=0)
    spread[(x == x[0]).all(dim=0)] = 1.0
    return (x - x.mean(dim=0)) / spread * (x != x[0]).any(dim=0)


# --8<-- [end:standardize]


# --8<-- [start:accuracy]
@torch.no_grad()
def accuracy(model: nn.Module, x: Tensor, y: Tensor) -> float:
    modes = {module: module.training for module in model.modules()}
    model.eval()
    output = model(x)
    for module, training in modes.items():
        module.training = training
    answers = (output[:, 0] > 0).long() if output.shape[1] == 1 else output.argmax(dim=1)
    hits: Tensor = answers == y
    return 100 * hits.float().mean().item()


# --8<-- [end:accuracy]
