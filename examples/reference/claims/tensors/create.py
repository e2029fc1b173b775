"""Claims that the chapter `docs/tensors/create.md` checks."""

from __future__ import annotations

import numpy as np
import torch

from examples.reference.claims import HALF, Claims, Finding, judge
from examples.tensors.create import counts_to, megabytes, people

CLAIMS = Claims()
_PAGE = "tensors/create"


@CLAIMS.on(_PAGE, of="4.10", at="Where the dtype came from", shows="torch.tensor([1, 2, 3])")
def float_by_default() -> Finding:
    """`torch.tensor` makes float32 by default."""
    kinds = [str(torch.tensor([v]).dtype).removeprefix("torch.") for v in (1.5, 1, True)]
    return judge(set(kinds) == {"float32"}, "from 1.5, 1 and True: " + ", ".join(kinds), HALF)


@CLAIMS.on(_PAGE, of="4.15", at="float32 by default, and what it costs", shows="megabytes")
def four_megabytes() -> Finding:
    """A 1000 × 1000 tensor takes 4 MB in float32 and 8 MB in float64."""
    sizes = [megabytes((1000, 1000), dtype) for dtype in (torch.float32, torch.float64)]
    return judge(sizes == [4, 8], " and ".join(f"{size:g} MB" for size in sizes))


@CLAIMS.on(_PAGE, of="3.16", at="Which dtype", shows="fraction_bits(dtype) + 1")
def seven_digits() -> Finding:
    """float32 keeps about 7 digits, float16 about 3.3."""
    ends = [counts_to(torch.float32), counts_to(torch.float16)]
    text = f"whole numbers are exact up to {ends[0]:,} and {ends[1]:,}"
    return judge(ends == [2**24, 2**11], text)


@CLAIMS.on(_PAGE, of="3.15 4.06 4.16", at="A table of four people", shows="people()")
def four_shapes() -> Finding:
    """A number has the shape (), a vector (n,), a table (m, n), and images (batch, 3, h, w)."""
    made = (torch.tensor(1.0), torch.zeros(3), people(), torch.zeros(2, 3, 8, 8))
    shapes = [tuple(tensor.shape) for tensor in made]
    text = ", ".join(f"`{shape}`" for shape in shapes)
    return judge([len(shape) for shape in shapes] == [0, 1, 2, 4], text)


@CLAIMS.on(_PAGE, of="3.16", at="Which dtype", shows="finfo")
def range_is_digits() -> Finding:
    """The range of float32 is about 7 digits."""
    info = torch.finfo(torch.float32)
    digits = -np.log10(info.eps)
    text = f"that is its precision ({digits:.1f} digits); its range ends at {info.max:.1e}"
    return judge(bool(info.max < 1e7), text, HALF)


@CLAIMS.on(_PAGE, of="3.16", at="Which dtype", shows="iinfo")
def small_types() -> Finding:
    """bfloat16 reaches as far as float32 with fewer digits; int8 holds whole numbers only."""
    wide, narrow, whole = (
        torch.finfo(torch.float32),
        torch.finfo(torch.bfloat16),
        torch.iinfo(torch.int8),
    )
    holds = narrow.max > 0.99 * wide.max and narrow.eps > 1000 * wide.eps
    text = f"largest {narrow.max:.1e} and {wide.max:.1e}; int8: {whole.min} to {whole.max}"
    return judge(holds and whole.max == 127, text.replace("-", "−"))
