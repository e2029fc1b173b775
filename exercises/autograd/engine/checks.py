"""What the exercises of `docs/autograd/engine.md` ask for, checked against torch."""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any
from unittest import mock

import torch
from torch import nn

from bookparts.answers import described
from bookparts.practice import same
from examples.autograd.beside import flat, twin
from examples.autograd.circles import four_layers, two_rings
from examples.autograd.engine import Value
from examples.autograd.framework import BCEWithLogitsLoss


def check_tanh(answer: Callable[[Value], Value]) -> None:
    """Compare result and slope with torch, alone and inside an expression that uses x twice."""
    for number in (-2.0, -0.3, 0.0, 0.5, 3.0):
        for inside, expression in ((False, "tanh(x)"), (True, "3 * tanh(x * x) + x")):
            x, theirs = Value(number), torch.tensor(number, dtype=torch.float64, requires_grad=True)
            y: Any = answer(x * x if inside else x)
            assert isinstance(y, Value), f"a Value is asked for, and this is {described(y)}"
            y = 3 * y + x if inside else y
            want = 3 * torch.tanh(theirs * theirs) + theirs if inside else torch.tanh(theirs)
            want.backward()
            y.backward()
            assert theirs.grad is not None
            where = f"That was {expression} at x = {number}"
            same(y.number, want.item(), f"{where}: the result.")
            same(x.grad, theirs.grad.item(), f"{where}: the slope, x.grad.")


def check_fit_line(answer: Callable[..., tuple[float, float]]) -> None:
    """Compare with torch after no step, one step, two steps and fifty."""
    lines = [[(0.0, 1.0), (1.0, 2.5), (2.0, 5.5), (3.0, 6.5)], [(-1.0, 0.5), (2.0, 0.0)]]
    for points, steps in ((p, n) for p in lines for n in (0, 1, 2, 50)):
        xs, ys = torch.tensor(points, dtype=torch.float64).unbind(1)
        w, b = (torch.zeros((), dtype=torch.float64, requires_grad=True) for _ in range(2))
        optimizer = torch.optim.SGD([w, b], lr=0.05)
        for _ in range(steps):
            loss = ((w * xs + b - ys) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        hint = "Do old slopes remain in `grad`?" if steps == 2 else f"That was steps={steps}."
        with mock.patch.object(Value, "backward", autospec=True, side_effect=Value.backward) as way:
            got = answer(list(points), 0.05, steps)
        same(got, (w.item(), b.item()), hint)
        assert way.call_count == steps, (
            f"for steps={steps}: `backward` is to find the slopes, once a step, and it was called "
            f"{way.call_count} times"
        )


def check_MSELoss(answer: Callable[[], Any]) -> None:
    """Compare the loss and its slopes with `torch.nn.MSELoss` on four shapes."""
    rng = Random(0)
    loss_fn = answer()
    for rows, columns in ((4, 1), (3, 2), (1, 5), (1, 1)):
        y, t = ([[rng.gauss(0, 1) for _ in range(columns)] for _ in range(rows)] for _ in "yt")
        theirs = torch.tensor(y, dtype=torch.float64, requires_grad=True)
        want = nn.MSELoss()(theirs, torch.tensor(t, dtype=torch.float64))
        want.backward()
        assert theirs.grad is not None
        before, shape = copy.deepcopy((y, t)), f"That was shape ({rows}, {columns})"
        same(loss_fn(y, t), want.item(), f"{shape}: the loss.")
        same(loss_fn.backward(), theirs.grad.tolist(), f"{shape}: the slopes.")
        assert (y, t) == before, f"{shape}: your loss changed its arguments"


def check_Momentum(answer: Callable[..., Any]) -> None:
    """Compare with `torch.optim.SGD` with momentum, for ten steps."""
    x, t = two_rings(16, Random(0))
    X, T = (torch.tensor(rows, dtype=torch.float64) for rows in (x, t))
    for name in ("zero_grad", "step"):
        assert callable(getattr(answer, name, None)), f"your class has no method `{name}`"
    for momentum in (0.9, 0.5):
        model, loss_fn = four_layers(4, Random(1)), BCEWithLogitsLoss()
        other = twin(model)
        other_than_usual = {} if momentum == 0.9 else {"momentum": momentum}
        mine = answer(model.parameters(), lr=0.1, **other_than_usual)
        theirs = torch.optim.SGD(other.parameters(), lr=0.1, momentum=momentum)
        for step in range(10):
            loss_fn(model(x), t)
            mine.zero_grad()
            model.backward(loss_fn.backward())
            mine.step()
            loss = nn.BCEWithLogitsLoss()(other(X), T)
            theirs.zero_grad()
            loss.backward()
            theirs.step()
            got = [number for p in model.parameters() for number in flat(p.value)]
            want = [number for p in other.parameters() for number in p.flatten().tolist()]
            same(got, want, f"That was after step {step + 1}, with momentum={momentum}.")
