"""Tests of the code of `docs/start/first-ten-minutes.md`."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from bookparts.figures import figure, svg
from examples.start.first_ten_minutes import X, XorMLP, Y, count_parameters, train, train_many
from examples.start.first_ten_minutes_figures import (
    draw_graph,
    draw_losses,
    draw_net,
    polynomial,
    slopes,
)


@pytest.fixture(scope="module")
def trained() -> tuple[XorMLP, list[float]]:
    """The network of the page, trained from seed 42, and its losses."""
    torch.manual_seed(42)
    model = XorMLP()
    return model, train(model)


def test_the_data_is_exclusive_or() -> None:
    """Each target is 1 exactly when the two inputs differ."""
    assert torch.equal(Y, (X[:, :1] != X[:, 1:]).float())


def test_the_trained_network_answers_all_four_rows(trained: tuple[XorMLP, list[float]]) -> None:
    """From seed 42 every output is within a hundredth of its target."""
    model, _ = trained
    assert (model(X) - Y).abs().max() < 0.01


def test_there_is_one_loss_for_each_epoch(trained: tuple[XorMLP, list[float]]) -> None:
    """The first was measured before any step, the last is small."""
    _, losses = trained
    torch.manual_seed(42)
    assert len(losses) == 2000
    assert losses[0] == nn.BCELoss()(XorMLP()(X), Y).item()
    assert losses[-1] < 0.001


def test_the_log_has_the_losses_that_are_returned(capsys: pytest.CaptureFixture[str]) -> None:
    """Epoch 1 and every 250th are printed with four decimals."""
    torch.manual_seed(0)
    losses = train(XorMLP(), epochs=500)
    printed = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert printed == [
        ["epoch", str(epoch), "loss", f"{losses[epoch - 1]:.4f}"] for epoch in (1, 250, 500)
    ]


def test_one_step_is_the_parameter_minus_rate_times_gradient() -> None:
    """`train` moves each parameter by the learning rate times autograd's gradient."""
    torch.manual_seed(42)
    model = XorMLP()
    before = [p.detach().clone() for p in model.parameters()]
    gradients = torch.autograd.grad(nn.BCELoss()(model(X), Y), list(model.parameters()))
    train(model, epochs=1)
    for old, gradient, new in zip(before, gradients, model.parameters(), strict=True):
        torch.testing.assert_close(new.detach(), old - 0.5 * gradient)


def test_many_networks_at_once_end_where_they_end_alone() -> None:
    """The batched training gives each seed the losses of its own training."""
    first, last = train_many(seeds=5, epochs=300)
    for seed in range(5):
        torch.manual_seed(seed)
        alone = train(XorMLP(), epochs=300)
        assert first[seed].item() == pytest.approx(alone[0], abs=1e-6)
        assert last[seed].item() == pytest.approx(alone[-1], rel=1e-2, abs=1e-5)


def test_parameters_are_counted_as_by_hand() -> None:
    """Weights and biases of two linear layers; frozen parameters do not count."""
    model = XorMLP()
    assert count_parameters(model) == (2 * 4 + 4) + (4 * 1 + 1)
    model.hidden.requires_grad_(False)
    assert count_parameters(model) == 4 * 1 + 1


@pytest.mark.parametrize("value", [-2.0, 0.0, 3.0])
def test_the_slopes_of_single_operations_make_the_gradient(value: float) -> None:
    """Multiplied along both paths and added, they are what `backward` finds: 2a + 2."""
    nodes = polynomial(value)
    found = slopes(nodes)
    nodes["b"].backward()
    assert nodes["a"].grad is not None
    paths = found["a", "p"] * found["p", "s"] + found["a", "q"] * found["q", "s"]
    assert nodes["a"].grad.item() == paths * found["s", "b"] == 2 * value + 2
    step = 1e-3
    rise = (value + step + 1) ** 2 - (value - step + 1) ** 2
    assert math.isclose(rise / (2 * step), paths, abs_tol=1e-6)


def test_the_graph_names_the_operations_that_were_recorded() -> None:
    """The boxes carry the names of autograd's own notes."""
    fig, ax = figure(width=7, height=2.6)
    draw_graph(ax, polynomial(3.0))
    drawing = svg(fig, alt="graph")
    for name in ("leaf", "PowBackward0", "MulBackward0", "AddBackward0", "× 6", "× 2"):
        assert name in drawing


def test_the_loss_curve_can_be_shorter_than_its_window() -> None:
    """Fewer losses than epochs to show are no error."""
    fig, ax = figure()
    draw_losses(ax, [0.7, 0.6, 0.5])
    assert "epoch" in svg(fig, alt="losses")


def test_the_network_is_drawn_from_the_module() -> None:
    """As many lines as weights, the negative ones dashed; as many circles as numbers."""
    model = XorMLP()
    with torch.no_grad():
        model.hidden.weight.fill_(1.0)[0, 0] = -1.0
        model.output.weight.fill_(1.0)
    _, ax = figure()
    draw_net(ax, model)
    assert len(ax.lines) == 2 * 4 + 4 * 1
    assert sum(line.is_dashed() for line in ax.lines) == 1
    assert len(ax.collections) == 2 + 4 + 1
    assert f"{model.output.bias.item():+.1f}" in {text.get_text() for text in ax.texts}
