"""Checks of the answers in `tasks.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from bookparts.practice import same


def check_describe(answer: Callable[[torch.Tensor], Any]) -> None:
    """Try a table of floats, a row of whole numbers and a scalar."""
    table = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    same(answer(table), ((2, 3), torch.float32, 3.5), "for a tensor of two rows and three columns")
    whole = torch.tensor([1, 2, 6])
    same(
        answer(whole),
        ((3,), torch.int64, 3.0),
        "for torch.tensor([1, 2, 6]): report its own dtype, and take the mean of whole.float()",
    )
    same(answer(torch.tensor(2.5)), ((), torch.float32, 2.5), "for torch.tensor(2.5)")


def check_slope(answer: Callable[[float], float]) -> None:
    """Compare with 3x² − 2 at four places."""
    for x in (-2.0, 0.0, 1.0, 3.0):
        same(answer(x), 3 * x**2 - 2, f"at x = {x}; by hand the slope is 3x² − 2")


def check_count(answer: Callable[[int, int, int], int]) -> None:
    """Compare with modules of four sizes."""
    for sizes in ((2, 4, 1), (2, 8, 1), (3, 5, 2), (784, 128, 10)):
        inputs, hidden, outputs = sizes
        layers = nn.Sequential(nn.Linear(inputs, hidden), nn.Linear(hidden, outputs))
        want = sum(p.numel() for p in layers.parameters())
        same(answer(*sizes), want, f"for count{sizes}; each layer has weights and biases")


def check_one_round(answer: Callable[..., float]) -> None:
    """Compare two rounds, the first with a gradient left over, with what torch should do."""
    x = torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.5, 0.5]])
    y = torch.tensor([[1.0], [0.0], [2.0]])
    weight, bias = torch.tensor([[0.3, -0.2]]), torch.tensor([0.1])
    model = nn.Linear(2, 1)
    with torch.no_grad():
        model.weight.copy_(weight)
        model.bias.copy_(bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model(x).sum().backward()  # a gradient that is left over
    for number in ("first", "second"):
        got = answer(model, x, y, nn.MSELoss(), optimizer)
        error = x @ weight.T + bias - y
        same(got, (error**2).mean().item(), f"the loss of the {number} round")
        slope = 2 * error / len(x)
        weight, bias = weight - 0.1 * (slope.T @ x), bias - 0.1 * slope.sum(0)
        same(
            model.weight.detach(),
            weight,
            f"the weights after the {number} round: were the old gradients forgotten, and was "
            "step() called once?",
        )
        same(model.bias.detach(), bias, f"the bias after the {number} round")
