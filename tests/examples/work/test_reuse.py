"""The code of the chapter *Reusing a trained network*."""

from __future__ import annotations

import copy
import math

import pytest
import torch
from torch import nn

from bookparts.figures import figure
from examples.models.digits import Split
from examples.work import reuse
from examples.work.reuse import (
    LETTERS,
    WAYS,
    compare,
    features,
    few,
    fit,
    half,
    learn_letters,
    letter_pairs,
    moved,
    needed,
    net,
    right,
    what_stops,
)
from examples.work.reuse_figures import draw_curves, draw_letters


def _data() -> Split:
    """Make five classes that differ in where an image is bright."""
    generator = torch.Generator().manual_seed(0)
    y = torch.arange(100) % 5
    x = torch.rand(100, 5, 36, generator=generator) * 0.2
    x[torch.arange(100), y] += 0.8
    x = torch.nn.functional.pad(x.flatten(1), (8, 8))
    return Split(x[:50], y[:50], x[50:], y[50:])


def test_half_keeps_five_classes_and_numbers_them_from_0() -> None:
    """Images and labels stay together."""
    x, y = half(torch.arange(10.0)[:, None], torch.arange(10), first=5)
    assert x[:, 0].tolist() == [5, 6, 7, 8, 9] and y.tolist() == [0, 1, 2, 3, 4]


def test_few_takes_as_many_of_each_class() -> None:
    """Another seed draws others, and a larger number includes the smaller."""
    y = torch.arange(50) % 5
    for each in (1, 4):
        assert torch.bincount(y[few(y, each, seed=0)]).tolist() == [each] * 5
    assert few(y, 4, seed=0).tolist() != few(y, 4, seed=1).tolist()
    assert set(few(y, 1, seed=0).tolist()) < set(few(y, 4, seed=0).tolist())


@pytest.mark.parametrize("way", WAYS)
def test_a_way_trains_what_it_says(way: str) -> None:
    """What the optimizer gets moves, and all else stays; the trained network is a copy."""
    torch.manual_seed(0)
    trained = net()
    model, groups = WAYS[way](copy.deepcopy(trained))
    data = _data()
    changed = moved(model, lambda: fit(model, data.x, data.y, 2, groups=groups))
    parts = {name.split(".")[0] for name in changed}
    want = {"frozen, new head": {"head"}, "last layers only": {"neck", "head"}}
    if way == "frozen, cut earlier":
        assert parts == {"1"}
    else:
        assert parts == want.get(way, {"body", "neck", "head"})


def test_compare_leaves_the_trained_network_alone_and_repeats() -> None:
    """One percent for each way, count and seed."""
    torch.manual_seed(0)
    trained, data = net(), _data()
    runs: list[object] = []
    for _ in range(2):
        assert moved(trained, lambda: runs.append(compare(trained, data, [2, 4], 2, steps=5))) == []
    assert runs[0] == runs[1]
    (first, _) = runs
    assert isinstance(first, dict) and list(first) == list(WAYS)
    assert all([len(row) for row in rows] == [2, 2] for rows in first.values())
    assert all(p.requires_grad for p in trained.parameters())


def test_fit_learns_and_right_counts() -> None:
    """The five classes are easy."""
    torch.manual_seed(0)
    data, model = _data(), net()
    assert right(fit(model, data.x, data.y, 60), data.x_test, data.y_test) > 90
    assert not model.training


def test_needed_reads_a_curve_backwards() -> None:
    """Between the counts by doubling, and not beyond them."""
    assert needed([1, 4, 16], [10, 20, 30], 25) == pytest.approx(8)
    assert needed([1, 4], [10, 20], 5) == 1
    assert math.isinf(needed([1, 4], [10, 20], 21))


def test_what_stops_what() -> None:
    """Only both together keep all still."""
    found = what_stops()
    assert all(found["nothing done"].values())
    assert not any(found["requires_grad_(False) and eval()"].values())
    assert found["requires_grad_(False)"]["batch norm moves"]
    assert found["eval()"]["weight moves"]


def test_features_remove_their_hook_also_after_an_error() -> None:
    """A forward that fails leaves nothing behind."""
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(4, 1))
    with pytest.raises(RuntimeError):
        features(model, model[1], torch.ones(1, 2))
    assert not model[1]._forward_hooks
    model[2] = nn.Linear(3, 1)
    assert features(model, model[1], torch.ones(5, 2)).shape == (5, 3)
    assert not model[1]._forward_hooks


def test_letters_that_are_followed_alike_get_rows_alike() -> None:
    """Vowels find each other, from any seed."""
    counts = letter_pairs()
    assert counts.shape == (27, 27) and counts[0, 0] == 0
    for seed in range(3):
        torch.manual_seed(seed)
        rows = nn.functional.normalize(learn_letters(counts, 2, steps=300).weight.detach(), dim=1)
        vowels = rows[[LETTERS.index(letter) for letter in "aiou"]]
        others = rows[[LETTERS.index(letter) for letter in "bcdfgklmprstv"]]
        assert (vowels @ vowels.T).mean() > (vowels @ others.T).mean() + 0.2


def test_the_figures_draw_each_way_and_each_letter() -> None:
    """A line for each way, a mark for each letter."""
    _, ax = figure()
    draw_curves(ax, [1, 4], {"a": [[1.0, 2.0], [3.0, 5.0]], "b": [[2.0], [4.0]]})
    assert [list(line.get_ydata()) for line in ax.lines] == [[1.5, 4.0], [2.0, 4.0]]
    _, ax = figure()
    draw_letters(ax, torch.arange(54.0).reshape(27, 2))
    assert [text.get_text() for text in ax.texts] == list("_abcdefghijklmnopqrstuvwxyz")


def test_main_prints_each_way(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On data that stand in for MNIST."""
    monkeypatch.setattr(reuse, "halves", lambda name: (_data(), _data()))
    monkeypatch.setattr(reuse, "pretrained", lambda data: net())
    reuse.main()
    out = capsys.readouterr().out
    assert all(way in out for way in WAYS)
