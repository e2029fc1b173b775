"""More claims that the chapters in `docs/tensors/` check."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from examples.reference.claims import FALSE, HALF, Claims, Finding, judge
from examples.tensors.create import people, slowdown
from examples.tensors.memory import shares

CLAIMS = Claims()
_CREATE, _SHAPES, _MEMORY = "tensors/create", "tensors/shapes", "tensors/memory"


def refused(work: Callable[[], object], *words: str) -> Finding:
    """Return `true` and the first words of the message where `work` is refused in these words.

    >>> refused(lambda: torch.dot(torch.ones(2, 2), torch.ones(2)), "1D tensors expected")[0]
    'true'
    """
    try:
        work()
    except RuntimeError as error:
        message = str(error).splitlines()[0]
        return judge(all(word in message for word in words), f"`{message}`")
    return FALSE, "no error"


@CLAIMS.on(_CREATE)
def four_shapes() -> Finding:
    """A number has the shape (), a vector (n,), a table (m, n), and images (batch, 3, h, w)."""
    made = (torch.tensor(1.0), torch.zeros(3), people(), torch.zeros(2, 3, 8, 8))
    shapes = [tuple(tensor.shape) for tensor in made]
    text = ", ".join(f"`{shape}`" for shape in shapes)
    return judge([len(shape) for shape in shapes] == [0, 1, 2, 4], text)


@CLAIMS.on(_CREATE)
def range_is_digits() -> Finding:
    """The range of float32 is about 7 digits."""
    info = torch.finfo(torch.float32)
    digits = -np.log10(info.eps)
    text = f"that is its precision ({digits:.1f} digits); its range ends at {info.max:.1e}"
    return judge(bool(info.max < 1e7), text, HALF)


@CLAIMS.on(_CREATE)
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


@CLAIMS.on(_CREATE)
def twice_as_fast() -> Finding:
    """32-bit math is twice as fast as 64-bit math."""
    kinds = (torch.float32, torch.float64)
    large = {kind: torch.rand(256, 256, dtype=kind) for kind in kinds}
    tiny = {kind: torch.rand(8, dtype=kind) for kind in kinds}
    big = slowdown(lambda kind: large[kind] @ large[kind]) > 1.3
    small = slowdown(lambda kind: [tiny[kind] + tiny[kind] for _ in range(500)]) > 1.6
    text = f"on a CPU: a large product {big}, adding eight numbers {small}; no GPU was timed"
    return judge(big and small, text, HALF)


@CLAIMS.on(_SHAPES)
def dot_of_vectors() -> Finding:
    """`torch.dot` takes vectors only."""
    table = torch.ones(2, 2)
    return refused(lambda: torch.dot(table, table), "1D tensors expected")


@CLAIMS.on(_SHAPES)
def bias_is_broadcast() -> Finding:
    """A bias of two numbers is added to each of four rows."""
    table, bias = torch.zeros(4, 2), torch.tensor([0.5, -1.0])
    rows = (table + bias).tolist()
    return judge(rows == [[0.5, -1.0]] * 4, f"(4, 2) + (2,): each row is {rows[0]}")


@CLAIMS.on(_MEMORY)
def view_or_reshape() -> Finding:
    """`view` refuses what needs a copy, and `reshape` works always."""
    turned = torch.arange(6).reshape(2, 3).t()
    verdict, message = refused(lambda: turned.view(6), "view size is not compatible")
    copied = not shares(turned, turned.reshape(6))
    return verdict, f"{message.split(' (')[0]}`; `reshape` gives a copy: {copied}"


@CLAIMS.on(_MEMORY)
def five_ways() -> Finding:
    """`view`, `permute`, `squeeze` and `unsqueeze` change the shape and copy nothing."""
    x = torch.arange(6).reshape(1, 2, 3)
    made = (x.view(3, 2), x.permute(2, 1, 0), x.squeeze(0), x.unsqueeze(0))
    same = [shares(x, tensor) for tensor in made]
    return judge(all(same), f"{sum(same)} of {len(same)} share the memory")


@CLAIMS.on(_MEMORY)
def clone_is_a_copy() -> Finding:
    """`clone()` makes a copy that no longer follows the original."""
    x = torch.zeros(2)
    copy = x.clone()
    x[0] = 99
    return judge(copy.tolist() == [0, 0], f"{x.tolist()} and {copy.tolist()}")


@CLAIMS.on(_MEMORY)
def numpy_shares() -> Finding:
    """`.numpy()` shares the memory."""
    x = torch.zeros(2)
    x.numpy()[0] = 99
    return judge(x[0].item() == 99, f"written through NumPy: {x.tolist()}")


@CLAIMS.on(_MEMORY)
def numpy_and_gradients() -> Finding:
    """A tensor that requires a gradient must be detached before `.numpy()`."""
    return refused(torch.ones(1, requires_grad=True).numpy, "Can't call numpy()", "detach()")
