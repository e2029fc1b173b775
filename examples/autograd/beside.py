"""The engine and the mini framework beside torch: the same numbers in, and what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

import torch
from torch import Tensor, nn

from examples.autograd.engine import Rule, Value, apply
from examples.autograd.framework import (
    SGD,
    Adam,
    BatchNorm,
    BCEWithLogitsLoss,
    Dropout,
    Layer,
    Linear,
    Matrix,
    ReLU,
    Sequential,
    Sigmoid,
    five_steps,
)

# --8<-- [start:oracles]
Draw = Callable[[Random], float]


def anywhere(rng: Random) -> float:
    """Draw from −3 to 3."""
    return rng.uniform(-3, 3)


def positive(rng: Random) -> float:
    """Draw from 0.1 to 3."""
    return rng.uniform(0.1, 3)


ORACLES: dict[str, tuple[Callable[..., Tensor], tuple[Draw, ...]]] = {
    "add": (torch.add, (anywhere, anywhere)),
    "sub": (torch.sub, (anywhere, anywhere)),
    "mul": (torch.mul, (anywhere, anywhere)),
    "div": (torch.div, (anywhere, positive)),
    "pow": (torch.pow, (positive, anywhere)),
    "exp": (torch.exp, (anywhere,)),
    "log": (torch.log, (positive,)),
    "relu": (torch.relu, (anywhere,)),
    "sigmoid": (torch.sigmoid, (anywhere,)),
}
# --8<-- [end:oracles]


# --8<-- [start:both]
def by_engine(rule: Rule, numbers: Iterable[float]) -> list[float]:
    """Return an operation's result, and its slope along each input, by the engine."""
    inputs = [Value(number) for number in numbers]
    result = apply(rule, *inputs)
    result.backward()
    return [result.number] + [i.grad for i in inputs]


def by_torch(
    operation: Callable[..., Tensor],
    numbers: Iterable[float],
) -> list[float]:
    """Return the same by torch, in float64."""
    inputs = [torch.tensor(n, dtype=torch.float64) for n in numbers]
    for i in inputs:
        i.requires_grad_()
    result = operation(*inputs)
    result.backward()
    return [result.item()] + [i.grad.item() for i in inputs if i.grad is not None]


# --8<-- [end:both]


# --8<-- [start:largest_gap]
def largest_gap(rule: Rule, times: int = 200, seed: int = 0) -> float:
    """Return how far engine and torch ever are apart, relative to numbers above 1."""
    rng, (operation, draws) = Random(seed), ORACLES[rule.name]
    worst = 0.0
    for _ in range(times):
        numbers = [draw(rng) for draw in draws]
        pairs = zip(by_engine(rule, numbers), by_torch(operation, numbers), strict=True)
        worst = max(worst, *(abs(a - b) / max(1.0, abs(b)) for a, b in pairs))
    return worst


# --8<-- [end:largest_gap]


def torch_layer(layer: Layer) -> nn.Module:
    """Return torch's layer for one of ours, with our numbers, in float64.

    Raises:
        TypeError: torch's counterpart is not known.
    """
    module: nn.Module
    match layer:
        case Linear():
            rows = layer.weight.value
            module = nn.Linear(len(rows[0]), len(rows))
        case BatchNorm():
            module = nn.BatchNorm1d(layer.weight.size, eps=layer.eps, momentum=layer.momentum)
        case Dropout():
            module = nn.Dropout(layer.p)
        case ReLU():
            module = nn.ReLU()
        case Sigmoid():
            module = nn.Sigmoid()
        case _:
            raise TypeError(f"no torch layer is known for {type(layer).__name__}")
    load(module.double(), layer)
    return module


# --8<-- [start:twin]
def twin(model: Sequential) -> nn.Sequential:
    """Return a torch net of the same layers with the same numbers, in float64."""
    return nn.Sequential(*(torch_layer(layer) for layer in model.layers))


def load(module: nn.Module, layer: Layer) -> None:
    """Copy the parameters of one of our layers or nets into torch's, in order."""
    with torch.no_grad():
        for theirs, ours in zip(module.parameters(), layer.parameters(), strict=True):
            values = torch.tensor(ours.value, dtype=torch.float64)
            theirs.copy_(values.reshape(theirs.shape))


# --8<-- [end:twin]


def flat(rows: Matrix) -> list[float]:
    """Return the numbers of a table in one list.

    >>> flat([[1.0, 2.0], [3.0, 4.0]])
    [1.0, 2.0, 3.0, 4.0]
    """
    return [number for row in rows for number in row]


def parameter_gap(model: Layer, module: nn.Module) -> float:
    """Return the largest difference between a parameter of ours and torch's."""
    gaps = [
        (
            torch.tensor(ours.value, dtype=torch.float64).reshape(theirs.shape) - theirs.detach()
        ).abs()
        for ours, theirs in zip(model.parameters(), module.parameters(), strict=True)
    ]
    return max(gap.max().item() for gap in gaps)


# --8<-- [start:gaps]
def step_gaps(
    model: Sequential, optimizer: SGD | Adam, x: Matrix, t: Matrix, steps: int
) -> list[float]:
    """Train a net and its twin; return the parameters' gap after each step.

    Args:
        model: the net, without dropout, whose draws cannot be shared.
        optimizer: SGD or Adam of its parameters; torch's gets the same settings.
        x: shape (N, in).
        t: shape (N, out).
        steps: how many rounds of the five steps.
    """
    module = twin(model)
    X, T = (torch.tensor(rows, dtype=torch.float64) for rows in (x, t))
    kind = {SGD: torch.optim.SGD, Adam: torch.optim.Adam}[type(optimizer)]
    other = kind(module.parameters(), lr=optimizer.lr)
    loss_fn, their_loss_fn = BCEWithLogitsLoss(), nn.BCEWithLogitsLoss()
    gaps = []
    for _ in range(steps):
        five_steps(model, loss_fn, optimizer, x, t)
        their_loss = their_loss_fn(module(X), T)
        other.zero_grad()
        their_loss.backward()
        other.step()
        gaps.append(parameter_gap(model, module))
    return gaps


# --8<-- [end:gaps]
