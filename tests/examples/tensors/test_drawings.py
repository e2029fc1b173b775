"""The drawings of the tensor chapters hold the numbers they claim to show."""

from __future__ import annotations

import torch
from matplotlib.figure import Figure

from bookparts.figures import svg
from examples.tensors import drawings
from examples.tensors.create import people


def words(fig: Figure) -> list[str]:
    """Return every text in a figure."""
    return [text.get_text() for ax in fig.axes for text in ax.texts]


def test_the_broadcast_drawing_holds_every_difference() -> None:
    """Four by four results stand in the last grid."""
    row, column = torch.tensor([3.0, 1.0, 4.0, 2.0]), torch.tensor([[3.0], [1.0], [5.0], [2.0]])
    texts = words(drawings.draw_broadcast(row, column))
    results = [f"{value:g}" for value in (row - column).flatten().tolist()]
    start = texts.index("=") + 1
    assert texts[start : start + 16] == results


def test_the_matmul_drawing_spells_out_every_cell() -> None:
    """One sum stands under each of the four panels."""
    a, b = torch.tensor([[1, 2], [3, 4]]), torch.tensor([[5, 6], [7, 8]])
    texts = words(drawings.draw_matmul(a, b))
    assert {"1·5 + 2·7 = 19", "1·6 + 2·8 = 22", "3·5 + 4·7 = 43", "3·6 + 4·8 = 50"} <= set(texts)


def test_the_reduction_drawing_has_both_kinds_of_sums() -> None:
    """Column sums and row sums are in it."""
    texts = words(drawings.draw_reduce(people()))
    assert {"665", "250", "112", "260", "245", "282", "240"} <= set(texts)


def test_every_drawing_is_small_enough_for_a_page() -> None:
    """No figure weighs more than 40 kB as SVG."""
    a = torch.tensor([[1, 2], [3, 4]])
    figures = [
        drawings.draw_dimensions(),
        drawings.draw_bits(),
        drawings.draw_gaps(),
        drawings.draw_reduce(people()),
        drawings.draw_matmul(a, a),
    ]
    assert all(len(svg(fig, alt="a drawing")) < 40_000 for fig in figures)
