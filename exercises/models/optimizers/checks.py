"""Checks of the answers in `tasks.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from bookparts.practice import same


def check_momentum_steps(answer: Callable[..., Tensor]) -> None:
    """Compare with torch's SGD over four gradients."""
    gradients = [torch.tensor(g) for g in ([1.0, -2.0], [0.5, 1.0], [0.5, 1.0], [-1.0, 0.0])]
    for momentum in (0.0, 0.9):
        start = torch.tensor([1.0, 2.0])
        leaf = start.clone().requires_grad_()
        optimizer = torch.optim.SGD([leaf], lr=0.1, momentum=momentum)
        for g in gradients:
            leaf.grad = g.clone()
            optimizer.step()
        got = answer(start, gradients, 0.1, momentum)
        hint = (
            f"with momentum {momentum}: velocity ← momentum · velocity + g, w ← w − lr · velocity"
        )
        same(got, leaf.detach(), hint)
        assert torch.equal(start, torch.tensor([1.0, 2.0])), "`w` itself was changed"


def check_adam_first_step(answer: Callable[..., Tensor]) -> None:
    """Try gradients of very different sizes, and 0."""
    w = torch.tensor([1.0, 2.0, 3.0, 4.0])
    got = answer(w, torch.tensor([1000.0, -0.002, 0.0, 3.0]), 0.1)
    want = torch.tensor([0.9, 2.1, 3.0, 3.9])
    same(got, want, "for the gradients 1000, -0.002, 0 and 3, with lr 0.1")


def check_largest_rate(answer: Callable[[float], float]) -> None:
    """Walk with the rate itself, and with a hundredth less and more."""
    for a in (1.0, 4.0, 0.125):
        rate = answer(a)
        for factor, word in ((1.0, "bounce"), (0.99, "arrive"), (1.01, "diverge")):
            distance = 1.0
            for _ in range(2000):
                distance -= factor * rate * 2 * a * distance
                distance = max(-1e6, min(1e6, distance))
            size = abs(distance)
            saw = "arrive" if size < 0.5 else "diverge" if size > 2 else "bounce"
            assert saw == word, (
                f"for a = {a} your rate is {rate}; at {factor:g} times that, w should {word}, "
                f"and it does {'not move away or near' if saw == 'bounce' else saw}"
            )


def check_scaled(answer: Callable[..., Any]) -> None:
    """Try a training table with a constant column, and a test table of one row."""
    train = torch.tensor([[170.0, 65.0, 1.0], [160.0, 55.0, 1.0], [180.0, 81.0, 1.0]])
    test = torch.tensor([[175.0, 70.0, 3.0]])
    mean, spread = train.mean(0), torch.tensor([10.0, train[:, 1].std().item(), 1.0])
    got = answer(train, test)
    same(got[0], (train - mean) / spread, "the training table; its last column has no spread")
    same(got[1], (test - mean) / spread, "the test table, by the mean and spread of `train`")


def check_clip(answer: Callable[..., float]) -> None:
    """Compare with torch's, above and below the limit, with one parameter left out."""
    for limit in (1.0, 100.0):
        models = [nn.Linear(2, 2), nn.Linear(2, 2)]
        for model in models:
            model.weight.grad = torch.tensor([[3.0, 0.0], [0.0, 4.0]])
            model.bias.grad = torch.tensor([12.0, 0.0])
        unused = nn.Parameter(torch.zeros(1))
        nn.utils.clip_grad_norm_(models[0].parameters(), limit)
        length = answer([*models[1].parameters(), unused], limit)
        same(length, 13.0, "the common length of 3, 4 and 12, from before")
        for (name, want), got in zip(
            models[0].named_parameters(), models[1].parameters(), strict=True
        ):
            assert want.grad is not None and got.grad is not None
            where = f"{name}.grad with limit {limit:g}"
            assert torch.allclose(got.grad, want.grad, rtol=1e-4), (
                f"{where}: got {got.grad.tolist()}, wanted {want.grad.tolist()}"
            )
        assert unused.grad is None, "a parameter without gradient got one"


def check_hold_then_fall(answer: Callable[..., float]) -> None:
    """Look at every step, and beyond the end."""
    got = [float(answer(n, 2, 6)) for n in range(8)]
    same(got, [1.0, 1.0, 1.0, 0.75, 0.5, 0.25, 0.0, 0.0], "for hold=2, total=6, steps 0 to 7")
