"""The code of the chapter *Debugging*: each broken program shows its symptom and is told apart."""

from __future__ import annotations

import math
import sys
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from bookparts.figures import figure
from examples.work import debugging
from examples.work.debugging import (
    BUGS,
    Bug,
    Session,
    answer,
    brief,
    changes,
    deep,
    first_not_finite,
    glance,
    gradient_lengths,
    kept_bytes,
    main,
    moved,
    moved_share,
    neighbors,
    overfit,
    results,
    run,
    symptom_table,
    twins,
)
from examples.work.debugging_figures import draw_batches, draw_gradients, draw_losses, rate_dial


def of(symptom: str) -> list[Bug]:
    """Return the bugs that share a symptom."""
    return [bug for bug in BUGS if bug.symptom == symptom]


def test_the_healthy_program_learns() -> None:
    """It begins at ln(10), falls, and is right on rows it has not seen."""
    first, last, trained, tested = results(run())
    assert first == pytest.approx(math.log(10), abs=0.05)
    assert last < 0.3 and trained > 93 and tested > 90


def test_each_symptom_has_three_causes() -> None:
    """Eight symptoms, and no cause twice."""
    symptoms = {bug.symptom for bug in BUGS}
    assert len(symptoms) == 8 and all(len(of(symptom)) == 3 for symptom in symptoms)
    assert len({bug.cause for bug in BUGS}) == len(BUGS)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.cause)
def test_a_broken_program_runs_to_its_end_and_its_line_tells(bug: Bug) -> None:
    """No error is raised, and the line answers something else than in the healthy program."""
    names = run(bug)
    assert len(names["losses"]) == 100
    assert answer(run(), bug.ask) != answer(names, bug.ask)
    assert answer(names, bug.ask) == answer(names, bug.ask), "the line changes what it looks at"


@pytest.mark.parametrize("symptom", sorted({bug.symptom for bug in BUGS}))
def test_its_line_tells_a_bug_from_the_others_of_its_symptom(symptom: str) -> None:
    """Asked of the two other causes, the line does not give the same answer."""
    for bug in of(symptom):
        told = answer(run(bug), bug.ask)
        for other in of(symptom):
            if other is not bug:
                try:
                    assert answer(run(other), bug.ask) != told, (bug.cause, other.cause)
                except (IndexError, TypeError, AttributeError):
                    continue  # the line does not fit the other program, which tells as well


@pytest.mark.parametrize("bug", of("The loss does not move"), ids=lambda bug: bug.cause)
def test_the_loss_does_not_move(bug: Bug) -> None:
    """It stays at ln(10)."""
    losses = run(bug)["losses"]
    assert max(losses) - min(losses) < 0.2


@pytest.mark.parametrize("bug", of("The loss stops far above 0"), ids=lambda bug: bug.cause)
def test_the_loss_stops_far_above_0(bug: Bug) -> None:
    """It falls, and ends above 1.4."""
    first, last, *_ = results(run(bug))
    assert 1.4 < last < first - 0.1


@pytest.mark.parametrize("bug", of("Accuracy stays at chance"), ids=lambda bug: bug.cause)
def test_accuracy_stays_at_chance(bug: Bug) -> None:
    """Of ten classes, hardly more than a tenth is right."""
    assert results(run(bug))[3] < 17


@pytest.mark.parametrize("bug", of("All predictions are the same"), ids=lambda bug: bug.cause)
def test_all_predictions_are_the_same(bug: Bug) -> None:
    """One class for every row, or a number that hardly varies."""
    names = run(bug)
    scores: Tensor = names["model"](names["x"])
    if "broadcasting" in bug.cause:
        assert scores[:, 0].std() < 0.2 * names["y"].float().std()
    else:
        assert len(scores.argmax(dim=1).unique()) == 1


@pytest.mark.parametrize("bug", of("Validation is far worse, at once"), ids=lambda bug: bug.cause)
def test_validation_is_far_worse(bug: Bug) -> None:
    """Twenty points or more between what was trained on and the rest."""
    *_, trained, tested = results(run(bug))
    assert trained > 93 and trained - tested > 20


@pytest.mark.parametrize("bug", of("Too good to be true"), ids=lambda bug: bug.cause)
def test_it_is_too_good(bug: Bug) -> None:
    """The test is not worse than the training."""
    *_, trained, tested = results(run(bug))
    assert tested > trained - 4


def test_the_first_two_losses_tell_three_nans_apart() -> None:
    """From the input, from a logarithm, from backward."""
    told = [answer(run(bug), "losses[:2]") for bug in of("The loss is nan")]
    assert told == ["[nan, nan]", "[2.3, nan]", "[inf, nan]"]
    assert all(math.isnan(run(bug)["losses"][-1]) for bug in of("The loss is nan"))


@pytest.mark.parametrize("bug", of("The same input gets two answers"), ids=lambda bug: bug.cause)
def test_the_same_input_gets_two_answers(bug: Bug) -> None:
    """Alone, or in other company."""
    names = run(bug)
    torch.manual_seed(0)
    model, x = names["model"].train(), names["x"]
    answers = [model(x[:size])[:2] for size in (2, 2, 9)]
    assert not all(torch.allclose(answers[0], other, atol=1e-4) for other in answers[1:])


def test_a_bug_must_fit_the_program() -> None:
    """A line that is not there cannot be replaced."""
    with pytest.raises(ValueError, match="0 times"):
        run(Bug("", "", "loss.forward()", "", ""))


def test_a_run_leaves_the_generator_alone() -> None:
    """What the page draws afterwards does not depend on the broken programs."""
    torch.manual_seed(3)
    wanted = torch.rand(1)
    torch.manual_seed(3)
    run.__wrapped__()
    answer(run(), "torch.rand(2)")
    assert torch.equal(torch.rand(1), wanted)


def test_tables_and_changes_name_every_cause() -> None:
    """A row for each cause, and the lines that were changed."""
    table = symptom_table("The loss does not move").splitlines()
    assert len(table) == 5 and table[2].endswith("| False | **True** |")
    assert "+loss.backward()\n+optimizer.zero_grad()" in changes("The loss does not move")
    assert " losses = []" in changes("All predictions are the same")


def test_overfit_learns_noise_and_not_zeros() -> None:
    """Any pairs are learned; equal rows with different labels are not."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
    y = torch.tensor([0, 1, 2, 0])
    assert overfit(net, torch.randn(4, 8), y) < 0.001
    assert overfit(nn.Linear(8, 3), torch.zeros(4, 8), y) > 1


def test_moved_is_a_share_of_the_length() -> None:
    """Each parameter by itself; what the optimizer does not have stays."""
    layer = nn.Linear(2, 1)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[3.0, 4.0]]))
        layer.bias.fill_(2.0)
    layer.weight.grad, layer.bias.grad = torch.tensor([[0.0, 10.0]]), torch.ones(1)
    assert moved(layer, torch.optim.SGD([layer.weight], lr=0.1)) == {
        "weight": pytest.approx(0.2),
        "bias": 0.0,
    }
    assert moved_share(run()) == pytest.approx(moved_share(run()))


def test_the_first_module_that_is_not_finite_is_named_first() -> None:
    """In the order of forward, with what came in; and the hooks are gone afterwards."""

    class Log(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.log()

    model = nn.Sequential(nn.Identity(), Log(), nn.ReLU())
    with first_not_finite(model) as bad:
        model(torch.tensor([-1.0]))
    assert bad == ["1 (Log), its input is finite", "2 (ReLU), its input is not finite"]
    model(torch.tensor([-1.0]))
    assert len(bad) == 2
    with pytest.raises(RuntimeError, match="stop"), first_not_finite(model) as bad:
        raise RuntimeError("stop")
    model(torch.tensor([-1.0]))
    assert bad == []


def test_a_glance_has_a_row_for_each_module() -> None:
    """Shapes, zeros after a ReLU, and gradients that are those of autograd."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3))
    x, y = torch.randn(5, 4), torch.tensor([0, 1, 2, 0, 1])
    rows = glance(model, x, y)
    assert [row[:2] for row in rows] == [
        ("0 Linear", "(5, 6)"),
        ("1 ReLU", "(5, 6)"),
        ("2 Linear", "(5, 3)"),
    ]
    assert 0 < rows[1][3] < 1 and rows[0][3] == 0
    scores = model(x)
    (want,) = torch.autograd.grad(nn.functional.cross_entropy(scores, y), scores)
    assert rows[2][4] == pytest.approx(want.norm().item())


def test_gradients_vanish_and_explode() -> None:
    """By the kind of layer, and by the size of its weights."""
    torch.manual_seed(0)
    x, y = torch.randn(16, 64), torch.randint(10, (16,))
    found: dict[str, list[float]] = {}
    for name, kind, gain in (("s", nn.Sigmoid, 1.0), ("r", nn.ReLU, 1.0), ("x", nn.ReLU, 3.0)):
        found[name] = gradient_lengths(deep(kind, gain), x, y)
    assert all(len(lengths) == 13 for lengths in found.values())
    assert found["s"][0] < 1e-4 < found["r"][0] < 10 < found["x"][0]


def test_what_is_kept_is_counted() -> None:
    """A graph that lives keeps its inputs, and backward gives them back."""
    layer = nn.Linear(10, 1)
    x = torch.ones(3, 10)
    assert kept_bytes(lambda: layer(x).sum()) == 120

    def stepped() -> Tensor:
        loss: Tensor = layer(x).sum()
        loss.backward()
        return loss

    assert kept_bytes(stepped) == 0
    assert torch.equal(layer.weight.grad, torch.full((1, 10), 3.0))  # type: ignore[arg-type]


def test_neighbors_and_twins() -> None:
    """Shares, from 0 to 1."""
    x = torch.tensor([[0.0], [0.1], [5.0], [5.1]])
    assert neighbors(x, torch.tensor([0, 1, 0, 1])) == 0
    assert twins(x, x) == 1 and twins(x, x + 1) == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (torch.tensor([1, 2]), "[1, 2]"),
        (torch.tensor(True), "True"),
        (1234.6, "1235"),
        (8.2e-5, "8.2e-05"),
        (([2], [3, 4]), "[2], [3, 4]"),
        (math.nan, "nan"),
    ],
)
def test_answers_are_brief(value: Any, text: str) -> None:
    """Numbers with two digits, and what is in a list or a tuple."""
    assert brief(value) == text


def test_a_session_is_typed_and_seen(capsys: pytest.CaptureFixture[str]) -> None:
    """The debugger stops in the caller, answers, and goes on."""
    hook = sys.breakpointhook
    trace = sys.gettrace()
    sys.breakpointhook = Session(["p number", "c"]).start
    try:
        number = 41
        breakpoint()  # noqa: T100
        number += 1
    finally:
        sys.breakpointhook = hook
        sys.settrace(trace)
    said = capsys.readouterr().out
    assert number == 42
    assert said.splitlines()[0] == "> test_a_session_is_typed_and_seen()"
    assert said.endswith("(Pdb) p number\n41\n(Pdb) c\n")


def test_the_figures_show_what_they_are_given() -> None:
    """Curves, images with labels, gradients, and a dial with a stop for each rate."""
    _, ax = figure()
    draw_losses(ax, {"a": [1.0] * 100, "b": run()["losses"]})
    assert len(ax.lines) == 3 and len(ax.lines[0].get_xdata()) == 20
    _, axes = figure(nrows=2, ncols=2)
    x, y = run()["x"][:2], run()["y"][:2]
    draw_batches(axes, {"one": (x, y), "two": (x, y.flip(0))})
    assert axes[0, 0].get_title() == axes[1, 1].get_title() == str(int(y[0]))
    _, ax = figure()
    draw_gradients(ax, {"a": [1.0, 0.1]})
    assert ax.get_yscale() == "log"
    made = rate_dial(["0.0001", "0.01"], 1)
    assert '"stops":[["0.0001","0.01"]]' in made and made.count('<th scope="row">') == 2


def test_run_alone_it_lists_all_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """The healthy one first."""
    main()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 25 and lines[0].endswith("healthy")
    assert debugging.__doc__
