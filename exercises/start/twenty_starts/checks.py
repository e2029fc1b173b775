"""What the exercises of `docs/start/twenty-starts.md` ask for, checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from bookparts.practice import same

from . import solutions


def check_final_loss(answer: Callable[..., float]) -> None:
    """Compare with the solution on short trainings of three widths."""
    for seed, hidden, epochs in ((0, 2, 0), (1, 2, 1), (2, 3, 2), (3, 8, 200)):
        want = solutions.final_loss(seed, hidden, epochs)
        case = f"That was seed={seed}, hidden={hidden}, epochs={epochs}."
        same(answer(seed, hidden, epochs), want, case, atol=1e-6)


def check_gradient_length(answer: Callable[..., float]) -> None:
    """Give slopes whose length is known, of both signs, and a parameter without any."""
    first, second, third = (nn.Parameter(torch.zeros(n)) for n in (2, 1, 3))
    first.grad, second.grad = torch.tensor([2.0, -3.0]), torch.tensor([6.0])
    got = answer([first, second, third])
    assert isinstance(got, float), (
        f"a standard Python number is asked for, and this is a {type(got).__name__}: "
        "`.item()` gets the number out of a one-number tensor"
    )
    same(got, 7.0, "The slopes are 2, −3 and 6, and 4 + 9 + 36 is 49.")
    same(answer([third]), 0.0, "There is no slope at all.")


def check_arrived(answer: Callable[..., Any]) -> None:
    """Ask about a loss that stays, one that comes back, and ones at either end."""
    for losses, want, why in (
        ([0.5, 0.3, 0.05, 0.02], 2, "It is below 0.1 from epoch 2 on."),
        ([0.5, 0.05, 0.3, 0.02], 3, "It dips at epoch 1, and comes back."),
        ([0.5, 0.05, 0.3], None, "It came back, and the last loss is not below the limit."),
        ([0.05, 0.04], 0, "It is below the limit from the beginning."),
        ([0.5, 0.1], None, "A loss of exactly 0.1 is not below 0.1."),
    ):
        got = answer(losses, 0.1)
        assert got == want and (got is None) == (want is None), (
            f"for the losses {losses} and the limit 0.1 it returned {got!r}, not {want!r}: {why}"
        )
