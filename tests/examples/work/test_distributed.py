"""The code of the chapter *Several processes*."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from bookparts.figures import figure, svg
from examples.work.distributed import (
    batch,
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
from examples.work.distributed_figures import draw_held, draw_kinds


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


def test_figures_have_their_parts() -> None:
    """Two bars of three kinds; three pictures with a 0 and a 1 in each."""
    fig, ax = figure(width=6, height=2)
    counts: dict[str, Any] = {"weights": 4000, "gradients": 4000, "Adam": 8000}
    draw_held(ax, counts, {kind: n // 2 for kind, n in counts.items()})
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == [4, 4, 8, 2, 2, 4]
    assert "Adam" in svg(fig, alt="bars")
    fig, axes = figure(width=6, height=2, ncols=3)
    draw_kinds(axes)
    for ax in axes:
        assert {"0", "1"} <= {text.get_text() for text in ax.texts}
