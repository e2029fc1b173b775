"""The functions of `examples/tensors/shapes.py` agree with torch."""

from __future__ import annotations

import itertools

import pytest
import torch

from examples.tensors import shapes
from examples.tensors.create import people

SHAPES = [(), (1,), (3,), (4,), (4, 1), (1, 3), (4, 3), (2, 1, 3), (2, 4, 3), (0, 3)]


@pytest.mark.parametrize(("a", "b"), list(itertools.product(SHAPES, SHAPES)))
def test_broadcast_answers_as_torch_does(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    """The rule written out gives torch's shape, and refuses what torch refuses."""
    try:
        want = tuple((torch.empty(a) + torch.empty(b)).shape)
    except RuntimeError:
        with pytest.raises(ValueError, match="differ, and neither is 1"):
            shapes.broadcast(a, b)
    else:
        assert shapes.broadcast(a, b) == want


def test_aligned_marks_the_position_where_two_shapes_do_not_fit() -> None:
    """The cross stands under the two lengths that differ."""
    a, b, result = shapes.aligned((2, 4, 3), (2, 3)).splitlines()
    assert [a[10 + 3 * k] for k in range(3)] == ["2", "4", "3"]
    assert [b[10 + 3 * k] for k in range(3)] == [" ", "2", "3"]
    assert [result[10 + 3 * k] for k in range(3)] == ["2", "✗", "3"]


def test_aligned_shows_the_shape_that_torch_makes() -> None:
    """For shapes that fit, the last line is the result's shape."""
    last = shapes.aligned((4, 1), (1, 10)).splitlines()[-1]
    assert last.split() == ["result", "4", "10"]


def test_by_cells_equals_torch_on_whole_numbers() -> None:
    """Products of whole numbers are exact, so the results are equal and not only close."""
    generator = torch.Generator().manual_seed(1)
    a = torch.randint(-9, 10, (5, 7), generator=generator)
    b = torch.randint(-9, 10, (7, 2), generator=generator)
    assert torch.equal(shapes.by_cells(a, b), a @ b)


def test_a_cell_is_spelled_out_with_the_number_that_torch_finds() -> None:
    """The last number of the sentence is the cell."""
    a, b = torch.tensor([[1, 2], [3, 4]]), torch.tensor([[5, 6], [7, 8]])
    for i, j in itertools.product(range(2), range(2)):
        assert float(shapes.cell(a, b, i, j).split("=")[1]) == (a @ b)[i, j].item()


def test_standardized_columns_have_mean_0_and_spread_1() -> None:
    """Each column is treated by itself."""
    z = shapes.standardize(people())
    torch.testing.assert_close(z.mean(dim=0), torch.zeros(3))
    torch.testing.assert_close(z.std(dim=0), torch.ones(3))


def test_the_operation_table_has_seven_rows_with_the_shapes_that_came_out() -> None:
    """Every row was run on the tensors that it was given."""
    v = torch.tensor([1.0, 2.0, 3.0])
    rows = shapes.operation_table(v, v, people(), torch.ones(3, 2)).splitlines()[2:]
    assert [row.split(" | ")[3] for row in rows] == [
        "(3,)", "(3,)", "()", "(4,)", "(4, 2)", "(3, 4)", "(3,)",
    ]  # fmt: skip
    assert rows[2].endswith("| 14 |")
