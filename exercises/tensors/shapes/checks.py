"""Checks of the exercises of *Shapes*."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from bookparts.forbidden import unchanged
from bookparts.practice import same
from examples.tensors.create import people


def check_ages_of_tall(answer: Callable[[Tensor, float], Tensor]) -> None:
    """Try some of the four people, and none of them."""
    x = people()
    same(answer(x, 165), torch.tensor([25.0, 22.0]), "The mask is over the rows: x[:, 0] > limit.")
    same(answer(x, 170), torch.tensor([22.0]), "Taller than the limit, not as tall as it.")
    same(answer(x, 999), torch.empty(0), "Nobody is that tall: an empty tensor of shape (0,).")


def check_shares(answer: Callable[[Tensor], Tensor]) -> None:
    """Also a square matrix, on which a missing keepdim raises nothing and is wrong."""
    hint = "Keep the summed dimension: sum(dim=1, keepdim=True)."
    same(answer(torch.tensor([[1.0, 3.0]])), torch.tensor([[0.25, 0.75]]), hint)
    square = torch.tensor([[1.0, 3.0], [5.0, 5.0]])
    same(answer(square), torch.tensor([[0.25, 0.75], [0.5, 0.5]]), hint)
    same(answer(people()).sum(dim=1), torch.ones(4), "Each row must sum to 1.")


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
    same(answer(a, b), torch.tensor(5 / 3))
    same(answer(a[:, None], b[:, None]), torch.tensor(5 / 3))
    for first, second in ((a, b[:, None]), (a[:, None], b), (a, b[:1])):
        shapes = f"shapes {tuple(first.shape)} and {tuple(second.shape)}"
        message = ""
        try:
            answer(first, second)
        except ValueError as error:
            message = str(error) or "no text"
        assert message, f"{shapes} should raise a ValueError; they broadcast in silence"
        for shape in (first.shape, second.shape):
            named = str(tuple(shape)) in message or str(shape) in message
            assert named, f"for {shapes} the message should name both; it says: {message}"


def check_distances(answer: Callable[[Tensor, Tensor], Tensor]) -> None:
    """Against torch's own, for several sizes."""
    a, b = (
        torch.tensor([[0.0, 0.0], [3.0, 0.0]]),
        torch.tensor([[0.0, 4.0], [0.0, 0.0], [3.0, 0.0]]),
    )
    hint = "Give a the shape (n, 1, f) and b the shape (1, m, f), then subtract."
    same(answer(a, b), torch.tensor([[4.0, 0.0, 3.0], [5.0, 3.0, 0.0]]), hint)
    x = people()
    same(answer(x, x[:3]), torch.cdist(x, x[:3]), hint, atol=1e-3)


def check_mended(answer: Callable[[Tensor, Tensor, Tensor], Tensor]) -> None:
    """Try three different lengths, and then square tables, where mistakes raise nothing."""
    x = torch.tensor([[1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 0.0, 1.0], [2.0, 0.0, 0.0, 0.0]])
    weights = torch.tensor([[1.0, 1.0, 1.0, 1.0], [1.0, 0.0, 0.0, -1.0]])
    want = torch.tensor([[110.0, 97.0], [202.0, 199.0], [302.0, 302.0]])
    hint = "x @ weights.T is (n, m); the extras must be (n, 1) to be added to its rows."
    same(answer(x, weights, torch.tensor([100.0, 200.0, 300.0])), want, hint)
    square = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    want = torch.tensor([[15.0, 21.0], [31.0, 45.0]])
    got = answer(square, torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([10.0, 20.0]))
    same(got, want, "On a square table a wrong turn raises nothing. " + hint)
