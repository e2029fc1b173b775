"""A race of optimizers on small images of digits, each at several rates and from several seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn

Make = Callable[[Iterable[nn.Parameter], float], torch.optim.Optimizer]

RUNNERS: dict[str, Make] = {
    "SGD": lambda p, lr: torch.optim.SGD(p, lr=lr),
    "momentum": lambda p, lr: torch.optim.SGD(p, lr=lr, momentum=0.9),
    "RMSprop": lambda p, lr: torch.optim.RMSprop(p, lr=lr),
    "Adam": lambda p, lr: torch.optim.Adam(p, lr=lr),
    "AdamW": lambda p, lr: torch.optim.AdamW(p, lr=lr),
}
RATES = (0.001, 0.01, 0.1, 1.0)


@dataclass(frozen=True)
class Digits:
    """8 × 8 images as float32 rows of 64 numbers from 0 to 1, and their int64 digits."""

    x: Tensor
    y: Tensor
    test_x: Tensor
    test_y: Tensor


def digits() -> Digits:
    """Return scikit-learn's 1,797 digits, shuffled: 1,437 to learn from, 360 held back.

    >>> digits().x.shape, digits().test_x.shape
    (torch.Size([1437, 64]), torch.Size([360, 64]))
    """
    images, labels = load_digits(return_X_y=True)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    x = (torch.from_numpy(images).float() / 16)[order]
    y = torch.from_numpy(labels).long()[order]
    return Digits(x[:1437], y[:1437], x[1437:], y[1437:])


# --8<-- [start:run]
def run(
    make: Make,
    lr: float,
    seed: int,
    data: Digits,
    epochs: int,
) -> tuple[list[float], float]:
    """Train 64-32-10; return the loss of each epoch and the test accuracy."""
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    loss_fn = nn.CrossEntropyLoss()
    optimizer = make(model.parameters(), lr)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for chosen in torch.randperm(len(data.x)).split(64):
            output = model(data.x[chosen])
            loss = loss_fn(output, data.y[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(chosen)
        losses.append(total / len(data.x))
    with torch.no_grad():
        right = model(data.test_x).argmax(1) == data.test_y
    return losses, right.float().mean().item()


# --8<-- [end:run]

Results = dict[tuple[str, float], tuple[Tensor, Tensor]]


def race(seeds: int = 3, epochs: int = 10) -> Results:
    """Run every optimizer at every rate.

    Returns:
        For each (optimizer, rate): losses (seeds, epochs) and test accuracies (seeds,), float32.
    """
    data = digits()
    results: Results = {}
    for name, make in RUNNERS.items():
        for lr in RATES:
            runs = [run(make, lr, seed, data, epochs) for seed in range(seeds)]
            results[name, lr] = (
                torch.tensor([losses for losses, _ in runs]),
                torch.tensor([accuracy for _, accuracy in runs]),
            )
    return results


def rates_table(results: Results) -> str:
    """Return the median last loss of each optimizer at each rate, as Markdown."""
    rows = [f"| lr | {' | '.join(f'{lr:g}' for lr in RATES)} |", "|---|" + "---|" * len(RATES)]
    for name in RUNNERS:
        ends = [results[name, lr][0][:, -1].median().item() for lr in RATES]
        rows.append(f"| {name} | {' | '.join(f'{end:.2f}' for end in ends)} |")
    return "\n".join(rows)
