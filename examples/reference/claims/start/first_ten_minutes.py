"""Claims that the chapter `docs/start/first-ten-minutes.md` checks."""

from __future__ import annotations

import contextlib
import io
from functools import cache

import torch
from torch import Tensor, nn

from examples.reference.claims import Claims, Finding, judge
from examples.reference.claims.sources import listing
from examples.start.first_ten_minutes import X, XorMLP, Y, count_parameters, train

CLAIMS = Claims()
_TEN = "start/first-ten-minutes"


@CLAIMS.on(_TEN, of="0.12", at="Autograd: which way is down?", shows="b = a**2 + 2 * a + 1")
def polynomial() -> Finding:
    """The gradient of a² + 2a + 1 at a = 3 is 8."""
    a = torch.tensor(3.0, requires_grad=True)
    (a**2 + 2 * a + 1).backward()
    assert a.grad is not None
    return judge(a.grad.item() == 8, f"{a.grad.item():g}")


@CLAIMS.on(_TEN, of="1.08", at="Autograd: which way is down?", shows="y = (x**2).sum()")
def sum_of_squares() -> Finding:
    """The gradient of Σx² at [2, 3] is [4, 6], and the sum is 13."""
    x = torch.tensor([2.0, 3.0], requires_grad=True)
    y = (x**2).sum()
    y.backward()
    assert x.grad is not None
    return judge(
        y.item() == 13 and x.grad.tolist() == [4, 6], f"{y.item():g} and {x.grad.tolist()}"
    )


@CLAIMS.on(_TEN, of="1.04", at="A tensor: numbers with a shape", shows="print(x @ x.T)")
def small_matrix() -> Finding:
    """The 2 × 3 table of 1 to 6 has mean 3.5, and a @ a.T is [[14, 32], [32, 77]]."""
    a = torch.arange(1.0, 7.0).reshape(2, 3)
    product = (a @ a.T).tolist()
    return judge(
        a.mean().item() == 3.5 and product == [[14, 32], [32, 77]], f"{a.mean():g}, {product}"
    )


@CLAIMS.on(
    _TEN, of="0.22", at="A module: the numbers that may change", shows='print("together", total)'
)
def seventeen() -> Finding:
    """The 2-4-1 net has 12 + 5 = 17 parameters."""
    count = count_parameters(XorMLP())
    return judge(count == 17, f"{count}")


@CLAIMS.on(
    _TEN,
    of="0.23",
    at="A module: the numbers that may change",
    shows="tuple(nn.Linear(2, 4).weight.shape)",
)
def two_by_four() -> Finding:
    """The layer from 2 to 4 holds a 2 × 4 weight matrix."""
    shape = tuple(nn.Linear(2, 4).weight.shape)
    return judge(shape == (2, 4), f"{shape[0]} × {shape[1]}")


@cache
def seed_42() -> tuple[list[float], Tensor]:
    """Return the 2,000 losses of the XOR net of seed 42, and its answers (4, 1)."""
    torch.manual_seed(42)
    model = XorMLP()
    with contextlib.redirect_stdout(io.StringIO()):
        losses = train(model)
    return losses, model(X).detach()


@CLAIMS.on(
    _TEN, of="0.18", at="Five steps, two thousand times", shows="| loss at epoch 1 | 0.7156 |"
)
def printed_log() -> Finding:
    """With seed 42 the XOR log goes .7156 (epoch 1), .3242 (750), .0162 (1750), .0127 (2000)."""
    losses, _ = seed_42()
    shown = [f"{losses[epoch - 1]:.4f}" for epoch in (1, 750, 1750, 2000)]
    return judge(shown == ["0.7156", "0.3242", "0.0162", "0.0127"], ", ".join(shown))


@CLAIMS.on(_TEN, of="0.20", at="Five steps, two thousand times", shows="none is off by more than")
def within_two_percent() -> Finding:
    """After training, each of the four probabilities is within 2 % of the truth."""
    worst = (seed_42()[1] - Y).abs().max().item()
    return judge(worst < 0.02, f"none is off by more than {100 * worst:.2f} %")


@CLAIMS.on(
    _TEN, of="0.10 3.13 4.14", at="A tensor: numbers with a shape", shows="print(x.stride())"
)
def three_things() -> Finding:
    """A tensor is an array with a shape, a dtype and strides, plus a device and gradients."""
    x = torch.ones(2, 3, requires_grad=True)
    text = f"`{tuple(x.shape)}`, `{x.dtype}`, strides `{x.stride()}`, `{x.device}`"
    return judge(x.stride() == (3, 1) and x.requires_grad, f"{text}; `.grad` is `{x.grad}`")


@CLAIMS.on(_TEN, of="0.14")
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


@CLAIMS.on(_TEN, of="0.16 0.17")
def forty_lines() -> Finding:
    """The program that learns XOR has 40 lines."""
    lines, blank = listing("0.17")
    text = f"counted in its listing: {lines} lines, {lines - blank} of them not blank"
    return judge(40 in (lines, lines - blank), text)


@CLAIMS.on(_TEN, of="0.19", at="Five steps, two thousand times", shows="| the four outputs |")
def printed_answers() -> Finding:
    """With seed 42 the trained net answers .010, .989, .988 and .012."""
    answers = [round(p, 3) for p in seed_42()[1].flatten().tolist()]
    return judge(answers == [0.01, 0.989, 0.988, 0.012], f"{answers}")
