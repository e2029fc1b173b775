"""Claims that the chapters in `docs/tensors/` check."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from examples.reference.claims import HALF, Claims, Finding, judge
from examples.tensors.create import counts_to, megabytes, people
from examples.tensors.memory import shares
from examples.tensors.shapes import by_cells

CLAIMS = Claims()
_CREATE, _SHAPES = "tensors/create", "tensors/shapes"
_MEMORY, _RANDOM = "tensors/memory", "tensors/randomness"


@CLAIMS.on(_CREATE)
def float_by_default() -> Finding:
    """`torch.tensor` makes float32 by default."""
    kinds = [str(torch.tensor([v]).dtype).removeprefix("torch.") for v in (1.5, 1, True)]
    return judge(set(kinds) == {"float32"}, "from 1.5, 1 and True: " + ", ".join(kinds), HALF)


@CLAIMS.on(_CREATE)
def four_megabytes() -> Finding:
    """A 1000 × 1000 tensor takes 4 MB in float32 and 8 MB in float64."""
    sizes = [megabytes((1000, 1000), dtype) for dtype in (torch.float32, torch.float64)]
    return judge(sizes == [4, 8], " and ".join(f"{size:g} MB" for size in sizes))


@CLAIMS.on(_CREATE)
def seven_digits() -> Finding:
    """float32 keeps about 7 digits, float16 about 3.3."""
    ends = [counts_to(torch.float32), counts_to(torch.float16)]
    text = f"whole numbers are exact up to {ends[0]:,} and {ends[1]:,}"
    return judge(ends == [2**24, 2**11], text)


@CLAIMS.on(_SHAPES)
def by_element() -> Finding:
    """[1, 2, 3] and [4, 5, 6]: sum [5, 7, 9], product [4, 10, 18], dot product 32."""
    a, b = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([4.0, 5.0, 6.0])
    got = [(a + b).tolist(), (a * b).tolist(), torch.dot(a, b).item()]
    return judge(got == [[5, 7, 9], [4, 10, 18], 32], ", ".join(map(str, got)))


@CLAIMS.on(_SHAPES)
def four_people() -> Finding:
    """Each cell of a matrix product is a row times a column."""
    X = people().float()
    W = torch.tensor([[0.01, 0.02], [-0.02, 0.01], [0.03, -0.01]])
    off = (X @ W - by_cells(X, W)).abs().max().item()
    return judge(
        off < 1e-5, f"4 × 3 times 3 × 2, cell by cell: off by less than 1e-5: {off < 1e-5}"
    )


@CLAIMS.on(_SHAPES)
def same_numbers() -> Finding:
    """The same logic gives the same numbers in NumPy and in PyTorch."""
    torch.manual_seed(0)
    a = torch.rand(100, 100)
    ours, theirs = (a @ a).double().numpy(), a.double().numpy() @ a.double().numpy()
    close, same = bool(np.allclose(ours, theirs, rtol=1e-5)), bool((ours == theirs).all())
    return judge(same, f"float32 against float64: equal {same}, close {close}", HALF)


@CLAIMS.on(_MEMORY)
def constant_time() -> Finding:
    """Reshaping takes constant time: it changes the metadata, not the data."""
    x = torch.arange(6).reshape(2, 3)
    kept, copied = shares(x, x.reshape(3, 2)), not shares(x, x.t().reshape(6))
    text = f"same memory after `reshape(3, 2)`: {kept}; after `t().reshape(6)`: {not copied}"
    return judge(kept and not copied, text, HALF)


@CLAIMS.on(_MEMORY)
def from_numpy_keeps_float64() -> Finding:
    """`from_numpy` shares memory and keeps NumPy's float64."""
    array = np.array([1.0, 2.0, 3.0])
    x = torch.from_numpy(array)
    array[0] = 99
    return judge(x[0].item() == 99 and x.dtype == torch.float64, f"{x.tolist()}, {x.dtype}")


@CLAIMS.on(_MEMORY)
def float64_into_float32() -> Finding:
    """float64 numbers into a float32 model raise an error."""
    try:
        nn.Linear(3, 1)(torch.from_numpy(np.ones((1, 3))))
    except RuntimeError as error:
        return judge(True, f"`{error}`")
    return judge(False, "no error")


@CLAIMS.on(_MEMORY)
def superset() -> Finding:
    """PyTorch is a superset of NumPy, with the same syntax."""
    x = torch.arange(3)
    try:
        x[::-1]
    except ValueError as error:
        return judge(False, f"`x[::-1]` raises `{error}`", HALF)
    return judge(True, "`x[::-1]` works")


@CLAIMS.on(_MEMORY)
def dim_not_axis() -> Finding:
    """What NumPy calls `axis`, PyTorch calls `dim`."""
    x = torch.arange(6.0).reshape(2, 3)
    both = torch.equal(x.mean(dim=0), x.mean(axis=0))  # type: ignore[call-overload]
    return judge(not both, f"`mean(dim=0)` and `mean(axis=0)` give the same: {both}", HALF)


@CLAIMS.on(_RANDOM)
def seed_locks() -> Finding:
    """`manual_seed` fixes the start; without it, every run differs."""
    seeded, free = set(), set()
    for _ in range(5):
        torch.manual_seed(0)
        seeded.add(nn.Linear(2, 4).weight.sum().item())
        torch.seed()
        free.add(nn.Linear(2, 4).weight.sum().item())
    text = f"five starts: {len(seeded)} different with a seed, {len(free)} without"
    return judge(len(seeded) == 1 and len(free) == 5, text)
