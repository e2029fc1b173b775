"""Checks of the exercises of *Devices*."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from bookparts.answers import kind
from bookparts.forbidden import unchanged
from bookparts.practice import same


def check_ask(answer: Callable[[nn.Module, Tensor], Tensor]) -> None:
    """A model here, one elsewhere, and one without parameters."""
    layer = nn.Linear(3, 2)
    x = torch.ones(4, 3)
    recorded: list[bool] = []
    layer.register_forward_hook(lambda module, inputs, out: recorded.append(out.requires_grad))
    with unchanged(x=x):
        got = answer(layer, x)
    same(got, layer(x).detach(), "for a model and rows on the CPU")
    same(got.requires_grad, False, "Without gradients: torch.no_grad.")
    hint = "The steps were recorded, and thrown away with `detach`: ask under torch.no_grad()."
    assert not recorded[0], hint
    still = torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    assert still, "Gradients are off for all that follows: say `with torch.no_grad():`."
    there = answer(nn.Linear(3, 2, device="meta"), x)
    assert isinstance(there, Tensor), f"expected a tensor, got {kind(there)}"
    same(str(there.device), "meta", "Bring x to the device of the model's parameters.")
    same(tuple(there.shape), (4, 2))
    same(answer(nn.ReLU(), x - 2), torch.zeros(4, 3), "Without parameters: ask as it is.")
    same(str(x.device), "cpu", "Leave x where it is.")


def check_batch_to(answer: Callable[[Any, Any], Any]) -> None:
    """Tensors alone, in pairs, in dictionaries, and in both."""
    x = torch.ones(2)
    _on_meta(answer(x, "meta"), "a tensor alone")
    pair = answer((x, 7), "meta")
    assert isinstance(pair, tuple), f"A tuple stays a tuple; got {kind(pair)}."
    same(len(pair), 2, "A pair stays a pair.")
    same(pair[1], 7, "A number stays a number.")
    _on_meta(pair[0], "the tensor in a tuple")
    batch = {"x": [x, x], "more": {"y": x, "name": "a"}}
    moved = answer(batch, "meta")
    assert isinstance(moved, dict), f"A dict stays a dict; got {kind(moved)}."
    same(sorted(moved), ["more", "x"], "A dict keeps its keys.")
    assert isinstance(moved["x"], list), f"A list stays a list; got {kind(moved['x'])}."
    assert isinstance(moved["more"], dict), f"A dict stays a dict; got {kind(moved['more'])}."
    for tensor in (*moved["x"], moved["more"]["y"]):
        _on_meta(tensor, "values of a dict may be lists or dicts: call batch_to on them")
    same(moved["more"]["name"], "a", "What is no tensor stays.")
    same(str(batch["more"]["y"].device), "cpu", "Leave the batch that comes in as it is.")  # type: ignore[index]
    same(str(batch["x"][0].device), "cpu", "Leave the lists in the batch as they are.")  # type: ignore[index]
    deep = answer([({"a": (x, None)}, "text")], torch.device("meta"))
    _on_meta(deep[0][0]["a"][0], "a tuple in a dict in a tuple in a list")
    same(deep[0][0]["a"][1], None, "None stays.")
    same(deep[0][1], "text", "A text stays; it is a sequence, too, and no batch.")
    same(answer(3.5, "meta"), 3.5, "A number alone stays.")


def _on_meta(got: object, what: str) -> None:
    assert isinstance(got, Tensor), f"{what}: expected a tensor, got {kind(got)}"
    same(str(got.device), "meta", f"{what}: it should be on the device that was asked for")


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
    same(answer(nn.BatchNorm1d(2)), [], "Parameters and buffers are no strays.")
    same(answer(_Inner()), ["scale"], "Look into vars(module) for tensors.")
    found = answer(_Outer())
    assert isinstance(found, list), f"expected a list, got {kind(found)}"
    same(sorted(found), ["inner.0.scale", "mean"], "Go through model.named_modules().")


def check_plan(answer: Callable[..., tuple[tuple[int, ...], int]]) -> None:
    """A small model, and a layer of four terabytes."""
    small = answer(lambda: nn.Sequential(nn.Linear(4, 8), nn.Linear(8, 2)), (5, 4))
    same(small, ((5, 2), (4 * 8 + 8 + 8 * 2 + 2) * 4), "Four bytes for each float32.")
    mixed = answer(lambda: nn.Linear(4, 8, dtype=torch.float64, bias=False).float(), (5, 4))
    same(mixed, ((5, 8), 4 * 8 * 4))
    half = answer(lambda: nn.Sequential(nn.Flatten(), nn.Linear(6, 4)).half(), (2, 3, 2))
    same(half, ((2, 4), (6 * 4 + 4) * 2), "Two bytes for each float16: ask for nbytes.")
    norm = answer(lambda: nn.BatchNorm1d(4), (7, 4))
    same(norm, ((7, 4), 8 * 4), "Buffers are no parameters.")
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
    assert isinstance(got, float), f"expected a float, got {kind(got)}"
    same(round(got, 3), 2.001, "Wait before the start, and again before you look at the clock.")
    device = _Device(1.0, 1.0, 30.0, 1.0)
    device.orders = 99.0
    got = answer(device.work, device.wait, lambda: device.time, 3)
    same(round(got, 3), 1.001, "The median of the calls; what was ordered before does not count.")
    same(len(device.costs), 0, "One call that does not count, then `repeat` calls.")
    device = _Device(9.0, 1.0, 4.0, 2.0, 9.0)
    got = answer(device.work, device.wait, lambda: device.time, 4)
    same(round(got, 3), 3.001, "The median of an even number lies between the middle two.")
    device = _Device(9.0, 5.0)
    got = answer(device.work, device.wait, lambda: device.time, 1)
    same(round(got, 3), 5.001, "A single call is its own median.")
