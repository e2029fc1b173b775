"""Worked solutions of the exercises of *The graph*."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.autograd.graph import Node

from examples.autograd.graph import finite_difference


# --8<-- [start:names]
def names(result: torch.Tensor) -> list[str]:
    """Return the class names of the nodes behind a tensor."""
    found = [] if result.grad_fn is None else [result.grad_fn]
    for node in found:
        for earlier, _ in node.next_functions:
            if earlier is not None and earlier not in found:
                found.append(earlier)
    return [type(node).__name__ for node in found]


# --8<-- [end:names]


# --8<-- [start:by-hand]
def by_hand(w: float, x: float, b: float, target: float) -> tuple[float, float]:
    """Return the gradients of (w * x + b - target) ** 2 for w and b."""
    error = w * x + b - target
    g = 2 * error  # what the square sends; both sums pass it on unchanged
    return g * x, g


# --8<-- [end:by-hand]


# --8<-- [start:agrees]
def agrees(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> bool:
    """Say whether backward and a trial find the same gradient."""
    point = x.detach().double().clone()
    trial = finite_difference(f, point)
    point.requires_grad_()
    f(point).backward()
    assert point.grad is not None
    return torch.allclose(point.grad, trial, rtol=1e-6, atol=1e-6)


# --8<-- [end:agrees]


# --8<-- [start:backward]
def backward(result: torch.Tensor) -> dict[torch.Tensor, torch.Tensor]:
    """Walk the graph, calling each node once, when all has come."""
    order: list[Node] = []

    def list_earlier_first(node: Node) -> None:
        for earlier, _ in node.next_functions:
            if earlier is not None and earlier not in order:
                list_earlier_first(earlier)
        order.append(node)

    assert result.grad_fn is not None
    list_earlier_first(result.grad_fn)
    came = {result.grad_fn: torch.ones_like(result)}
    leaves: dict[torch.Tensor, torch.Tensor] = {}
    for node in reversed(order):
        if not node.next_functions:
            leaves[node.variable] = came[node]  # type: ignore[attr-defined]
            continue
        sent = node(came[node])  # type: ignore[operator]
        sent = sent if isinstance(sent, tuple) else (sent,)
        for (earlier, _), g in zip(node.next_functions, sent, strict=True):
            if earlier is not None:
                came[earlier] = came[earlier] + g if earlier in came else g
    return leaves


# --8<-- [end:backward]
