"""The code of the chapter *The graph*."""

from __future__ import annotations

import pytest
import torch

from bookparts.figures import figure, svg
from examples.autograd.cost import cost_of_backward, digit_net, polynomial
from examples.autograd.graph import Tape, finite_difference, main, nodes, watch
from examples.autograd.graph_figures import draw_errors, draw_graph, layout


def scalar(value: float) -> torch.Tensor:
    """Return a float64 leaf that requires a gradient."""
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize(("a", "b"), [(2.0, 3.0), (-1.5, 0.25), (0.0, 7.0)])
def test_the_tape_has_the_gradients_of_torch(a: float, b: float) -> None:
    """Sums and products, with lines used more than once: every slope equals torch's."""
    tape = Tape()
    x, y = tape.number(a), tape.number(b)
    product = tape.times(x, y)
    result = tape.plus(tape.times(product, product), tape.plus(x, product))
    slopes = tape.back(result)

    u, v = scalar(a), scalar(b)
    expected = (u * v) * (u * v) + u + u * v
    expected.backward()
    assert tape.values[result] == pytest.approx(expected.item())
    assert u.grad is not None and v.grad is not None
    assert slopes[x] == pytest.approx(u.grad.item())
    assert slopes[y] == pytest.approx(v.grad.item())


def test_nodes_lists_a_shared_node_once() -> None:
    """A value that is used twice has one node, and its leaf has one mailbox."""
    x = scalar(2.0)
    a = x.exp()
    found = [type(node).__name__ for node in nodes(a * a.sin())]
    assert found == ["MulBackward0", "ExpBackward0", "SinBackward0", "AccumulateGrad"]


def test_nodes_refuses_what_was_not_recorded() -> None:
    """A leaf has no graph, and the error says so."""
    with pytest.raises(ValueError, match="no operation was recorded"):
        nodes(torch.tensor(1.0))


def test_every_node_is_visited_once_with_the_whole_sum() -> None:
    """In a graph with a million ways, backward makes one stop for each note."""
    x = scalar(1.0)
    y = x
    for _ in range(20):
        y = y + y
    visits = watch(y)
    assert len(visits) == 21
    assert (visits[-1].name, visits[-1].came) == ("AccumulateGrad", 2.0**20)


def test_what_arrives_is_the_gradient_of_what_was_made() -> None:
    """The number that comes in at a node is the gradient with respect to its result."""
    x = scalar(0.7)
    a = x.sin()
    b = a * x
    gradients = torch.autograd.grad(b, (b, a), retain_graph=True)
    wanted = dict(zip((b.grad_fn, a.grad_fn), gradients, strict=True))
    for visit in watch(b):
        if visit.node in wanted:
            assert visit.came == pytest.approx(wanted[visit.node].item())


@pytest.mark.parametrize("shape", [(), (5,), (2, 3)])
def test_the_trial_finds_the_gradient_of_backward(shape: tuple[int, ...]) -> None:
    """Finite differences agree with backward, in the shape of the argument."""

    def f(t: torch.Tensor) -> torch.Tensor:
        return (t.sin().exp() * t**2).sum()

    torch.manual_seed(0)
    x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    f(x).backward()
    assert x.grad is not None
    trial = finite_difference(f, x.detach())
    assert trial.shape == x.shape
    assert torch.allclose(trial, x.grad, rtol=1e-7, atol=1e-8)


def test_the_drawing_shows_the_values_and_gradients_of_the_run() -> None:
    """Boxes carry values and node names, arrows carry the gradients, the leaf its sum."""
    x = scalar(2.0)
    p, q = x**2, 3 * x
    y = p + q
    fig, ax = figure()
    draw_graph(ax, y, {"x": x, "p": p, "q": q, "y": y})
    texts = [text.get_text() for text in ax.texts]
    assert "p = 4\nPowBackward0" in texts
    assert "x = 2\nAccumulateGrad\n.grad = 7" in texts
    assert {"4", "3", "1"} <= set(texts)
    assert "PowBackward0" in svg(fig, alt="a graph")


def test_the_drawing_refuses_a_node_without_a_name() -> None:
    """A forgotten tensor is an error, not an empty box."""
    x = scalar(2.0)
    y = 3 * x
    with pytest.raises(KeyError, match="AccumulateGrad"):
        draw_graph(figure()[1], y, {"y": y})


def test_places_never_coincide_and_lead_down() -> None:
    """Each node stands below those it came from, and no two share a place."""
    w, b = scalar(2.0), scalar(0.5)
    order = [visit.node for visit in watch((w * 3 + b - 7) ** 2)]
    places = layout(order)
    assert len(set(places.values())) == len(order)
    for node in order:
        for source, _ in node.next_functions:
            assert source is None or places[source][1] > places[node][1]


def test_errors_are_drawn_for_each_dtype() -> None:
    """One line for each series, told apart by its dash."""
    _, ax = figure()
    draw_errors(ax, {"float32": {1e-3: 1e-4, 1e-2: 1e-3}, "float64": {1e-3: 1e-8, 1e-2: 0.0}})
    assert [line.get_label() for line in ax.lines] == ["float32", "float64"]
    assert len(ax.lines[1].get_xdata()) == 1


def test_the_cost_is_a_band() -> None:
    """Lowest and highest ratio come in order, and both passes take time."""
    low, high, seconds = cost_of_backward(polynomial(1000), rounds=2, repeats=2)
    assert 0 < low <= high
    assert seconds > 0


def test_the_digit_net_has_its_parameters() -> None:
    """The timed network is the 784-256-128-10 net, from images to a loss."""
    loss = digit_net(2)()
    loss.backward()
    leaves = [getattr(node, "variable", None) for node in nodes(loss)]
    assert sum(leaf.numel() for leaf in leaves if leaf is not None) == 235_146


def test_the_tour_ends_with_the_gradient(capsys: pytest.CaptureFixture[str]) -> None:
    """Run alone, the module prints every stop and the 7."""
    main()
    assert "x.grad is 7.0" in capsys.readouterr().out
