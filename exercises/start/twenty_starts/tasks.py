"""Your answers to the exercises of `docs/start/twenty-starts.md`.

Replace each `raise NotImplementedError`, then run `python3 book.py check twenty-starts`.
"""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor


def final_loss(seed: int, hidden: int, epochs: int) -> float:
    """Train an XOR net with `hidden` hidden units for `epochs` epochs; return the loss it ends at.

    Call `torch.manual_seed(seed)`, then build the net of the chapter, with `hidden` in place of 2;
    train it on the four cases with `nn.MSELoss()` and `torch.optim.SGD` at lr=1.0. The loss to
    return is that after the last step.
    """
    raise NotImplementedError


def gradient_length(parameters: Iterable[Tensor]) -> float:
    """Return √(g₁² + g₂² + …) over all numbers of all gradients, as a standard Python number.

    A parameter whose `.grad` is None adds nothing.
    """
    raise NotImplementedError


def arrived(losses: list[float], limit: float) -> int | None:
    """Return the first epoch from which on all losses are below the limit.

    The losses are counted from epoch 0. If the last one is not below the limit, return None.
    """
    raise NotImplementedError
