"""Write your answers here, then run `python3 book.py check many-starts`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from torch import Tensor, nn


def kinds(layer: nn.Linear, x: Tensor) -> tuple[int, int, int]:
    """Count the layer's ReLU units that are dead, always on, and bending, for the samples `x`.

    Dead: 0 for every sample. Always on: above 0 for every sample. Bending: all others.
    """
    raise NotImplementedError


def share(make: Callable[[], nn.Module], seeds: Iterable[int], steps: int) -> float:
    """Return the share of nets that learn XOR within `steps` steps, one net for each seed.

    Set torch's seed just before each `make()`. The nets put out logits; use binary cross-entropy
    on all four rows at once, and SGD with a rate of 0.5. A net has learned if its loss after the
    last step is below 0.1.
    """
    raise NotImplementedError


def shelf(yes: int, no: int) -> float:
    """Return the mean cross-entropy of four rows, of which `yes + no` look the same to a net.

    `yes` of these should be 1, and `no` of them 0. All of them get the best single answer, and the
    other rows are right, at a loss of 0. Either number may be 0, and not both.
    """
    raise NotImplementedError
