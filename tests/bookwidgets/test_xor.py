"""The dial of XOR trainings shows what torch's own modules answer, at every stop."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch
from matplotlib.path import Path as Outline
from torch import nn

from bookwidgets.xor import ROWS, xor
from examples.models.many_starts import Recording, dead, forward, record_starts, train_starts
from examples.start.first_ten_minutes import X
from tests.bookwidgets.held import held

MOMENTS = [0, 4, 10, 60, 150]
SEEDS = [3, 17, 52]
STOPS = [(s, m) for s in range(len(SEEDS)) for m in range(len(MOMENTS))]
at_each_stop = pytest.mark.parametrize(("start", "moment"), STOPS)


@pytest.fixture(scope="module")
def recording() -> Recording:
    """Three short trainings."""
    return record_starts(SEEDS, MOMENTS)


@pytest.fixture(scope="module")
def made(recording: Recording) -> str:
    """The dial of them."""
    names = [f"start {seed}" for seed in SEEDS]
    return xor(names, MOMENTS, recording.losses, recording.parameters)


@pytest.fixture(scope="module")
def slots(made: str) -> dict[str, list[str]]:
    """The texts of the dial."""
    lean: dict[str, Any] = held(made)["slots"]
    return {
        name: [texts[start * steps[0] + moment * steps[1]] for start, moment in STOPS]
        for name, (steps, texts) in lean.items()
    }


def net(recording: Recording, start: int, moment: int) -> nn.Sequential:
    """Return a net of torch's own parts with the recorded parameters."""
    weight, bias, out, shift = (p[start] for p in recording.parameters[moment])
    made = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
    with torch.no_grad():
        for own, copy in zip(made.parameters(), (weight, bias, out, shift), strict=True):
            own.copy_(copy)
    return made


def test_a_recording_is_the_training_of_many_starts(recording: Recording) -> None:
    """The seeds that are watched go the way that they go among a hundred."""
    among = train_starts([4], count=53, epochs=MOMENTS[-1]).losses
    torch.testing.assert_close(recording.losses, among[:, SEEDS], rtol=1e-4, atol=1e-5)


@at_each_stop
@torch.no_grad()
def test_a_stop_shows_what_torch_says(
    recording: Recording, slots: dict[str, list[str]], start: int, moment: int
) -> None:
    """Answers, loss, and the state of each unit are those of the net at that moment."""
    at = start * len(MOMENTS) + moment
    model = net(recording, start, moment)
    logits = model(X)
    target = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    loss = nn.functional.binary_cross_entropy_with_logits(logits, target).item()
    assert abs(float(slots["loss"][at]) - loss) < 1e-4
    for n, answer in enumerate(logits.sigmoid().flatten().tolist()):
        assert abs(float(slots[f"a{n}"][at]) - answer) < 0.0051
    on = model[1](model[0](X)) > 0
    for unit in range(4):
        said = slots[f"s{unit}"][at]
        rows = [row for row, yes in zip(ROWS, on[:, unit].tolist(), strict=True) if yes]
        words = "on for all" if len(rows) == 4 else "on for " + ", ".join(rows)
        assert said == words if rows else said in ("born dead", "died")


@at_each_stop
@torch.no_grad()
def test_the_plane_is_shaded_where_the_net_is_sure(
    recording: Recording, slots: dict[str, list[str]], start: int, moment: int
) -> None:
    """Points well inside a band lie in its path, and points well outside do not."""
    at = start * len(MOMENTS) + moment
    ticks = torch.linspace(-0.45, 1.45, 20)
    points = torch.cartesian_prod(ticks, ticks)
    sure = net(recording, start, moment)(points).sigmoid().flatten()
    places = torch.stack([(points[:, 0] + 0.5) * 120, (1.5 - points[:, 1]) * 120], 1)
    for name, inside, outside in (
        ("y1", sure > 0.64, sure < 0.56),
        ("y2", sure > 0.83, sure < 0.77),
        ("n1", sure < 0.36, sure > 0.44),
        ("n2", sure < 0.17, sure > 0.23),
    ):
        covered = torch.zeros(len(points), dtype=torch.bool)
        for ring in re.findall(r"M([^Z]*)Z", slots[name][at]):
            numbers = [float(n) for n in ring.split()]
            outline = Outline(list(zip(numbers[::2], numbers[1::2], strict=True)))
            covered |= torch.from_numpy(outline.contains_points(places.numpy()))
        assert covered[inside].all()
        assert not covered[outside].any()


def test_a_line_is_where_its_unit_turns_on(
    recording: Recording, slots: dict[str, list[str]]
) -> None:
    """At both ends of a unit's line, its weighted sum is as good as 0."""
    seen = 0
    for start, moment in STOPS:
        weight, bias = (p[start] for p in recording.parameters[moment][:2])
        for unit in range(4):
            path = slots[f"d{unit}"][start * len(MOMENTS) + moment]
            ends = torch.tensor([float(n) for n in path.removeprefix("M").split()]).reshape(-1, 2)
            plane = torch.stack([ends[:, 0] / 120 - 0.5, 1.5 - ends[:, 1] / 120], 1)
            far = (plane @ weight[unit] + bias[unit]).abs() / weight[unit].norm()
            assert (far < 0.01).all()
            seen += len(ends) == 2
    assert seen > 40


def test_a_unit_that_was_alive_is_said_to_have_died(
    recording: Recording, slots: dict[str, list[str]]
) -> None:
    """Start 52 begins without dead units and loses two; start 17 begins with three."""
    begin, end = (
        dead(forward(recording.parameters[moment], torch.relu)[0]).sum(1).tolist()
        for moment in (0, -1)
    )
    assert (begin, end) == ([1, 3, 0], [1, 4, 2])
    last = [[slots[f"s{u}"][s * len(MOMENTS) + 4] for u in range(4)] for s in range(3)]
    assert [states.count("died") for states in last] == [0, 1, 2]
    assert [states.count("born dead") for states in last] == [1, 3, 0]


def test_the_fates_are_those_of_the_losses(made: str) -> None:
    """A start whose last loss is not below 0.1 has not learned."""
    assert "start 17: stalls" in made
    assert "start 52: stalls" in made  # after 150 epochs, not yet
    assert "learns" not in made


def test_without_a_script_the_moments_are_a_table(made: str) -> None:
    """Each start has its first and last recorded moment in it, with loss and answers."""
    folded = made[made.index("<details>") :]
    assert folded.count('<th scope="row">start 17') == 2
    assert "born dead; born dead; born dead" in folded
    assert "\n\n" not in made
    assert len(made) < 20_000


def test_bad_recordings_are_refused(recording: Recording) -> None:
    """Moments that do not begin at 0, missing copies or names, and too many units."""
    names, losses, copies = [str(s) for s in SEEDS], recording.losses, recording.parameters
    with pytest.raises(ValueError, match="do not rise from 0"):
        xor(names, [4, 10, 60, 150, 151], losses, copies)
    with pytest.raises(ValueError, match="5 moments, 4 copies"):
        xor(names, MOMENTS, losses, copies[:4])
    with pytest.raises(ValueError, match="2 names"):
        xor(names[:2], MOMENTS, losses, copies)
    wide = record_starts([0], [0], units=5)
    with pytest.raises(ValueError, match="5 units"):
        xor(["0"], [0], wide.losses, wide.parameters)
