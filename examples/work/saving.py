"""Save a training and go on with it, say why a file does not fit, and write files that are whole.

Used by the chapter *Saving and loading* (`docs/work/saving.md`). Run it alone for a short tour:
`python -m examples.work.saving`.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import cross_entropy
from torch.optim import Adam, Optimizer
from torch.optim.lr_scheduler import CosineAnnealingLR, LRScheduler


# --8<-- [start:digits]
def digits(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the first 8×8 digits, float64 of shape (count, 64) from 0 to 1, and their labels.

    >>> x, y = digits(3)
    >>> tuple(x.shape), y.tolist()
    ((3, 64), [0, 1, 2])
    """
    table = load_digits()
    return torch.tensor(table.data[:count]) / 16, torch.tensor(table.target[:count])


# --8<-- [end:digits]


# --8<-- [start:contents]
def contents(path: Path) -> dict[str, int]:
    """List what is in a file of `torch.save`, each entry with its bytes."""
    with zipfile.ZipFile(path) as file:
        return {entry.filename: entry.file_size for entry in file.infolist()}


# --8<-- [end:contents]


# --8<-- [start:differences]
def differences(model: nn.Module, state: Mapping[str, torch.Tensor]) -> list[str]:
    """Say why a state does not fit a model, one line for each name that does not.

    >>> differences(nn.Linear(3, 1), {"weight": torch.zeros(1, 4)})
    ['weight: (1, 4) in the file, (1, 3) in the model', 'bias: missing']
    """
    lines = []
    own = model.state_dict()
    for name, tensor in own.items():
        if name not in state:
            lines.append(f"{name}: missing")
        elif state[name].shape != tensor.shape:
            there, here = tuple(state[name].shape), tuple(tensor.shape)
            lines.append(f"{name}: {there} in the file, {here} in the model")
    return lines + [f"{name}: unexpected" for name in state if name not in own]


# --8<-- [end:differences]


# --8<-- [start:start]
def start(seed: int) -> tuple[nn.Module, Optimizer, LRScheduler]:
    """Return a fresh network, its optimizer, and a schedule of 200 steps."""
    torch.manual_seed(seed)
    layers = nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.05), nn.Linear(64, 10)
    model = nn.Sequential(*layers).double()  # sixteen digits, so that every machine prints the same
    optimizer = Adam(model.parameters(), lr=0.03)
    return model, optimizer, CosineAnnealingLR(optimizer, T_max=200)


# --8<-- [end:start]


# --8<-- [start:train]
def train(
    model: nn.Module,
    optimizer: Optimizer,
    scheduler: LRScheduler,
    data: tuple[torch.Tensor, torch.Tensor],
    epochs: int,
) -> list[float]:
    """Train in shuffled batches of 64, and return the loss of each step."""
    x, y = data
    losses = []
    model.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(64):
            loss = cross_entropy(model(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
            losses.append(loss.item())
    return losses


# --8<-- [end:train]


# --8<-- [start:pack]
def pack(
    model: nn.Module, optimizer: Optimizer, scheduler: LRScheduler, epoch: int
) -> dict[str, Any]:
    """Return all that a training needs to go on after `epoch` epochs."""
    return {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
        "random": torch.get_rng_state(),
        "epoch": epoch,
    }


# --8<-- [end:pack]


# --8<-- [start:unpack]
def unpack(
    checkpoint: Mapping[str, Any],
    model: nn.Module,
    optimizer: Optimizer,
    scheduler: LRScheduler,
) -> int:
    """Put everything back where it was, and return how many epochs are done."""
    model.load_state_dict(checkpoint["model"])
    optimizer.load_state_dict(checkpoint["optimizer"])
    scheduler.load_state_dict(checkpoint["scheduler"])
    torch.set_rng_state(checkpoint["random"])  # last: nothing may draw after it
    return int(checkpoint["epoch"])


# --8<-- [end:unpack]


# --8<-- [start:forget]
def forget(checkpoint: Mapping[str, Any], part: str) -> dict[str, Any]:
    """Return the checkpoint with one part as it would be in a program that never saved it.

    Args:
        checkpoint: what `pack` returned.
        part: "model", "optimizer", "averages" (of the optimizer), "scheduler", "random", or ""
            to forget nothing.
    """
    fresh = pack(*start(seed=1), epoch=0)
    kept = dict(checkpoint)
    if part == "averages":
        kept["optimizer"] = {**checkpoint["optimizer"], "state": {}}
    elif part:
        kept[part] = fresh[part]
    return kept


# --8<-- [end:forget]


# --8<-- [start:save-whole]
def save_whole(data: object, path: Path) -> None:
    """Save to a second file, which takes the first one's place when it is whole."""
    beside = path.with_name(path.name + ".part")
    with beside.open("wb") as file:
        torch.save(data, file)
        file.flush()
        os.fsync(file.fileno())  # not only promised to the disk: written
    os.replace(beside, path)


# --8<-- [end:save-whole]


def main() -> None:
    """Stop a training, go on from a file, and compare with one that was not stopped."""
    data = digits(640)
    training = start(seed=0)
    train(*training, data, epochs=2)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "last.pt"
        save_whole(pack(*training, epoch=2), path)
        wanted = train(*training, data, epochs=2)
        again = start(seed=1)
        unpack(torch.load(path), *again)
    print("resumed equals uninterrupted:", train(*again, data, epochs=2) == wanted)


if __name__ == "__main__":
    main()
