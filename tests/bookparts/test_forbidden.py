"""What a task forbids is refused at the reader's own line, and nothing else is."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import reduce
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd import grad

from bookparts.forbidden import (
    ForbiddenError,
    autograd_used,
    counted,
    exact,
    no_autograd,
    no_call,
    no_loop,
    no_module,
    no_optimizer,
    no_torch,
    unchanged,
)


def _by_for(x: list[float]) -> float:
    total = 0.0
    for number in x:
        total += number
    return total


def _by_while(x: list[float]) -> float:
    total, n = 0.0, 0
    while n < len(x):
        total, n = total + x[n], n + 1
    return total


def _by_comprehension(x: list[float]) -> float:
    return sum([2 * number for number in x])


def _by_map(x: list[float]) -> float:
    return sum(map(float, x))


def _by_reduce(x: list[float]) -> float:
    return reduce(lambda a, b: a + b, x)


def _by_itself(x: list[float]) -> float:
    return x[0] + _by_itself(x[1:]) if x else 0.0


def _through_a_helper(x: list[float]) -> float:
    return _by_for(x)


def _in_a_function_of_its_own(x: list[float]) -> float:
    def inner() -> float:
        return _by_while(x)

    return inner()


def _without(x: list[float]) -> float:
    return sum(x)


class _Loops:
    @staticmethod
    def total(x: list[float]) -> float:
        return _by_for(x)


@pytest.mark.parametrize(
    "answer",
    [
        _by_for,
        _by_while,
        _by_comprehension,
        _by_map,
        _by_reduce,
        _by_itself,
        _through_a_helper,
        _in_a_function_of_its_own,
        _Loops,
    ],
)
def test_a_loop_is_found_wherever_it_hides(answer: Callable[..., Any]) -> None:
    """The line stands in the message, with the hint."""
    with pytest.raises(ForbiddenError, match=r"(?s)no loop is allowed, .*`.+`\nSum at once\."):
        no_loop(answer, "Sum at once.")


def clip(x: Tensor) -> Tensor:
    return torch.vmap(torch.sin)(x.clip(0, 1))


@pytest.mark.parametrize("answer", [_without, len, torch.sum, lambda x: x.sum(), clip, int])
def test_what_has_no_loop_passes(answer: Callable[..., Any]) -> None:
    """What has no source, as a built-in, passes as well, and so does a method of the same name."""
    no_loop(answer)


def _x() -> Tensor:
    return torch.tensor([1.0, 2.0], requires_grad=True)


@pytest.mark.parametrize(
    ("way", "act", "words"),
    [
        (no_torch(), lambda x: torch.tensor(1.0), "`torch.tensor` is of torch"),
        (no_torch(), lambda x: x + 1, "is of torch"),
        (no_torch(), lambda x: nn.Linear(2, 3), "is of torch"),
        (no_call(F.mse_loss), lambda x: F.mse_loss(x, x), "`F.mse_loss` is not allowed"),
        (no_call(F.mse_loss), lambda x: nn.MSELoss()(x, x), "`F.mse_loss` is not allowed"),
        (no_call(torch.cdist), lambda x: torch.cdist(x[None], x[None]), "`torch.cdist`"),
        (no_autograd(), lambda x: x.sum().backward(), "autograd is not allowed"),
        (no_autograd(), lambda x: grad(x.sum(), x), "autograd is not allowed"),
        (no_autograd(), lambda x: torch.func.grad(torch.sum)(x), "autograd is not allowed"),
        (no_module(), lambda x: nn.Linear(2, 3), "this builds: `Linear`"),
        (no_optimizer(), lambda x: torch.optim.SGD([x], lr=1.0), "this makes: `SGD`"),
    ],
)
def test_a_forbidden_way_is_refused_at_its_line(
    way: AbstractContextManager[None], act: Callable[[Tensor], object], words: str
) -> None:
    """The message names what was called; also if the answer catches the error."""
    x = _x()
    with pytest.raises(ForbiddenError) as caught, way:
        act(x)
    assert words in str(caught.value) and "lambda x" in str(caught.value)


def _catches() -> None:
    with suppress(AssertionError):
        torch.ones(1)


def _fails_afterwards() -> None:
    try:
        torch.ones(1)
    finally:
        raise ValueError


@pytest.mark.parametrize("answer", [_catches, _fails_afterwards])
def test_who_catches_the_refusal_is_refused_all_the_same(answer: Callable[[], None]) -> None:
    """An `except` does not make the way right, nor does another error after it."""
    with pytest.raises(ForbiddenError, match=r"`torch\.ones`"), no_torch():
        answer()


def test_other_ways_are_free_and_the_ban_ends_with_its_block() -> None:
    """Arithmetic under `no_autograd`, a module under `no_optimizer`; and all of it afterwards."""
    x = _x()
    with no_autograd(), no_optimizer(), no_call(F.mse_loss):
        loss = nn.L1Loss()(nn.Linear(2, 1)(x), torch.zeros(1))
    loss.backward()
    assert x.grad is not None
    torch.optim.SGD([x], lr=0.1)
    F.mse_loss(x, x)
    with pytest.raises(ValueError, match="mine"), no_torch():
        raise ValueError("mine")


def test_autograd_must_be_asked_where_it_is_to_be_used() -> None:
    """A formula is refused; `backward` and `grad` are not."""
    with autograd_used():
        _x().sum().backward()
    with autograd_used():
        x = _x()
        grad(x.sum(), x)
    with pytest.raises(ForbiddenError, match="it was not asked"), autograd_used():
        assert 3 * 2.0**2


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda x: x.data.add_(1), "changed `x`"),
        (lambda x: setattr(x, "data", x.data[:1]), "changed `x`"),
        (lambda x: x.requires_grad_(False), "`x.requires_grad`"),
        (lambda x: x.sum().backward(), "another `x.grad`"),
    ],
)
def test_a_change_of_the_argument_is_noticed(act: Callable[[Tensor], object], words: str) -> None:
    """Values, shape, the wish for a gradient, and the gradient."""
    x = _x()
    with pytest.raises(ForbiddenError, match=words), unchanged(x=x):
        act(x)


def test_what_only_reads_changes_nothing() -> None:
    """NaN equals itself, an empty tensor and a scalar have bits, too; a view may be passed."""
    tensors = [torch.tensor([math.nan]), torch.empty(0, 2), torch.tensor(True), torch.ones(3, 2).T]
    for x in tensors:
        with unchanged(x=x):
            x.sum()


def test_calls_are_counted() -> None:
    """A function that is asked ten times says so."""
    f = counted(math.exp)
    assert [f(0.0), f(1.0)] == [1.0, math.e]
    assert f.calls == 2


def test_what_nudging_finds_is_nearly_right() -> None:
    """A slope to ten digits is told apart from the slope; another type and value as ever."""
    exact((0.1 + 0.2, -1.0), (0.3, -1.0))
    h = 1e-5
    with pytest.raises(ForbiddenError, match=r"nearly, and not exactly.*nudging\?\nat 1\.3"):
        exact((math.sin(1.3 + h) - math.sin(1.3 - h)) / (2 * h), math.cos(1.3), "at 1.3")
    with pytest.raises(AssertionError, match=r"expected 2\.0, got 3\.0"):
        exact(3.0, 2.0)
