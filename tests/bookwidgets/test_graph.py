"""What the graph widget shows is what autograd did, at every stop of its sliders."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable
from itertools import product

import pytest
import torch
from torch import Tensor

from bookwidgets.graph import graph
from bookwidgets.recorded import Stop, record, shown
from tests.bookwidgets.held import held

QUARTERS = [n / 4 for n in range(-16, 17)]
POSITIVE = {"x": 0.75}


def parabola(x: Tensor) -> Tensor:
    return x**2 + 3 * x + 1


def neuron(w: Tensor, b: Tensor, x: Tensor) -> Tensor:
    return (torch.tanh(w * x + b) - 1) ** 2


def twice(x: Tensor) -> Tensor:
    a = x**2
    return a * (3 * a)


def read(made: str) -> tuple[list[list[str]], Callable[..., dict[str, str]]]:
    """Read a widget as its script does: its stops, and its slots at given ones."""
    data = held(made)

    def at(*stops: int) -> dict[str, str]:
        return {
            name: texts[sum(step * stop for step, stop in zip(steps, stops, strict=True))]
            for name, (steps, texts) in data["slots"].items()
        }

    return data["stops"], at


def test_all_numbers_are_those_of_torch_at_every_stop() -> None:
    """The values are the lines of the program, the gradients those that autograd gives."""
    stops, at = read(graph(parabola, x=QUARTERS))
    for n, value in enumerate(QUARTERS):
        x = torch.tensor(value, dtype=torch.float64, requires_grad=True)
        a, b = x**2, 3 * x
        c = a + b
        y = c + 1
        ga, gb, gc, gx = torch.autograd.grad(y, [a, b, c, x])
        values = [y, c, b, a, x]
        came = [torch.ones(()), gc, gb, ga, gx]
        sent = [gc, ga, gb, gb * 3, gx - gb * 3]
        want = [shown(number) for number in [*values, *came, *sent]]
        assert at(n, 0)["n"].split(" ") == want
        assert stops[0][n] == shown(x)


def test_two_sliders_go_through_all_pairs() -> None:
    """A leaf and a datum move; what arrives at the leaves is their real gradient."""
    weights, data = [-1.0, 0.5, 2.0], [0.0, 1.0]
    made = graph(neuron, w=weights, b=0.5, given={"x": data}, result="loss")
    stops, at = read(made)
    assert [len(names) for names in stops] == [3, 2, 9]
    for (i, weight), (j, datum) in product(enumerate(weights), enumerate(data)):
        w, b = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (weight, 0.5))
        loss = neuron(w, b, torch.tensor(datum, dtype=torch.float64))
        loss.backward()
        words = at(i, j, 0)["n"].split(" ")
        assert words[0] == shown(loss)
        assert words[7 + 6] == shown(w.grad) and words[7 + 4] == shown(b.grad)  # type: ignore[arg-type]


def test_the_nodes_are_those_behind_the_result() -> None:
    """The names and arrows are those of grad_fn and next_functions, last recorded first."""
    stops = record(parabola, {"x": 2.0})
    assert [stop.name for stop in stops] == [
        "AddBackward0", "AddBackward0", "MulBackward0", "PowBackward0", "AccumulateGrad",
    ]  # fmt: skip
    assert [stop.leads for stop in stops] == [(1, None), (3, 2), (4, None), (4,), ()]
    assert [stop.formula for stop in stops] == [
        "y = c + 1", "c = a + b", "b = x * 3", "a = x ** 2", "x",
    ]  # fmt: skip


def test_a_value_that_is_used_twice_waits_for_both() -> None:
    """The power is visited once, with the sum of what came."""
    power = record(twice, {"x": 2.0})[2]
    assert (power.name, power.came.item(), power.label) == ("PowBackward0", 24.0, "a")


@pytest.mark.parametrize(
    "expression",
    [
        lambda x: x.abs(), lambda x: -x, lambda x: x - 3, lambda x: 3 - x, lambda x: x / 4,
        lambda x: 4 / x, lambda x: x / (x + 1), lambda x: x**3, lambda x: 2**x, lambda x: x**x,
        torch.exp, torch.log, torch.sin, torch.cos, torch.tanh, torch.sigmoid, torch.relu,
        torch.sqrt, torch.reciprocal, lambda x: x * x, lambda x: (x - 1).relu(),
    ],
)  # fmt: skip
def test_every_rule_gives_what_was_sent(expression: Callable[[Tensor], Tensor]) -> None:
    """The rule as the reader sees it, computed by hand, is the gradient that the node sent."""
    stops = record(expression, POSITIVE)
    names = {stop.label: stop.value.item() for stop in stops}
    for stop in stops[:-1]:
        for rule, sent in zip(stop.rules, stop.sent, strict=False):
            if sent is not None:
                by_hand = calculate(rule, {**names, "g": stop.came.item()})
                assert by_hand == pytest.approx(sent.item()), (stop.name, rule)


def calculate(rule: str, names: dict[str, float]) -> float:
    """Compute a rule that was written for a reader."""
    code = html.unescape(rule.replace("<sup>", "**(").replace("</sup>", ")"))
    for written, meant in {"·": "*", "−": "-", "²": "**2", " > 0, else 0": " > 0 else 0"}.items():
        code = code.replace(written, meant)
    code = re.sub(r"\b(ln|cos|sin|sign) (\w+)", r"\1(\2)", code)
    tools = {
        "ln": math.log,
        "cos": math.cos,
        "sin": math.sin,
        "sign": lambda v: math.copysign(1, v),
    }
    return float(eval(code, {**tools, **names}))


def test_vectors_are_shown_as_such() -> None:
    """A mean and a dot product send vectors, and a number that was broadcast gets their sum."""
    data = torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64)
    stops = record(lambda w, v: torch.dot(w * v, v).mean(), {"w": 2.0}, {"v": data})
    by_name: dict[str, Stop] = {stop.name: stop for stop in stops}
    dot, product_ = by_name["DotBackward0"], by_name["MulBackward0"]
    assert dot.code == "dot(a, v)" and dot.rules[0] == "g · v"
    assert dot.sent[0] is not None and torch.equal(dot.sent[0], data)
    assert product_.rules[0] == "g · v, summed"
    assert product_.sent[0] is not None and product_.sent[0].item() == 21
    assert shown(product_.value) == "[2, 4, 8]" and shown(torch.zeros(2, 3)) == "2×3 numbers"


def test_a_node_whose_rule_is_not_listed_says_so() -> None:
    """Nothing is guessed: the gradients are real all the same."""
    node = record(torch.nn.functional.gelu, {"x": 1.0})[0]
    assert node.rules == ("see its derivative formula",)
    assert node.sent[0] is not None and node.sent[0].item() == pytest.approx(1.0833, abs=1e-4)


def test_the_gradient_travels_node_by_node() -> None:
    """Each step marks one node, and all before it stay."""
    stops, at = read(graph(parabola, x=[1.0, 2.0]))
    assert stops[1][0] == "not yet" and stops[1][-1] == "done" and len(stops[1]) == 7
    for step in range(7):
        states = [at(0, step)[f"s{node}"] for node in range(5)]
        done, now = min(step - 1, 5) if step else 0, 1 if 0 < step < 6 else 0
        assert states == (["bp-done"] * done + ["bp-now"] * now + ["bp-later"] * 5)[:5]
        current = [at(0, step)[f"c{node}"] for node in range(5)]
        assert current == ["step" if state == "bp-now" else "false" for state in states]


def test_the_page_holds_everything_without_a_script() -> None:
    """The drawing and the table show the start, and another table all stops."""
    made = graph(parabola, x=QUARTERS, start={"x": 2.0})
    assert re.search(r'<text class="bp-value"[^>]*data-text="n.0">11</text>', made)
    table = made[made.index("<details>") :]
    assert table.count("<tr>") == 1 + 33
    assert '<th scope="row">2</th><td>4</td><td>6</td><td>10</td><td>11</td>' in table
    assert "\n\n" not in made
    assert len(made) < 20_000


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: graph(parabola, x=2.0), "a list of numbers"),
        (lambda: graph(parabola, x=[1.0], start={"w": 1.0}), "no slider for w"),
        (lambda: graph(parabola, x=[1.0], start={"x": 2.0}), "no stop at 2"),
        (lambda: graph(lambda x: x, x=[1.0]), "nothing was recorded"),
        (lambda: graph(lambda x: x.item(), x=[1.0]), "must return one number"),
        (lambda: graph(lambda x: x * torch.ones(2), x=[1.0]), "must return one number"),
        (lambda: graph(lambda x: x * 2 if x > 0 else x + 2, x=[-1.0, 1.0]), "not the same"),
        (lambda: graph(lambda x: torch.stack([x, x]).unbind()[1], x=[1.0]), "several results"),
    ],
)
def test_what_cannot_be_drawn_is_said(make: Callable[[], str], said: str) -> None:
    """An author learns what is wrong; the gate names the line."""
    with pytest.raises(ValueError, match=said):
        make()
