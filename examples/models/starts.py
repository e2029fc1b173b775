"""What starting values do to the numbers on their way through a deep network."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn


# --8<-- [start:init]
def he_start(module: nn.Module) -> None:
    """Give a linear layer He's starting values; leave every other module alone.

    >>> layer = nn.Linear(3, 2)
    >>> he_start(layer)
    >>> layer.bias.tolist()
    [0.0, 0.0]
    """
    if isinstance(module, nn.Linear):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        nn.init.zeros_(module.bias)


# --8<-- [end:init]


def small_start(module: nn.Module) -> None:
    """Draw a linear layer's weights from a normal distribution of spread 0.01."""
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, std=0.01)
        nn.init.zeros_(module.bias)


def large_start(module: nn.Module) -> None:
    """Draw a linear layer's weights from a normal distribution of spread 0.2."""
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, std=0.2)
        nn.init.zeros_(module.bias)


def default_start(module: nn.Module) -> None:
    """Leave everything as PyTorch made it."""


# --8<-- [start:spreads]
def spreads(start: Callable[[nn.Module], None], depth: int = 20, width: int = 128) -> list[float]:
    """Send random rows through ReLU layers; return how far apart the rows are after each layer.

    That is the standard deviation over the rows, averaged over the units.

    >>> len(spreads(he_start, depth=3))
    3
    """
    torch.manual_seed(0)
    layers = nn.ModuleList([nn.Linear(width, width) for _ in range(depth)]).apply(start)
    x: Tensor = torch.randn(256, width)
    found = []
    with torch.no_grad():
        for layer in layers:
            x = torch.relu(layer(x))
            found.append(x.std(dim=0).mean().item())
    return found


# --8<-- [end:spreads]


# --8<-- [start:gradient_sizes]
def gradient_sizes(
    start: Callable[[nn.Module], None], depth: int = 20, width: int = 128
) -> list[float]:
    """Send one loss back through the same layers; return the length of each layer's gradient.

    In float64, whose smallest numbers are small enough for all of them.

    >>> len(gradient_sizes(he_start, depth=3))
    3
    """
    torch.manual_seed(0)
    layers = nn.ModuleList([nn.Linear(width, width) for _ in range(depth)]).apply(start)
    layers.double()
    x, targets = torch.randn(2, 256, width, dtype=torch.float64)
    for layer in layers:
        x = torch.relu(layer(x))
    nn.functional.mse_loss(x, targets).backward()
    gradients = [p.grad for name, p in layers.named_parameters() if name.endswith("weight")]
    return [g.norm().item() for g in gradients if g is not None]


# --8<-- [end:gradient_sizes]
