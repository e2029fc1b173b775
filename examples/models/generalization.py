"""Overfitting, and what helps: dropout, batch norm, weight decay, early stopping, more data.

Run it to compare the cures: `python -m examples.models.generalization`.
"""

from __future__ import annotations

import copy
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn


@dataclass(frozen=True)
class Data:
    """Digits in three parts: rows of 64 pixels from 0 to 1 (float32), labels from 0 to 9 (int64).

    `wrong`, bool of shape (n,), says which labels of the training part are false on purpose.
    """

    x: Tensor
    y: Tensor
    wrong: Tensor
    x_val: Tensor
    y_val: Tensor
    x_test: Tensor
    y_test: Tensor


# --8<-- [start:digits]
def digits(count: int = 200, wrong: int = 40) -> Data:
    """Return `count` of the 8×8 digits to train on, `wrong` of them with a false label.

    The parts for validation (400) and for the test (397) are the same for every `count`, have
    right labels, and share no image with the training part, which has 1,000 at the most.

    >>> data = digits()
    >>> len(data.x), len(data.x_val), len(data.x_test), int(data.wrong.sum())
    (200, 400, 397, 40)
    """
    files = load_digits()
    x, y = torch.from_numpy(files.data).float() / 16, torch.from_numpy(files.target).long()
    generator = torch.Generator().manual_seed(0)
    order = torch.randperm(len(x), generator=generator)
    train, val, test = order[:1000][:count], order[1000:1400], order[1400:]
    shift = torch.zeros(len(train), dtype=torch.long)
    shift[:wrong] = torch.randint(1, 10, (min(wrong, len(train)),), generator=generator)
    false = (y[train] + shift) % 10
    return Data(x[train], false, shift > 0, x[val], y[val], x[test], y[test])


# --8<-- [end:digits]


# --8<-- [start:net]
def net(dropout: float = 0.0, norm: bool = False, width: int = 128) -> nn.Sequential:
    """Make a network from 64 pixels to ten scores, with two hidden layers.

    >>> sum(p.numel() for p in net().parameters())
    26122
    """
    layers: list[nn.Module] = []
    for inputs in (64, width):
        layers.append(nn.Linear(inputs, width))
        if norm:
            layers.append(nn.BatchNorm1d(width))
        layers.append(nn.ReLU())
        if dropout:
            layers.append(nn.Dropout(dropout))
    return nn.Sequential(*layers, nn.Linear(width, 10))


# --8<-- [end:net]


# --8<-- [start:evaluate]
@torch.no_grad()
def evaluate(model: nn.Module, x: Tensor, y: Tensor) -> tuple[float, float]:
    """Return the loss and how many of 100 answers are right, in evaluation mode."""
    model.eval()
    scores = model(x)
    right = (scores.argmax(dim=1) == y).float().mean().item()
    return nn.functional.cross_entropy(scores, y).item(), 100 * right


# --8<-- [end:evaluate]


@dataclass
class History:
    """What was measured after each epoch of a training, in evaluation mode."""

    loss: list[float] = field(default_factory=list)
    right: list[float] = field(default_factory=list)
    val_loss: list[float] = field(default_factory=list)
    val_right: list[float] = field(default_factory=list)

    @property
    def best(self) -> int:
        """The epoch with the lowest validation loss, counted from 1."""
        return 1 + min(range(len(self.val_loss)), key=self.val_loss.__getitem__)

    def note(self, model: nn.Module, data: Data) -> None:
        """Measure the model on the training and on the validation part."""
        for (loss, right), losses, rights in (
            (evaluate(model, data.x, data.y), self.loss, self.right),
            (evaluate(model, data.x_val, data.y_val), self.val_loss, self.val_right),
        ):
            losses.append(loss)
            rights.append(right)


# --8<-- [start:keeper]
class Keeper:
    """Remember the model of the lowest validation loss, and say when to stop.

    Args:
        patience: how many epochs in a row may bring no new lowest loss.

    >>> keeper, model = Keeper(patience=2), nn.Linear(1, 1)
    >>> [keeper.enough(model, loss) for loss in (0.9, 0.5, 0.6, 0.5)]
    [False, False, False, True]
    """

    def __init__(self, patience: int) -> None:
        self.patience, self.lowest, self.waited = patience, float("inf"), 0
        self.state: dict[str, Tensor] = {}

    def enough(self, model: nn.Module, loss: float) -> bool:
        """Take the loss of an epoch; return whether patience is at its end."""
        if loss < self.lowest:
            self.lowest, self.waited = loss, 0
            self.state = copy.deepcopy(model.state_dict())
        else:
            self.waited += 1
        return self.waited >= self.patience

    def restore(self, model: nn.Module) -> None:
        """Give the model the parameters and buffers that it had at the lowest loss."""
        model.load_state_dict(self.state)


# --8<-- [end:keeper]


# --8<-- [start:fit]
def fit(
    model: nn.Module,
    data: Data,
    epochs: int = 80,
    weight_decay: float = 0.0,
    patience: int | None = None,
) -> History:
    """Train in batches of 25; with `patience`, stop early and go back to the best epoch."""
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=2e-3, weight_decay=weight_decay, fused=True
    )
    loss_fn = nn.CrossEntropyLoss()
    keeper, history = Keeper(patience or epochs), History()
    for _ in range(epochs):
        model.train()
        for index in torch.randperm(len(data.x)).split(25):
            scores = model(data.x[index])
            loss = loss_fn(scores, data.y[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        history.note(model, data)
        if patience and keeper.enough(model, history.val_loss[-1]):
            break
    if patience:
        keeper.restore(model)
    return history


# --8<-- [end:fit]


@dataclass(frozen=True)
class Run:
    """A trained model and its history."""

    model: nn.Sequential
    history: History


# --8<-- [start:recipes]
def seeded(seed: int, data: Data, dropout: float = 0.0, norm: bool = False, **how: float) -> Run:
    """Make and train a network, beginning with a seed; `how` goes to `fit`."""
    torch.manual_seed(seed)
    model = net(dropout, norm)
    return Run(model, fit(model, data, **how))  # type: ignore[arg-type]


RECIPES: dict[str, Callable[[int, Data], Run]] = {
    "nothing": seeded,
    "early stopping": lambda seed, data: seeded(seed, data, patience=10),
    "weight decay": lambda seed, data: seeded(seed, data, weight_decay=2.0),
    "dropout": lambda seed, data: seeded(seed, data, dropout=0.5),
    "batch norm": lambda seed, data: seeded(seed, data, norm=True),
}
# --8<-- [end:recipes]


def compare(data: Data, seeds: Iterable[int]) -> dict[str, list[Run]]:
    """Train by each recipe from each seed."""
    seeds = list(seeds)
    return {name: [train(seed, data) for seed in seeds] for name, train in RECIPES.items()}


def table(runs: dict[str, list[Run]], data: Data) -> str:
    """Return a Markdown table of the recipes: means over their runs, and the lowest and highest.

    >>> runs = {"nothing": [seeded(0, digits(50, 0), epochs=1)]}
    >>> print(table(runs, digits(50, 0)).splitlines()[0])
    | cure | training | validation | lowest to highest |
    """
    lines = ["| cure | training | validation | lowest to highest |", "|---|--:|--:|--:|"]
    for name, several in runs.items():
        train = [evaluate(run.model, data.x, data.y)[1] for run in several]
        val = [evaluate(run.model, data.x_val, data.y_val)[1] for run in several]
        mean = statistics.fmean
        spread = f"{min(val):.1f} to {max(val):.1f} %"
        lines.append(f"| {name} | {mean(train):.1f} % | {mean(val):.1f} % | {spread} |")
    return "\n".join(lines)


if __name__ == "__main__":
    ours = digits()
    print(table(compare(ours, range(3)), ours))
