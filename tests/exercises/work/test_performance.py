"""Answers to the exercises of "Performance": other styles, and usual mistakes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import mean, median
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from bookparts.practice import judge
from tests.exercises.told import is_told

CHAPTER = "work/performance"
Works = Mapping[str, Callable[[], object]]
Clock = Callable[[], float]


def _elapsed(work: Callable[[], object], now: Clock) -> float:
    start = now()
    work()
    return now() - start


def _by_rows(works: Works, now: Clock, rounds: int) -> dict[str, float]:
    table = [[_elapsed(work, now) for work in works.values()] for _ in range(rounds + 1)][1:]
    return {
        name: median(times) for name, times in zip(works, zip(*table, strict=True), strict=True)
    }


def _back_and_forth(works: Works, now: Clock, rounds: int) -> dict[str, float]:
    times: dict[str, list[float]] = {}
    names = list(works)
    for turn in range(rounds + 1):
        for name in names if turn % 2 else reversed(names):
            times.setdefault(name, []).append(_elapsed(works[name], now))
    return {name: median(times[name][1:]) for name in names}


def _sorted_by_hand(works: Works, now: Clock, rounds: int) -> dict[str, float]:
    kept = {name: [] for name in works}  # type: dict[str, list[float]]
    [work() for work in works.values()]
    for _ in range(rounds):
        for name in kept:
            kept[name] += [_elapsed(works[name], now)]
    found = {}
    for name, times in kept.items():
        times.sort()
        half = len(times) // 2
        found[name] = times[half] if len(times) % 2 else (times[half - 1] + times[half]) / 2
    return found


def _one_after_the_other(works: Works, now: Clock, rounds: int) -> dict[str, float]:
    found = {}
    for name, work in works.items():
        work()
        found[name] = median(_elapsed(work, now) for _ in range(rounds))
    return found


def _not_warm(works: Works, now: Clock, rounds: int) -> dict[str, float]:
    rows = [[_elapsed(work, now) for work in works.values()] for _ in range(rounds)]
    return {name: median(each) for name, each in zip(works, zip(*rows, strict=True), strict=True)}


def _first_counts(works: Works, now: Clock, rounds: int) -> dict[str, float]:
    return _not_warm(works, now, rounds + 1)


def _means(works: Works, now: Clock, rounds: int) -> dict[str, float]:
    rows = [[_elapsed(work, now) for work in works.values()] for _ in range(rounds + 1)][1:]
    return {name: mean(each) for name, each in zip(works, zip(*rows, strict=True), strict=True)}


def _upper_middle(works: Works, now: Clock, rounds: int) -> dict[str, float]:
    rows = [[_elapsed(work, now) for work in works.values()] for _ in range(rounds + 1)][1:]
    columns = zip(works, zip(*rows, strict=True), strict=True)
    return {name: sorted(each)[len(each) // 2] for name, each in columns}


def _by_cdist(points: Tensor, centers: Tensor) -> Tensor:
    return torch.cdist(points, centers).argmin(dim=-1)


def _by_products(points: Tensor, centers: Tensor) -> Tensor:
    squares = (centers**2).sum(dim=1) - 2 * points @ centers.T
    found: Tensor = squares.min(dim=1).indices
    return found


def _by_norm(points: Tensor, centers: Tensor) -> Tensor:
    out: Tensor = (centers[:, None] - points[None]).norm(dim=2).argmin(dim=0)
    return out


def _by_loop(points: Tensor, centers: Tensor) -> Tensor:
    found = [int(((centers - point) ** 2).sum(dim=1).argmin()) for point in points]
    return torch.tensor(found, dtype=torch.int64)


def _loop_over_centers(points: Tensor, centers: Tensor) -> Tensor:
    return torch.stack([((points - c) ** 2).sum(dim=1) for c in centers]).argmin(dim=0)


def _farthest(points: Tensor, centers: Tensor) -> Tensor:
    return torch.cdist(points, centers).argmax(dim=1)


def _other_dimension(points: Tensor, centers: Tensor) -> Tensor:
    return torch.cdist(points, centers).argmin(dim=0)


def _not_squared(points: Tensor, centers: Tensor) -> Tensor:
    return (points[:, None] - centers).sum(dim=2).argmin(dim=1)


def _by_angle(points: Tensor, centers: Tensor) -> Tensor:
    return (points @ centers.T).argmax(dim=1)


def _by_children(model: nn.Sequential, x: Tensor, size: int) -> Tensor:
    parts = list(model)
    while parts:
        group, parts = nn.Sequential(*parts[:size]), parts[size:]
        x = checkpoint(group, x, use_reentrant=False)
    return x


def _by_function(model: nn.Sequential, x: Tensor, size: int) -> Tensor:
    def run(x: Tensor, start: int) -> Tensor:
        for part in list(model)[start : start + size]:
            x = part(x)
        return x

    for start in range(0, len(model), size):
        x = checkpoint(run, x, start, use_reentrant=False)
    return x


def _called_again(model: nn.Sequential, x: Tensor, size: int) -> Tensor:
    if not len(model):
        return x
    first, rest = model[:size], nn.Sequential(*list(model)[size:])
    return _called_again(rest, checkpoint(first, x, use_reentrant=False), size)


def _plain(model: nn.Sequential, x: Tensor, size: int) -> Tensor:
    out: Tensor = model(x)
    return out


def _each(model: nn.Sequential, x: Tensor, size: int) -> Tensor:
    for part in model:
        x = checkpoint(part, x, use_reentrant=False)
    return x


def _late(model: nn.Sequential, x: Tensor, size: int) -> Tensor:
    for start in range(0, len(model), size):
        group = model[start : start + size]
        x = checkpoint(lambda x: group(x), x, use_reentrant=False)  # noqa: B023
    return x


def _old_way(model: nn.Sequential, x: Tensor, size: int) -> Tensor:
    for start in range(0, len(model), size):
        x = checkpoint(model[start : start + size], x, use_reentrant=True)
    return x


def _rest_lost(model: nn.Sequential, x: Tensor, size: int) -> Tensor:
    for k in range(len(model) // size):
        x = checkpoint(model[k * size : (k + 1) * size], x, use_reentrant=False)
    return x


def _other_dropout(model: nn.Sequential, x: Tensor, size: int) -> Tensor:
    for start in range(0, len(model), size):
        group = model[start : start + size]
        x = checkpoint(group, x, use_reentrant=False, preserve_rng_state=False)
    return x


def _no_graph(model: nn.Sequential, x: Tensor, size: int) -> Tensor:
    with torch.no_grad():
        out: Tensor = model(x)
    return out


def _by_minimum(x: Tensor, most: float) -> Tensor:
    out: Tensor = x * torch.minimum(torch.ones(()), most / (x.norm() + 1e-12))
    return out


def _by_where_inside(x: Tensor, most: float) -> Tensor:
    length = torch.linalg.vector_norm(x)
    longer = length > most
    return torch.where(longer, x * most / torch.where(longer, length, 1.0), x)


def _by_maximum(x: Tensor, most: float) -> Tensor:
    out: Tensor = x / (x.norm() / most).clamp(min=1)
    return out


def _by_if(x: Tensor, most: float) -> Tensor:
    out: Tensor = x * (most / x.norm()) if x.norm() > most else x
    return out


def _by_item(x: Tensor, most: float) -> Tensor:
    out: Tensor = x * min(1.0, most / max(x.norm().item(), 1e-30))
    return out


def _where_outside(x: Tensor, most: float) -> Tensor:
    return torch.where(x.norm() > most, x * (most / x.square().sum().sqrt()), x)


def _always(x: Tensor, most: float) -> Tensor:
    out: Tensor = most * x / (x.norm() + 1e-12)
    return out


def _each_number(x: Tensor, most: float) -> Tensor:
    return x.clamp(-most, most)


def _in_place(x: Tensor, most: float) -> Tensor:
    out: Tensor = x.mul_(most / x.norm().clamp(min=most))
    return out


def _constant_length(x: Tensor, most: float) -> Tensor:
    out: Tensor = x * (most / x.detach().norm().clamp(min=most))
    return out


@pytest.mark.parametrize(
    ("task", "answer"),
    [
        ("medians", _by_rows),
        ("medians", _back_and_forth),
        ("medians", _sorted_by_hand),
        ("nearest", _by_cdist),
        ("nearest", _by_products),
        ("nearest", _by_norm),
        ("in_groups", _by_children),
        ("in_groups", _by_function),
        ("in_groups", _called_again),
        ("shorten", _by_minimum),
        ("shorten", _by_where_inside),
        ("shorten", _by_maximum),
    ],
)
def test_another_style_is_right(task: str, answer: Callable[..., Any]) -> None:
    """A right answer is right, however it was written."""
    verdict = judge(CHAPTER, task, answer)
    assert verdict.state == "right", verdict.text


@pytest.mark.parametrize(
    ("task", "answer", "state", "told"),
    [
        ("medians", _one_after_the_other, "wrong", "each function has one turn"),
        ("medians", _not_warm, "wrong", "one of which does not count"),
        ("medians", _first_counts, "wrong", "the first of which does not count"),
        ("medians", _means, "wrong", "so the median is"),
        ("medians", _upper_middle, "wrong", "an even number of rounds"),
        ("nearest", _by_loop, "wrong", "Python loops over them"),
        ("nearest", _loop_over_centers, "wrong", "Python loops over them"),
        ("nearest", _farthest, "wrong", "three centers"),
        ("nearest", _other_dimension, "wrong", "three centers"),
        ("nearest", _not_squared, "wrong", "three centers"),
        ("nearest", _by_angle, "wrong", "three centers"),
        ("in_groups", _plain, "wrong", "bytes are kept"),
        ("in_groups", _each, "wrong", "bytes are kept"),
        ("in_groups", _late, "wrong", "gradient"),
        ("in_groups", _old_way, "wrong", ""),
        ("in_groups", _rest_lost, "wrong", "groups of 4 of 6 parts"),
        ("in_groups", _other_dropout, "wrong", "dropout: the gradient"),
        ("in_groups", _no_graph, "wrong", "has no graph"),
        ("shorten", _by_if, "wrong", "Data-dependent branching"),
        ("shorten", _by_item, "wrong", ""),
        ("shorten", _where_outside, "wrong", "is nan"),
        ("shorten", _always, "wrong", "to at most 10"),
        ("shorten", _each_number, "wrong", "to at most 1"),
        ("shorten", _in_place, "wrong", "the vector itself has changed"),
        ("shorten", _constant_length, "wrong", "the gradient at [3.0, 4.0]"),
    ],
)
@pytest.mark.filterwarnings("ignore:None of the inputs have requires_grad")
def test_a_usual_mistake_is_named(
    task: str, answer: Callable[..., Any], state: str, told: str
) -> None:
    """The verdict says in words what a reader did who made this mistake."""
    is_told(CHAPTER, task, answer, told, state)
