"""Claims that the chapter `docs/tensors/memory.md` checks."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from examples.reference.claims import HALF, Claims, Finding, judge, refused
from examples.tensors.memory import shares

CLAIMS = Claims()
_PAGE = "tensors/memory"


@CLAIMS.on(
    _PAGE, of="3.19", at="When view refuses and reshape copies", shows="source.reshape(2, -1)"
)
def constant_time() -> Finding:
    """Reshaping takes constant time: it changes the metadata, not the data."""
    x = torch.arange(6).reshape(2, 3)
    kept, copied = shares(x, x.reshape(3, 2)), not shares(x, x.t().reshape(6))
    text = f"same memory after `reshape(3, 2)`: {kept}; after `t().reshape(6)`: {not copied}"
    return judge(kept and not copied, text, HALF)


@CLAIMS.on(_PAGE, of="1.06 4.11", at="The NumPy bridge", shows="torch.from_numpy(np.ones(2)).dtype")
def from_numpy_keeps_float64() -> Finding:
    """`from_numpy` shares memory and keeps NumPy's float64."""
    array = np.array([1.0, 2.0, 3.0])
    x = torch.from_numpy(array)
    array[0] = 99
    return judge(x[0].item() == 99 and x.dtype == torch.float64, f"{x.tolist()}, {x.dtype}")


@CLAIMS.on(_PAGE, of="1.07", at="The NumPy bridge", shows="layer(inputs)")
def float64_into_float32() -> Finding:
    """float64 numbers into a float32 model raise an error."""
    try:
        nn.Linear(3, 1)(torch.from_numpy(np.ones((1, 3))))
    except RuntimeError as error:
        return judge(True, f"`{error}`")
    return judge(False, "no error")


@CLAIMS.on(_PAGE, of="4.05", at="The same line in NumPy and in PyTorch", shows="t[::-1]")
def superset() -> Finding:
    """PyTorch is a superset of NumPy, with the same syntax."""
    x = torch.arange(3)
    try:
        x[::-1]
    except ValueError as error:
        return judge(False, f"`x[::-1]` raises `{error}`", HALF)
    return judge(True, "`x[::-1]` works")


@CLAIMS.on(_PAGE, of="1.05", at="The same line in NumPy and in PyTorch", shows="axis=")
def dim_not_axis() -> Finding:
    """What NumPy calls `axis`, PyTorch calls `dim`."""
    x = torch.arange(6.0).reshape(2, 3)
    both = torch.equal(x.mean(dim=0), x.mean(axis=0))  # type: ignore[call-overload]
    return judge(not both, f"`mean(dim=0)` and `mean(axis=0)` give the same: {both}", HALF)


@CLAIMS.on(
    _PAGE, of="3.20", at="When view refuses and reshape copies", shows="line = turned.reshape(6)"
)
def view_or_reshape() -> Finding:
    """`view` refuses what needs a copy, and `reshape` works always."""
    turned = torch.arange(6).reshape(2, 3).t()
    verdict, message = refused(lambda: turned.view(6), "view size is not compatible")
    copied = not shares(turned, turned.reshape(6))
    return verdict, f"{message.split(' (')[0]}`; `reshape` gives a copy: {copied}"


@CLAIMS.on(
    _PAGE, of="3.20", at="Five ways to change the shape, none of which copies", shows="unsqueeze"
)
def five_ways() -> Finding:
    """`view`, `permute`, `squeeze` and `unsqueeze` change the shape and copy nothing."""
    x = torch.arange(6).reshape(1, 2, 3)
    made = (x.view(3, 2), x.permute(2, 1, 0), x.squeeze(0), x.unsqueeze(0))
    same = [shares(x, tensor) for tensor in made]
    return judge(all(same), f"{sum(same)} of {len(same)} share the memory")


@CLAIMS.on(_PAGE, of="4.12", at="Two names, one row of numbers", shows="after clone():")
def clone_is_a_copy() -> Finding:
    """`clone()` makes a copy that no longer follows the original."""
    x = torch.zeros(2)
    copy = x.clone()
    x[0] = 99
    return judge(copy.tolist() == [0, 0], f"{x.tolist()} and {copy.tolist()}")


@CLAIMS.on(_PAGE, of="4.13", at="The NumPy bridge", shows="back = tensor.numpy()")
def numpy_shares() -> Finding:
    """`.numpy()` shares the memory."""
    x = torch.zeros(2)
    x.numpy()[0] = 99
    return judge(x[0].item() == 99, f"written through NumPy: {x.tolist()}")


@CLAIMS.on(_PAGE, of="4.13", at="The NumPy bridge", shows="weights.numpy()")
def numpy_and_gradients() -> Finding:
    """A tensor that requires a gradient must be detached before `.numpy()`."""
    return refused(torch.ones(1, requires_grad=True).numpy, "Can't call numpy()", "detach()")
