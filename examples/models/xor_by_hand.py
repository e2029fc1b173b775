"""The noisy XOR net trained without autograd and without an optimizer of torch's."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from examples.models.optimizers import Adam


# --8<-- [start:slopes]
def slopes(
    parameters: list[Tensor],
    x: Tensor,
    y: Tensor,
) -> tuple[float, list[Tensor]]:
    """Return the loss of a 2-n-1 tanh net and its four gradients."""
    w1, b1, w2, b2 = parameters
    bent = torch.tanh(x @ w1.T + b1)  # (samples, units)
    p = torch.sigmoid(bent @ w2.T + b2)  # (samples, 1)
    loss = -(y * p.log() + (1 - y) * (1 - p).log()).mean()
    at_logit = (p - y) / len(x)
    at_unit = at_logit @ w2 * (1 - bent**2)  # the slope of tanh is 1 − tanh²
    return loss.item(), [
        at_unit.T @ x, at_unit.sum(0), at_logit.T @ bent, at_logit.sum(0)
    ]  # fmt: skip


# --8<-- [end:slopes]


# --8<-- [start:train]
def train_by_hand(
    start: Iterable[Tensor], x: Tensor, y: Tensor, epochs: int, lr: float
) -> list[float]:
    """Train from the given parameters by our own Adam; return the loss of each epoch."""
    parameters = [p.detach().double() for p in start]
    rules = [Adam(lr) for _ in parameters]
    losses = []
    for _ in range(epochs):
        loss, gradients = slopes(parameters, x.double(), y.double())
        losses.append(loss)
        parameters = [
            rule.step(p, g) for rule, p, g in zip(rules, parameters, gradients, strict=True)
        ]
    return losses


# --8<-- [end:train]
