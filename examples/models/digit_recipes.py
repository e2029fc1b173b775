"""Four recipes for one network on the 8×8 digits, and a trained network saved and loaded.

Run it: `python -m examples.models.digit_recipes`.
"""

from __future__ import annotations

import io
import statistics
from collections.abc import Iterable

import torch
from torch import nn

from examples.models.digits import Split, accuracy, net, small, train

RECIPES = {
    "Adam, 0.001": "adam",
    "SGD, 0.01, momentum 0.9": "sgd",
    "Adam, batch norm in place of dropout": "norm",
    "Adam, cosine from 0.003 to 0": "cosine",
}
"""What a reader calls a recipe, and what `trained` calls it."""


def norm_net(inputs: int) -> nn.Sequential:
    """Make the network of `net` with batch norm after each hidden layer, and no dropout."""
    return nn.Sequential(
        nn.Linear(inputs, 256), nn.BatchNorm1d(256), nn.ReLU(),
        nn.Linear(256, 128), nn.BatchNorm1d(128), nn.ReLU(),
        nn.Linear(128, 10),
    )  # fmt: skip


# --8<-- [start:trained]
def trained(recipe: str, data: Split, epochs: int) -> nn.Module:
    """Train by one of the recipes, `"adam"`, `"sgd"`, `"norm"` or `"cosine"`.

    Raises:
        ValueError: there is no such recipe.
    """
    pixels = data.x.shape[1]
    model = norm_net(pixels) if recipe == "norm" else net(pixels)
    if recipe == "sgd":
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
        train(model, data, epochs, optimizer)
    elif recipe == "cosine":
        adam = torch.optim.Adam(model.parameters(), lr=3e-3)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, T_max=epochs)
        train(model, data, epochs, adam, report=lambda *_: schedule.step())
    elif recipe in ("adam", "norm"):
        train(model, data, epochs)
    else:
        raise ValueError(f"no recipe {recipe!r}")
    return model


# --8<-- [end:trained]


def compare(data: Split, epochs: int, seeds: Iterable[int]) -> str:
    """Return a Markdown table: each recipe's accuracy on the test images, from several seeds."""
    seeds = list(seeds)
    rows = ["| recipe | mean | lowest | highest |", "|---|--:|--:|--:|"]
    for title, recipe in RECIPES.items():
        found = []
        for seed in seeds:
            torch.manual_seed(seed)
            found.append(accuracy(trained(recipe, data, epochs), data.x_test, data.y_test))
        mean = statistics.fmean(found)
        rows.append(f"| {title} | {mean:.1f} % | {min(found):.1f} % | {max(found):.1f} % |")
    return "\n".join(rows)


# --8<-- [start:save]
def saved(model: nn.Module) -> bytes:
    """Return a model's parameters and buffers, as `torch.save` writes them."""
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    return file.getvalue()


def loaded(model: nn.Module, content: bytes) -> nn.Module:
    """Put saved numbers into a model of the same build, and return it."""
    model.load_state_dict(torch.load(io.BytesIO(content), weights_only=True))
    return model


# --8<-- [end:save]


if __name__ == "__main__":
    print(compare(small(), epochs=20, seeds=range(3)))
