"""The code of the chapter *Performance*."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from bookparts.figures import figure
from examples.work import performance
from examples.work.performance import (
    PARTS,
    Machine,
    Point,
    Rows,
    adam_alone,
    advice_to_try,
    arithmetic,
    as_planned,
    blocks,
    faster,
    kept,
    muon,
    operations,
    parts,
    per_sample,
    same_dropout,
    sizes,
    small_net,
    threads_of_a_worker,
    thrifty,
    times,
    unseen_loss,
    verdict,
    watched,
)
from examples.work.performance_figures import draw_per_sample, draw_roof, memory_dial
from examples.work.stacks import draw_stacks


def test_times_leaves_out_the_warm_up() -> None:
    """So many calls, and so many before them that are not among the results."""
    calls: list[int] = []
    found = times(lambda: calls.append(1), repeat=4, warm=3)
    assert len(calls) == 7 and len(found) == 4 and min(found) >= 0


def test_faster_lets_the_two_take_turns() -> None:
    """One call each that does not count, then a, b, a, b."""
    calls: list[str] = []
    assert faster(lambda: calls.append("a"), lambda: calls.append("b"), rounds=3) > 0
    assert "".join(calls) == "abababab"


def test_operations_counts_the_same_each_time() -> None:
    """A loop has an operation for each element, an expression does not."""
    v = torch.ones(10)
    assert operations(lambda: [e * 2 for e in v])["mul"] == 10
    assert operations(lambda: v * 2) == {"mul": 1}


def test_arithmetic_of_products_only() -> None:
    """Two operations for each of n · k · m, and none for what is not a product."""
    assert arithmetic(lambda: torch.ones(2, 3) @ torch.ones(3, 5)) == 60
    assert arithmetic(lambda: torch.ones(5).exp()) == 0


def test_kept_counts_each_storage_once_and_not_what_is_mine() -> None:
    """On the meta device, too, where no storage has an address."""
    x = torch.ones(6, requires_grad=True)
    assert kept(lambda: x * x) == 24
    assert kept(lambda: x * x, own=[x]) == 0
    for device in ("cpu", "meta"):
        with torch.device(device):
            model, rows = blocks(3, 8), torch.ones(4, 8)
        own = list(model.parameters())
        assert kept(lambda m=model, x=rows: m(x), own) == 6 * 4 * 8 * 4  # type: ignore[misc]
        assert kept(lambda m=model, x=rows: thrifty(m, x), own) == 3 * 4 * 8 * 4  # type: ignore[misc]


def test_thrifty_answers_as_the_model_does() -> None:
    """Only what is kept is another."""
    model, x = blocks(2, 4), torch.ones(3, 4)
    assert torch.equal(thrifty(model, x), model(x))


def test_watched_runs_what_it_was_given() -> None:
    """The result is that of the function, and each graph is seen."""
    function, graphs = watched(lambda x: x.sin() + 1)
    x = torch.ones(2)
    assert torch.equal(function(x), x.sin() + 1)
    assert len(graphs) == 1


def test_rows_are_the_same_however_they_are_read() -> None:
    """Read once or each time: the same batches, the last one smaller."""
    for one, other in zip(
        Rows(5, ready=True).batches(2), Rows(5, ready=False).batches(2), strict=True
    ):
        assert torch.equal(one[0], other[0]) and torch.equal(one[1], other[1])
    assert [len(x) for x, _ in Rows(5, ready=True).batches(2)] == [2, 2, 1]


def test_parts_measures_each_part() -> None:
    """Four numbers, all above 0."""
    found = parts(ready=True, count=64)
    assert tuple(found) == PARTS and min(found.values()) > 0


def test_advice_can_be_followed_both_ways() -> None:
    """Each of both runs, twice."""
    for advice in advice_to_try():
        for _ in range(2):
            advice.before(), advice.after()
    assert verdict(1.0) == "no matter"


@pytest.mark.parametrize("movers", [adam_alone, muon])
def test_training_is_seeded_and_learns(movers: Callable[[nn.Sequential], list[Any]]) -> None:
    """The same start and the same batches give the same loss, and more steps a smaller one."""
    few, again, more = (unseen_loss(movers, steps) for steps in (5, 5, 30))
    assert few == again > more


def test_a_worker_has_one_thread_and_leaves_the_programs_as_they_are() -> None:
    """Whatever the program has."""
    before = torch.get_num_threads()
    assert threads_of_a_worker(2) == 1 and torch.get_num_threads() == before


def test_a_plan_of_bytes_is_checked_against_a_step() -> None:
    """It holds where all that goes into a part is as wide as what goes into the first."""
    assert as_planned(blocks(3, 8), torch.zeros(4, 8))
    wider = nn.Sequential(nn.Linear(8, 16), nn.Linear(16, 8))
    assert not as_planned(wider, torch.zeros(4, 8))


def test_checkpointing_draws_the_same_dropout() -> None:
    """The generator is put back before the second forward."""
    assert same_dropout(torch.ones(5, 6))


@pytest.mark.parametrize("kind", ["SGD", "momentum", "Adam"])
def test_sizes_are_those_of_a_real_step(kind: str) -> None:
    """What is said without a step is what a step leaves."""
    model = blocks(2, 8)
    made: torch.optim.Optimizer
    if kind == "Adam":
        made = torch.optim.Adam(model.parameters())
    else:
        made = torch.optim.SGD(
            model.parameters(), lr=0.1, momentum=0.9 if kind == "momentum" else 0
        )
    model(torch.ones(2, 8)).sum().backward()
    made.step()
    state = [t for each in made.state.values() for t in each.values() if t is not None]
    assert sum(t.nbytes for t in state if t.dim()) == sizes(model, kind)["optimizer"]


def test_the_drawings_have_what_they_are_given() -> None:
    """A point for each, a bar for each part, a name for each axis."""
    _, ax = figure()
    draw_per_sample(ax, [1, 8], per_sample(small_net(), [1, 8]))
    assert len(ax.lines) == 1
    _, ax = figure()
    draw_roof(ax, Machine(1e11, 2e10), [Point("a + 1", 0.1, 1e9), Point("8 rows", 4, 5e10)])
    assert len(ax.texts) == 2
    _, ax = figure()
    draw_stacks(ax, {"one": {"data": 1.0, "step": 2.0}, "other": {"data": 2.0, "step": 2.0}}, "ms")
    assert [bar.get_x() for bar in ax.patches] == [0, 1, 0, 2]
    assert [text.get_text() for text in ax.texts] == ["one", "other"]


def test_the_dial_knows_every_stop() -> None:
    """Three optimizers, with and without checkpoints, and each number of rows."""
    made = memory_dial([1, 64], start=0)
    assert made.count("<tr>") == 1 + 3 * 2 * 2


def test_this_machine_can_do_something() -> None:
    """Two speeds, above 0."""
    assert min(performance.this_machine(size=64, numbers=1000)) > 0
