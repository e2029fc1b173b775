"""More claims that the chapters in `docs/start/` check."""

from __future__ import annotations

import inspect

import torch
from torch import nn

from examples.reference.claims import Claims, Finding, judge
from examples.reference.claims_start import seed_42, twenty
from examples.start.first_ten_minutes import X, XorMLP, Y, train
from examples.start.ten_jobs import run_jobs
from examples.start.twenty_starts import fate

CLAIMS = Claims()
_INSTALL, _TEN = "start/install", "start/first-ten-minutes"
_HAND = "start/by-hand-then-torch"


@CLAIMS.on(_INSTALL)
def cpu_is_enough() -> Finding:
    """The package for the CPU is enough for everything at the start."""
    devices = {tensor.device.type for tensor in (X, Y, seed_42()[1])}
    return judge(devices == {"cpu"}, f"XOR was learned on: {', '.join(sorted(devices))}")


@CLAIMS.on(_TEN)
def three_things() -> Finding:
    """A tensor is an array with a shape, a dtype and strides, plus a device and gradients."""
    x = torch.ones(2, 3, requires_grad=True)
    text = f"`{tuple(x.shape)}`, `{x.dtype}`, strides `{x.stride()}`, `{x.device}`"
    return judge(x.stride() == (3, 1) and x.requires_grad, f"{text}; `.grad` is `{x.grad}`")


@CLAIMS.on(_TEN)
def one_layer() -> Finding:
    """A single layer cannot learn XOR."""
    torch.manual_seed(0)
    layer, loss_fn = nn.Linear(2, 1), nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.5)
    for _ in range(1000):
        loss = loss_fn(layer(X), Y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    answers = [round(p, 2) for p in torch.sigmoid(layer(X)).flatten().tolist()]
    return judge(answers == [0.5] * 4, f"its answers end at {answers}")


@CLAIMS.on(_TEN)
def forty_lines() -> Finding:
    """A net that learns XOR takes 25 to 40 lines, with its training."""
    source = inspect.getsource(XorMLP) + inspect.getsource(train)
    count = sum(bool(line.strip()) for line in source.splitlines())
    return judge(count <= 40, f"ours has no more than 40 lines: {count <= 40}")


@CLAIMS.on(_TEN)
def printed_answers() -> Finding:
    """With seed 42 the trained net answers .010, .989, .988 and .012."""
    answers = [round(p, 3) for p in seed_42()[1].flatten().tolist()]
    return judge(answers == [0.01, 0.989, 0.988, 0.012], f"{answers}")


@CLAIMS.on(_HAND)
def ten_jobs() -> Finding:
    """Each job of a net made by hand has its line in PyTorch."""
    count = len(run_jobs())  # raises where the two sides of a job disagree
    return judge(count == 10, f"{count} jobs, both sides run, all equal within 1e-6")


@CLAIMS.on(_HAND)
def item() -> Finding:
    """`.item()` returns a plain Python number."""
    number = torch.tensor(0.25).item()
    return judge(type(number) is float, f"`{number}`, a `{type(number).__name__}`")


@CLAIMS.on(_HAND)
def linear() -> Finding:
    """A linear layer computes x Aᵀ + b."""
    torch.manual_seed(0)
    layer, x = nn.Linear(3, 2), torch.randn(4, 3)
    same = torch.allclose(layer(x), x @ layer.weight.T + layer.bias, atol=1e-6)
    return judge(same, f"4 random rows, equal within 1e-6: {same}")


@CLAIMS.on(_HAND)
def mean_by_default() -> Finding:
    """`MSELoss` takes the mean, unless it is told otherwise."""
    answers, targets = torch.tensor([1.0, 2.0]), torch.tensor([0.0, 0.0])
    found = [nn.MSELoss()(answers, targets).item()]
    found += [nn.MSELoss(reduction=way)(answers, targets).item() for way in ("mean", "sum")]
    return judge(found == [2.5, 2.5, 5], f"errors 1 and 2: {found[0]}; as a sum {found[2]}")


@CLAIMS.on(_HAND)
def typical_log() -> Finding:
    """A typical loss of the 2-2-1 net is .0993 after 1,000 epochs and .0037 after 2,000."""
    losses, _ = twenty()
    low = [int((losses[row] < bound).sum()) for row, bound in ((10, 0.1), (20, 0.0045))]
    text = f"of 20 starts, {low[0]} are below 0.1 after 1,000, {low[1]} below .0045 after 2,000"
    return judge(min(low) >= 10, text)


@CLAIMS.on(_HAND)
def flat_ground() -> Finding:
    """A net that stalls sits on flat ground."""
    losses, lengths = twenty()
    stalled = torch.tensor([fate(loss) == "stalled" for loss in losses[-1].tolist()])
    flat = lengths[-1][stalled].max() < 0.02 * lengths.max()
    text = f"the gradients of all {int(stalled.sum())} are below 2 % of the steepest: {bool(flat)}"
    return judge(bool(flat), text)
