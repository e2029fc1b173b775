"""Checks of the exercises of *Shapes*."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from bookparts.forbidden import no_loop, unchanged
from bookparts.practice import same
from examples.tensors.create import people


def check_ages_of_tall(answer: Callable[[Tensor, float], Tensor]) -> None:
    """Try some of the four people, none of them, and people drawn at random."""
    x = people()
    with unchanged(x=x):
        got = answer(x, 165)
    same(got, torch.tensor([25.0, 22.0]), "The mask is over the rows: x[:, 0] > limit.")
    same(answer(x, 170), torch.tensor([22.0]), "Taller than the limit, not as tall as it.")
    same(answer(x, 999), torch.empty(0), "Nobody is that tall: an empty tensor of shape (0,).")
    for seed in range(5):
        x = torch.rand(seed + 3, 3, generator=torch.Generator().manual_seed(seed))
        want = torch.tensor([row[2].item() for row in x if row[0] > 0.5])
        same(answer(x, 0.5), want, f"for the people {x.tolist()} and the limit 0.5")


def check_shares(answer: Callable[[Tensor], Tensor]) -> None:
    """Also a square matrix, on which a missing keepdim raises nothing and is wrong."""
    one = torch.tensor([[1.0, 3.0]])
    with unchanged(x=one):
        got = answer(one)
    same(got, torch.tensor([[0.25, 0.75]]), "The row [1, 3] sums to 4: its shares are 1/4 and 3/4.")
    square = torch.tensor([[1.0, 3.0], [5.0, 5.0]])
    hint = "Each row by its own sum: keep the summed dimension, sum(dim=1, keepdim=True)."
    same(answer(square), torch.tensor([[0.25, 0.75], [0.5, 0.5]]), hint)
    negative = torch.tensor([[-1.0, 3.0, 2.0]])
    want = torch.tensor([[-0.25, 0.75, 0.5]])
    same(answer(negative), want, "The sum of [-1, 3, 2] is 4, not 6: signs count.")
    for seed, shape in enumerate(((4, 3), (3, 5), (3, 3))):
        x = torch.rand(shape, generator=torch.Generator().manual_seed(seed)) + 0.1
        want = torch.tensor([[number / sum(row) for number in row] for row in x.tolist()])
        same(answer(x), want, f"for a table of shape {shape}")


def check_picked(answer: Callable[[Tensor, Tensor], Tensor]) -> None:
    """Labels that are not the largest, rows and classes in different numbers, and as many."""
    scores = torch.tensor([[0.1, 0.7, 0.2], [0.8, 0.1, 0.1], [0.3, 0.3, 0.4], [0.2, 0.5, 0.3]])
    labels = torch.tensor([2, 0, 0, 1])
    hint = "One number a row: gather along dim 1 wants an index of shape (n, 1)."
    with unchanged(scores=scores, labels=labels):
        got = answer(scores, labels)
    same(got, torch.tensor([0.2, 0.8, 0.3, 0.5]), hint)
    same(answer(scores[:3], labels[:3]), torch.tensor([0.2, 0.8, 0.3]), hint)
    same(answer(scores[:1], labels[:1]), torch.tensor([0.2]), "Also one row gives shape (1,).")
    for seed, (n, classes) in enumerate(((5, 2), (2, 7), (4, 4))):
        generator = torch.Generator().manual_seed(seed)
        scores = torch.randn(n, classes, generator=generator)
        labels = torch.randint(classes, (n,), generator=generator)
        want = torch.tensor([scores[row, labels[row]].item() for row in range(n)])
        same(answer(scores, labels), want, hint)


def check_mean_squared_error(answer: Callable[[Tensor, Tensor], Tensor]) -> None:
    """Equal shapes are averaged; shapes that would broadcast are refused."""
    a, b = torch.tensor([1.0, 2.0, 4.0]), torch.tensor([1.0, 4.0, 3.0])
    with unchanged(predictions=a, targets=b):
        got = answer(a, b)
    same(got, torch.tensor(5 / 3), "The differences are 0, -2 and 1, their squares 0, 4 and 1.")
    same(answer(a[:, None], b[:, None]), torch.tensor(5 / 3), "for two columns, (3, 1) and (3, 1)")
    for seed, shape in enumerate(((2, 3), (1, 4), (3, 3), ())):
        generator = torch.Generator().manual_seed(seed)
        first, second = (torch.randn(shape, generator=generator) for _ in range(2))
        pairs = zip(first.flatten().tolist(), second.flatten().tolist(), strict=True)
        want = sum((one - other) ** 2 for one, other in pairs) / first.numel()
        same(answer(first, second), torch.tensor(want), f"for two tensors of shape {shape}")
    for first, second in ((a, b[:, None]), (a[:, None], b), (a, b[:1])):
        shapes = f"shapes {tuple(first.shape)} and {tuple(second.shape)}"
        message = None
        try:
            answer(first, second)
        except ValueError as error:
            message = str(error)
        except Exception as error:
            raise AssertionError(
                f"{shapes} should raise a ValueError, and this is of another kind: "
                f"{type(error).__name__}: {error}"
            ) from None
        assert message is not None, f"{shapes} should raise a ValueError; they broadcast in silence"
        assert _names_both(message, first.shape, second.shape), (
            f"for {shapes} the message should name both; it says: {message or 'nothing'}"
        )


def _names_both(message: str, *shapes: Sequence[int]) -> bool:
    """Say whether a message has the numbers of both shapes, in whatever signs they stand."""
    numbers = [int(number) for number in re.findall(r"\d+", message)]
    for order in itertools.permutations([list(shape) for shape in shapes]):
        at = 0
        for shape in order:
            places = range(at, len(numbers) - len(shape) + 1)
            at = next((n + len(shape) for n in places if numbers[n : n + len(shape)] == shape), -1)
            if at < 0:
                break
        if at >= 0:
            return True
    return False


def check_distances(answer: Callable[[Tensor, Tensor], Tensor]) -> None:
    """Against the formula, for several sizes."""
    no_loop(answer, "Broadcasting compares all rows at once: (n, 1, f) against (1, m, f).")
    a, b = (
        torch.tensor([[0.0, 0.0], [3.0, 0.0]]),
        torch.tensor([[0.0, 4.0], [0.0, 0.0], [3.0, 0.0]]),
    )
    hint = "Give a the shape (n, 1, f) and b the shape (1, m, f), then subtract."
    with unchanged(a=a, b=b):
        got = answer(a, b)
    same(got, torch.tensor([[4.0, 0.0, 3.0], [5.0, 3.0, 0.0]]), hint)
    x = people()
    same(answer(x, x[:3]), torch.cdist(x, x[:3]), hint, atol=1e-3)
    for seed, (n, m, f) in enumerate(((1, 1, 3), (4, 2, 5), (3, 3, 3), (2, 6, 1))):
        generator = torch.Generator().manual_seed(seed)
        a, b = torch.randn(n, f, generator=generator), torch.randn(m, f, generator=generator)
        want = torch.tensor([[math.dist(p, q) for q in b.tolist()] for p in a.tolist()])
        same(answer(a, b), want, f"for shapes ({n}, {f}) and ({m}, {f})", atol=1e-4)


def check_mended(answer: Callable[[Tensor, Tensor, Tensor], Tensor]) -> None:
    """Try three different lengths, and then square tables, where mistakes raise nothing."""
    x = torch.tensor([[1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 0.0, 1.0], [2.0, 0.0, 0.0, 0.0]])
    weights = torch.tensor([[1.0, 1.0, 1.0, 1.0], [1.0, 0.0, 0.0, -1.0]])
    extra = torch.tensor([100.0, 200.0, 300.0])
    want = torch.tensor([[110.0, 97.0], [202.0, 199.0], [302.0, 302.0]])
    hint = "x @ weights.T is (n, m); the extras must be (n, 1) to be added to its rows."
    with unchanged(x=x, weights=weights, extra=extra):
        got = answer(x, weights, extra)
    same(got, want, hint)
    square = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    want = torch.tensor([[15.0, 21.0], [31.0, 45.0]])
    got = answer(square, torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([10.0, 20.0]))
    same(got, want, "On a square table a wrong turn raises nothing. " + hint)
    for seed, (n, m, f) in enumerate(((1, 3, 2), (4, 1, 4), (3, 3, 3))):
        generator = torch.Generator().manual_seed(seed)
        x, weights = (torch.randn(shape, generator=generator) for shape in ((n, f), (m, f)))
        extra = torch.randn(n, generator=generator)
        want = torch.stack([weights @ row + one for row, one in zip(x, extra, strict=True)])
        same(answer(x, weights, extra), want, f"for n={n}, m={m}, f={f}", atol=1e-5)
