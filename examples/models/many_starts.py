"""Train one small net from many starts at once, and look inside those that do not learn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from examples.start.first_ten_minutes import X, Y

Bend = Callable[[Tensor], Tensor]

LEARNED = 0.1
"""A net has learned XOR when its loss is below this."""


@dataclass(frozen=True)
class Runs:
    """What training from many starts left behind, start by start along the first dimension."""

    losses: Tensor
    """(epochs + 1, starts): before the first step, and after each."""
    begin: Tensor
    """(starts, 4, width): what the hidden units put out for the four rows, before training."""
    end: Tensor
    """(starts, 4, width): the same after training."""
    answers: Tensor
    """(starts, 4): the trained nets' probabilities."""

    @property
    def learned(self) -> Tensor:
        """Say of each start whether its last loss is below `LEARNED`: (starts,), bool."""
        return self.losses[-1] < LEARNED

    def below(self, limit: float) -> Tensor:
        """Return the epoch from which on each loss stays below `limit`; -1 for never."""
        above = self.losses >= limit
        last = torch.arange(len(above))[:, None].where(above, -1).amax(0)
        return (last + 1).where(last + 1 < len(above), -1)

    def near(self, value: float, by: float = 0.01) -> Tensor:
        """Count for each start the epochs at which its loss is near `value`: (starts,)."""
        return ((self.losses - value).abs() < by).sum(0)


def starts(hidden: Sequence[int], count: int) -> list[Tensor]:
    """Stack the parameters of nets with two inputs and one output, that of seed s at position s.

    >>> [tuple(p.shape) for p in starts([3], count=5)]
    [(5, 3, 2), (5, 3), (5, 1, 3), (5, 1)]
    """
    sizes = [2, *hidden, 1]
    nets = []
    for seed in range(count):
        torch.manual_seed(seed)
        layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]
        nets.append([p.detach() for layer in layers for p in layer.parameters()])
    return [torch.stack(parts) for parts in zip(*nets, strict=True)]


# --8<-- [start:forward]
def forward(parameters: list[Tensor], bend: Bend) -> tuple[Tensor, Tensor]:
    """Ask all nets at once: first hidden layer (nets, 4, units), and logits (nets, 4, 1)."""
    first, x = torch.empty(0), X
    for n in range(0, len(parameters), 2):
        weight, bias = parameters[n : n + 2]  # (nets, out, in) and (nets, out)
        x = x @ weight.mT + bias[:, None]
        if n + 2 < len(parameters):
            x = bend(x)
        first = x if n == 0 else first
    return first, x


# --8<-- [end:forward]


def cross_entropy(logits: Tensor) -> Tensor:
    """Return each net's mean binary cross-entropy on XOR: (nets, 4, 1) becomes (nets,)."""
    bce = nn.functional.binary_cross_entropy_with_logits
    return bce(logits, Y.expand_as(logits), reduction="none").mean((1, 2))


def squared_error(logits: Tensor) -> Tensor:
    """Return each net's mean squared error on XOR, after a sigmoid: (nets,)."""
    return (logits.sigmoid() - Y).square().mean((1, 2))


# --8<-- [start:train_starts]
def train_starts(
    hidden: Sequence[int],
    count: int = 100,
    epochs: int = 2000,
    lr: float = 0.5,
    bend: Bend = torch.relu,
    loss_fn: Callable[[Tensor], Tensor] = cross_entropy,
) -> Runs:
    """Train `count` nets on XOR at once, each from its own seed."""
    parameters = [p.requires_grad_() for p in starts(hidden, count)]
    optimizer = torch.optim.SGD(parameters, lr=lr)
    losses, begin = [], forward(parameters, bend)[0].detach()
    for _ in range(epochs):
        _, logits = forward(parameters, bend)
        loss = loss_fn(logits)  # one for each net
        optimizer.zero_grad()
        loss.sum().backward()  # they share nothing: each gets its own gradient
        optimizer.step()
        losses.append(loss.detach())
    with torch.no_grad():
        end, logits = forward(parameters, bend)
    losses.append(loss_fn(logits))
    return Runs(torch.stack(losses), begin, end, logits.sigmoid().squeeze(2))


# --8<-- [end:train_starts]


@dataclass(frozen=True)
class Recording:
    """Trainings with one hidden layer of ReLU units, as they were at some moments."""

    seeds: list[int]
    moments: list[int]
    """Epochs after which the parameters were copied; 0 is before the first step."""
    losses: Tensor
    """(epochs + 1, starts): before the first step, and after each."""
    parameters: list[list[Tensor]]
    """Of each moment: (starts, units, 2), (starts, units), (starts, 1, units), (starts, 1)."""


def record_starts(
    seeds: Sequence[int], moments: Sequence[int], units: int = 4, lr: float = 0.5
) -> Recording:
    """Train as `train_starts` does, with some of its seeds, and copy the nets on the way.

    >>> record_starts([3, 17], [0, 1, 2]).losses.shape
    torch.Size([3, 2])
    """
    nets = [p[list(seeds)].requires_grad_() for p in starts([units], max(seeds) + 1)]
    optimizer = torch.optim.SGD(nets, lr=lr)
    losses, copies = [], []
    for epoch in range(max(moments) + 1):
        loss = cross_entropy(forward(nets, torch.relu)[1])
        losses.append(loss.detach())
        if epoch in moments:
            copies.append([p.detach().clone() for p in nets])
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
    return Recording(list(seeds), list(moments), torch.stack(losses), copies)


# --8<-- [start:dead]
def dead(bent: Tensor) -> Tensor:
    """Return which ReLU units put out 0 for every sample.

    Of `bent`, the last two dimensions are samples and units.

    >>> dead(torch.tensor([[0.0, 0.5], [0.0, 0.0]]))
    tensor([ True, False])
    """
    return (bent == 0).all(dim=-2)


# --8<-- [end:dead]


# --8<-- [start:bending]
def bending(bent: Tensor) -> Tensor:
    """Return which ReLU units are on for some samples and off for others.

    >>> bending(torch.tensor([[0.0, 0.5, 0.1], [0.0, 0.0, 0.2]]))
    tensor([False,  True, False])
    """
    on = bent > 0
    return on.any(dim=-2) & ~on.all(dim=-2)


# --8<-- [end:bending]


def shares_table(runs: dict[str, Runs]) -> str:
    """Return, for each size, the share that learns and the epochs that takes, as Markdown.

    Args:
        runs: results by the sizes of the hidden layers, in words.
    """
    rows = [
        "| hidden units | learn | of 100 | loss below 0.6 at epoch | below 0.1 at epoch |",
        "|---|---|---|---|---|",
    ]
    for size, run in runs.items():
        good = run.learned
        share = round(100 * good.float().mean().item())
        cells = []
        for limit in (0.6, LEARNED):
            epochs = run.below(limit)[good]
            cells.append(f"{int(epochs.median())} ({int(epochs.min())} to {int(epochs.max())})")
        rows.append(f"| {size} | {'█' * round(share / 10)} | {share} | {' | '.join(cells)} |")
    return "\n".join(rows)
