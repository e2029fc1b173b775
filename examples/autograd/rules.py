"""What accumulates, what is a leaf, and how to teach autograd a rule of your own.

Used by the chapter *The rules* (`docs/autograd/rules.md`). Run it alone for a short tour:
`python -m examples.autograd.rules`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn


# --8<-- [start:describe]
def describe(x: torch.Tensor) -> str:
    """Say what autograd knows about a tensor, in one line.

    Args:
        x: a tensor of any shape and dtype.

    >>> describe(torch.ones(2))
    'leaf      requires_grad False  no note'
    >>> describe(torch.ones(2, requires_grad=True) * 3)
    'computed  requires_grad True   MulBackward0'
    """
    kind = "leaf" if x.is_leaf else "computed"
    note = type(x.grad_fn).__name__ if x.grad_fn else "no note"
    return f"{kind:<9} requires_grad {x.requires_grad!s:<5}  {note}"


# --8<-- [end:describe]


# --8<-- [start:accumulate]
def accumulate(
    model: nn.Module,
    loss_fn: nn.Module,
    batches: Sequence[tuple[torch.Tensor, torch.Tensor]],
) -> None:
    """Leave in `.grad` the gradient of the mean loss over all batches.

    Args:
        model: its parameters' gradients are forgotten first.
        loss_fn: returns the mean loss of a batch, shape ().
        batches: pairs of inputs and targets, all of the same size.
    """
    model.zero_grad()
    for inputs, targets in batches:
        loss = loss_fn(model(inputs), targets) / len(batches)
        loss.backward()


# --8<-- [end:accumulate]


# --8<-- [start:cube]
class Cube(torch.autograd.Function):
    """x³ of any float tensor, with a backward written by hand."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        """Compute x³, and keep what backward will need."""
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx: Any, g: torch.Tensor) -> torch.Tensor:
        """Get the gradient g of x³, send that of x."""
        x: torch.Tensor = ctx.saved_tensors[0]
        return g * 3 * x**2


# --8<-- [end:cube]


# --8<-- [start:wrong-cube]
class WrongCube(Cube):
    """The same, with a slip in the rule: 3x where 3x² should stand."""

    @staticmethod
    def backward(ctx: Any, g: torch.Tensor) -> torch.Tensor:
        """Get the gradient g of x³, send a wrong one."""
        x: torch.Tensor = ctx.saved_tensors[0]
        return g * 3 * x


# --8<-- [end:wrong-cube]


# --8<-- [start:straight]
class Straight(torch.autograd.Function):
    """Round in forward; in backward, act as if nothing had been rounded."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        """Round every element; nothing needs to be kept."""
        return x.round()

    @staticmethod
    def backward(ctx: Any, g: torch.Tensor) -> torch.Tensor:
        """Send on what came."""
        return g


# --8<-- [end:straight]


def main() -> None:
    """Describe a leaf and what becomes of it, and cube a number with a rule of our own."""
    x = torch.tensor(2.0, requires_grad=True)
    for name, tensor in (("x", x), ("x * 3", x * 3), ("x.detach()", x.detach())):
        print(f"{name:<12}{describe(tensor)}")
    Cube.apply(x).backward()  # type: ignore[no-untyped-call]
    print(f"the slope of x³ at 2 is {x.grad}")


if __name__ == "__main__":
    main()
