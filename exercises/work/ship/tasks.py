"""Your answers to the exercises of *Ship it*.

Check them with `python3 book.py check ship`.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn
from torch.export import ExportedProgram


def read_image(path: Path) -> torch.Tensor:
    """Return an image file as uint8 of shape (8, 8), bright ink on dark.

    The file may have any size and kind. What is transparent is white paper. If the border of the
    8×8 image (its 28 outer pixels) is on average brighter than 127, the image is turned around:
    255 minus each pixel.
    """
    raise NotImplementedError


def calibration_error(chances: torch.Tensor, y: torch.Tensor, parts: int = 10) -> float:
    """Return the mean distance of how sure answers were and how often they were right.

    Args:
        chances: probabilities, shape (n, classes).
        y: right classes, int64 of shape (n,).
        parts: how many bins of equal width the probability of the answer, from 0 to 1, is sorted
            into; 1.0 is in the last one. Each bin counts by its share of the answers.
    """
    raise NotImplementedError


def check_model(model: nn.Module) -> None:
    """Raise an AssertionError if an answer depends on chance, or on the others in the batch.

    The model takes float rows of shape (n, 4) and gives scores of shape (n, 3). It is tested in the
    mode in which it came, and is as it was afterwards. Scores that differ by 1e-4 are equal.
    """
    raise NotImplementedError


def export_any(model: nn.Module, example: torch.Tensor) -> ExportedProgram:
    """Export a model in evaluation mode, for batches of any size.

    Args:
        model: left as it was, its mode included.
        example: what it takes, shape (n, …), where n may be 1.
    """
    raise NotImplementedError
