"""Tables that a screen reader reads well."""

from markdown import markdown


def test_an_empty_corner_is_an_ordinary_cell() -> None:
    """A heading has words, and those that have keep their place."""
    html = markdown("| | b |\n|---|---|\n| c | |", extensions=["tables", "booksite.tables"])
    assert html.count("<th>") == 1
    assert "<th>b</th>" in html
    assert html.count("<td></td>") == 2


def test_a_heading_of_code_or_emphasis_stays_one() -> None:
    """Its words stand in an element of their own."""
    html = markdown("| `a` | *b* |\n|---|---|\n| 1 | 2 |", extensions=["tables", "booksite.tables"])
    assert html.count("<th>") == 2
