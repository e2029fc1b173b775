"""What the exercises of `docs/start/by-hand-then-torch.md` ask for, checked."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import torch
from torch import Tensor, nn

from bookparts.forbidden import exact, no_optimizer, no_torch
from bookparts.practice import same
from examples.start.by_hand_then_torch import INPUTS, TARGETS, net

from . import solutions


def check_five_steps(answer: Callable[..., float]) -> None:
    """Compare three rounds with the solution, on a small net that starts with stale gradients."""
    got, want = _three_rounds(answer), _three_rounds(solutions.five_steps)
    same(got[0][0], want[0][0], "The loss is that of the forward pass, before the step.")
    same(got[1], want[1], "Is the order forward, loss, zero_grad, backward, step?", atol=1e-6)
    same(got[0], want[0], "The first round is right and a later one is not.", atol=1e-6)


def check_step_by_hand(answer: Callable[..., object]) -> None:
    """Compare with `torch.optim.SGD` on three shapes, one without a gradient."""
    for lr in (1.0, 0.1, 0.003):
        mine, theirs = _parameters(), _parameters()
        with no_optimizer("θ ← θ − γ·g is one line for each parameter."):
            returned = answer(list(mine), lr)
        assert returned is None, "change the parameters in place; nothing is returned"
        torch.optim.SGD(theirs, lr=lr).step()
        for n, (got, want) in enumerate(zip(mine, theirs, strict=True)):
            where = f"That was parameter {n}, with lr={lr}"
            same(got, want, f"{where}: θ ← θ − γ·g, in place.")
            assert got.requires_grad, f"{where}: it no longer requires a gradient"
            kept = got.grad is not None or want.grad is None
            assert kept, f"{where}: its gradient is gone; that is the job of `zero_grad`"
            if want.grad is not None:
                same(got.grad, want.grad, f"{where}: its gradient is not the one that was there.")


def check_neuron_slopes(answer: Callable[..., tuple[float, float]]) -> None:
    """Compare with autograd at several points."""
    points: list[tuple[float, ...]] = [(0.5, -0.2, 1.0, 1.0), (1.5, 0.3, -2.0, 0.0)]
    points += [(0, 0, 3, 1), (-1, 2, 0.5, 0), (2.0, 1.0, 0.0, 0.5)]
    rng = Random(0)
    points += [tuple(rng.uniform(-2, 2) for _ in range(4)) for _ in range(6)]
    for w, b, x, t in points:
        p = torch.tensor([w, b], dtype=torch.float64, requires_grad=True)
        ((torch.sigmoid(p[0] * x + p[1]) - t) ** 2).backward()
        assert p.grad is not None
        slope_w, slope_b = p.grad.tolist()
        with no_torch("Plain Python: `math.exp` may help."):
            got = answer(w, b, x, t)
        exact(got, (slope_w, slope_b), f"That was w={w}, b={b}, x={x}, t={t}.")


def _three_rounds(answer: Callable[..., float]) -> tuple[list[float], list[Tensor]]:
    """Train a small net three rounds, and return the losses and its parameters."""
    X, T = torch.tensor(INPUTS), torch.tensor(TARGETS).reshape(4, 1)
    torch.manual_seed(0)
    model, loss_fn = net(), nn.MSELoss()
    optimizer: Any = torch.optim.SGD(model.parameters(), lr=1.0)
    loss_fn(model(X), T).backward()  # stale gradients: a missing zero_grad shows at once
    losses = [answer(model, loss_fn, optimizer, X, T) for _ in range(3)]
    return losses, [p.detach() for p in model.parameters()]


def _parameters() -> list[nn.Parameter]:
    """Make three parameters, two with gradients, the same at every call."""
    generator = torch.Generator().manual_seed(0)
    made = [nn.Parameter(torch.rand(shape, generator=generator)) for shape in ((2, 3), (4,), (1,))]
    for p in made[:2]:
        p.grad = torch.rand(p.shape, generator=generator)
    return made
