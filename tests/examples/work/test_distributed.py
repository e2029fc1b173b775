"""The code of the chapter *Several processes*."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from bookparts.figures import figure
from examples.work.distributed import (
    alone_at_the_barrier,
    batch,
    cut_bytes,
    fit,
    gradient,
    held,
    hello,
    launch,
    net,
    report,
    shares,
    together,
)
from examples.work.distributed_figures import draw_kinds, held_dial


def fails() -> None:
    """Raise an error on every rank."""
    raise ValueError("on purpose")


def test_two_processes_are_started_and_end(tmp_path: Path) -> None:
    """They add up, rank 0 prints for both, and the file can be read."""
    said = launch(tmp_path, report, hello).splitlines()
    assert said[:2] == [f"RANK={n}  LOCAL_RANK={n}  WORLD_SIZE=2" for n in (0, 1)]
    assert said[2:] == ["rank 0 had 1.0, has 3.0", "rank 1 had 2.0, has 3.0"]
    assert (tmp_path / "hello.py").read_text("utf-8").endswith("destroy_process_group()\n")


def test_what_fails_there_is_told_here(tmp_path: Path) -> None:
    """The error of a process is in the message."""
    with pytest.raises(RuntimeError, match="ValueError: on purpose"):
        launch(tmp_path, fails)


@pytest.mark.parametrize("world", [1, 2, 4])
def test_threads_add_up(world: int) -> None:
    """Twice in a row, through one store."""

    def job(rank: int, all_reduce: Callable[[torch.Tensor], None]) -> float:
        x = torch.tensor([1.0 + rank])
        all_reduce(x)
        all_reduce(x)
        return x.item()

    total = world * (world + 1) / 2
    assert together(job, world) == [total * world] * world


def test_the_mean_of_equal_shares_is_the_whole() -> None:
    """And the same seed gives the same network and the same batch."""
    (x, y), model = batch(), net(seed=3)
    whole = gradient(model, x, y)
    shares_ = [gradient(net(seed=3), x[n::4], y[n::4]) for n in range(4)]
    assert torch.allclose(torch.stack(shares_).mean(dim=0), whole)
    assert whole.shape == (sum(p.numel() for p in model.parameters()),)


def test_shares_are_equal_and_cover_all() -> None:
    """With and without shuffling."""
    for options in ({"shuffle": False}, {}, {"seed": 5}):
        given: list[list[int]] = shares(7, 3, **options)
        assert [len(rows) for rows in given] == [3, 3, 3]
        assert set().union(*given) == set(range(7))


def test_fit_counts_its_steps() -> None:
    """An epoch has a step for each batch, and the loss falls."""
    torch.manual_seed(0)
    x = torch.rand(40, 64, dtype=torch.float64)
    y = torch.arange(40) % 10
    model, steps = fit(x, y, size=16, lr=0.1, epochs=3)
    assert steps == 9
    assert isinstance(model, nn.Sequential)


def test_held_counts_bytes() -> None:
    """Of plain tensors, all of them."""
    assert held([torch.zeros(3), torch.zeros(2, dtype=torch.float64)]) == 28
    assert held([]) == 0


def test_a_barrier_opens_for_nobody_who_is_alone() -> None:
    """The one waits until the time-out; the other has gone on."""
    assert alone_at_the_barrier() == ["timed out", "went on"]


@pytest.mark.parametrize("kind", ["Adam", "SGD"])
def test_a_part_for_one_rank_is_what_a_real_step_holds(kind: str) -> None:
    """And over more ranks, the first has the larger part."""
    model = nn.Sequential(nn.Linear(3, 5), nn.Linear(5, 2))
    optimizer = getattr(torch.optim, kind)(model.parameters(), lr=0.1)
    model(torch.ones(2, 3)).sum().backward()
    optimizer.step()
    state = [t for each in optimizer.state.values() for t in each.values() if t is not None]
    assert cut_bytes(model, 1, kind)["optimizer"] == held(state)
    assert cut_bytes(model, 1, kind)["weights"] == held(model.parameters())
    rows = 4 * (3 * 3 + 3 + 1 * 5 + 1)  # three of five rows, and one of two
    assert cut_bytes(model, 2, kind)["gradients"] == rows


def test_the_dial_says_what_each_process_holds() -> None:
    """DDP's share stays, FSDP2's is halved with each doubling."""
    text = held_dial([1, 2, 4], start=1)
    assert "<td>114.7</td><td>114.7</td>" in text and "<td>114.7</td><td>28.7</td>" in text
    assert '<tspan data-text="fsdp">57.4</tspan>' in text


def test_the_picture_has_its_parts() -> None:
    """Three pictures with a 0 and a 1 in each."""
    _, axes = figure(width=6, height=2, ncols=3)
    draw_kinds(axes)
    for ax in axes:
        assert {"0", "1"} <= {text.get_text() for text in ax.texts}
