"""Checks of the exercises of *Devices*."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from bookparts.practice import same


def check_ask(answer: Callable[[nn.Module, Tensor], Tensor]) -> None:
    """A model here, one elsewhere, and one without parameters."""
    layer = nn.Linear(3, 2)
    x = torch.ones(4, 3)
    same(answer(layer, x).requires_grad, False, "Without gradients: torch.no_grad.")
    same(answer(layer, x), layer(x).detach())
    there = answer(nn.Linear(3, 2, device="meta"), x)
    same(str(there.device), "meta", "Bring x to the device of the model's parameters.")
    same(tuple(there.shape), (4, 2))
    same(answer(nn.ReLU(), x - 2), torch.zeros(4, 3), "Without parameters: ask as it is.")
    same(str(x.device), "cpu", "Leave x where it is.")


def check_batch_to(answer: Callable[[Any, str], Any]) -> None:
    """Tensors alone, in pairs, in dictionaries, and in both."""
    x = torch.ones(2)
    same(str(answer(x, "meta").device), "meta")
    pair = answer((x, 7), "meta")
    same((type(pair), pair[1]), (tuple, 7), "A tuple stays a tuple, a number stays a number.")
    same(str(pair[0].device), "meta", "Move the tensors in a tuple.")
    batch = {"x": [x, x], "more": {"y": x, "name": "a"}}
    moved = answer(batch, "meta")
    same(type(moved["x"]), list, "A list stays a list.")
    where = [str(t.device) for t in (*moved["x"], moved["more"]["y"])]
    same(where, ["meta"] * 3, "The values of a dict may be lists or dicts: call batch_to on them.")
    same(moved["more"]["name"], "a", "What is no tensor stays.")
    same(str(batch["more"]["y"].device), "cpu", "Leave the batch that comes in as it is.")  # type: ignore[index]


class _Inner(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.kept = nn.Parameter(torch.ones(1))
        self.register_buffer("also_kept", torch.ones(1))
        self.scale = torch.ones(1)


class _Outer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Sequential(_Inner())
        self.mean = torch.zeros(3)
        self.width = 3


def check_strays(answer: Callable[[nn.Module], list[str]]) -> None:
    """None, one, and one that is deep inside."""
    same(list(answer(nn.BatchNorm1d(2))), [], "Parameters and buffers are no strays.")
    same(list(answer(_Inner())), ["scale"], "Look into vars(module) for tensors.")
    found = sorted(answer(_Outer()))
    same(found, ["inner.0.scale", "mean"], "Go through model.named_modules().")


def check_plan(answer: Callable[..., tuple[tuple[int, ...], int]]) -> None:
    """A small model, and a layer of four terabytes."""
    small = answer(lambda: nn.Sequential(nn.Linear(4, 8), nn.Linear(8, 2)), (5, 4))
    same(small, ((5, 2), (4 * 8 + 8 + 8 * 2 + 2) * 4), "Four bytes for each float32.")
    mixed = answer(lambda: nn.Linear(4, 8, dtype=torch.float64, bias=False).float(), (5, 4))
    same(mixed, ((5, 8), 4 * 8 * 4))
    million = 10**6
    large = answer(lambda: nn.Linear(million, million, bias=False), (3, million))
    same(large, ((3, million), million * million * 4))


class _Device:
    """A device that does its orders when it is waited for; its time is a number."""

    def __init__(self, *costs: float) -> None:
        self.time, self.orders, self.costs = 0.0, 0.0, list(costs)

    def work(self) -> None:
        self.time += 0.001  # to place an order
        self.orders += self.costs.pop(0)

    def wait(self) -> None:
        self.time += self.orders
        self.orders = 0.0


def check_clock(answer: Callable[..., float]) -> None:
    """A device with a slow first call, one that is busy, and one with a hiccup."""
    device = _Device(50.0, 2.0, 2.0, 2.0)
    got = answer(device.work, device.wait, lambda: device.time, 3)
    same(round(got, 3), 2.001, "Wait before the start, and again before you look at the clock.")
    device = _Device(1.0, 1.0, 30.0, 1.0)
    device.orders = 99.0
    got = answer(device.work, device.wait, lambda: device.time, 3)
    same(round(got, 3), 1.001, "The median of the calls; what was ordered before does not count.")
    same(len(device.costs), 0, "One call that does not count, then `repeat` calls.")
