"""The code of the chapter *Memory*."""

from __future__ import annotations

import itertools

import pytest
import torch

from bookparts.figures import figure, svg
from examples.tensors.memory import (
    best_time,
    draw_grid,
    draw_storage,
    evaluate,
    kind,
    layout,
    main,
    place,
    shares,
)

VIEWS = {
    "whole": torch.arange(24).view(2, 3, 4),
    "permuted": torch.arange(24).view(2, 3, 4).permute(2, 0, 1),
    "sliced": torch.arange(100).view(5, 20)[1:4, 3::2],
    "expanded": torch.arange(5).expand(3, 5),
    "scalar": torch.arange(5)[2],
}


@pytest.mark.parametrize("x", VIEWS.values(), ids=VIEWS.keys())
def test_place_finds_every_element(x: torch.Tensor) -> None:
    """Offset plus index times stride is where torch itself finds the element."""
    storage = x.as_strided((x.untyped_storage().nbytes() // x.element_size(),), (1,), 0)
    for index in itertools.product(*(range(length) for length in x.shape)):
        assert storage[place(x, *index)] == x[index]


def test_place_wants_one_index_a_dimension() -> None:
    """Too few or too many indices are refused, not ignored."""
    for index in ((1,), (1, 2, 0)):
        with pytest.raises(ValueError):
            place(torch.zeros(2, 3), *index)


def test_layout_names_offset_and_order() -> None:
    """A column begins at its offset, steps over rows, and is not contiguous."""
    column = torch.zeros(2, 3)[:, 1]
    assert layout(column) == "shape (2,)  stride (3,)  offset 1  not contiguous"


def test_views_share_and_copies_do_not() -> None:
    """Sharing is seen wherever in the storage a view begins, and whatever its dtype."""
    x = torch.arange(6.0)
    assert shares(x[1:3], x[4:])
    assert shares(x, x.view(torch.int32))
    assert not shares(x, x.clone())


def test_kind_tells_itself_view_and_copy() -> None:
    """The three answers, each for an operation that is known to give it."""
    x = torch.zeros(2, 3)
    assert kind(lambda t: t.contiguous(), x) == "itself"
    assert kind(lambda t: t.t(), x) == "view"
    assert kind(lambda t: t.t().reshape(6), x) == "copy"


def test_best_time_runs_as_often_as_asked() -> None:
    """The action runs once a repeat, and the time is not negative."""
    runs: list[int] = []
    assert best_time(lambda: runs.append(1), repeats=3) >= 0
    assert len(runs) == 3


def test_evaluate_names_the_error() -> None:
    """A failing expression becomes the name of its error; a result fits on one line."""
    assert evaluate("x[5]", {"x": [1]}) == "raises IndexError"
    assert "\n" not in evaluate("torch.zeros(3, 3)", {"torch": torch})


def test_drawing_shows_places_and_strides() -> None:
    """The figure carries the strides and the places of a transposed matrix."""
    x = torch.arange(10, 70, 10).view(2, 3).t()
    fig, ax = figure()
    draw_grid(ax, x, left=0, top=5, title="grid")
    draw_storage(ax, x, left=0, top=1, title="storage")
    drawn = [text.get_text() for text in ax.texts]
    assert {"+3", "+1", "grid", "storage"} <= set(drawn)
    assert drawn.count("60") == 2
    assert "60" in svg(fig, alt="a grid and its storage")


def test_tour_prints_three_layouts(capsys: pytest.CaptureFixture[str]) -> None:
    """Run alone, the module shows one storage in three shapes."""
    main()
    assert capsys.readouterr().out.count("shape") == 3
