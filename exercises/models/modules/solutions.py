"""Worked solutions to the exercises of *Modules*."""

from __future__ import annotations

import copy
from itertools import pairwise

import torch
from torch import Tensor, nn


# --8<-- [start:mlp_parameters]
def mlp_parameters(sizes: list[int]) -> int:
    """Add up in · out + out for each pair of neighbors."""
    return sum(n * m + m for n, m in pairwise(sizes))


# --8<-- [end:mlp_parameters]


# --8<-- [start:Deep]
class Deep(nn.Module):
    """Keep the layers in a ModuleList."""

    def __init__(self, sizes: list[int]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            [nn.Linear(inputs, outputs) for inputs, outputs in pairwise(sizes)]
        )

    def forward(self, x: Tensor) -> Tensor:
        """Bend after each layer but the last."""
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        last: Tensor = self.layers[-1](x)
        return last


# --8<-- [end:Deep]


# --8<-- [start:RunningMaximum]
class RunningMaximum(nn.Module):
    """Keep the maxima in a buffer, and look at the flag."""

    largest: Tensor

    def __init__(self, columns: int) -> None:
        super().__init__()
        start = torch.full((columns,), float("-inf"))
        self.register_buffer("largest", start)

    def forward(self, x: Tensor) -> Tensor:
        """Pass x on; remember only in training, and take no notes."""
        if self.training:
            with torch.no_grad():
                highest = x.amax(dim=0)
                self.largest.copy_(torch.maximum(self.largest, highest))
        return x


# --8<-- [end:RunningMaximum]


# --8<-- [start:snapshot]
def snapshot(model: nn.Module) -> dict[str, Tensor]:
    """Copy every tensor of the state_dict."""
    return copy.deepcopy(model.state_dict())


# --8<-- [end:snapshot]


# --8<-- [start:quiet]
def quiet(model: nn.Module) -> None:
    """Walk through all modules, and keep the last that is a linear layer."""
    last = [m for m in model.modules() if isinstance(m, nn.Linear)][-1]
    for parameter in last.parameters():  # also right where there is no bias
        nn.init.zeros_(parameter)


# --8<-- [end:quiet]
