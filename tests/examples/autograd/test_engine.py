"""The scalar engine against torch: every rule, whole expressions, and a net of nine numbers."""

from __future__ import annotations

import math
from random import Random

import pytest
import torch

from examples.autograd.beside import ORACLES, by_engine, by_torch, largest_gap
from examples.autograd.engine import (
    EXP,
    LOG,
    RELU,
    RULES,
    SIGMOID,
    Rule,
    Value,
    apply,
    order,
)
from examples.autograd.nine_values import train
from examples.start.by_hand_then_torch import largest_difference, random_start, train_by_hand


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@pytest.mark.parametrize("seed", range(3))
def test_each_rule_gives_what_torch_gives(rule: Rule, seed: int) -> None:
    """Result and slopes agree at 200 random points to 1e-12."""
    assert largest_gap(rule, seed=seed) < 1e-12


def test_every_rule_has_an_oracle() -> None:
    """A rule that nobody compares cannot be added unseen."""
    assert {rule.name for rule in RULES} == set(ORACLES)


def test_a_wrong_slope_is_noticed() -> None:
    """The comparison with torch fails for a product whose slopes are exchanged."""
    wrong = Rule("mul", lambda a, b: a * b, lambda y, a, b: (a, b))
    assert largest_gap(wrong) > 0.1


@pytest.mark.parametrize(
    ("name", "numbers"),
    [("relu", [0.0]), ("pow", [-3.0, 2.0]), ("sigmoid", [-40.0]), ("sigmoid", [40.0])],
)
def test_the_corners_are_torchs(name: str, numbers: list[float]) -> None:
    """At a corner, with a negative base, and far out, the engine says what torch says."""
    (rule,) = (rule for rule in RULES if rule.name == name)
    want = by_torch(ORACLES[name][0], numbers)
    assert by_engine(rule, numbers) == pytest.approx(want, rel=1e-12, abs=1e-30, nan_ok=True)


def test_a_sigmoid_does_not_overflow() -> None:
    """Far out it is 0 or 1, and no error."""
    assert SIGMOID.result(-1000.0) == 0.0
    assert SIGMOID.result(1000.0) == 1.0


@pytest.mark.parametrize("seed", range(20))
def test_a_random_expression_has_torchs_slopes(seed: int) -> None:
    """Twenty graphs of 30 operations, with values used many times, agree in every slope."""
    rng = Random(seed)
    numbers = [rng.uniform(0.5, 2.0) for _ in range(3)]
    leaves = [Value(n) for n in numbers]
    tensors = [torch.tensor(n, dtype=torch.float64, requires_grad=True) for n in numbers]
    ours, theirs = list(leaves), list(tensors)
    for _ in range(30):
        i, j, kind = rng.randrange(len(ours)), rng.randrange(len(ours)), rng.randrange(6)
        a, b, p, q = ours[i], ours[j], theirs[i], theirs[j]
        ours.append([a + b, a - b, a * b * 0.1, a / (b * b + 1), 2 - a, apply(SIGMOID, a)][kind])
        theirs.append([p + q, p - q, p * q * 0.1, p / (q * q + 1), 2 - p, torch.sigmoid(p)][kind])
    end = sum(ours[1:], ours[0])
    their_end = sum(theirs[1:], theirs[0])
    end.backward()
    their_end.backward()
    assert end.number == pytest.approx(their_end.item(), rel=1e-12)
    for leaf, tensor in zip(leaves, tensors, strict=True):
        assert tensor.grad is not None
        assert leaf.grad == pytest.approx(tensor.grad.item(), rel=1e-10, abs=1e-10)


def test_operators_take_plain_numbers_on_either_side() -> None:
    """A number left or right of a value becomes a leaf of the graph."""
    x = Value(4.0)
    results = [x + 1, 1 + x, x - 1, 1 - x, x * 3, 3 * x, x / 2, 2 / x, x**2]
    assert [y.number for y in results] == [5, 5, 3, -3, 12, 12, 2, 0.5, 16]
    assert repr(x * 3) == "Value(12, mul)"


def test_backward_adds_at_leaves_only() -> None:
    """Two walks give twice the slope, and what lies between keeps none."""
    x = Value(2.0)
    y = x**2 + 3 * x + 1
    y.backward()
    y.backward()
    assert x.grad == 14.0
    assert [value.grad for value in order(y) if value.rule] == [0.0] * 4


def test_each_value_comes_once_and_after_its_inputs() -> None:
    """The order holds for shared values, for both inputs alike, and for a lone leaf."""
    x = Value(1.0)
    y = x * x
    z = y * y + x
    found = order(z)
    assert len(found) == len(set(found)) == 4
    assert all(found.index(i) < found.index(v) for v in found for i in v.inputs)
    assert order(x) == [x]


def test_a_long_chain_does_not_run_out_of_stack() -> None:
    """Fifty thousand operations in a row are walked back without recursion."""
    x = Value(1.0)
    y = x
    for _ in range(50_000):
        y = y + 0.5
    y.backward()
    assert (y.number, x.grad) == (25_001.0, 1.0)


def test_doubling_does_not_double_the_work() -> None:
    """Sixty doublings have more paths than any computer can walk, and 61 values."""
    x = Value(1.0)
    y = x
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad == 2**60
    assert len(order(y)) == 61


def test_what_a_rule_cannot_do_raises() -> None:
    """The error is that of the operation on plain numbers."""
    with pytest.raises(ValueError):
        apply(LOG, 0.0)
    with pytest.raises(ZeroDivisionError):
        Value(1.0) / 0
    with pytest.raises(OverflowError):
        apply(EXP, 1000.0)
    with pytest.raises(TypeError, match="real number, not Value"):
        math.exp(Value(1.0))  # type: ignore[arg-type]
    assert apply(RELU, -1.0).number == 0.0


def test_nine_numbers_take_the_path_made_by_hand_and_by_torch() -> None:
    """After each of 100 steps no number is off by 1e-12, from two starts."""
    for seed in (0, 3):
        path = train([Value(number) for number in random_start(seed)], steps=100)
        by_hand = train_by_hand(random_start(seed), epochs=100)
        gaps = [
            abs(a - b)
            for p, q in zip(path, by_hand, strict=True)
            for a, b in zip(p, q, strict=True)
        ]
        assert max(gaps) < 1e-12
        assert largest_difference(path, torch.float64) < 1e-12
