"""Checks of the exercises of *Randomness*."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from random import Random

import numpy as np
import torch
from torch import nn

from bookparts.answers import kind
from bookparts.practice import same
from examples.tensors.randomness import moves


def check_own_numbers(answer: Callable[[int, int], torch.Tensor]) -> None:
    """The right numbers, and the default generator stays where it was."""
    with torch.random.fork_rng():
        for seed, count in ((0, 3), (7, 20), (123, 1), (1, 0)):
            torch.manual_seed(seed)
            want = torch.rand(count)
            same(answer(seed, count), want, f"for seed {seed} and {count} numbers")
            torch.rand(5)
            moved = moves(functools.partial(answer, seed, count))
            assert not moved, "the default generator has moved: its next numbers are others"


def check_peek(answer: Callable[[int], torch.Tensor]) -> None:
    """What was seen is what is drawn next."""
    with torch.random.fork_rng():
        for seed, drawn, count in ((0, 10, 4), (1, 10, 4), (2, 0, 3), (3, 7, 20)):
            torch.manual_seed(seed)
            want = torch.rand(drawn + count)[drawn:]
            torch.manual_seed(seed)
            torch.rand(drawn)
            seen, again = answer(count), answer(count)
            hint = f"after {drawn} draws: the numbers seen are not the ones drawn next"
            same(seen, want, hint)
            same(again, want, f"{hint}, at the second look")
            same(torch.rand(count), want, "your function moved the generator: the next are others")


def check_linear(answer: Callable[[int, int, int], nn.Linear]) -> None:
    """The weights follow from the arguments, whatever was drawn before."""
    with torch.random.fork_rng():
        for inputs, outputs, seed in ((3, 2, 5), (1, 4, 0)):
            torch.manual_seed(seed)
            want = nn.Linear(inputs, outputs)
            where = f"of {inputs} inputs, {outputs} outputs and seed {seed}"
            for draws in (0, 9):
                torch.rand(draws)
                layer = answer(inputs, outputs, seed)
                assert isinstance(layer, nn.Linear), f"expected an nn.Linear, got {kind(layer)}"
                for name in ("weight", "bias"):
                    hint = f"the {name} {where}, after {draws} draws"
                    same(getattr(layer, name).detach(), getattr(want, name).detach(), hint)
        other = answer(3, 2, 6)
        assert not torch.equal(other.weight, answer(3, 2, 5).weight), (
            "another seed gave the same weights"
        )
        torch.rand(5)
        assert not moves(lambda: answer(3, 2, 5)), "the default generator has moved"


def check_clearly_better(answer: Callable[[int, int, int], bool]) -> None:
    """Two standard errors are asked for, in one direction."""
    cases = [
        (11, 9, 20, False),
        (18, 11, 20, True),
        (11, 18, 20, False),
        (105, 90, 200, False),
        (1100, 900, 2000, True),
        (20, 20, 20, False),
        (20, 0, 20, True),
        (0, 20, 20, False),
    ]
    rng = Random(0)
    while len(cases) < 60:
        starts = rng.randint(5, 300)
        first, second = rng.randint(0, starts), rng.randint(0, starts)
        squares = [n / starts * (1 - n / starts) / starts for n in (first, second)]
        over = (first - second) / starts - 2 * math.sqrt(sum(squares))
        if abs(over) > 1e-9:  # no case is decided by rounding
            cases.append((first, second, starts, over > 0))
    for first, second, starts, want in cases:
        got = answer(first, second, starts)
        got = bool(got) if isinstance(got, np.bool_) else got
        same(got, want, f"for {first} and {second} of {starts}")
