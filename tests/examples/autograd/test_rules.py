"""The code of the chapter *The rules*."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.autograd.gradcheck import GradcheckError
from torch.optim import SGD, Adam, Optimizer

from bookparts.figures import figure
from examples.autograd.forgetting import (
    clusters,
    compare,
    draw_paths,
    logits,
    path,
    race,
    starts,
)
from examples.autograd.rules import Cube, Straight, WrongCube, accumulate, describe, main


def doubles(*values: float) -> torch.Tensor:
    """Return a float64 leaf that requires a gradient, as gradcheck wants it."""
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def test_describe_tells_leaves_from_results() -> None:
    """A marked leaf, its result, and a result of which nothing was recorded."""
    x = torch.ones(2, requires_grad=True)
    assert describe(x).split() == ["leaf", "requires_grad", "True", "no", "note"]
    assert describe(x + 1).split() == ["computed", "requires_grad", "True", "AddBackward0"]
    with torch.no_grad():
        assert describe(x + 1).startswith("leaf")


@pytest.mark.parametrize("size", [1, 2, 4, 8])
def test_small_batches_leave_the_gradient_of_the_big_one(size: int) -> None:
    """Whatever the size of the pieces, `.grad` is that of the mean over all samples."""
    torch.manual_seed(0)
    inputs, targets = torch.randn(8, 3), torch.randn(8, 1)
    model, loss_fn = nn.Linear(3, 1), nn.MSELoss()
    wanted = torch.autograd.grad(loss_fn(model(inputs), targets), model.weight)[0]
    model.weight.grad = torch.ones(1, 3)  # an old one, which must go
    accumulate(model, loss_fn, list(zip(inputs.split(size), targets.split(size), strict=True)))
    assert model.weight.grad is not None
    assert torch.allclose(model.weight.grad, wanted, rtol=1e-5, atol=1e-6)


def test_the_rule_of_the_cube_is_right() -> None:
    """Gradcheck accepts it, and it equals torch's own power."""
    x = doubles(-1.0, 0.5, 2.0)
    assert torch.autograd.gradcheck(Cube.apply, (x,))
    (ours,) = torch.autograd.grad(Cube.apply(x).sum(), x)  # type: ignore[no-untyped-call]
    (theirs,) = torch.autograd.grad((x**3).sum(), x)
    assert torch.allclose(ours, theirs)


@pytest.mark.parametrize("rule", [WrongCube, Straight])
def test_gradcheck_catches_a_rule_that_is_not_the_slope(
    rule: type[torch.autograd.Function],
) -> None:
    """A slip and a white lie are both rejected."""
    with pytest.raises(GradcheckError, match="Jacobian mismatch"):
        torch.autograd.gradcheck(rule.apply, (doubles(1.3, 2.4),))


@pytest.mark.parametrize("lr", [0.01, 0.1, 0.3])
def test_forgetting_zero_grad_is_momentum_one(lr: float) -> None:
    """Plain SGD without the reset takes the very same steps, bit for bit."""
    forgot = path(lambda w: SGD(w, lr=lr), reset=False, steps=60)
    assert forgot == path(lambda w: SGD(w, lr=lr, momentum=1.0), reset=True, steps=60)


def test_it_is_momentum_one_for_networks_too() -> None:
    """Sixty steps of four stacked nets end with the same losses, bit for bit."""
    forgot = race(lambda w: SGD(w, lr=0.1), reset=False, number=4, steps=60)
    heavy = race(lambda w: SGD(w, lr=0.1, momentum=1.0), reset=True, number=4, steps=60)
    assert torch.equal(forgot[0], heavy[0]) and torch.equal(forgot[1], heavy[1])


@pytest.mark.parametrize("make", [lambda w: SGD(w, lr=0.1), lambda w: Adam(w, lr=0.05)])
def test_a_net_in_the_stack_learns_as_it_would_alone(make: object) -> None:
    """The third net of a stack has the loss of the same net trained with `nn` modules."""
    assert callable(make)
    losses, _ = race(make, reset=True, number=3, steps=20)
    w1, b1, w2, b2 = (part[2].detach() for part in starts(3))
    net = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
    with torch.no_grad():
        for parameter, value in zip(net.parameters(), (w1.T, b1[0], w2.T, b2[0]), strict=True):
            parameter.copy_(value)
    optimizer: Optimizer = make(list(net.parameters()))
    inputs, targets = clusters()
    loss_fn = nn.BCEWithLogitsLoss()
    for _ in range(20):
        optimizer.zero_grad()
        loss_fn(net(inputs), targets).backward()
        optimizer.step()
    assert loss_fn(net(inputs), targets).item() == pytest.approx(losses[2].item(), rel=1e-4)


def test_the_clusters_are_exclusive_or() -> None:
    """Half of the points are 1, and most lie nearest to a corner of their own kind."""
    inputs, targets = clusters()
    assert inputs.shape == (200, 2) and targets.shape == (200, 1)
    assert targets.mean() == 0.5
    near = inputs.round().clamp(0, 1)
    assert ((near[:, :1] != near[:, 1:]).float() == targets).float().mean() > 0.9


def test_stacked_outputs_have_one_row_for_each_net() -> None:
    """Three nets answer five samples at once."""
    assert logits(starts(3), torch.zeros(5, 2)).shape == (3, 5, 1)


def test_the_comparison_has_four_medians_for_each_optimizer() -> None:
    """Loss and share of right answers, with zero_grad and without."""
    found = compare({"plain": lambda w: SGD(w, lr=0.0)})
    assert len(found["plain"]) == 4
    assert found["plain"][:2] == found["plain"][2:]


def test_both_paths_are_drawn() -> None:
    """Each path begins at 0, and the goal is marked."""
    _, ax = figure()
    draw_paths(ax, {"with": [1.0, 2.0], "without": [2.0, 4.0]})
    assert [list(line.get_ydata()) for line in ax.lines[:2]] == [[0, 1, 2], [0, 2, 4]]
    assert ax.texts[0].get_text() == "minimum"


def test_the_tour_ends_with_a_slope(capsys: pytest.CaptureFixture[str]) -> None:
    """Run alone, the module describes three tensors and cubes a number."""
    main()
    assert "the slope of x³ at 2 is 12.0" in capsys.readouterr().out
