"""Dropout, batch norm and early stopping are what torch's are, or what they promise to be."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from examples.models.generalization import Keeper, digits, evaluate, fit, net, seeded
from examples.models.modes import Norm, drop, forgotten, kept


def test_the_parts_share_no_image() -> None:
    """No image is trained on and tested with, and only the training part has false labels."""
    data, honest = digits(), digits(wrong=0)
    rows = torch.cat([digits(1000).x, data.x_val, data.x_test])
    assert len(rows) == 1797
    assert int((data.y != honest.y).sum()) == int(data.wrong.sum()) == 40
    assert torch.equal(data.y_val, honest.y_val)
    assert torch.equal(data.x, digits(1000).x[:200])


@pytest.mark.parametrize("p", [0.0, 0.3, 0.9])
def test_dropout_by_hand_is_torchs(p: float) -> None:
    """The same seed gives the same holes and the same numbers."""
    x = torch.randn(50, 20)
    torch.manual_seed(1)
    ours = drop(x, p)
    torch.manual_seed(1)
    torch.testing.assert_close(ours, nn.Dropout(p)(x))
    assert torch.equal(drop(x, p, training=False), x)


def test_batch_norm_by_hand_is_torchs() -> None:
    """Outputs and running statistics agree over several batches, in both modes."""
    torch.manual_seed(0)
    ours, theirs = Norm(4), nn.BatchNorm1d(4)
    for _ in range(5):
        x = torch.randn(7, 4) * 3 + 1
        torch.testing.assert_close(ours(x), theirs(x).detach(), atol=1e-5, rtol=1e-5)
    assert theirs.running_mean is not None and theirs.running_var is not None
    torch.testing.assert_close(ours.mean, theirs.running_mean)
    torch.testing.assert_close(ours.var, theirs.running_var)
    ours.training = False
    torch.testing.assert_close(ours(x), theirs.eval()(x).detach(), atol=1e-5, rtol=1e-5)


def test_early_stopping_restores_the_best_state() -> None:
    """The network that comes back has the lowest validation loss that was seen."""
    data = digits(100, wrong=30)
    torch.manual_seed(0)
    model = net()
    history = fit(model, data, epochs=60, patience=3)
    assert len(history.val_loss) < 60
    assert evaluate(model, data.x_val, data.y_val)[0] == min(history.val_loss)
    assert len(history.val_loss) == history.best + 3


def test_a_keeper_keeps_a_copy() -> None:
    """Training on does not change what was kept."""
    model, keeper = nn.Linear(1, 1), Keeper(patience=1)
    keeper.enough(model, 1.0)
    before = model.weight.item()
    with torch.no_grad():
        model.weight.add_(1)
    keeper.restore(model)
    assert model.weight.item() == before


def test_a_seed_repeats_a_training() -> None:
    """Two trainings from one seed end with the same loss."""
    data = digits(50, wrong=0)
    first, second = (seeded(3, data, dropout=0.5, epochs=3) for _ in range(2))
    assert first.history.val_loss == second.history.val_loss


def test_forgotten_leaves_the_model_alone() -> None:
    """It asks a copy, so the running statistics and the mode stay."""
    data, model = digits(), net(norm=True).eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    forgotten(model, data.x_val, data.y_val, 4)
    assert not model.training
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_no_grad_keeps_nothing() -> None:
    """Without recording, no byte is kept; with it, inputs and ReLU's outputs are."""
    x = torch.rand(10, 64)
    assert kept(net(), x) == 10 * (64 + 128 + 128) * 4
    with torch.no_grad():
        assert kept(net(), x) == 0
