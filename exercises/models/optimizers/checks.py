"""Checks of the answers in `tasks.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from bookparts.answers import described
from bookparts.forbidden import unchanged
from bookparts.practice import same


def check_momentum_steps(answer: Callable[..., Tensor]) -> None:
    """Compare with torch's SGD over four gradients."""
    gradients = [torch.tensor(g) for g in ([1.0, -2.0], [0.5, 1.0], [0.5, 1.0], [-1.0, 0.0])]
    for momentum in (0.0, 0.9, 0.5):
        start = torch.tensor([1.0, 2.0])
        leaf = start.clone().requires_grad_()
        optimizer = torch.optim.SGD([leaf], lr=0.1, momentum=momentum)
        for g in gradients:
            leaf.grad = g.clone()
            optimizer.step()
        given = {f"gradients_{n}": g for n, g in enumerate(gradients)}
        with unchanged(w=start, **given):
            got = answer(start, gradients, 0.1, momentum)
        hint = (
            f"with momentum {momentum}: velocity ← momentum · velocity + g, w ← w − lr · velocity"
        )
        same(got, leaf.detach(), hint)


def check_adam_first_step(answer: Callable[..., Tensor]) -> None:
    """Try gradients of very different sizes, and 0."""
    w = torch.tensor([1.0, 2.0, 3.0, 4.0])
    g = torch.tensor([1000.0, -0.002, 0.0, 3.0])
    with unchanged(w=w, g=g):
        got = answer(w, g, 0.1)
    want = torch.tensor([0.9, 2.1, 3.0, 3.9])
    same(got, want, "for the gradients 1000, -0.002, 0 and 3, with lr 0.1")
    got = answer(torch.tensor([[1.0, 1.0]]), torch.tensor([[1e-9, -1e-12]]), 0.25)
    hint = "for the gradients 1e-9 and -1e-12, with lr 0.25: without eps the size does not matter"
    same(got, torch.tensor([[0.75, 1.25]]), hint)


def check_largest_rate(answer: Callable[[float], float]) -> None:
    """Walk with the rate itself, and with a hundredth less and more."""
    for a in (1.0, 4.0, 0.125, 3.0):
        rate = answer(a)
        number = isinstance(rate, (int, float)) and not isinstance(rate, bool)
        assert number, f"for a = {a}: expected a number, got {described(rate)}"
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
    with unchanged(train=train, test=test):
        got = answer(train, test)
    want = ((train - mean) / spread, (test - mean) / spread)
    hint = "item 0 is the training table, whose last column has no spread; item 1 the test table,"
    same(got, want, f"{hint} by the mean and spread of `train`")
    for seed in range(5):
        generator = torch.Generator().manual_seed(seed)
        train = torch.randn(seed + 2, 3, generator=generator) * torch.tensor([0.01, 1.0, 100.0])
        test = torch.randn(4, 3, generator=generator)
        train[:, seed % 3] = 7.0
        spread = train.std(0)
        spread[seed % 3] = 1.0
        want = ((train - train.mean(0)) / spread, (test - train.mean(0)) / spread)
        what = f"with column {seed % 3} constant: by the mean and spread of `train`, as std(0)"
        same(answer(train, test), want, what, rtol=1e-4, atol=1e-4)


def check_clip(answer: Callable[..., float]) -> None:
    """Compare with torch's, above and below the limit, with one parameter left out."""
    for limit in (1.0, 100.0):
        models = [nn.Linear(2, 2), nn.Linear(2, 2)]
        for model in models:
            model.weight.grad = torch.tensor([[3.0, 0.0], [0.0, 4.0]])
            model.bias.grad = torch.tensor([12.0, 0.0])
        unused = nn.Parameter(torch.zeros(1))
        nn.utils.clip_grad_norm_(models[0].parameters(), limit)
        held = [p.grad for p in models[1].parameters()]
        given = (p for p in [*models[1].parameters(), unused])  # as `model.parameters()` gives them
        length = answer(given, limit)
        same(length, 13.0, "the common length of 3, 4 and 12, from before", rtol=1e-5)
        for (name, want), got in zip(
            models[0].named_parameters(), models[1].parameters(), strict=True
        ):
            assert want.grad is not None and got.grad is not None
            where = f"{name}.grad with limit {limit:g}"
            assert torch.allclose(got.grad, want.grad, rtol=1e-4), (
                f"{where}: got {got.grad.tolist()}, wanted {want.grad.tolist()}; can the "
                "parameters be walked through twice? A generator is empty after the first time"
            )
        same_ones = [p.grad is g for p, g in zip(models[1].parameters(), held, strict=True)]
        assert all(same_ones), "`.grad` is another tensor now: shorten it in place, as by `mul_`"
        assert unused.grad is None, "a parameter without gradient got one"
    still = nn.Parameter(torch.ones(2))
    still.grad = torch.zeros(2)
    same(answer(iter([still]), 1.0), 0.0, "all slopes are 0")
    same(still.grad, torch.zeros(2), "all slopes are 0, and stay so")


def check_hold_then_fall(answer: Callable[..., float]) -> None:
    """Look at every step, and beyond the end."""
    want = [1.0, 1.0, 1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    same(_factors(answer, 2, 6, 8), want, "for hold=2, total=6, steps 0 to 7")
    for hold, total in ((0, 4), (3, 4), (1, 11), (5, 8), (10, 30)):
        want = [1.0 - max(0, min(n, total) - hold) / (total - hold) for n in range(total + 5)]
        got = _factors(answer, hold, total, total + 5)
        same(got, want, f"for hold={hold}, total={total}, steps 0 to {total + 4}")


def _factors(answer: Callable[..., float], hold: int, total: int, steps: int) -> list[float]:
    found = []
    for n in range(steps):
        got = answer(n, hold, total)
        number = isinstance(got, (int, float)) and not isinstance(got, bool)
        where = f"step {n}, with hold={hold} and total={total}"
        assert number, f"{where}: expected a number, got {described(got)}"
        found.append(float(got))
    return found
