"""The code of the chapter *Randomness*."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

from bookparts.figures import figure
from examples.tensors.randomness import (
    ByIndex,
    OwnGenerator,
    draw_starts,
    main,
    many_starts,
    moves,
    one_start,
    rand_by_hand,
    seed_everything,
    solved,
)


@pytest.mark.parametrize("hidden", [4, 8])
def test_many_starts_does_what_one_start_does(hidden: int) -> None:
    """Each row has the losses of the same seed trained alone."""
    seeds = (0, 10, 28)
    together = many_starts(seeds, hidden, steps=100)
    for row, seed in zip(together, seeds, strict=True):
        torch.manual_seed(seed)
        alone = torch.tensor(one_start(hidden, steps=100))
        torch.testing.assert_close(row, alone, rtol=1e-4, atol=1e-5)


def test_solved_counts_and_weighs() -> None:
    """The share is a mean, and its error shrinks with the square root of the number."""
    final = torch.tensor([0.0, 1.0])
    share, error = solved(final)
    assert share == 0.5
    assert error == pytest.approx(0.5 / 2**0.5)
    assert solved(final.repeat(4))[1] == pytest.approx(error / 2)


def test_moves_sees_quiet_draws() -> None:
    """A loader that shuffles nothing draws; one with its own generator does not."""
    data = TensorDataset(torch.arange(3))
    assert moves(lambda: list(DataLoader(data)))
    assert not moves(lambda: list(DataLoader(data, generator=torch.Generator())))


def test_seed_everything_reaches_all_three() -> None:
    """Python, NumPy and PyTorch repeat after the same seed."""
    draws = []
    for _ in range(2):
        seed_everything(3)
        draws.append((random.random(), np.random.rand(), torch.rand(()).item()))
    assert draws[0] == draws[1]


@pytest.mark.parametrize("seed", [0, 1, 12345, 2**32 - 1])
def test_rand_by_hand_is_rand(seed: int) -> None:
    """NumPy's engine gives PyTorch's numbers, bit for bit."""
    torch.manual_seed(seed)
    assert torch.equal(torch.rand(2000), rand_by_hand(seed, 2000))


def _noise(dataset: OwnGenerator | ByIndex, workers: int) -> list[float]:
    loader = DataLoader(dataset, batch_size=2, num_workers=workers)
    return [value for batch in loader for value in batch.tolist()]


def test_a_generator_in_the_data_set_is_copied_to_each_worker() -> None:
    """Two workers repeat each other's noise, the trap that the chapter shows."""
    assert len(set(_noise(OwnGenerator(0), 2))) == 4
    assert len(set(_noise(OwnGenerator(0), 0))) == 8


def test_noise_by_index_is_the_same_with_any_workers() -> None:
    """The cure does not depend on the number of workers."""
    assert len(set(_noise(ByIndex(0), 0))) == 8
    assert _noise(ByIndex(0), 0) == _noise(ByIndex(0), 2)


def test_drawing_tells_solved_from_unsolved_by_dash() -> None:
    """There are two lines, one solid and one dashed, with one gap for each start."""
    losses = torch.tensor([[0.7, 0.01], [0.7, 0.69], [0.7, 0.02]])
    _, ax = figure()
    draw_starts(ax, losses, every=1)
    done, stuck = ax.lines
    assert (done.get_linestyle(), stuck.get_linestyle()) == ("-", "--")
    assert np.isnan(np.asarray(done.get_ydata())).sum() == 2
    assert np.isnan(np.asarray(stuck.get_ydata())).sum() == 1


def test_tour_prints_four_widths(capsys: pytest.CaptureFixture[str]) -> None:
    """Run alone, the module prints a share for each width."""
    main()
    assert capsys.readouterr().out.count("solved") == 4
