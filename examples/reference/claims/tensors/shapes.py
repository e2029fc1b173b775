"""Claims that the chapter `docs/tensors/shapes.md` checks."""

from __future__ import annotations

import numpy as np
import torch

from examples.reference.claims import HALF, Claims, Finding, judge, refused
from examples.tensors.create import people
from examples.tensors.shapes import by_cells

CLAIMS = Claims()
_PAGE = "tensors/shapes"


@CLAIMS.on(_PAGE, of="4.20 4.21", at="Element by element", shows="torch.dot")
def by_element() -> Finding:
    """[1, 2, 3] and [4, 5, 6]: sum [5, 7, 9], product [4, 10, 18], dot product 32."""
    a, b = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([4.0, 5.0, 6.0])
    got = [(a + b).tolist(), (a * b).tolist(), torch.dot(a, b).item()]
    return judge(got == [[5, 7, 9], [4, 10, 18], 32], ", ".join(map(str, got)))


@CLAIMS.on(_PAGE, of="4.22", at="Multiply matrices", shows="by_cells")
def four_people() -> Finding:
    """Each cell of a matrix product is a row times a column."""
    X = people().float()
    W = torch.tensor([[0.01, 0.02], [-0.02, 0.01], [0.03, -0.01]])
    off = (X @ W - by_cells(X, W)).abs().max().item()
    return judge(
        off < 1e-5, f"4 × 3 times 3 × 2, cell by cell: off by less than 1e-5: {off < 1e-5}"
    )


@CLAIMS.on(_PAGE, of="4.24", at="einsum, in one paragraph", shows='"by cells": by_cells(P, Q)')
def same_numbers() -> Finding:
    """The same logic gives the same numbers in NumPy and in PyTorch."""
    torch.manual_seed(0)
    a = torch.rand(100, 100)
    ours, theirs = (a @ a).double().numpy(), a.double().numpy() @ a.double().numpy()
    close, same = bool(np.allclose(ours, theirs, rtol=1e-5)), bool((ours == theirs).all())
    return judge(same, f"float32 against float64: equal {same}, close {close}", HALF)


@CLAIMS.on(_PAGE, of="4.21", at="Element by element", shows="torch.dot(X, X)")
def dot_of_vectors() -> Finding:
    """`torch.dot` takes vectors only."""
    table = torch.ones(2, 2)
    return refused(lambda: torch.dot(table, table), "1D tensors expected")


@CLAIMS.on(_PAGE, of="4.41", at="Broadcasting", shows="broadcast((4, 3), (3,))")
def bias_is_broadcast() -> Finding:
    """A bias of two numbers is added to each of four rows."""
    table, bias = torch.zeros(4, 2), torch.tensor([0.5, -1.0])
    rows = (table + bias).tolist()
    return judge(rows == [[0.5, -1.0]] * 4, f"(4, 2) + (2,): each row is {rows[0]}")
