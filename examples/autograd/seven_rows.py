"""Seven pieces of the mini framework and of torch, both run, and compared.

The two columns are two programs: each piece's code is run in the order of the table, the left side
in one namespace, the right side in another, and after each piece the results are compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import torch
from torch import nn
from torch.utils.data import DataLoader as TorchLoader
from torch.utils.data import TensorDataset

from examples.autograd import framework
from examples.autograd.beside import flat, load
from examples.autograd.circles import two_rings
from examples.autograd.framework import Layer, Matrix


# --8<-- [start:row]
@dataclass(frozen=True)
class Row:
    """One piece: the code that makes it on both sides, and what must agree afterwards."""

    name: str
    mini: str
    torch: str
    agree: str
    """The name of the function that asks a piece for numbers: of `OURS` here, of `THEIRS` there."""


# --8<-- [end:row]


# --8<-- [start:rows]
ROWS = [
    Row("linear", "Linear(2, 8, rng)", "nn.Linear(2, 8)", "there_and_back"),
    Row("activation", "ReLU()", "nn.ReLU()", "there_and_back"),
    Row("dropout", "Dropout(0.2, rng)", "nn.Dropout(0.2)", "both_modes"),
    Row("norm", "BatchNorm(2)", "nn.BatchNorm1d(2)", "there_and_back"),
    Row(
        "model",
        "Sequential(linear, activation, Linear(8, 1, rng))",
        "nn.Sequential(linear, activation, nn.Linear(8, 1))",
        "there_and_back",
    ),
    Row(
        "optimizer",
        "Adam(model.parameters(), lr=0.01)",
        "torch.optim.Adam(model.parameters(), lr=0.01)",
        "ten_rounds",
    ),
    Row(
        "loader",
        "DataLoader(X, T, batch_size=3)",
        "DataLoader(TensorDataset(X, T), batch_size=3)",
        "batches",
    ),
]
# --8<-- [end:rows]

SAMPLES = 8


class Ours:
    """Ask a piece of the mini framework for numbers."""

    def __init__(self) -> None:
        self.X, self.T = two_rings(SAMPLES, Random(0))
        self.names: dict[str, Any] = {"X": self.X, "T": self.T, "rng": Random(1)}
        self.names |= {name: getattr(framework, name) for name in framework.__all__}

    def there_and_back(self, layer: Layer) -> list[float]:
        """Return outputs, and the slopes of their sum of squares along inputs and parameters."""
        y = layer(self.X)
        back = layer.backward([[2 * a for a in row] for row in y])
        slopes = [number for p in layer.parameters() for number in flat(p.grad)]
        return flat(y) + flat(back) + slopes

    def both_modes(self, layer: Layer) -> list[float]:
        """Return which numbers become of ones in training and in use."""
        ones: Matrix = [[1.0] * 100]
        found = sorted(set(layer(ones)[0]))
        layer.train(False)
        return found + sorted(set(layer(ones)[0]))

    def ten_rounds(self, optimizer: framework.Adam) -> list[float]:
        """Return the model's parameters after ten rounds of the five steps."""
        model, loss_fn = self.names["model"], framework.BCEWithLogitsLoss()
        for _ in range(10):
            framework.five_steps(model, loss_fn, optimizer, self.X, self.T)
        return [number for p in optimizer.parameters for number in flat(p.value)]

    def batches(self, loader: framework.DataLoader) -> list[float]:
        """Return the batches' sizes, and all that is in them."""
        every = list(loader)
        inside = [number for x, t in every for number in flat(x) + flat(t)]
        return [float(len(x)) for x, _ in every] + inside


class Theirs:
    """Ask a piece of torch for the same numbers."""

    def __init__(self, ours: Ours) -> None:
        self.X, self.T = torch.tensor(ours.X), torch.tensor(ours.T)
        self.names: dict[str, Any] = {"X": self.X, "T": self.T, "torch": torch, "nn": nn}
        self.names |= {"DataLoader": TorchLoader, "TensorDataset": TensorDataset}

    def there_and_back(self, layer: nn.Module) -> list[float]:
        """Return outputs, and the slopes of their sum of squares along inputs and parameters."""
        x = self.X.clone().requires_grad_()
        layer.zero_grad()
        y = layer(x)
        (y**2).sum().backward()
        parts = [y, x.grad, *(p.grad for p in layer.parameters())]
        return [number for part in parts if part is not None for number in part.flatten().tolist()]

    def both_modes(self, layer: nn.Module) -> list[float]:
        """Return which numbers become of ones in training and in use."""
        ones = torch.ones(1, 100)
        found = sorted(set(layer(ones)[0].tolist()))
        layer.eval()
        return found + sorted(set(layer(ones)[0].tolist()))

    def ten_rounds(self, optimizer: torch.optim.Adam) -> list[float]:
        """Return the model's parameters after ten rounds of the five steps."""
        model, loss_fn = self.names["model"], nn.BCEWithLogitsLoss()
        for _ in range(10):
            loss = loss_fn(model(self.X), self.T)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return [number for p in model.parameters() for number in p.flatten().tolist()]

    def batches(self, loader: TorchLoader[Any]) -> list[float]:
        """Return the batches' sizes, and all that is in them."""
        every = list(loader)
        inside = [n for x, t in every for part in (x, t) for n in part.flatten().tolist()]
        return [float(len(x)) for x, _ in every] + inside


# --8<-- [start:run]
def run_rows(rows: list[Row] = ROWS) -> list[list[float]]:
    """Run both columns and return what both sides gave.

    Raises:
        AssertionError: if two numbers differ by more than 1e-9; it names the piece.
    """
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)  # Python's floats; torch would make float32
    try:
        ours = Ours()
        theirs = Theirs(ours)
        return [_run(row, ours, theirs) for row in rows]
    finally:
        torch.set_default_dtype(usual)


def _run(row: Row, ours: Ours, theirs: Theirs) -> list[float]:
    mine = ours.names[row.name] = eval(row.mini, ours.names)
    other = theirs.names[row.name] = eval(row.torch, theirs.names)
    if isinstance(mine, Layer):
        load(other, mine)
        for p in mine.parameters():
            p.zero_grad()
    left: list[float] = getattr(ours, row.agree)(mine)
    right: list[float] = getattr(theirs, row.agree)(other)
    assert len(left) == len(right), f"{row.name}: {len(left)} numbers against {len(right)}"
    gap = max(abs(a - b) for a, b in zip(left, right, strict=True))
    assert gap < 1e-9, f"{row.name}: {left} is not {right}"
    return left


# --8<-- [end:run]

_WHAT = {
    "there_and_back": "outputs and slopes",
    "both_modes": "what becomes of a 1, in training and in use",
    "ten_rounds": "parameters after ten rounds",
    "batches": "batch sizes and contents",
}


def table(rows: list[Row] = ROWS) -> str:
    """Run the rows and return them as a Markdown table with how many numbers agreed.

    >>> table().splitlines()[2][:14]
    '| 1 | `linear '
    """
    lines = ["| | in the mini framework | in torch | agree |", "|---|---|---|---|"]
    for n, (row, numbers) in enumerate(zip(rows, run_rows(rows), strict=True), 1):
        what = f"{len(numbers)} numbers: {_WHAT[row.agree]}"
        lines.append(f"| {n} | `{row.name} = {row.mini}` | `{row.name} = {row.torch}` | {what} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
