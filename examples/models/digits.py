"""Train a classifier on images of handwritten digits, and read its mistakes.

Run it on the 8×8 digits, and on MNIST where it is at hand: `python -m examples.models.digits`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn

from examples.models.idx import IdxError, real
from examples.models.training_loop import train_one_epoch


@dataclass(frozen=True)
class Split:
    """Images to train on and to test with: float32 rows (n, pixels), int64 labels (n,)."""

    x: Tensor
    y: Tensor
    x_test: Tensor
    y_test: Tensor


# --8<-- [start:small]
def small(seed: int = 0) -> Split:
    """Return scikit-learn's 1,797 digits of 8×8 pixels, 0 to 1; a fifth of them is for testing.

    >>> tuple(small().x.shape), tuple(small().x_test.shape)
    ((1437, 64), (360, 64))
    """
    digits = load_digits()
    x = torch.from_numpy(digits.data).float() / 16
    y = torch.from_numpy(digits.target).long()
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))
    train, test = order[360:], order[:360]
    return Split(x[train], y[train], x[test], y[test])


# --8<-- [end:small]


def large(name: str = "mnist") -> Split:
    """Return MNIST or Fashion-MNIST, rows of 784 pixels, split as its authors did.

    Raises:
        IdxError: the files are not in the data folder.
    """
    return Split(*real(name, "train"), *real(name, "t10k"))


# --8<-- [start:net]
def net(inputs: int = 784, dropout: float = 0.2) -> nn.Sequential:
    """Make a network from so many pixels to the scores of ten classes.

    >>> sum(p.numel() for p in net().parameters())
    235146
    """
    return nn.Sequential(
        nn.Linear(inputs, 256), nn.ReLU(), nn.Dropout(dropout),
        nn.Linear(256, 128), nn.ReLU(), nn.Dropout(dropout),
        nn.Linear(128, 10),
    )  # fmt: skip


# --8<-- [end:net]


# --8<-- [start:cnn]
def cnn() -> nn.Sequential:
    """Make a convolutional network for rows of 64 pixels.

    >>> cnn()(torch.zeros(5, 64)).shape
    torch.Size([5, 10])
    """
    return nn.Sequential(
        nn.Unflatten(1, (1, 8, 8)),  # a row becomes an image with one channel
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),  # 16 of 4×4
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),  # 32 of 2×2
        nn.Flatten(),
        nn.Linear(32 * 2 * 2, 10),
    )  # fmt: skip


# --8<-- [end:cnn]


# --8<-- [start:batches]
class Batches:
    """Shuffled batches of tensors in memory; one index takes a whole batch."""

    def __init__(self, x: Tensor, y: Tensor, size: int) -> None:
        self.x, self.y, self.size = x, y, size

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for index in torch.randperm(len(self.x)).split(self.size):
            yield self.x[index], self.y[index]


# --8<-- [end:batches]


# --8<-- [start:predict]
@torch.no_grad()
def predict(model: nn.Module, x: Tensor) -> Tensor:
    """Return the scores of all classes, (n, 10), with dropout switched off."""
    model.eval()
    scores: Tensor = model(x)
    return scores


def accuracy(model: nn.Module, x: Tensor, y: Tensor) -> float:
    """Return how many of 100 answers are right; the highest score counts."""
    return 100 * (predict(model, x).argmax(dim=1) == y).float().mean().item()


# --8<-- [end:predict]


Report = Callable[[int, float, float], None]


def log(epoch: int, loss: float, percent: float) -> None:
    """Print one line of a training log."""
    print(f"epoch {epoch:2}  loss {loss:.4f}  test {percent:.1f} %", flush=True)


# --8<-- [start:train]
def train(
    model: nn.Module,
    data: Split,
    epochs: int,
    optimizer: torch.optim.Optimizer | None = None,
    report: Report | None = None,
) -> list[float]:
    """Train in batches of 64, with Adam by default; return each epoch's loss."""
    if optimizer is None:
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    loss_fn, losses = nn.CrossEntropyLoss(), []
    for epoch in range(1, epochs + 1):
        batches = Batches(data.x, data.y, size=64)
        losses.append(train_one_epoch(model, batches, loss_fn, optimizer))
        if report:
            report(epoch, losses[-1], accuracy(model, data.x_test, data.y_test))
    return losses


# --8<-- [end:train]


# --8<-- [start:confusion]
def confusion(predicted: Tensor, labels: Tensor, classes: int = 10) -> Tensor:
    """Count answers: row for what it is, column for what was said.

    >>> confusion(torch.tensor([0, 1, 1]), torch.tensor([0, 0, 1]), classes=2)
    tensor([[1, 1],
            [0, 1]])
    """
    cell = labels * classes + predicted
    return torch.bincount(cell, minlength=classes**2).reshape(classes, classes)


# --8<-- [end:confusion]


# --8<-- [start:mistakes]
def mistakes(scores: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Find the wrong answers, the surest first.

    Returns:
        Their positions, what was said, and with what probability; each (wrong,).

    >>> wrong, said, sure = mistakes(10 * torch.eye(2), torch.tensor([0, 0]))
    >>> wrong.tolist(), said.tolist(), round(sure.item(), 3)
    ([1], [1], 1.0)
    """
    sure, said = scores.softmax(dim=1).max(dim=1)
    wrong = (said != labels).nonzero()[:, 0]
    wrong = wrong[sure[wrong].argsort(descending=True)]
    return wrong, said[wrong], sure[wrong]


# --8<-- [end:mistakes]


# --8<-- [start:shifted]
def shifted(x: Tensor, right: int, down: int, side: int = 8) -> Tensor:
    """Move images of side × side pixels, given as rows; what leaves on one side is lost.

    >>> shifted(torch.tensor([[1.0, 2.0, 3.0, 4.0]]), right=1, down=0, side=2)
    tensor([[0., 1., 0., 3.]])
    """
    images = x.reshape(-1, side, side)
    wide = nn.functional.pad(images, (side, side, side, side))
    top, left = side - down, side - right
    return wide[:, top : top + side, left : left + side].reshape(len(x), -1)


# --8<-- [end:shifted]


if __name__ == "__main__":
    sets = [("8×8 digits", small(), 20)]
    try:
        sets.append(("MNIST", large(), 10))
    except IdxError as error:
        print(f"without MNIST: {error}")
    for title, split, epochs in sets:
        print(title)
        torch.manual_seed(0)
        model = net(split.x.shape[1])
        train(model, split, epochs, report=log)
