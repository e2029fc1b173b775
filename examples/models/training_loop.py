"""The training loop: one step watched line by line, and the functions that repeat it.

Run it: `python -m examples.models.training_loop`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from examples.tensors.create import people

Batches = Iterable[tuple[Tensor, Tensor]]
LossFunction = Callable[[Tensor, Tensor], Tensor]

LABELS = torch.tensor([[1.0], [0.0], [1.0], [0.0]])
"""One answer for each of the four people: shape (4, 1), float32."""


# --8<-- [start:neuron]
def neuron() -> nn.Linear:
    """Return one linear unit with three chosen weights and a bias of 0.

    >>> neuron()(people()).shape
    torch.Size([4, 1])
    """
    unit = nn.Linear(3, 1)
    with torch.no_grad():
        unit.weight.copy_(torch.tensor([[0.01, -0.02, 0.03]]))
        unit.bias.zero_()
    return unit


# --8<-- [end:neuron]


@dataclass(frozen=True)
class Snapshot:
    """What the tensors of a step held after one of its lines; `None`: not there."""

    line: str
    loss: float | None
    gradient: list[float] | None
    weight: list[float]


# --8<-- [start:watch]
def watch(
    model: nn.Linear, x: Tensor, y: Tensor, loss_fn: LossFunction, optimizer: torch.optim.Optimizer
) -> list[Snapshot]:
    """Do the five steps once, and look at the tensors before them and after each.

    >>> unit = neuron()
    >>> sgd = torch.optim.SGD(unit.parameters(), lr=1e-4)
    >>> shots = watch(unit, people(), LABELS, nn.BCEWithLogitsLoss(), sgd)
    >>> [s.line for s in shots if s.weight != shots[0].weight]
    ['step']
    """
    loss, shots = None, []

    def look(line: str) -> None:
        gradient = model.weight.grad
        shots.append(
            Snapshot(
                line,
                None if loss is None else loss.item(),
                None if gradient is None else gradient.flatten().tolist(),
                model.weight.detach().flatten().tolist(),
            )
        )

    look("before")
    output = model(x)
    look("forward")
    loss = loss_fn(output, y)
    look("loss")
    optimizer.zero_grad()
    look("zero_grad")
    loss.backward()
    look("backward")
    optimizer.step()
    look("step")
    return shots


# --8<-- [end:watch]


def watch_table(shots: list[Snapshot]) -> str:
    """Return snapshots as a Markdown table in which what a line changed is bold.

    >>> shots = [Snapshot("before", None, None, [1.0]), Snapshot("loss", 0.5, None, [1.0])]
    >>> print(watch_table(shots).splitlines()[-1])
    | loss | **0.5000** | None | 1.0000 |
    """
    rows = ["| after | `loss` | `weight.grad` | `weight` |", "|---|---|---|---|"]
    before: list[str] | None = None
    for shot in shots:
        loss = "not there" if shot.loss is None else f"{shot.loss:.4f}"
        cells = [loss, _numbers(shot.gradient), _numbers(shot.weight)]
        shown = [
            f"**{new}**" if before and new != old else new
            for new, old in zip(cells, before or cells, strict=True)
        ]
        rows.append(f"| {shot.line} | {' | '.join(shown)} |")
        before = cells
    return "\n".join(rows)


def _numbers(values: list[float] | None) -> str:
    return "None" if values is None else " ".join(f"{v:.4f}" for v in values).replace("-", "−")


# --8<-- [start:repeat]
def repeat(lr: float, steps: int) -> tuple[list[float], list[int]]:
    """Train the neuron; before each step, note the loss and how many are right.

    >>> losses, right = repeat(lr=1e-4, steps=2)
    >>> [round(loss, 4) for loss in losses], right
    ([1.0081, 0.8785], [2, 2])
    """
    x, model = people(), neuron()
    loss_fn = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses, right = [], []
    for _ in range(steps):
        logits = model(x)
        loss = loss_fn(logits, LABELS)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        right.append(int(((logits > 0) == (LABELS > 0.5)).sum()))
    return losses, right


# --8<-- [end:repeat]


# --8<-- [start:noisy_xor]
def noisy_xor(count: int, seed: int, spread: float = 0.2) -> tuple[Tensor, Tensor]:
    """Draw points around the four corners of XOR.

    Args:
        count: how many points; a quarter for each corner, in turn.
        seed: of this function's own generator.
        spread: standard deviation of a point around its corner.

    Returns:
        Points (count, 2) and answers (count, 1), both float32.

    >>> x, y = noisy_xor(400, seed=0)
    >>> x.shape, y.shape, y.mean().item()
    (torch.Size([400, 2]), torch.Size([400, 1]), 0.5)
    """
    generator = torch.Generator().manual_seed(seed)
    corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    corner = corners[torch.arange(count) % 4]
    y = (corner[:, :1] != corner[:, 1:]).float()
    return corner + spread * torch.randn(count, 2, generator=generator), y


# --8<-- [end:noisy_xor]


# --8<-- [start:net]
def net() -> nn.Sequential:
    """Two inputs, eight tanh units, one logit: 33 parameters.

    >>> sum(p.numel() for p in net().parameters())
    33
    """
    return nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))


# --8<-- [end:net]


# --8<-- [start:train_one_epoch]
def train_one_epoch(
    model: nn.Module,
    batches: Batches,
    loss_fn: LossFunction,
    optimizer: torch.optim.Optimizer,
    device: torch.device | str = "cpu",
) -> float:
    """Take the five steps for each batch; return the mean loss of a sample."""
    model.train()
    total, count = 0.0, 0
    for x, y in batches:
        x, y = x.to(device), y.to(device)
        output = model(x)  # 1. forward
        loss = loss_fn(output, y)  # 2. loss
        optimizer.zero_grad()  # 3. zero_grad
        loss.backward()  # 4. backward
        optimizer.step()  # 5. step
        total += loss.item() * len(x)
        count += len(x)
    return total / count


# --8<-- [end:train_one_epoch]


# --8<-- [start:evaluate]
@torch.no_grad()
def evaluate(
    model: nn.Module,
    batches: Batches,
    loss_fn: LossFunction,
    device: torch.device | str = "cpu",
) -> tuple[float, float]:
    """Return the mean loss and the share of right yes-or-no answers."""
    model.eval()
    total, right, count = 0.0, 0, 0
    for x, y in batches:
        x, y = x.to(device), y.to(device)
        logits = model(x)
        total += loss_fn(logits, y).item() * len(x)
        right += int(((logits > 0) == (y > 0.5)).sum())
        count += len(x)
    return total / count, right / count


# --8<-- [end:evaluate]


if __name__ == "__main__":
    torch.manual_seed(0)
    points, answers = noisy_xor(400, seed=0)
    network = net()
    adam = torch.optim.Adam(network.parameters(), lr=0.05)
    bce = nn.BCEWithLogitsLoss()
    for epoch in range(401):
        epoch_loss = train_one_epoch(network, [(points, answers)], bce, adam)
        if epoch % 100 == 0:
            print(epoch, f"{epoch_loss:.4f}", evaluate(network, [(points, answers)], bce))
