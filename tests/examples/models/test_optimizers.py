"""Tests of the code of `docs/models/optimizers.md`."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from bookparts.figures import svg
from examples.models import race
from examples.models.optimizers import (
    SGD,
    Adam,
    AdamW,
    Momentum,
    RMSprop,
    Rule,
    arrival,
    crossings,
    descend,
    follow,
    follow_by_hand,
    schedulers,
    warmup_cosine,
)
from examples.models.optimizers_figures import (
    race_curves,
    rate_curves,
    steps_on_parabola,
    valley_paths,
)

Make = Callable[[list[Tensor]], torch.optim.Optimizer]


@pytest.mark.parametrize(
    ("rule", "make"),
    [
        (SGD(0.03), lambda p: torch.optim.SGD(p, lr=0.03)),
        (Momentum(0.02, 0.8), lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.8)),
        (RMSprop(0.05, 0.9), lambda p: torch.optim.RMSprop(p, lr=0.05, alpha=0.9)),
        (Adam(0.1, (0.8, 0.99)), lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.8, 0.99))),
        (AdamW(0.1, 0.2), lambda p: torch.optim.AdamW(p, lr=0.1, weight_decay=0.2)),
    ],
    ids=["SGD", "momentum", "RMSprop", "Adam", "AdamW"],
)
def test_a_rule_by_hand_walks_with_torch(rule: Rule, make: Make) -> None:
    """Two hundred steps from one start end within 1e-12 of each other, at every step."""
    torch.testing.assert_close(follow_by_hand(rule, 200), follow(make, 200), atol=1e-12, rtol=0)


@pytest.mark.parametrize("lr", [0.01, 0.3, 0.5, 0.9, 1.0])
def test_the_distance_is_multiplied_by_one_minus_two_rates(lr: float) -> None:
    """The path down (w − 3)² is geometric."""
    for n, w in enumerate(descend(lr, 10)):
        assert w == pytest.approx(3 - 3 * (1 - 2 * lr) ** n, abs=1e-5)


def test_rates_land_bounce_and_diverge() -> None:
    """0.5 lands in a step, 1.0 bounces between 0 and 6, 1.1 climbs out."""
    assert arrival(descend(0.5, 10)) == 1
    assert descend(1.0, 3) == [0.0, 6.0, 0.0, 6.0]
    assert arrival(descend(1.0, 50)) is None and crossings(descend(1.0, 50)) == 50
    assert abs(descend(1.1, 50)[-1]) > 1000


def test_arrival_means_to_stay() -> None:
    """A path that passes its goal and leaves it has not arrived yet; nan never does."""
    assert arrival([0.0, 3.0, 5.0, 3.0, 3.0]) == 3
    assert arrival([3.0, 3.0]) == 0
    assert arrival([0.0, 3.0, float("nan")]) is None


def test_there_are_the_schedulers_that_torch_documents() -> None:
    """The base class and its old name are not counted."""
    found = schedulers()
    assert "StepLR" in found and "LRScheduler" not in found and found == sorted(found)
    assert len(set(found)) == len(found) >= 15


def test_warmup_reaches_the_full_rate_and_the_cosine_ends_at_zero() -> None:
    """The factor rises in a line, is 1 at the end of the warmup, and 0 from the end on."""
    assert [warmup_cosine(n, 4, 10) for n in range(4)] == [0.25, 0.5, 0.75, 1.0]
    assert warmup_cosine(4, 4, 10) == 1.0
    assert warmup_cosine(10, 4, 10) == warmup_cosine(15, 4, 10) == pytest.approx(0.0)


def test_digits_are_split_without_overlap_and_scaled() -> None:
    """All 1,797 images are there once, from 0 to 1."""
    data = race.digits()
    assert len(data.x) + len(data.test_x) == 1797 == len(data.y) + len(data.test_y)
    assert data.x.min() >= 0 and data.x.max() == 1


def test_a_run_repeats_and_learns() -> None:
    """The same seed gives the same losses, and two epochs of Adam make them smaller."""
    data = race.digits()
    first, share = race.run(race.RUNNERS["Adam"], 0.01, 0, data, epochs=2)
    again, _ = race.run(race.RUNNERS["Adam"], 0.01, 0, data, epochs=2)
    assert first == again and first[1] < first[0] < 2.5 and share > 0.7


def test_the_table_has_a_row_for_each_runner() -> None:
    """Medians over the seeds stand under their rates."""
    losses = torch.tensor([[9.0, 1.0], [9.0, 2.0], [9.0, 6.0]])
    results = {(n, lr): (losses, torch.ones(3)) for n in race.RUNNERS for lr in race.RATES}
    rows = race.rates_table(results).splitlines()
    assert rows[2] == "| SGD | 2.00 | 2.00 | 2.00 | 2.00 |"
    assert len(rows) == 2 + len(race.RUNNERS)


def test_the_figures_name_what_they_draw() -> None:
    """Titles and legends appear in the drawings."""
    assert "lr 0.9" in svg(
        steps_on_parabola({"lr 0.9": descend(0.9, 3), "lr 0.1": descend(0.1, 3)}), alt="steps"
    )
    walk = follow(lambda p: torch.optim.SGD(p, lr=0.05), 3)
    assert "walker" in svg(valley_paths({"walker": walk, "again": walk}), alt="valley")
    losses = torch.tensor([[2.0, 1.0], [2.0, 0.5]])
    results = {("SGD", 1.0): (losses, torch.ones(2))}
    assert "SGD, lr 1" in svg(race_curves(results, {"SGD": 1.0}), alt="race")
    assert "flat" in svg(rate_curves({"flat": [0.1, 0.1]}), alt="rates")
