"""Patterns of training programs; the skill for coding assistants holds the same text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

Batches = Iterable[tuple[Tensor, Tensor]]


# --8<-- [start:epoch]
def train_epoch(
    model: nn.Module, loss_fn: nn.Module, optimizer: torch.optim.Optimizer, batches: Batches
) -> float:
    """Train on each batch once, gradients clipped to length 1; return the mean loss."""
    model.train()
    total, count = 0.0, 0
    for x, y in batches:
        loss = loss_fn(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        total, count = total + loss.item() * len(x), count + len(x)
    return total / count


# --8<-- [end:epoch]


# --8<-- [start:evaluate]
@torch.inference_mode()
def accuracy(model: nn.Module, batches: Batches) -> float:
    """Return the share of samples whose highest score is the right class."""
    model.eval()
    right = count = 0
    for x, y in batches:
        right += int((model(x).argmax(dim=1) == y).sum())
        count += len(y)
    return right / count


# --8<-- [end:evaluate]


# --8<-- [start:accumulate]
def accumulate(model: nn.Module, loss_fn: nn.Module, batches: list[tuple[Tensor, Tensor]]) -> None:
    """Leave in `.grad` what one large batch would leave; each batch counts by its samples."""
    samples = sum(len(x) for x, _ in batches)
    model.zero_grad()
    for x, y in batches:
        (loss_fn(model(x), y) * len(x) / samples).backward()


# --8<-- [end:accumulate]


# --8<-- [start:mixed]
def mixed_step(
    model: nn.Module, loss_fn: nn.Module, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor
) -> float:
    """Train once, with matrix products in bfloat16; parameters and loss stay float32."""
    with torch.autocast(x.device.type, dtype=torch.bfloat16):
        output = model(x)
    loss: Tensor = loss_fn(output.float(), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


# --8<-- [end:mixed]


# --8<-- [start:save]
def save(path: Path, model: nn.Module, optimizer: torch.optim.Optimizer, epoch: int) -> None:
    """Keep all that training needs to go on."""
    states = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}
    torch.save(states, path)


def load(path: Path, model: nn.Module, optimizer: torch.optim.Optimizer) -> int:
    """Take up what `save` kept; return the epoch."""
    states = torch.load(path, map_location="cpu", weights_only=True)
    model.load_state_dict(states["model"])
    optimizer.load_state_dict(states["optimizer"])
    return int(states["epoch"])


# --8<-- [end:save]


# --8<-- [start:dataset]
class Pairs(Dataset[tuple[Tensor, Tensor]]):
    """Inputs and labels, one pair at a time."""

    def __init__(self, x: Tensor, y: Tensor) -> None:
        if len(x) != len(y):
            raise ValueError(f"{len(x)} inputs and {len(y)} labels")
        self.x, self.y = x, y

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, n: int) -> tuple[Tensor, Tensor]:
        return self.x[n], self.y[n]


def loader(data: Pairs, batch_size: int, seed: int) -> DataLoader[tuple[Tensor, Tensor]]:
    """Return batches in a new order each epoch, the same orders each run."""
    generator = torch.Generator().manual_seed(seed)
    return DataLoader(data, batch_size=batch_size, shuffle=True, generator=generator)


# --8<-- [end:dataset]


# --8<-- [start:start]
def start_values(model: nn.Module) -> None:
    """Start linear layers that ReLU follows: He's weights, and biases of 0."""
    for layer in model.modules():
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)


# --8<-- [end:start]
