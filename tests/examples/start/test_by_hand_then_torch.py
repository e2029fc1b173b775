"""The net of nine numbers: by hand against torch, job by job, and many starts against one."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import nn

from bookparts.figures import svg
from examples.start import by_hand_figures
from examples.start.by_hand_then_torch import (
    INPUTS,
    TARGETS,
    flat,
    forward,
    largest_difference,
    load,
    loss_by_hand,
    net,
    random_start,
    slopes,
    train_by_hand,
)
from examples.start.ten_jobs import JOBS, run_jobs, table
from examples.start.twenty_starts import forward_stack, stack_starts, train_stack

X = torch.tensor(INPUTS)
T = torch.tensor(TARGETS).reshape(4, 1)


@pytest.mark.parametrize("seed", range(5))
def test_the_forward_pass_and_the_slopes_are_those_of_torch(seed: int) -> None:
    """Answers, loss and all nine slopes agree with torch in float64 to 1e-15."""
    theta = random_start(seed)
    model = net().double()
    load(model, theta)
    answers = model(X.double())
    loss = nn.MSELoss()(answers, T.double())
    loss.backward()
    assert flat([answers]) == pytest.approx([forward(theta, x)[2] for x in INPUTS], abs=1e-15)
    assert loss.item() == pytest.approx(loss_by_hand(theta), abs=1e-15)
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    assert flat(gradients) == pytest.approx(slopes(theta), abs=1e-15)


@pytest.mark.parametrize("n", range(9))
def test_each_slope_is_what_a_nudge_finds(n: int) -> None:
    """A central difference along each number finds the slope that the chain rule gives."""
    theta = random_start(3)
    up, down = theta.copy(), theta.copy()
    up[n] += 1e-6
    down[n] -= 1e-6
    nudged = (loss_by_hand(up) - loss_by_hand(down)) / 2e-6
    assert slopes(theta)[n] == pytest.approx(nudged, abs=1e-9)


@pytest.mark.parametrize(("dtype", "bound"), [(torch.float64, 1e-13), (torch.float32, 1e-5)])
@pytest.mark.parametrize("seed", [0, 2])
def test_torch_stays_beside_the_path_made_by_hand(
    seed: int, dtype: torch.dtype, bound: float
) -> None:
    """After each of 500 steps no number is off by more than its dtype explains."""
    assert largest_difference(train_by_hand(random_start(seed), epochs=500), dtype) < bound


def test_plain_python_prints_the_log_that_was_called_representative() -> None:
    """The published losses of this net are those of Python's seed 0."""
    path = train_by_hand(random_start(0), epochs=4000)
    log = [f"{loss_by_hand(path[epoch]):.4f}" for epoch in range(0, 4001, 1000)]
    assert log == ["0.2504", "0.0993", "0.0037", "0.0016", "0.0010"]


def test_a_loaded_model_holds_the_numbers_in_order() -> None:
    """`flat` reads back what `load` wrote, and the dtype of the model stays."""
    model = net()
    load(model, [float(n) for n in range(9)])
    assert flat(model.parameters()) == list(range(9))
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    assert all(p.requires_grad for p in model.parameters())


def test_the_ten_jobs_agree_and_the_table_shows_them() -> None:
    """Ten rows, each with both sides' code as it was run."""
    rows = table().splitlines()[2:]
    assert len(rows) == len(run_jobs()) == 10
    for job, row in zip(JOBS, rows, strict=True):
        assert f"`{job.by_hand}` | `{job.in_torch}`" in row


@pytest.mark.parametrize(
    ("name", "wrong", "caught_at"),
    [
        ("squash", "H = nn.Tanh()(Z)", "squash"),
        ("measure the error", "loss = nn.MSELoss(reduction='sum')(Y, T)", "measure the error"),
        ("forget old slopes", "pass", "forget old slopes"),
        ("find the slopes", "(2 * loss).backward()", "find the slopes"),
        ("move", "pass", "move"),
    ],
)
def test_a_line_that_does_another_job_is_caught(name: str, wrong: str, caught_at: str) -> None:
    """A table with a wrong torch line does not get built; the error names the job."""
    jobs = [dataclasses.replace(j, in_torch=wrong) if j.name == name else j for j in JOBS]
    with pytest.raises(AssertionError, match=caught_at):
        run_jobs(jobs)


def test_nets_trained_side_by_side_get_the_numbers_they_get_alone() -> None:
    """Each of four stacked nets equals its own `nn.Sequential`, after 300 steps."""
    seeds = [0, 5, 11, 18]
    stack = stack_starts(seeds)
    losses, lengths = train_stack(stack, epochs=300)
    for n, seed in enumerate(seeds):
        torch.manual_seed(seed)
        model, loss_fn = net(), nn.MSELoss()
        optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
        for epoch in range(301):
            loss = loss_fn(model(X), T)
            optimizer.zero_grad()
            loss.backward()
            if epoch % 100 == 0:
                gradient = torch.tensor(
                    flat(p.grad for p in model.parameters() if p.grad is not None)
                )
                torch.testing.assert_close(losses[epoch // 100, n], loss.detach())
                torch.testing.assert_close(lengths[epoch // 100, n], gradient.norm())
            if epoch < 300:
                optimizer.step()
        torch.testing.assert_close(
            torch.tensor(flat(p[n] for p in stack)), torch.tensor(flat(model.parameters()))
        )
        torch.testing.assert_close(forward_stack(stack, X)[1][n], model(X))


def test_a_stack_of_one_is_that_start() -> None:
    """The start of seed 7 does not depend on which nets it is stacked with."""
    alone, among = stack_starts([7]), stack_starts(range(10))
    assert all(torch.equal(a[0], b[7]) for a, b in zip(alone, among, strict=True))


def test_the_figures_are_small() -> None:
    """Each drawing of the chapter stays below 40 kB."""
    path = train_by_hand(random_start(0), epochs=1000)
    layers = {"2 inputs": nn.Linear(2, 500).weight, "50 inputs": nn.Linear(50, 20).weight}
    losses = torch.linspace(0.25, 0.0, 51)[:, None] * torch.linspace(0.5, 1.0, 20)
    for fig in (
        by_hand_figures.net_diagram(),
        by_hand_figures.training(path),
        by_hand_figures.ranges(layers),
        by_hand_figures.starts(losses),
    ):
        assert len(svg(fig, alt="a figure")) < 40_000
