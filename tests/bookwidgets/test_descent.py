"""The paths of the descent widgets are those that torch's optimizers take."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from bookwidgets.descent import descent, valley
from bookwidgets.paths import THREE, Path, fates, follow
from tests.bookwidgets.held import held

RATES = [0.01, 0.1, 0.5, 0.9, 1.0, 1.1, 2.0]


def curve(w: Tensor) -> Tensor:
    return (w - 3) ** 2


def bowl(w: Tensor) -> Tensor:
    return (w[0] ** 2 + 20 * w[1] ** 2) / 2


def alone(loss: Callable[[Tensor], Tensor], start: Any, name: str, rate: float) -> list[Any]:
    """Take twenty steps with an optimizer that has nothing else to do."""
    w = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    makes: dict[str, Callable[[], torch.optim.Optimizer]] = {
        "SGD": lambda: torch.optim.SGD([w], lr=rate),
        "momentum 0.9": lambda: torch.optim.SGD([w], lr=rate, momentum=0.9),
        "Adam": lambda: torch.optim.Adam([w], lr=rate),
    }
    optimizer, path = makes[name](), [w.tolist()]
    for _ in range(20):
        optimizer.zero_grad()
        loss(w).backward()
        optimizer.step()
        path.append(w.tolist())
    return path


@pytest.fixture(scope="module")
def made() -> str:
    return descent(curve, start=0.0, goal=3.0, rates=RATES, window=(-2.5, 8.5), begin=0.1)


def slots(widget: str) -> dict[str, Any]:
    found: dict[str, Any] = held(widget)["slots"]
    return found


def test_the_numbers_are_those_of_torch_at_every_rate(made: str) -> None:
    """Each weight in the table is the one of an optimizer that runs by itself."""
    for k, name in enumerate(THREE):
        steps, texts = slots(made)[f"w{k}"]
        assert steps == [0, 1] and len(texts) == len(RATES)
        for text, rate in zip(texts, RATES, strict=True):
            path = alone(curve, 0.0, name, rate)
            shown = [path[n] for n in [*range(11), 15, 20]]
            assert text.split(" ") == [f"{w + 0.0:.3g}".replace("-", "−") for w in shown]


def test_rates_side_by_side_do_not_touch_each_other() -> None:
    """In a valley, too, a path is the same with others beside it."""
    for name, make in THREE.items():
        paths = follow(bowl, (-4.0, 1.0), make, RATES[:3], (0.0, 0.0), 0.1, watched=20)
        for path, rate in zip(paths, RATES, strict=False):
            for got, want in zip(path.points, alone(bowl, [-4.0, 1.0], name, rate), strict=True):
                assert got == pytest.approx(want, rel=1e-9, abs=1e-12)


def test_each_fate_begins_where_the_run_says() -> None:
    """On (w − 3)², plain SGD lands at 0.5, bounces above it, and diverges above 1."""
    spans = fates(curve, 0.0, 3.0, [0.01, 0.1, 0.5, 0.9, 1.0, 1.1])["SGD"]
    assert [fate for fate, _, _ in spans] == [
        "crawls", "walks", "lands", "bounces", "bounces for ever", "diverges",
    ]  # fmt: skip


def test_a_path_that_left_the_picture_says_when(made: str) -> None:
    """It says after how many steps, and where the weight was in the end."""
    path = alone(curve, 0.0, "SGD", 2.0)
    out = next(n for n, w in enumerate(path) if not -2.5 <= w <= 8.5)
    end = f"{path[20]:.3g}".replace("-", "−")
    said = f"diverges: left the picture after {out} step; w = {end} after 20"
    assert slots(made)["t0"][1][RATES.index(2.0)] == said


def test_the_words_count_what_happened(made: str) -> None:
    """Steps until near, and jumps over the bottom."""
    said = slots(made)["t0"][1]
    assert said[1] == "walks: near the bottom after 26 steps"
    assert said[2] == "lands: near the bottom after 1 step"
    assert said[3].endswith("after 26 steps; jumped over it 20 times in 20 steps")
    assert said[4].startswith("bounces for ever")


def test_a_path_that_comes_back_is_not_near_before() -> None:
    """Near means: from then on."""
    path = Path([(0.0,), (3.0,), (4.0,), (3.005,)], (3.0,), 0.01, 3)
    assert path.arrived() == 3 and path.jumps(3) == 1
    once = Path([(0.0,), (4.0,), (3.5,)], (3.0,), 0.01, 2)
    assert once.fate(2) == "overshoots"


def test_the_drawn_path_ends_where_it_leaves(made: str) -> None:
    """No coordinate is far from the picture, and every path begins at the start."""
    for k in range(3):
        texts = slots(made)[f"d{k}"][1]
        assert len({text.partition("l")[0] for text in texts}) == 1
        assert all(abs(int(n)) < 2000 for text in texts for n in re.findall(r"-?\d+", text))
        assert all(text.count(" ") <= 40 for text in texts)


def test_the_choice_shows_one_path_or_all(made: str) -> None:
    """Which path is seen follows the choice alone."""
    steps, texts = slots(made)["h1"]
    assert steps == [1, 0] and texts == ["bp-unseen", "", "bp-unseen", ""]


def test_a_valley_says_what_became_of_each() -> None:
    """Across the valley 0.1 is too much for SGD."""
    widget = valley(
        bowl, start=(-4.0, 1.0), goal=(0.0, 0.0), rates=[0.04, 0.11], begin=0.04,
        window=((-4.6, 1.6), (-1.25, 1.25)), levels=[0.4, 2, 5],
    )  # fmt: skip
    slow, wild = slots(widget)["t0"][1]
    assert slow.startswith("arrives: near the bottom after")
    assert wild.startswith("diverges: left the picture after")
    assert "\n\n" not in widget


def test_everything_is_in_the_page_without_a_script(made: str) -> None:
    """The start is drawn, all rates are in a table, and the whole stays small."""
    assert made[made.index("<details>") :].count("<tr>") == 1 + len(RATES)
    assert 'data-text="w0.1">0.6</span>' in made
    assert "\n\n" not in made


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"begin": 0.2}, "no rate of the slider is 0.2"),
        ({"goal": 2.0}, "lower elsewhere than at 2"),
        ({"optimizers": {}}, "looks for one to 3"),
    ],
)
def test_what_an_author_gets_wrong_is_said(change: dict[str, Any], said: str) -> None:
    """A rate that is no stop, a goal that is none, no optimizer."""
    given: dict[str, Any] = {
        "start": 0.0, "goal": 3.0, "rates": [0.1], "window": (-2.5, 8.5), "begin": 0.1,
    }  # fmt: skip
    with pytest.raises(ValueError, match=said):
        descent(curve, **(given | change))


@pytest.mark.parametrize("landed", [0.0, 4e-16, -4e-16])
def test_a_landing_that_only_rounding_parts_from_the_bottom_counts_alike(landed: float) -> None:
    """Another processor ends a hair on the other side; one who flies through has jumped once."""
    path = Path([(-3.0,), (landed,), (1.2,), (0.4,)], (0.0,), 0.01, 3)
    assert path.jumps(3) == 1
