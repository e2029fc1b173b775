"""The mini framework against torch: layers, loss, optimizers, loader, and whole trainings."""

from __future__ import annotations

import dataclasses
from random import Random

import pytest
import torch
from torch import nn

from bookparts.figures import figure, svg
from examples.autograd import circles, speed
from examples.autograd.beside import step_gaps, torch_layer, twin
from examples.autograd.circles import accuracy, four_layers, probe, train, two_rings
from examples.autograd.engine import RULES
from examples.autograd.framework import (
    SGD,
    Activation,
    Adam,
    BatchNorm,
    BCEWithLogitsLoss,
    DataLoader,
    Dropout,
    Layer,
    Linear,
    Matrix,
    ReLU,
    Sequential,
    Sigmoid,
)
from examples.autograd.seven_rows import ROWS, run_rows, table


def _table(rows: int, columns: int, seed: int) -> Matrix:
    rng = Random(seed)
    return [[rng.gauss(0, 1) for _ in range(columns)] for _ in range(rows)]


def _tensor(rows: Matrix) -> torch.Tensor:
    return torch.tensor(rows, dtype=torch.float64)


def _layers() -> dict[str, Layer]:
    rng = Random(0)
    return {
        "linear": Linear(3, 4, rng),
        "relu": ReLU(),
        "sigmoid": Sigmoid(),
        "batch norm": BatchNorm(3),
        "chain": Sequential(Linear(3, 5, rng), BatchNorm(5), ReLU(), Linear(5, 2, rng), Sigmoid()),
    }


@pytest.mark.parametrize("name", _layers())
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_a_layer_goes_there_and_back_as_torchs_does(name: str, training: bool, seed: int) -> None:
    """Outputs, slopes along inputs and slopes along parameters agree in both modes."""
    layer = _layers()[name]
    other = twin(layer) if isinstance(layer, Sequential) else torch_layer(layer)
    for x in (_table(6, 3, 10 + seed), _table(4, 3, seed)):  # the first moves running statistics
        layer.train()
        other.train()
        layer(x)
        other(_tensor(x))
    layer.train(training)
    other.train(training)
    x = _table(4, 3, seed)
    X = _tensor(x).requires_grad_()
    y, Y = layer(x), other(X)
    grad = _table(4, len(y[0]), 20 + seed)
    back = layer.backward(grad)
    Y.backward(_tensor(grad))
    assert X.grad is not None
    torch.testing.assert_close(_tensor(y), Y.detach(), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(_tensor(back), X.grad, rtol=1e-12, atol=1e-12)
    for ours, theirs in zip(layer.parameters(), other.parameters(), strict=True):
        assert theirs.grad is not None
        want = theirs.grad.reshape(len(ours.grad), -1)
        torch.testing.assert_close(_tensor(ours.grad), want, rtol=1e-11, atol=1e-12)


def test_slopes_add_up_until_they_are_forgotten() -> None:
    """Two walks back give twice the slopes; `zero_grad` leaves zeros."""
    layer = Linear(3, 2, Random(0))
    x, grad = _table(4, 3, 1), _table(4, 2, 2)
    layer(x)
    layer.backward(grad)
    once = [row[:] for row in layer.weight.grad]
    layer.backward(grad)
    torch.testing.assert_close(_tensor(layer.weight.grad), 2 * _tensor(once))
    SGD(layer.parameters(), lr=1.0).zero_grad()
    assert layer.weight.grad == [[0.0] * 3] * 2


@pytest.mark.parametrize("rule", [r for r in RULES if r.name in ("exp", "relu", "sigmoid")])
def test_any_rule_of_one_input_is_an_activation(rule: object) -> None:
    """A rule of the engine serves as a layer."""
    layer = Activation(rule)  # type: ignore[arg-type]
    x = _table(2, 3, 0)
    X = _tensor(x).requires_grad_()
    getattr(torch, layer.rule.name)(X).sum().backward()
    layer(x)
    assert X.grad is not None
    torch.testing.assert_close(_tensor(layer.backward([[1.0] * 3] * 2)), X.grad)


def test_batch_norm_refuses_a_single_sample_as_torch_does() -> None:
    """Both raise a ValueError in training, and neither does in use."""
    ours, theirs = BatchNorm(2), nn.BatchNorm1d(2).double()
    for layer in (lambda: ours([[1.0, 2.0]]), lambda: theirs(_tensor([[1.0, 2.0]]))):
        with pytest.raises(ValueError):
            layer()
    ours.train(False)
    theirs.eval()
    torch.testing.assert_close(_tensor(ours([[1.0, 2.0]])), theirs(_tensor([[1.0, 2.0]])).detach())


def test_dropout_keeps_its_share_and_its_sum() -> None:
    """Of 10,000 ones about 30 % are dropped, the rest scaled; backward uses the same mask."""
    layer = Dropout(0.3, Random(0))
    ones = [[1.0] * 100] * 100
    y = layer(ones)
    numbers = [a for row in y for a in row]
    assert set(numbers) == {0.0, 1 / 0.7}
    assert 0.28 < numbers.count(0.0) / 10_000 < 0.32
    assert layer.backward(ones) == y
    layer.train(False)
    assert layer(ones) == ones
    assert layer.backward(y) == y


@pytest.mark.parametrize("scale", [1.0, 50.0, 1000.0])
def test_the_loss_is_torchs_also_far_out(scale: float) -> None:
    """Loss and slopes agree for ordinary logits, and for those where a sigmoid is 0 or 1."""
    z = [[scale * a for a in row] for row in _table(5, 2, 0)]
    t = [[float(a > 0) for a in row] for row in _table(5, 2, 1)]
    Z = _tensor(z).requires_grad_()
    want = nn.BCEWithLogitsLoss()(Z, _tensor(t))
    want.backward()
    loss_fn = BCEWithLogitsLoss()
    assert loss_fn(z, t) == pytest.approx(want.item(), rel=1e-12)
    assert Z.grad is not None
    torch.testing.assert_close(_tensor(loss_fn.backward()), Z.grad, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(("kind", "lr"), [(SGD, 0.1), (Adam, 0.01)])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_net_takes_torchs_steps(kind: type[SGD] | type[Adam], lr: float, seed: int) -> None:
    """After each of 60 steps no parameter of a four-layer net is off by 1e-12."""
    x, t = two_rings(32, Random(seed))
    model = four_layers(8, Random(seed))
    assert max(step_gaps(model, kind(model.parameters(), lr), x, t, 60)) < 1e-12


def test_a_net_with_batch_norm_takes_torchs_steps() -> None:
    """With SGD to 1e-12; with Adam, which enlarges the noise of idle biases, to 1e-6."""
    x, t = two_rings(32, Random(0))
    for kind, lr, bound in ((SGD, 0.1, 1e-12), (Adam, 0.01, 1e-6)):
        model = four_layers(8, Random(0), norm=True)
        assert max(step_gaps(model, kind(model.parameters(), lr), x, t, 30)) < bound


def test_a_layer_without_a_known_twin_is_refused() -> None:
    """`torch_layer` names the class that it does not know."""
    with pytest.raises(TypeError, match="Activation"):
        torch_layer(Activation(RULES[0]))


def test_a_loader_gives_each_row_once_with_its_target() -> None:
    """Shuffled or not, an epoch has every pair exactly once, and two epochs differ in order."""
    X, T = [[float(n)] for n in range(10)], [[float(-n)] for n in range(10)]
    plain = [len(x) for x, _ in DataLoader(X, T, batch_size=4)]
    assert plain == [4, 4, 2]
    loader = DataLoader(X, T, batch_size=4, rng=Random(0))
    epochs = [[(a[0], b[0]) for x, t in loader for a, b in zip(x, t, strict=True)] for _ in "ab"]
    assert epochs[0] != epochs[1]
    assert sorted(epochs[0]) == sorted(epochs[1]) == [(float(n), float(-n)) for n in range(10)]


def test_the_four_layer_net_learns_the_rings() -> None:
    """Twelve epochs are enough for 95 % of fresh points."""
    X, T = two_rings(400, Random(0))
    model = four_layers(16, Random(0))
    losses = train(model, DataLoader(X, T, batch_size=32, rng=Random(0)), epochs=12)
    assert losses[-1] < 0.2 < losses[0]
    assert accuracy(model, *two_rings(200, Random(1))) > 0.95


def test_the_boundary_is_a_small_figure() -> None:
    """Points and line of one net stay below 20 kB; a net that says one thing has no line."""
    X, T = two_rings(60, Random(0))
    model = four_layers(4, Random(0))
    fig, ax = figure(width=3, height=3)
    circles.draw_boundary(ax, probe(model), X, T)
    assert len(svg(fig, alt="a figure")) < 20_000
    fig, ax = figure(width=3, height=3)
    circles.draw_boundary(ax, ([-1.0, 0.0, 1.0], [[1.0] * 3] * 3), X, T)
    assert not ax.collections


def test_seven_rows_agree_and_the_table_shows_them() -> None:
    """Each row shows the code that was run, and torch's default dtype is as before."""
    rows = table().splitlines()[2:]
    assert len(rows) == len(run_rows()) == 7
    for row, line in zip(ROWS, rows, strict=True):
        assert f"`{row.name} = {row.mini}` | `{row.name} = {row.torch}`" in line
    assert torch.get_default_dtype() == torch.float32


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("activation", "nn.Tanh()"),
        ("dropout", "nn.Dropout(0.5)"),
        ("norm", "nn.BatchNorm1d(2, eps=0.1)"),
        ("optimizer", "torch.optim.Adam(model.parameters(), lr=0.02)"),
        ("loader", "DataLoader(TensorDataset(X, T), batch_size=4)"),
    ],
)
def test_a_row_with_another_piece_is_caught(name: str, wrong: str) -> None:
    """A table whose torch column does something else is not made; the error names the row."""
    rows = [dataclasses.replace(r, torch=wrong) if r.name == name else r for r in ROWS]
    with pytest.raises(AssertionError, match=name):
        run_rows(rows)


def test_both_rounds_that_are_timed_train_the_same_net() -> None:
    """A band is lowest and highest of what was measured, and both jobs run."""
    ours, theirs = speed.rounds(4, 2)
    low, high = speed.band(ours, theirs, repeats=2, at_least=0.001)
    assert 0 < low <= high
    assert speed.processor()
