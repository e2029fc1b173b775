"""The functions of `examples/models/losses.py` agree with torch, and with arithmetic."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from examples.models import losses


def test_cross_entropy_by_hand_equals_torch() -> None:
    """Also for logits that no exponential could hold."""
    generator = torch.Generator().manual_seed(0)
    for scale in (1.0, 1000.0):
        logits = scale * torch.randn(20, 7, generator=generator)
        labels = torch.randint(7, (20,), generator=generator)
        want = F.cross_entropy(logits, labels)
        torch.testing.assert_close(losses.cross_entropy_by_hand(logits, labels), want)


@pytest.mark.parametrize("way", ["BCEWithLogitsLoss", "sigmoid, BCELoss", "sigmoid, −log by hand"])
def test_three_ways_agree_on_a_moderate_logit(way: str) -> None:
    """Loss log(1 + e^z) and gradient sigmoid(z) when the answer is no."""
    found = losses.at(2.0, 0.0, way)
    assert found.loss == pytest.approx(math.log(1 + math.exp(2)), rel=1e-5)
    assert found.gradient == pytest.approx(1 / (1 + math.exp(-2)), rel=1e-5)


def test_bce_on_a_saturated_sigmoid_has_loss_100_and_no_gradient() -> None:
    """The loss of the logit goes on where that of the probability ends."""
    assert losses.at(17.0, 0.0, "sigmoid, BCELoss") == losses.At(100.0, 0.0)
    assert losses.at(17.0, 0.0, "BCEWithLogitsLoss") == losses.At(17.0, 1.0)
    assert math.isnan(losses.at(17.0, 0.0, "sigmoid, −log by hand").gradient)


@pytest.mark.parametrize("classes", [2, 10, 1000])
def test_the_floor_is_the_loss_of_a_perfect_softmax(classes: int) -> None:
    """One for the right class and zero for the others, read as logits."""
    perfect = F.one_hot(torch.tensor([0]), classes).double()
    want = F.cross_entropy(perfect, torch.tensor([0])).item()
    assert losses.floor(classes) == pytest.approx(want)


def test_softmax_first_shrinks_the_gradient_and_slows_the_training() -> None:
    """After two epochs on the digits the wrong network is far behind."""
    right, wrong = (losses.train(first, lr=0.1, epochs=2) for first in (False, True))
    assert right.first_gradient > 5 * wrong.first_gradient
    assert right.losses[-1] < wrong.losses[-1] - 0.2
    assert wrong.losses[-1] > losses.floor(10)


def test_the_best_constant_is_the_mean_or_the_median() -> None:
    """MSE leads to the mean, L1 to the median, and Huber lies between them here."""
    values = torch.tensor([2.0, 3.0, 3.0, 4.0, 38.0])
    assert losses.best_constant(values, nn.MSELoss()) == 10
    assert losses.best_constant(values, nn.L1Loss()) == 3
    assert 3 < losses.best_constant(values, nn.HuberLoss()) < 10


def test_the_four_people_have_the_loss_of_the_page() -> None:
    """By hand, from the probabilities of the right answers."""
    X, y, W = losses.four_people()
    p = torch.sigmoid(X @ W)[:, 0].tolist()
    right = [q if t else 1 - q for q, t in zip(p, y.tolist(), strict=True)]
    assert sum(-math.log(q) for q in right) / 4 == pytest.approx(1.0081, abs=5e-5)


def test_every_job_runs_and_every_wrong_target_is_named() -> None:
    """Five losses, and five of nine targets that are refused."""
    assert len(losses.job_table().splitlines()) == 2 + 5
    rows = losses.target_table().splitlines()[2:]
    assert sum("accepted" in row for row in rows) == 4
    assert len(rows) == 9
