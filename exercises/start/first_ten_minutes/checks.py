"""Checks of the answers in `tasks.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from bookparts.forbidden import autograd_used, no_module, unchanged
from bookparts.practice import same


def check_describe(answer: Callable[[torch.Tensor], Any]) -> None:
    """Try a table of floats, rows of whole numbers and a scalar."""
    table = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    with unchanged(tensor=table):
        got = answer(table)
    same(got, ((2, 3), torch.float32, 3.5), "for a tensor of two rows and three columns")
    whole = torch.tensor([1, 2, 6])
    same(
        answer(whole),
        ((3,), torch.int64, 3.0),
        "for torch.tensor([1, 2, 6]): report its own dtype, and take the mean of whole.float()",
    )
    same(answer(torch.tensor([1, 2])), ((2,), torch.int64, 1.5), "for torch.tensor([1, 2])")
    same(answer(torch.tensor(2.5)), ((), torch.float32, 2.5), "for torch.tensor(2.5)")
    double = torch.tensor([[[0.5], [1.0]]], dtype=torch.float64)
    same(answer(double), ((1, 2, 1), torch.float64, 0.75), "for a float64 tensor, (1, 2, 1)")


def check_slope(answer: Callable[[float], float]) -> None:
    """Compare with 3x² − 2 at several places, and see that autograd was asked."""
    for x in (-2.0, 0.0, 1.0, 3.0, 0.3, -1.7, 12.5):
        with autograd_used("Make a leaf, compute x³ − 2x from it, and call `backward()`."):
            got = answer(x)
        hint = f"at x = {x}; by hand the slope is 3x² − 2"
        same(got, 3 * x**2 - 2, hint, rtol=1e-5, atol=1e-5)


def check_count(answer: Callable[[int, int, int], int]) -> None:
    """Compare with modules of several sizes."""
    for sizes in ((2, 4, 1), (2, 8, 1), (3, 5, 2), (784, 128, 10), (1, 1, 1), (7, 3, 11)):
        inputs, hidden, outputs = sizes
        layers = nn.Sequential(nn.Linear(inputs, hidden), nn.Linear(hidden, outputs))
        want = sum(p.numel() for p in layers.parameters())
        with no_module("Count by arithmetic: multiply and add."):
            got = answer(*sizes)
        same(got, want, f"for count{sizes}; each layer has weights and biases")


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
