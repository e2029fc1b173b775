"""Answers to the exercises of "Several processes": other styles, and usual mistakes."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DistributedSampler

from bookparts.practice import judge
from tests.exercises.told import is_told

CHAPTER = "work/distributed"
Reduce = Callable[[Tensor], None]


def _padded(length: int, rank: int, world: int) -> list[int]:
    samples = list(range(length))
    total = math.ceil(length / world) * world
    while len(samples) < total:
        samples += samples[: total - len(samples)]
    return samples[rank:total:world]


def _by_table(length: int, rank: int, world: int) -> list[int]:
    rows = (length + world - 1) // world
    return (torch.arange(rows * world) % length).reshape(rows, world)[:, rank].tolist()


def _by_dealing(length: int, rank: int, world: int) -> list[int]:
    hands: list[list[int]] = [[] for _ in range(world)]
    card = 0
    while card < length or card % world:
        hands[card % world].append(card % length)
        card += 1
    return hands[rank]


def _by_the_sampler(length: int, rank: int, world: int) -> list[int]:
    return list(DistributedSampler(range(length), world, rank, shuffle=False))  # type: ignore[arg-type]


def _unpadded(length: int, rank: int, world: int) -> list[int]:
    return list(range(length))[rank::world]


def _in_pieces(length: int, rank: int, world: int) -> list[int]:
    each = -(-length // world)
    return [n % length for n in range(rank * each, (rank + 1) * each)]


def _dropped(length: int, rank: int, world: int) -> list[int]:
    return list(range(length // world * world))[rank::world]


def _padded_once(length: int, rank: int, world: int) -> list[int]:
    samples = list(range(length))
    samples += samples[: -length % world]
    return samples[rank::world]


def _as_tensor(length: int, rank: int, world: int) -> Tensor:
    return torch.tensor(_padded(length, rank, world))


def _gathered_first(parameters: Iterable[nn.Parameter], all_reduce: Reduce, world: int) -> None:
    own = [p for p in parameters if p.requires_grad]
    row = torch.cat(
        [torch.zeros_like(p).flatten() if p.grad is None else p.grad.flatten() for p in own]
    )
    all_reduce(row)
    row /= world
    for p, part in zip(own, row.split([p.numel() for p in own]), strict=True):
        p.grad = part.reshape(p.shape)


def _mean_first(parameters: Iterable[nn.Parameter], all_reduce: Reduce, world: int) -> None:
    for p in parameters:
        if not p.requires_grad:
            continue
        mean = torch.zeros_like(p) if p.grad is None else p.grad / world
        all_reduce(mean)
        p.grad = mean.detach()


def _one_by_one(parameters: Iterable[nn.Parameter], all_reduce: Reduce, world: int) -> None:
    with torch.no_grad():
        for p in parameters:
            if p.requires_grad:
                total = torch.zeros(p.shape, dtype=p.dtype)
                if p.grad is not None:
                    total += p.grad
                all_reduce(total)
                p.grad = total.div(world)


def _skipped(parameters: Iterable[nn.Parameter], all_reduce: Reduce, world: int) -> None:
    for p in parameters:
        if p.grad is not None:
            all_reduce(p.grad)
            p.grad /= world


def _summed(parameters: Iterable[nn.Parameter], all_reduce: Reduce, world: int) -> None:
    for p in parameters:
        if p.requires_grad:
            if p.grad is None:
                p.grad = torch.zeros_like(p)
            all_reduce(p.grad)


def _thawed(parameters: Iterable[nn.Parameter], all_reduce: Reduce, world: int) -> None:
    for p in parameters:
        if p.grad is None:
            p.grad = torch.zeros_like(p)
        all_reduce(p.grad)
        p.grad /= world


def _weights(parameters: Iterable[nn.Parameter], all_reduce: Reduce, world: int) -> None:
    for p in parameters:
        all_reduce(p.data)
        p.data /= world + 1


def _a_copy(parameters: Iterable[nn.Parameter], all_reduce: Reduce, world: int) -> None:
    for p in parameters:
        if p.requires_grad:
            grad = torch.zeros_like(p) if p.grad is None else p.grad.clone()
            all_reduce(grad)
            grad /= world


def _counted(scores: Tensor, labels: Tensor, all_reduce: Reduce) -> float:
    right = sum(int(row.argmax() == label) for row, label in zip(scores, labels, strict=True))
    both = torch.tensor([right, len(labels)], dtype=torch.float64)
    all_reduce(both)
    return float(both[0] / both[1])


def _stacked(scores: Tensor, labels: Tensor, all_reduce: Reduce) -> float:
    hits = scores.max(1).indices.eq(labels)
    both = torch.stack([hits.sum(), torch.tensor(hits.numel())])
    all_reduce(both)
    right, count = both.tolist()
    return float(right / count)


def _right_and_wrong(scores: Tensor, labels: Tensor, all_reduce: Reduce) -> float:
    hits = scores.argmax(-1) == labels
    both = torch.tensor([float(hits.sum()), float((~hits).sum())])
    all_reduce(both)
    return (both[0] / both.sum()).item()


def _mean_of_means(scores: Tensor, labels: Tensor, all_reduce: Reduce) -> float:
    mean = torch.tensor([(scores.argmax(1) == labels).double().mean().item(), 1.0])
    all_reduce(mean)
    return (mean[0] / mean[1]).item()


def _of_one_rank(scores: Tensor, labels: Tensor, all_reduce: Reduce) -> float:
    return (scores.argmax(1) == labels).double().mean().item()


def _twice(scores: Tensor, labels: Tensor, all_reduce: Reduce) -> float:
    right, count = (scores.argmax(1) == labels).sum(), torch.tensor(len(labels))
    all_reduce(right)
    all_reduce(count)
    return (right / count).item()


def _tensor(scores: Tensor, labels: Tensor, all_reduce: Reduce) -> Tensor:
    both = torch.tensor([(scores.argmax(1) == labels).sum(), len(labels)])
    all_reduce(both)
    return both[0] / both[1]


def _none_here(scores: Tensor, labels: Tensor, all_reduce: Reduce) -> float:
    if len(labels) == 0:
        return 0.0
    return _counted(scores, labels, all_reduce)


def _whole(state: Any, path: Path, rank: int, barrier: Callable[[], None]) -> None:
    if not rank:
        part = path.with_suffix(".part")
        torch.save(state, part)
        os.replace(part, path)
    barrier()


def _two_ways(state: Any, path: Path, rank: int, barrier: Callable[[], None]) -> None:
    if rank != 0:
        barrier()
        return
    torch.save(state, path)
    barrier()


def _twice_waited(state: Any, path: Path, rank: int, barrier: Callable[[], None]) -> None:
    barrier()
    if rank == 0:
        torch.save(state, str(path))
    barrier()


def _inside(state: Any, path: Path, rank: int, barrier: Callable[[], None]) -> None:
    if rank == 0:
        torch.save(state, path)
        barrier()


def _no_barrier(state: Any, path: Path, rank: int, barrier: Callable[[], None]) -> None:
    if rank == 0:
        torch.save(state, path)


def _everybody(state: Any, path: Path, rank: int, barrier: Callable[[], None]) -> None:
    torch.save(state, path)
    barrier()


def _too_early(state: Any, path: Path, rank: int, barrier: Callable[[], None]) -> None:
    barrier()
    if rank == 0:
        torch.save(state, path)


def _others_wait(state: Any, path: Path, rank: int, barrier: Callable[[], None]) -> None:
    if rank == 0:
        torch.save(state, path)
    else:
        barrier()


@pytest.mark.parametrize(
    ("task", "answer"),
    [
        ("share", _padded),
        ("share", _by_table),
        ("share", _by_dealing),
        ("average_gradients", _gathered_first),
        ("average_gradients", _mean_first),
        ("average_gradients", _one_by_one),
        ("accuracy", _counted),
        ("accuracy", _stacked),
        ("accuracy", _right_and_wrong),
        ("save_once", _whole),
        ("save_once", _two_ways),
        ("save_once", _twice_waited),
    ],
)
def test_right_answers_in_other_styles(task: str, answer: Callable[..., Any]) -> None:
    """Each is accepted."""
    result = judge(CHAPTER, task, answer)
    assert result.state == "right", str(result)


@pytest.mark.parametrize(
    ("task", "answer", "words"),
    [
        ("share", _by_the_sampler, "write it without `DistributedSampler`"),
        ("share", _unpadded, "7 samples, rank 1 of 2"),
        ("share", _in_pieces, "8 samples, rank 0 of 2"),
        ("share", _dropped, "7 samples"),
        ("share", _padded_once, "samples, rank"),
        ("share", _as_tensor, "expected a list"),
        ("average_gradients", _skipped, "hang"),
        ("average_gradients", _summed, "the gradient of `all"),
        ("average_gradients", _thawed, "frozen"),
        ("average_gradients", _weights, "gradient of `all"),
        ("average_gradients", _a_copy, "the gradient of `all"),
        ("accuracy", _mean_of_means, "expected 0.875"),
        ("accuracy", _of_one_rank, "expected 0.875"),
        ("accuracy", _twice, "once is enough"),
        ("accuracy", _tensor, "expected a float"),
        ("accuracy", _none_here, "hang"),
        ("save_once", _inside, "hang"),
        ("save_once", _no_barrier, "nobody called"),
        ("save_once", _everybody, "only rank 0"),
        ("save_once", _too_early, "before"),
        ("save_once", _others_wait, "hang"),
    ],
)
def test_usual_mistakes_are_told(task: str, answer: Callable[..., Any], words: str) -> None:
    """Each is refused, in words that help."""
    is_told(CHAPTER, task, answer, words)
