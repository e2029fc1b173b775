"""Worked solutions to the exercises of *Shapes*."""

from __future__ import annotations

import torch
from torch import Tensor


# --8<-- [start:ages_of_tall]
def ages_of_tall(x: Tensor, limit: float) -> Tensor:
    """Pick the rows by a mask, and the column by an integer."""
    return x[x[:, 0] > limit, 2]


# --8<-- [end:ages_of_tall]


# --8<-- [start:shares]
def shares(x: Tensor) -> Tensor:
    """Keep the sums a column, (n, 1), so that they meet the rows."""
    return x / x.sum(dim=1, keepdim=True)


# --8<-- [end:shares]


# --8<-- [start:picked]
def picked(scores: Tensor, labels: Tensor) -> Tensor:
    """Give the index a second dimension for gather, and drop it again from the result."""
    return scores.gather(1, labels[:, None])[:, 0]


# --8<-- [end:picked]


# --8<-- [start:mean_squared_error]
def mean_squared_error(predictions: Tensor, targets: Tensor) -> Tensor:
    """Refuse what broadcasting would let through."""
    if predictions.shape != targets.shape:
        raise ValueError(f"{tuple(predictions.shape)} against {tuple(targets.shape)}")
    return ((predictions - targets) ** 2).mean()


# --8<-- [end:mean_squared_error]


# --8<-- [start:distances]
def distances(a: Tensor, b: Tensor) -> Tensor:
    """Subtract (n, 1, f) and (1, m, f), which gives (n, m, f), and sum over f."""
    return torch.sqrt(((a[:, None, :] - b[None, :, :]) ** 2).sum(dim=-1))


# --8<-- [end:distances]


# --8<-- [start:mended]
def mended(x: Tensor, weights: Tensor, extra: Tensor) -> Tensor:
    """Turn the weights, so that (n, f) meets (f, m), and make a column of the extras."""
    return x @ weights.T + extra[:, None]


# --8<-- [end:mended]
