"""Losses: surprise as a number, logits and probabilities, and what softmax first costs.

Run it: `python -m examples.models.losses` trains a digit classifier with softmax first and without.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

from examples.tensors.create import people


# --8<-- [start:people]
def four_people() -> tuple[Tensor, Tensor, Tensor]:
    """Return the four people, four answers (n,) to learn, and starting weights (3, 1), float32.

    >>> X, y, W = four_people()
    >>> torch.sigmoid(X @ W).flatten()
    tensor([0.7595, 0.8022, 0.7027, 0.8320])
    """
    y = torch.tensor([1.0, 0.0, 1.0, 0.0])
    return people(), y, torch.tensor([[0.01], [-0.02], [0.03]])


# --8<-- [end:people]


# --8<-- [start:at]
@dataclass(frozen=True)
class At:
    """What a loss says at one logit: its value, and its slope."""

    loss: float
    gradient: float


def at(logit: float, target: float, way: str) -> At:
    """Return loss and gradient at one logit, by one of three ways.

    >>> at(20.0, 0.0, "BCEWithLogitsLoss")
    At(loss=20.0, gradient=1.0)
    >>> at(20.0, 0.0, "sigmoid, BCELoss")
    At(loss=100.0, gradient=0.0)
    """
    z = torch.tensor([logit], requires_grad=True)
    y = torch.tensor([target])
    p = torch.sigmoid(z)
    if way == "BCEWithLogitsLoss":
        loss = nn.BCEWithLogitsLoss()(z, y)
    elif way == "sigmoid, BCELoss":
        loss = nn.BCELoss()(p, y)
    else:  # "sigmoid, −log by hand"
        loss = -(y * p.log() + (1 - y) * (1 - p).log()).mean()
    loss.backward()
    assert z.grad is not None
    return At(loss.item(), z.grad.item())


# --8<-- [end:at]


# --8<-- [start:by_hand]
def cross_entropy_by_hand(logits: Tensor, labels: Tensor) -> Tensor:
    """Average the surprise about the right class over rows of logits (n, classes).

    >>> cross_entropy_by_hand(torch.zeros(2, 10), torch.tensor([3, 7]))
    tensor(2.3026)
    """
    log_p = logits - logits.logsumexp(dim=1, keepdim=True)
    return -log_p.gather(1, labels[:, None]).mean()


# --8<-- [end:by_hand]


def floor(classes: int) -> float:
    """Return the lowest cross-entropy that probabilities, given as if they were logits, can reach.

    >>> round(floor(10), 4)
    1.4612
    """
    return math.log(math.e + classes - 1) - 1


# --8<-- [start:digits]
def digits() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the 8 × 8 digits: 1,437 rows and labels to learn, 360 rows and labels to test.

    Rows are float32 (n, 64) from 0 to 1, labels int64 (n,). Source: scikit-learn's copy of the
    UCI set "Optical Recognition of Handwritten Digits".

    >>> [tuple(part.shape) for part in digits()]
    [(1437, 64), (1437,), (360, 64), (360,)]
    """
    data = load_digits()
    x = torch.tensor(data.data, dtype=torch.float32) / 16
    y = torch.tensor(data.target)
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))
    train, test = order[:1437], order[1437:]
    return x[train], y[train], x[test], y[test]


# --8<-- [end:digits]


@dataclass(frozen=True)
class Training:
    """How a training went."""

    losses: list[float]
    """The mean loss of each epoch."""
    first_gradient: float
    """The length of the gradient of all parameters before the first step."""
    accuracy: float
    """The share of right answers on the test rows."""


# --8<-- [start:train]
def train(softmax_first: bool, lr: float, seed: int = 0, epochs: int = 20) -> Training:
    """Train a 64-32-10 network on the digits, in batches of 32."""
    x, y, x_test, y_test = digits()
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    means, first = [], 0.0
    for _ in range(epochs):
        total = 0.0
        for rows, labels in zip(x.split(32), y.split(32), strict=True):
            outputs = model(rows)
            if softmax_first:
                outputs = outputs.softmax(dim=1)  # the mistake
            loss = loss_fn(outputs, labels)
            optimizer.zero_grad()
            loss.backward()
            first = first or gradient_length(model)
            optimizer.step()
            total += loss.item() * len(rows)
        means.append(total / len(x))
    with torch.no_grad():
        right = model(x_test).argmax(dim=1) == y_test
    return Training(means, first, right.float().mean().item())


# --8<-- [end:train]


def gradient_length(model: nn.Module) -> float:
    """Return the length of the vector of all gradients of a model.

    >>> layer = nn.Linear(2, 1, bias=False)
    >>> layer(torch.tensor([3.0, 4.0])).backward()
    >>> gradient_length(layer)
    5.0
    """
    squares = [p.grad.square().sum() for p in model.parameters() if p.grad is not None]
    return float(torch.stack(squares).sum().sqrt())


# --8<-- [start:jobs]
JOBS = [
    ("a number", "nn.MSELoss()", (4, 1), "torch.rand(4, 1)"),
    ("a number; some targets lie far off", "nn.L1Loss()", (4, 1), "torch.rand(4, 1)"),
    ("a number; a bit of both", "nn.HuberLoss()", (4, 1), "torch.rand(4, 1)"),
    ("yes or no", "nn.BCEWithLogitsLoss()", (4, 1), "torch.ones(4, 1)"),
    ("one of three", "nn.CrossEntropyLoss()", (4, 3), "torch.tensor([0, 2, 1, 0])"),
]
# --8<-- [end:jobs]


def job_table() -> str:
    """Run each row of `JOBS` on random outputs and return what fits, as a Markdown table.

    >>> job_table().splitlines()[-1]
    '| one of three | `nn.CrossEntropyLoss()` | (4, 3) | (4,) int64 | () |'
    """
    lines = [
        "| the answer is | loss | outputs of the model | targets | result |",
        "|---|---|---|---|---|",
    ]
    for job, code, shape, target in JOBS:
        y = eval(target, {"torch": torch})
        loss = eval(code, {"nn": nn})(torch.randn(shape), y)
        kind = f"{tuple(y.shape)} {str(y.dtype).removeprefix('torch.')}"
        lines.append(f"| {job} | `{code}` | {shape} | {kind} | {tuple(loss.shape)} |")
    return "\n".join(lines)


# --8<-- [start:best]
def best_constant(values: Tensor, loss_fn: nn.Module) -> float:
    """Return the number, on a grid of hundredths, that has the lowest loss against all values.

    >>> best_constant(torch.tensor([1.0, 2.0, 6.0]), nn.MSELoss())
    3.0
    """
    grid = torch.arange(100 * int(values.max()) + 1) / 100
    losses = torch.stack([loss_fn(c.expand(len(values)), values) for c in grid])
    return float(round(grid[losses.argmin()].item(), 2))


# --8<-- [end:best]


def target_table() -> str:
    """Try kinds of targets on cross-entropy and return what happens, as a Markdown table.

    >>> target_table().count("accepted")
    4
    """
    tries = {
        "class numbers, int64, (n,)": torch.tensor([0, 2, 1, 0]),
        "class numbers, uint8, (n,)": torch.tensor([0, 2, 1, 0], dtype=torch.uint8),
        "class numbers, int32, (n,)": torch.tensor([0, 2, 1, 0], dtype=torch.int32),
        "class numbers, float32, (n,)": torch.tensor([0.0, 2, 1, 0]),
        "class numbers, int64, (n, 1)": torch.tensor([[0], [2], [1], [0]]),
        "probabilities, float32, (n, classes)": torch.full((4, 3), 1 / 3),
        "one-hot, float32, (n, classes)": F.one_hot(torch.tensor([0, 2, 1, 0]), 3).float(),
        "one-hot, int64, (n, classes)": F.one_hot(torch.tensor([0, 2, 1, 0]), 3),
        "a class number that does not exist": torch.tensor([0, 3, 1, 0]),
    }
    lines = ["| target | with logits of shape (4, 3) |", "|---|---|"]
    for name, target in tries.items():
        try:
            F.cross_entropy(torch.zeros(4, 3), target)
            answer = "accepted"
        except (RuntimeError, ValueError, IndexError) as error:
            answer = f"`{error}`"
        lines.append(f"| {name} | {answer} |")
    return "\n".join(lines)


if __name__ == "__main__":
    for softmax_first in (False, True):
        result = train(softmax_first, lr=0.1)
        print(f"softmax first: {softmax_first}, {result.losses[-1]:.4f}, {result.accuracy:.1%}")
