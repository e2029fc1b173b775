"""Claims that the chapter `docs/start/by-hand-then-torch.md` checks."""

from __future__ import annotations

import math

import torch
from torch import nn

from examples.reference.claims import FALSE, HALF, Claims, Finding, judge
from examples.reference.claims.sources import listing
from examples.reference.claims.start.twenty_starts import twenty
from examples.start.by_hand_then_torch import (
    largest_difference,
    loss_by_hand,
    net,
    random_start,
    train_by_hand,
)
from examples.start.first_ten_minutes import Y
from examples.start.ten_jobs import run_jobs

CLAIMS = Claims()
_HAND = "start/by-hand-then-torch"


@CLAIMS.on(_HAND, of="2.08", at="The net", shows="by_hand_then_torch.py:net")
def nine_numbers() -> Finding:
    """The 2-2-1 net has 4 + 2 and 2 + 1 numbers: 9."""
    count = sum(p.numel() for p in net().parameters())
    return judge(count == 9, f"{count}")


@CLAIMS.on(_HAND, of="2.01", at="The same start", shows="largest_difference")
def by_hand_is_torch() -> Finding:
    """The net trained by hand and the same net in PyTorch agree."""
    path = train_by_hand(random_start(0), 1000)
    wide, narrow = (largest_difference(path, dtype) for dtype in (torch.float64, torch.float32))
    holds = wide < 1e-10 and narrow < 1e-3
    return judge(
        holds, f"over 1,000 steps: within 1e-10 in float64, within 1e-3 in float32: {holds}"
    )


@CLAIMS.on(_HAND, of="2.14", at="The layers", shows="all within ±")
def initialization() -> Finding:
    """A linear layer starts with uniform numbers within ±1/√(number of inputs)."""
    torch.manual_seed(0)
    ratios = [nn.Linear(n, 1000).weight.abs().max().item() * math.sqrt(n) for n in (2, 16, 100)]
    holds = all(0.99 < ratio <= 1 for ratio in ratios)
    return judge(holds, "largest × √inputs: " + ", ".join(f"{ratio:.3f}" for ratio in ratios))


@CLAIMS.on(_HAND, of="2.22", at="The job", shows="sum((0.5 - t) ** 2")
def quarter() -> Finding:
    """A net that answers 0.5 to every XOR question has a mean square error of 0.25."""
    loss = nn.functional.mse_loss(torch.full_like(Y, 0.5), Y).item()
    return judge(loss == 0.25, f"{loss}")


@CLAIMS.on(_HAND, of="2.13", at="Ten jobs", shows="from examples.start.ten_jobs import table")
def ten_jobs() -> Finding:
    """Each job of a net made by hand has its line in PyTorch."""
    count = len(run_jobs())  # raises where the two sides of a job disagree
    return judge(count == 10, f"{count} jobs, both sides run, all equal within 1e-6")


@CLAIMS.on(_HAND, of="2.11", at="The loss", shows="type(loss.item()).__name__")
def item() -> Finding:
    """`.item()` returns a plain Python number."""
    number = torch.tensor(0.25).item()
    return judge(type(number) is float, f"`{number}`, a `{type(number).__name__}`")


@CLAIMS.on(_HAND, of="2.15", at="The layers", shows="sums = X @ hidden.weight.T + hidden.bias")
def linear() -> Finding:
    """A linear layer computes x Aᵀ + b."""
    torch.manual_seed(0)
    layer, x = nn.Linear(3, 2), torch.randn(4, 3)
    same = torch.allclose(layer(x), x @ layer.weight.T + layer.bias, atol=1e-6)
    return judge(same, f"4 random rows, equal within 1e-6: {same}")


@CLAIMS.on(_HAND, of="2.16", at="The loss", shows="reduction='sum'")
def mean_by_default() -> Finding:
    """`MSELoss` takes the mean, unless it is told otherwise."""
    answers, targets = torch.tensor([1.0, 2.0]), torch.tensor([0.0, 0.0])
    found = [nn.MSELoss()(answers, targets).item()]
    found += [nn.MSELoss(reduction=way)(answers, targets).item() for way in ("mean", "sum")]
    return judge(found == [2.5, 2.5, 5], f"errors 1 and 2: {found[0]}; as a sum {found[2]}")


@CLAIMS.on(_HAND, of="2.19 2.20", at="Update", shows="claimed = [")
def typical_log() -> Finding:
    """A typical loss of the 2-2-1 net is .0993 after 1,000 epochs and .0037 after 2,000."""
    path = train_by_hand(random_start(0), 2000)
    by_hand = [f"{loss_by_hand(path[epoch]):.4f}" for epoch in (1000, 2000)]
    losses, _ = twenty()
    low = [int((losses[row] < bound).sum()) for row, bound in ((10, 0.1), (20, 0.0045))]
    text = (
        f"by hand from Python's seed 0: {' and '.join(by_hand)}; of 20 starts of torch, "
        f"{low[0]} are below 0.1 after 1,000, {low[1]} below .0045 after 2,000"
    )
    real = by_hand == ["0.0993", "0.0037"]
    return judge(real and min(low) >= 10, text, HALF if real else FALSE)


@CLAIMS.on(_HAND, of="2.01 2.07")
def twenty_five_lines() -> Finding:
    """The net made by hand takes about 25 lines in PyTorch."""
    lines, blank = listing("2.07")
    count = lines - blank
    return judge(abs(count - 25) <= 5, f"counted in its listing: {count} lines of code")
