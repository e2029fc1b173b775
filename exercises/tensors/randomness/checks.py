"""Checks of the exercises of *Randomness*."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from bookparts.practice import same
from examples.tensors.randomness import moves


def check_own_numbers(answer: Callable[[int, int], torch.Tensor]) -> None:
    """The right numbers, and the default generator stays where it was."""
    for seed, count in ((0, 3), (7, 20)):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            want = torch.rand(count)
        same(answer(seed, count), want, f"for seed {seed} and {count} numbers")
    assert not moves(lambda: answer(3, 5)), "the default generator has moved"


def check_peek(answer: Callable[[int], torch.Tensor]) -> None:
    """What was seen is what is drawn next."""
    with torch.random.fork_rng():
        for seed in (0, 1):
            torch.manual_seed(seed)
            torch.rand(10)
            seen = answer(4)
            same(seen, torch.rand(4), "the numbers seen are not the ones drawn next")


def check_linear(answer: Callable[[int, int, int], nn.Linear]) -> None:
    """The weights follow from the arguments, whatever was drawn before."""
    with torch.random.fork_rng():
        torch.manual_seed(5)
        want = nn.Linear(3, 2)
        for draws in (0, 9):
            torch.rand(draws)
            layer = answer(3, 2, 5)
            assert isinstance(layer, nn.Linear), (
                f"expected an nn.Linear, got {type(layer).__name__}"
            )
            same(layer.weight.detach(), want.weight.detach(), f"the weights, after {draws} draws")
            same(layer.bias.detach(), want.bias.detach(), f"the biases, after {draws} draws")
        other = answer(3, 2, 6)
        assert not torch.equal(other.weight, want.weight), "another seed gave the same weights"
    assert not moves(lambda: answer(3, 2, 5)), "the default generator has moved"


def check_clearly_better(answer: Callable[[int, int, int], bool]) -> None:
    """Two standard errors are asked for, in one direction."""
    cases = (
        (11, 9, 20, False),
        (18, 11, 20, True),
        (11, 18, 20, False),
        (105, 90, 200, False),
        (1100, 900, 2000, True),
        (20, 20, 20, False),
        (20, 0, 20, True),
    )
    for first, second, starts, want in cases:
        same(bool(answer(first, second, starts)), want, f"for {first} and {second} of {starts}")
