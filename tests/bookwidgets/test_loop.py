"""The dial of the five steps shows what they did, in the order of the book."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from bookwidgets.loop import LINES, loop
from examples.models.training_loop import LABELS, neuron, watch
from examples.tensors.create import people
from tests.bookwidgets.held import held

SHOWN = ["weight", "bias", "output", "loss", "weight.grad", "bias.grad"]


def made(rounds: int = 2) -> str:
    """Run the chapter's unit for some rounds."""
    unit = neuron()
    optimizer = torch.optim.SGD(unit.parameters(), lr=1e-4)
    return loop(unit, people(), LABELS, nn.BCEWithLogitsLoss(), optimizer, rounds)


@pytest.fixture(scope="module")
def slots() -> dict[str, list[str]]:
    """The texts of two rounds, stop by stop."""
    lean: dict[str, Any] = held(made())["slots"]
    return {
        name: [texts[at * steps[0]] for at in range(11)] for name, (steps, texts) in lean.items()
    }


def test_the_steps_are_those_of_the_book() -> None:
    """Forward, loss, zero_grad, backward, step."""
    assert list(LINES) == ["forward", "loss", "zero_grad", "backward", "step"]


def test_the_numbers_are_those_of_an_ordinary_training(slots: dict[str, list[str]]) -> None:
    """After each line, loss, gradient and weights are what `watch` sees in the same rounds."""
    unit, loss_fn = neuron(), nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(unit.parameters(), lr=1e-4)
    for round_ in range(2):
        for n, shot in enumerate(watch(unit, people(), LABELS, loss_fn, optimizer)[1:], 1):
            at = 5 * round_ + n
            weight = [float(text) for text in slots["t0"][at].split()]
            assert weight == pytest.approx(shot.weight, abs=1e-4)
            gradient = slots["t4"][at]
            if shot.gradient is None:
                assert gradient == "none"
            else:
                assert [float(g) for g in gradient.split()] == pytest.approx(
                    shot.gradient, abs=1e-4
                )
            if shot.loss is not None:
                assert float(slots["t3"][at]) == pytest.approx(shot.loss, abs=1e-4)


def test_each_line_changes_and_reads_what_it_should(slots: dict[str, list[str]]) -> None:
    """In the second round, when all tensors are there."""
    did = [
        {name: slots[f"s{n}"][at] for n, name in enumerate(SHOWN) if slots[f"s{n}"][at]}
        for at in range(6, 11)
    ]
    assert did == [
        {"weight": "read", "bias": "read", "output": "changed"},
        {"output": "read", "loss": "changed"},
        {"weight.grad": "changed", "bias.grad": "changed"},
        {"output": "read", "loss": "read", "weight.grad": "changed", "bias.grad": "changed"},
        {"weight": "changed", "bias": "changed", "weight.grad": "read", "bias.grad": "read"},
    ]


def test_what_stood_before_a_line_is_what_the_last_one_left(slots: dict[str, list[str]]) -> None:
    """And one line is lit at each stop but the first."""
    for n in range(len(SHOWN)):
        assert slots[f"b{n}"][1:] == slots[f"t{n}"][:-1]
    lit = [[slots[f"now{n}"][at] == "step" for n in range(5)] for at in range(11)]
    assert lit[0] == [False] * 5
    assert all(line == [n == at % 5 for n in range(5)] for at, line in enumerate(lit[1:]))


def test_without_a_script_every_line_is_in_a_table() -> None:
    """What a line changed is bold, and nothing else."""
    html = made(1)
    folded = html[html.index("<details>") :]
    assert folded.count("<tr>") == 1 + 6
    assert folded.count("<strong>") == 1 + 1 + 0 + 2 + 2
    assert "\n\n" not in html


def test_a_parameter_that_is_not_there_is_refused() -> None:
    """So is a loop of no rounds."""
    with pytest.raises(ValueError, match="0 rounds"):
        made(0)
    unit = neuron()
    sgd = torch.optim.SGD(unit.parameters(), lr=1.0)
    with pytest.raises(ValueError, match="wait"):
        loop(unit, people(), LABELS, nn.BCEWithLogitsLoss(), sgd, watch=["wait"])
