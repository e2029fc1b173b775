"""Worked solutions to the exercises of *Losses*."""

from __future__ import annotations

import math

from torch import Tensor
from torch.nn import functional as F


# --8<-- [start:cross_entropy]
def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Pick the log-probability of the right class from each row."""
    return -logits.log_softmax(dim=1).gather(1, labels[:, None])[:, 0]


# --8<-- [end:cross_entropy]


# --8<-- [start:yes_or_no_loss]
def yes_or_no_loss(outputs: Tensor, targets: Tensor) -> Tensor:
    """Bring the outputs to (n,), and the targets to float32."""
    return F.binary_cross_entropy_with_logits(outputs[:, 0], targets.float())


# --8<-- [end:yes_or_no_loss]


# --8<-- [start:lowest]
def lowest(classes: int) -> float:
    """Take 1 for the right class, and 0 for the others, as logits."""
    return -math.log(math.e / (math.e + classes - 1))


# --8<-- [end:lowest]


# --8<-- [start:bce_with_logits]
def bce_with_logits(logits: Tensor, targets: Tensor) -> Tensor:
    """Use log(1 + e^z) − z·y, which needs no probability."""
    return (F.softplus(logits) - logits * targets).mean()


# --8<-- [end:bce_with_logits]


# --8<-- [start:known_mse]
def known_mse(predictions: Tensor, targets: Tensor) -> Tensor:
    """Pick what is known, and divide by its number, or by 1 if there is none."""
    known = ~targets.isnan()
    differences = predictions[known] - targets[known]
    return differences.square().sum() / known.sum().clamp(min=1)


# --8<-- [end:known_mse]
