"""The record that autograd keeps, read from the record itself.

Used by the chapter *The graph* (`docs/autograd/graph.md`). Run it alone for a short tour:
`python -m examples.autograd.graph`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.autograd.graph import Node


# --8<-- [start:tape]
class Tape:
    """A calculator that keeps its paper tape: every result, and its slopes.

    >>> tape = Tape()
    >>> x = tape.number(5.0)
    >>> tape.back(tape.times(x, x))[x]
    10.0
    """

    def __init__(self) -> None:
        self.values: list[float] = []
        self.notes: list[tuple[tuple[int, float], ...]] = []

    def number(self, value: float, *notes: tuple[int, float]) -> int:
        """Print a value and its notes (line it came from, slope there)."""
        self.values.append(value)
        self.notes.append(notes)
        return len(self.values) - 1

    def plus(self, a: int, b: int) -> int:
        """Add two lines: if either moves by 1, so does the sum."""
        return self.number(self.values[a] + self.values[b], (a, 1.0), (b, 1.0))

    def times(self, a: int, b: int) -> int:
        """Multiply two lines: the slope of each factor is the other one."""
        x, y = self.values[a], self.values[b]
        return self.number(x * y, (a, y), (b, x))

    # --8<-- [end:tape]

    # --8<-- [start:back]
    def back(self, result: int) -> list[float]:
        """Return the slope of the result with respect to every line."""
        slopes = [0.0] * len(self.values)
        slopes[result] = 1.0
        for line in reversed(range(result + 1)):
            for source, slope in self.notes[line]:
                slopes[source] += slopes[line] * slope
        return slopes


# --8<-- [end:back]


# --8<-- [start:nodes]
def nodes(result: torch.Tensor) -> list[Node]:
    """List the notes behind a result, each of them once, its own first.

    Args:
        result: a tensor of any shape that recorded operations made.

    Raises:
        ValueError: if nothing was recorded.

    >>> x = torch.tensor(2.0, requires_grad=True)
    >>> [type(node).__name__ for node in nodes(3 * x)]
    ['MulBackward0', 'AccumulateGrad']
    """
    if result.grad_fn is None:
        raise ValueError("no operation was recorded for this tensor")
    found = [result.grad_fn]
    for node in found:  # the list grows while we walk along it
        for earlier, _ in node.next_functions:
            if earlier is not None and earlier not in found:
                found.append(earlier)
    return found


# --8<-- [end:nodes]


# --8<-- [start:visit]
@dataclass(frozen=True)
class Visit:
    """One stop of `backward()`: the node, what came in, what it sent on."""

    node: Node
    came: float
    sent: tuple[float | None, ...]

    @property
    def name(self) -> str:
        """The name of the node's class, as in `PowBackward0`."""
        return type(self.node).__name__


# --8<-- [end:visit]


# --8<-- [start:watch]
def watch(result: torch.Tensor) -> list[Visit]:
    """Call `backward()` on a scalar and list its stops in their order.

    Args:
        result: shape (), made by operations on scalars only.

    >>> x = torch.tensor(2.0, requires_grad=True)
    >>> [(visit.name, visit.came) for visit in watch(3 * x)]
    [('MulBackward0', 1.0), ('AccumulateGrad', 3.0)]
    """
    visits: list[Visit] = []

    def listen(node: Node) -> None:
        def stop(
            sent: tuple[torch.Tensor | None, ...],
            came: tuple[torch.Tensor, ...],
        ) -> None:
            numbers = [None if g is None else g.item() for g in sent]
            visits.append(Visit(node, came[0].item(), tuple(numbers)))

        node.register_hook(stop)

    for node in nodes(result):
        listen(node)
    result.backward()
    return visits


# --8<-- [end:watch]


# --8<-- [start:finite-difference]
def finite_difference(
    f: Callable[[torch.Tensor], torch.Tensor],
    x: torch.Tensor,
    step: float = 1e-5,
) -> torch.Tensor:
    """Return the gradient of `f` at `x` by moving one element at a time.

    Args:
        f: takes a tensor like `x` and returns one of shape ().
        x: any shape; float64, or rounding spoils the last digits.
        step: how far each element is moved, down and up.

    Returns:
        A tensor like `x`.

    >>> x = torch.tensor([1.0, 2.0], dtype=torch.float64)
    >>> finite_difference(lambda t: (t**2).sum(), x).round(decimals=6)
    tensor([2., 4.], dtype=torch.float64)
    """
    slopes = []
    for i in range(x.numel()):
        move = torch.zeros(x.numel(), dtype=x.dtype)
        move[i] = step
        move = move.view_as(x)
        slopes.append((f(x + move) - f(x - move)) / (2 * step))
    return torch.stack(slopes).detach().view_as(x)


# --8<-- [end:finite-difference]


def main() -> None:
    """Send a gradient through x² + 3x + 1, and print every stop."""
    x = torch.tensor(2.0, requires_grad=True)
    for visit in watch(x**2 + 3 * x + 1):
        print(f"{visit.name:<15} got {visit.came:g}, sent {visit.sent}")
    print(f"x.grad is {x.grad}")


if __name__ == "__main__":
    main()
