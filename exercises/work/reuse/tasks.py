"""Your answers to the exercises of *Reusing a trained network*.

Check them with `python3 book.py check reuse`.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


def swap_head(model: nn.Module, name: str, classes: int) -> list[nn.Parameter]:
    """Put a new linear layer in the place of one, freeze the rest, and return what trains.

    Args:
        model: changed in place.
        name: the linear layer's attribute, as in `"fc"`.
        classes: how many scores the new layer gives; its inputs are those of the old one, and it
            has a bias if the old one had.

    Returns:
        The parameters of the new layer.

    Raises:
        AttributeError: if the model has nothing of this name.
    """
    raise NotImplementedError


def train_mode(model: nn.Module) -> None:
    """Put a model into training mode, but keep each frozen batch norm in evaluation mode.

    A batch norm (`nn.BatchNorm1d`, `2d`, `3d`) is frozen if it has parameters, and none of them
    wants a gradient. It may be anywhere inside of the model, or be the model.
    """
    raise NotImplementedError


def groups(model: nn.Sequential, lr: float, factor: float) -> list[dict[str, Any]]:
    """Return parameter groups for an optimizer: a rate for each part of a model that trains.

    Args:
        model: its children are the parts, from input to output.
        lr: the rate of the last part that trains.
        factor: what the rate is multiplied by from there to the part before that trains, and so
            on. A part in which no parameter wants a gradient gets no group, and counts for nothing.

    Returns:
        One dictionary for each part that trains, from input to output, with `"params"`, a list of
        those parameters that want a gradient, and `"lr"`.
    """
    raise NotImplementedError


def row_means(table: torch.Tensor, ids: torch.Tensor, empty: int) -> torch.Tensor:
    """Look up the rows of an embedding, and average them for each sentence.

    Args:
        table: float rows, shape (words, numbers).
        ids: int64 word numbers, shape (sentences, length).
        empty: the number that fills up short sentences; it is not averaged, whatever its row holds.

    Returns:
        Shape (sentences, numbers). A sentence of nothing but `empty` becomes zeros.
    """
    raise NotImplementedError
