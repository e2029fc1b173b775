"""Your answers to the exercises of *Attention*.

Check them with `python3 book.py check attention`.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def attend_safely(q: Tensor, k: Tensor, v: Tensor, seen: Tensor) -> Tensor:
    """Return what each query gets of the values, and zeros if it may see nothing.

    Without PyTorch's own attention, and without nan in the gradients.

    Args:
        q: queries, floats of shape (…, m, d).
        k: keys, (…, n, d).
        v: values, (…, n, d_v).
        seen: True where a query may look, bool of shape (…, m, n), or one that broadcasts to it.

    Returns:
        Floats of shape (…, m, d_v).
    """
    raise NotImplementedError


def may_look(lengths: Tensor, time: int) -> Tensor:
    """Return the mask of a batch of texts that are filled up at their ends.

    Args:
        lengths: how long each text is, int64 of shape (batch,), from 0 to `time`.
        time: how long the batch is.

    Returns:
        Bool of shape (batch, 1, time, time), True where the step of a row may look at that of a
        column: at itself and what is before it. Padding sees nothing, and nobody sees it.
    """
    raise NotImplementedError


def choose(scores: Tensor, temperature: float, k: int) -> Tensor:
    """Return probabilities, of which the k largest scores of each row alone have a part.

    Args:
        scores: floats of shape (batch, signs).
        temperature: divides the scores; 0 means that the largest gets all.
        k: how many stay, at least 1; more than there are means all.

    Returns:
        Floats of shape (batch, signs); each row adds up to 1.
    """
    raise NotImplementedError


def go_on(model: nn.Module, index: Tensor, more: int) -> Tensor:
    """Go on with the likeliest sign, and compute none twice.

    Args:
        model: a `Writer`: `model(index, past)` takes signs (batch, time) that follow on those in
            `past`, and returns scores (batch, time, signs). `past` is a list with an empty list for
            each of `model.blocks`, which it fills.
        index: int64 of shape (batch, time), with at least one sign.
        more: how many signs are to be added; it may be 0.

    Returns:
        int64 of shape (batch, time + more).
    """
    raise NotImplementedError
