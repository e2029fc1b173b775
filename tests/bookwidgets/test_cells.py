"""The tables of cells, and the draws of dropout, say what torch computed."""

from __future__ import annotations

import html
import itertools
import operator
import re

import pytest
import torch
from torch import Tensor, nn

from bookwidgets import cells, dropout
from tests.bookwidgets.held import held

A = torch.tensor([[1, 2], [3, 4], [0, -1]])
B = torch.tensor([[5.5, 6, -7], [7, 8, 9]])


def tables(made: str) -> list[list[float]]:
    """Read the numbers of each table back, row by row."""
    bodies = re.findall(r"<tbody>(.*?)</tbody>", made)
    return [
        [float(text.replace("−", "-")) for text in re.findall(r"<td[^>]*>([^<]+)</td>", body)]
        for body in bodies
    ]


def calculations(made: str) -> list[tuple[list[tuple[int, int]], str]]:
    """Read back what each cell comes from, and its calculation."""
    found = re.findall(r'<li data-from="([^"]+)"[^>]*>.*?<b>([^<]+)</b>', made)
    return [
        ([tuple(map(int, pair.split("."))) for pair in where.split()], html.unescape(text))  # type: ignore[misc]
        for where, text in found
    ]


def value(text: str) -> float:
    """Work out a calculation as it is written."""
    return float(eval(text.replace("−", "-").replace("·", "*").replace("∕", "/")))


def test_a_product_of_matrices_is_spelled_out_as_torch_multiplies() -> None:
    """Tables hold the tensors, and each calculation gives the number of its cell."""
    a = A.float()
    made = cells.matmul(a, B)
    shown = tables(made)
    assert shown == [a.flatten().tolist(), B.flatten().tolist(), (a @ B).flatten().tolist()]
    for n, (where, text) in enumerate(calculations(made)):
        left, _, right = text.partition(" = ")
        assert value(left) == value(right) == shown[2][n]
        numbers = [shown[grid][cell] for grid, cell in where]
        assert sum(x * y for x, y in zip(numbers[:2], numbers[2:], strict=True)) == shown[2][n]


def test_what_a_cell_of_a_product_comes_from_is_what_its_gradient_reaches() -> None:
    """Autograd, asked in another way, names the same cells."""
    a, b = torch.rand(3, 2, requires_grad=True), torch.rand(2, 4, requires_grad=True)
    for n, (where, _) in enumerate(calculations(cells.matmul(A, torch.ones_like(b).long()))):
        reached = torch.autograd.grad((a @ b).flatten()[n], [a, b])
        wanted = [(g, int(c)) for g, t in enumerate(reached) for c in t.flatten().nonzero()]
        assert where == wanted


@pytest.mark.parametrize("sign", ["+", "-", "*", "/"])
@pytest.mark.parametrize(
    ("left", "right"),
    [((3, 2), (2,)), ((3, 1), (2,)), ((3, 2), ()), ((2,), (2,)), ((1, 2), (3, 1))],
)
def test_broadcasting_shows_what_torch_repeats(
    sign: str, left: tuple[int, ...], right: tuple[int, ...]
) -> None:
    """Each calculation takes the two numbers of its place and gives torch's result."""
    x = torch.arange(1.0, 1 + torch.Size(left).numel()).reshape(left)
    y = 2.0 ** torch.arange(torch.Size(right).numel()).reshape(right)
    result: Tensor = eval(f"x {sign} y")
    made = cells.broadcasting(x, y, sign)
    wide = [t.broadcast_to(result.shape).flatten().tolist() for t in (x, y)]
    assert tables(made) == [*wide, result.flatten().tolist()]
    for n, (where, text) in enumerate(calculations(made)):
        assert value(text.partition(" = ")[0]) == result.flatten()[n]
        assert {(0, n), (1, n)} <= set(where)
        for grid, cell in where:
            assert wide[grid][cell] == wide[grid][n]


def test_only_what_is_stored_is_solid() -> None:
    """Of a row that is stretched over three, two are dashed; of a column likewise."""
    made = cells.broadcasting(torch.tensor([[1], [2], [3]]), torch.tensor([4, 5]), "+")
    assert made.count('"bp-copy') == 3 + 4
    assert "<code>b[1]</code>, 5, is used 3 times" in made
    assert "<code>a[2, 0]</code>, 3, is used 2 times" in made


def test_names_are_text() -> None:
    """A name that looks like HTML stays what it is."""
    made = cells.matmul(A, A.T, ("<A>", "A.T & more"))
    assert "&lt;A&gt; @ A.T &amp; more" in made
    assert "<A>" not in made


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: cells.matmul(A, A), "no product"),
        (lambda: cells.matmul(A[0], A), "no product"),
        (lambda: cells.matmul(torch.tensor([[1 / 3]]), torch.ones(1, 1)), "spelled out"),
        (lambda: cells.broadcasting(A, A, "@"), "none of"),
        (lambda: cells.broadcasting(A, torch.ones(3), "+"), "broadcast"),
        (lambda: cells.broadcasting(A, A[:, None, :], "+"), "no row and no table"),
        (lambda: cells.broadcasting(torch.tensor([float("nan")]), A[0], "+"), "spelled out"),
    ],
)
def test_what_cannot_be_shown_is_refused(make: object, said: str) -> None:
    """The author is told what is wrong."""
    with pytest.raises(ValueError, match=said):
        make()  # type: ignore[operator]


X = torch.tensor([1.0, 2.0, 3.0])
PS = (0.2, 0.5)


def slots(made: str) -> dict[str, list[str]]:
    """Read the texts of the dial."""
    return dict(held(made)["slots"])


def test_each_stop_of_dropout_shows_what_torch_gave() -> None:
    """Mode by mode, probability by probability, draw by draw, number by number."""
    kept = slots(dropout.dropout(X, PS, draws=4))
    stops = [*itertools.product(range(2), range(len(PS)), range(4))]
    shown = {
        name: [texts[sum(map(operator.mul, steps, stop))] for stop in stops]
        for name, (steps, texts) in kept.items()
    }
    at = 0
    for train in (True, False):
        for p in PS:
            layer = nn.Dropout(p).train(train)
            torch.manual_seed(0)
            drawn = torch.stack([layer(X) for _ in range(1000)])
            for d in range(4):
                for i in range(3):
                    text = shown[f"t{i}"][at]
                    assert (0 if text == "✕" else float(text)) == drawn[d, i]
                assert float(shown["mean"][at]) == pytest.approx(drawn[d].mean().item(), abs=0.006)
                assert float(shown["far"][at]) == pytest.approx(
                    drawn[: d + 1].mean().item(), abs=0.006
                )
                assert float(shown["many"][at]) == pytest.approx(drawn.mean().item(), abs=0.006)
                at += 1
    assert all(len(values) == at for values in shown.values())


def test_drawing_leaves_the_generator_alone() -> None:
    """The chapter goes on drawing as if the widget were not there."""
    torch.manual_seed(3)
    wanted = torch.rand(2)
    torch.manual_seed(3)
    dropout.dropout(X, PS, draws=2)
    assert torch.rand(2).equal(wanted)


def test_all_draws_stand_in_the_table() -> None:
    """Those who move nothing read them there."""
    made = dropout.dropout(X, PS, draws=4)
    assert made.count('<th scope="row">') == 2 * 4 + 1


@pytest.mark.parametrize(
    "make",
    [
        lambda: dropout.dropout(-X, PS),
        lambda: dropout.dropout(X[None], PS),
        lambda: dropout.dropout(X, []),
        lambda: dropout.dropout(X, [1.0]),
        lambda: dropout.dropout(X, PS, draws=0),
    ],
)
def test_nothing_to_draw_is_refused(make: object) -> None:
    """The author is told what is wrong."""
    with pytest.raises(ValueError):
        make()  # type: ignore[operator]
