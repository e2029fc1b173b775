"""Checks of the exercises of *Performance*."""

from __future__ import annotations

import copy
import inspect
import statistics
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from bookparts.practice import same
from examples.work.performance import kept, operations

Works = Mapping[str, Callable[[], object]]


class _Stage:
    """Functions that take the seconds that they are told, on a clock that is only a number."""

    def __init__(self, seconds: Mapping[str, list[float]]) -> None:
        self.clock = 100.0
        self.calls: list[str] = []
        self.left = {name: list(each) for name, each in seconds.items()}

    def works(self) -> dict[str, Callable[[], object]]:
        return {name: lambda name=name: self.call(name) for name in self.left}  # type: ignore[misc]

    def call(self, name: str) -> None:
        self.calls.append(name)
        assert self.left[name], f"`{name}` was called {self.calls.count(name)} times: too often"
        self.clock += self.left[name].pop(0)

    def now(self) -> float:
        return self.clock


def check_medians(answer: Callable[[Works, Callable[[], float], int], dict[str, float]]) -> None:
    """A slow first call, an accident, a machine that slows down, and who is called when."""
    for what, seconds in (
        ("a slow first call", {"a": [9.0, 1.0, 1.0, 1.0], "b": [5.0, 2.0, 2.0, 2.0]}),
        ("one call with an accident", {"a": [1.0, 1.0, 1.5, 50.0], "b": [2.0, 2.0, 2.5, 3.0]}),
        ("an even number of rounds", {"a": [1.0, 4.0, 1.0, 2.0, 8.0]}),
        ("a single round", {"b": [7.0, 3.0], "a": [7.0, 2.0], "c": [1.0, 1.0]}),
    ):
        rounds = len(next(iter(seconds.values()))) - 1
        stage = _Stage(seconds)
        works = stage.works()
        names = list(works)
        got = answer(works, stage.now, rounds)
        for name in names:
            times = stage.calls.count(name)
            assert times == rounds + 1, (
                f"{what}: with {rounds} rounds, `{name}` should be called {rounds + 1} times, "
                f"one of which does not count, and was called {times} times"
            )
        for start in range(0, len(stage.calls), len(names)):
            turn = stage.calls[start : start + len(names)]
            assert sorted(turn) == sorted(names), (
                f"{what}: in each round each function has one turn, and the calls were "
                f"{', '.join(stage.calls)}"
            )
        assert isinstance(got, dict), f"expected a dictionary, got {type(got).__name__}"
        same(sorted(got), sorted(names), f"{what}: the names")
        for name, each in seconds.items():
            want = statistics.median(each[1:])
            assert abs(got[name] - want) < 1e-9, (
                f"{what}: `{name}` took {each} seconds, the first of which does not count, so the "
                f"median is {want:g}, and not {got[name]:g}"
            )
        assert list(works) == names, "the dictionary of functions has changed"


def check_nearest(answer: Callable[[Tensor, Tensor], Tensor]) -> None:
    """Some points, one, none, one center, and as many operations for many as for few."""
    centers = torch.tensor([[0.0, 0.0], [10.0, 0.0], [0.0, -10.0]])
    for what, points, middles, want in (
        (
            "three centers",
            [[1.0, 1.0], [9.0, 2.0], [1.0, -8.0], [-3.0, 2.0]],
            centers,
            [0, 1, 2, 0],
        ),
        ("one point", [[6.0, 0.0]], centers, [1]),
        ("one center", [[6.0, 0.0], [-6.0, 0.0]], centers[:1], [0, 0]),
        ("as many points as dimensions", [[0.0, -9.0], [9.0, 0.0]], centers, [2, 1]),
        (
            "a far center on the same line",
            [[3.0, 3.0]],
            torch.tensor([[8.0, 8.0], [0.0, 4.0]]),
            [1],
        ),
        ("in a line", [[3.0], [-1.0]], torch.tensor([[-2.0], [2.5]]), [1, 0]),
        ("negative numbers", [[-5.0, -5.0]], torch.tensor([[5.0, 5.0], [-4.0, -7.0]]), [1]),
    ):
        given, around = torch.tensor(points), middles.clone()
        got = answer(given, around)
        same(got, torch.tensor(want), what)
        same(given, torch.tensor(points), "the points have changed")
        same(around, middles, "the centers have changed")
    same(answer(torch.empty(0, 2), centers), torch.empty(0, dtype=torch.int64), "no points")
    for seed in range(8):
        generator = torch.Generator().manual_seed(seed)
        given = torch.randn(9, 3, generator=generator)
        around = 0.7 * torch.randn(6, 3, generator=generator)
        want = (given.double()[:, None] - around.double()).norm(dim=2).argmin(1)
        hint = "nine points and six centers in space; by the root of the sum of squares"
        same(answer(given, around), want, hint)
    torch.manual_seed(0)
    few = operations(lambda: answer(torch.randn(4, 2), torch.randn(3, 2))).total()
    for rows, middle in ((20, 3), (4, 12)):
        a, b = torch.randn(rows, 2), torch.randn(middle, 2)
        many = operations(lambda a=a, b=b: answer(a, b)).total()  # type: ignore[misc]
        assert many <= few, (
            f"{few} operations for 4 points and 3 centers, and {many} for {rows} and {middle}: "
            "somewhere Python loops over them. Give the points another dimension, so that they "
            "broadcast against all centers."
        )


def check_in_groups(answer: Callable[[nn.Sequential, Tensor, int], Tensor]) -> None:
    """Result, gradients and what is kept, for groups that fit and that do not."""
    parts: list[nn.Module] = []
    for _ in range(3):
        parts += [nn.Linear(6, 6), nn.GELU()]
    for what, model, size, wants in (
        ("groups of 2 of 6 parts", nn.Sequential(*parts), 2, True),
        ("groups of 4 of 6 parts", nn.Sequential(*parts), 4, True),
        ("groups of 1", nn.Sequential(*parts[:4]), 1, True),
        ("a group larger than the model", nn.Sequential(*parts), 10, True),
        ("an input that wants no gradient", nn.Sequential(*parts), 3, False),
        ("dropout", nn.Sequential(*parts[:3], nn.Dropout(0.5), *parts[4:]), 2, True),
    ):
        x = torch.randn(5, 6, generator=torch.Generator().manual_seed(1)).requires_grad_(wants)
        model = copy.deepcopy(model)
        plain, own = copy.deepcopy(model), list(model.parameters())
        there = x.detach().clone().requires_grad_(wants)
        torch.manual_seed(0)
        expected = plain(there)
        expected.square().sum().backward()
        torch.manual_seed(0)
        got = answer(model, x, size)
        same(got.detach(), expected.detach(), f"{what}: the result")
        assert got.requires_grad, f"{what}: the result has no graph; say `use_reentrant=False`"
        got.square().sum().backward()
        for (name, mine), theirs in zip(model.named_parameters(), plain.parameters(), strict=True):
            assert mine.grad is not None, f"{what}: `{name}` has no gradient"
            assert theirs.grad is not None
            same(mine.grad, theirs.grad, f"{what}: the gradient of `{name}`")
        if wants:
            assert x.grad is not None and there.grad is not None, f"{what}: `x` has no gradient"
            same(x.grad, there.grad, f"{what}: the gradient of `x`")
        assert all(part.training for part in model.modules()), f"{what}: the mode has changed"
        groups = -(-len(model) // size)
        torch.manual_seed(0)
        keeps = kept(lambda m=model, x=x, n=size: answer(m, x, n), own)  # type: ignore[misc]
        if "dropout" not in what:  # which keeps its generator's state, too
            assert keeps == groups * x.nbytes, (
                f"{what}: {groups} groups should keep {groups} inputs of {x.nbytes} bytes, and "
                f"{keeps} bytes are kept"
            )


def check_shorten(answer: Callable[[Tensor, float], Tensor]) -> None:
    """Long, short, just so, zero; compiled as one graph; and its gradient."""
    for values, most, want in (
        ([3.0, 4.0], 1.0, [0.6, 0.8]),
        ([3.0, 4.0], 10.0, [3.0, 4.0]),
        ([3.0, 4.0], 5.0, [3.0, 4.0]),
        ([-6.0, 0.0, 8.0], 5.0, [-3.0, 0.0, 4.0]),
        ([0.0, 0.0], 1.0, [0.0, 0.0]),
        ([0.5], 0.25, [0.25]),
    ):
        x = torch.tensor(values)
        same(answer(x, most), torch.tensor(want), f"{values} to at most {most:g}")
        same(x, torch.tensor(values), "the vector itself has changed")
    torch._dynamo.reset()
    try:
        compiled: Any = torch.compile(inspect.unwrap(answer), backend="eager", fullgraph=True)
        same(compiled(torch.tensor([3.0, 4.0]), 1.0), torch.tensor([0.6, 0.8]), "compiled")
        same(compiled(torch.tensor([0.3, 0.4]), 1.0), torch.tensor([0.3, 0.4]), "compiled")
    except torch._dynamo.exc.TorchDynamoException as error:
        raise AssertionError(
            f"it does not compile as one graph: {str(error).splitlines()[0]}. An `if` on what is "
            "in a tensor needs the number; `where`, `clamp` and `minimum` do not."
        ) from None
    finally:
        torch._dynamo.reset()
    for values, want in (([0.0, 0.0], [1.0, 1.0]), ([0.3, 0.4], [1.0, 1.0])):
        x = torch.tensor(values, requires_grad=True)
        got = answer(x, 1.0)
        assert got.requires_grad, "no gradient comes back to the vector"
        got.sum().backward()
        assert x.grad is not None, "no gradient comes back to the vector"
        assert not x.grad.isnan().any(), (
            f"the gradient at {values} is nan: a way that is not taken was computed, divided by 0, "
            "and its gradient multiplied by 0"
        )
        same(x.grad, torch.tensor(want), f"the gradient at {values}")
    x = torch.tensor([3.0, 4.0], requires_grad=True)
    answer(x, 1.0).sum().backward()
    assert x.grad is not None
    same(x.grad, torch.tensor([0.032, -0.024]), "the gradient at [3.0, 4.0], to at most 1")
