"""Tests of the code of `docs/models/training-loop.md`."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
from torch import nn

from bookparts.figures import svg
from examples.models.many_starts import (
    Runs,
    bending,
    cross_entropy,
    dead,
    shares_table,
    squared_error,
    starts,
    train_starts,
)
from examples.models.training_loop import (
    LABELS,
    evaluate,
    net,
    neuron,
    noisy_xor,
    repeat,
    train_one_epoch,
    watch,
    watch_table,
)
from examples.models.training_loop_figures import boundaries, insides, many_curves, plateaus
from examples.models.xor_by_hand import slopes, train_by_hand
from examples.start.first_ten_minutes import X, Y
from examples.tensors.create import people


@pytest.fixture(scope="module")
def few() -> Runs:
    """Ten nets of four ReLU units, trained for 300 epochs."""
    return train_starts([4], count=10, epochs=300)


def test_each_line_of_a_step_changes_what_the_page_says() -> None:
    """`zero_grad` and `backward` change gradients, `step` alone the weights."""
    model, loss_fn = neuron(), nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
    watch(model, people(), LABELS, loss_fn, optimizer)
    shots = watch(model, people(), LABELS, loss_fn, optimizer)
    assert [s.line for s in shots] == [
        "before", "forward", "loss", "zero_grad", "backward", "step",
    ]  # fmt: skip
    pairs = list(pairwise(shots))
    assert [b.line for a, b in pairs if a.gradient != b.gradient] == ["zero_grad", "backward"]
    assert [b.line for a, b in pairs if a.weight != b.weight] == ["step"]
    assert watch_table(shots).count("**") == 2 * 4


def test_the_first_gradient_is_p_minus_y_times_x() -> None:
    """Autograd finds the mean of (p − y) · x, and the numbers of the pencil."""
    model, x = neuron(), people()
    nn.BCEWithLogitsLoss()(model(x), LABELS).backward()
    want = ((torch.sigmoid(model(x)) - LABELS) * x).mean(0, keepdim=True).detach()
    assert model.weight.grad is not None
    torch.testing.assert_close(model.weight.grad, want)
    torch.testing.assert_close(want, torch.tensor([[40.7270, 11.5755, 10.1581]]), atol=1e-4, rtol=0)


def test_repetition_makes_all_four_right() -> None:
    """The first steps' losses are those of the page; after 117 steps no answer is wrong."""
    losses, right = repeat(1e-4, 200)
    assert [round(loss, 4) for loss in losses[:2]] == [1.0081, 0.8785]
    assert right.index(4) == 117 and min(right[117:]) == 4


def test_points_stand_around_their_corners_and_repeat() -> None:
    """The same seed gives the same points; their answers are those of the corners."""
    x, y = noisy_xor(4000, seed=3)
    again, _ = noisy_xor(4000, seed=3)
    assert torch.equal(x, again)
    for n, corner in enumerate(X):
        cluster = x[n::4]
        torch.testing.assert_close(cluster.mean(0), corner, atol=0.03, rtol=0)
        torch.testing.assert_close(cluster.std(0), torch.full((2,), 0.2), atol=0.02, rtol=0)
        assert (y[n::4] == Y[n]).all()


def test_an_epoch_over_unequal_batches_is_a_mean_over_samples() -> None:
    """With a rate of 0 the loss of an epoch is that of all samples at once."""
    torch.manual_seed(0)
    model, loss_fn = net(), nn.BCEWithLogitsLoss()
    x, y = noisy_xor(10, seed=0)
    batches = [(x[:9], y[:9]), (x[9:], y[9:])]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    model.eval()
    loss = train_one_epoch(model, batches, loss_fn, optimizer)
    assert model.training
    want, share = evaluate(model, [(x, y)], loss_fn)
    assert loss == pytest.approx(want, rel=1e-5)
    assert evaluate(model, batches, loss_fn) == pytest.approx((want, share), rel=1e-5)


def test_evaluation_records_nothing_and_counts_right_answers() -> None:
    """A model that answers by the first coordinate alone is right on half of plain XOR."""
    model = nn.Linear(2, 1)
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[10.0, 0.0]]))
        model.bias.fill_(-5.0)
    _, share = evaluate(model, [(X, Y)], nn.BCEWithLogitsLoss())
    assert share == 0.5 and not model.training
    assert all(p.grad is None for p in model.parameters())


def test_the_slopes_by_hand_are_those_of_autograd() -> None:
    """All four gradients and the loss of the tanh net agree in float64."""
    torch.manual_seed(1)
    model = net().double()
    x, y = (t.double() for t in noisy_xor(20, seed=5))
    loss = nn.BCEWithLogitsLoss()(model(x), y)
    loss.backward()
    by_hand, gradients = slopes([p.detach() for p in model.parameters()], x, y)
    assert by_hand == pytest.approx(loss.item(), abs=1e-12)
    for parameter, gradient in zip(model.parameters(), gradients, strict=True):
        torch.testing.assert_close(parameter.grad, gradient)


def test_training_by_hand_agrees_with_torch_step_by_step() -> None:
    """From one start, fifty epochs of our Adam and of torch's give the same losses."""
    torch.manual_seed(0)
    model = net().double()
    x, y = (t.double() for t in noisy_xor(40, seed=0))
    ours = train_by_hand(list(model.parameters()), x, y, epochs=50, lr=0.05)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for loss in ours:
        torchs = train_one_epoch(model, [(x, y)], nn.BCEWithLogitsLoss(), optimizer)
        assert loss == pytest.approx(torchs, abs=1e-9)


@pytest.mark.parametrize("hidden", [[3], [4, 4]])
def test_nets_in_a_stack_learn_as_they_would_alone(hidden: list[int]) -> None:
    """A net's losses among others are those of the same net by itself."""
    runs = train_starts(hidden, count=3, epochs=50)
    sizes = [2, *hidden, 1]
    for seed in range(3):
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        for a, b in pairwise(sizes):
            layers += [nn.Linear(a, b), nn.ReLU()]
        model = nn.Sequential(*layers[:-1])
        optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
        for epoch in range(50):
            loss = nn.BCEWithLogitsLoss()(model(X), Y)
            assert runs.losses[epoch, seed].item() == pytest.approx(loss.item(), abs=1e-5)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def test_losses_of_stacks_are_means_of_each_net() -> None:
    """A net of logits 0 knows nothing: log 2 and a quarter."""
    logits = torch.zeros(2, 4, 1)
    torch.testing.assert_close(cross_entropy(logits), torch.full((2,), math.log(2)))
    torch.testing.assert_close(squared_error(logits), torch.full((2,), 0.25))


def test_dead_units_and_bending_units_are_told_apart() -> None:
    """Always 0 is dead, always positive is straight, and the rest bends; also in stacks."""
    bent = torch.tensor([[0.0, 1.0, 0.0], [0.0, 2.0, 0.5]])
    assert dead(bent).tolist() == [True, False, False]
    assert bending(bent).tolist() == [False, False, True]
    assert dead(bent[None].expand(5, 2, 3)).shape == (5, 3)


def test_epochs_below_a_limit_are_counted_to_stay() -> None:
    """A loss that dips and comes back is not below; -1 says never."""
    losses = torch.tensor([[0.7, 0.7, 0.05], [0.05, 0.7, 0.05], [0.7, 0.7, 0.05], [0.05, 0.7, 0.0]])
    nothing = torch.empty(3, 4, 1)
    runs = Runs(losses, nothing, nothing, nothing)
    assert runs.below(0.1).tolist() == [3, -1, 0]
    assert runs.learned.tolist() == [True, False, True]
    assert runs.near(0.7).tolist() == [2, 4, 0]


def test_the_shares_stand_in_the_table(few: Runs) -> None:
    """A row for each size, with the share that learned in percent."""
    row = shares_table({"4": few}).splitlines()[-1]
    share = round(100 * few.learned.float().mean().item())
    assert row.startswith("| 4 |") and f"| {share} |" in row


def test_starts_differ_by_seed_alone() -> None:
    """The net at position s is what its seed gives."""
    weight = starts([3], count=2)[0]
    torch.manual_seed(1)
    assert torch.equal(weight[1], nn.Linear(2, 3).weight)


def test_the_figures_draw_what_was_run(few: Runs) -> None:
    """Every figure of the page can be drawn, and names what it shows."""
    x, y = noisy_xor(8, seed=0)
    assert "before" in svg(boundaries([("before", net())], x, y), alt="boundary")
    assert "epoch" in svg(many_curves(few, until=300), alt="curves")
    drawing = svg(insides(few, [0, 1]), alt="units")
    assert "start 0" in drawing and "1 1" in drawing
    assert "a net" in svg(plateaus([("a net", few, math.log(2))], until=300), alt="stays")
