"""Tables of cells and dropout, read in a browser: by mouse, by keyboard, and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.site.conftest import Visit, at_home

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Visitor = Callable[..., Visit]

PAGE = "tensors/shapes.html"
NOW = """widget => {
    const tables = [...widget.querySelectorAll("table")];
    const framed = table => [...table.querySelectorAll("td")]
        .filter(cell => getComputedStyle(cell).outlineStyle !== "none")
        .map(cell => [cell.parentNode.rowIndex - 1, cell.cellIndex - 1].join());
    const shown = [...widget.querySelectorAll("li")].filter(line => line.checkVisibility(
        {checkVisibilityCSS: true})).map(line => line.innerText);
    return [...tables.map(framed), shown];
}"""


@pytest.fixture(params=["a server", "a folder"])
def base(request: pytest.FixtureRequest, site: Path, address: str) -> str:
    """Where the site is read from."""
    return address if request.param == "a server" else site.as_uri() + "/"


def product(page: Page) -> Locator:
    """Find the product of matrices."""
    return page.locator("bp-cells", has=page.locator(".bp-grids-matmul")).first


def cell(widget: Locator, row: int, column: int) -> Locator:
    """Find a cell of the result."""
    return widget.locator("table").last.locator("tbody tr").nth(row).locator("td").nth(column)


def test_a_cell_under_the_mouse_shows_where_it_comes_from(visit: Visitor, base: str) -> None:
    """Its row and its column are framed, and one calculation is shown."""
    visited = visit()
    widget = product(visited.open(base + PAGE))
    cell(widget, 2, 1).hover()
    rows, columns, result, shown = widget.evaluate(NOW)
    assert rows == ["2,0", "2,1", "2,2"]
    assert columns == ["0,1", "1,1", "2,1"]
    assert result == ["2,1"]
    assert len(shown) == 1
    assert shown[0].endswith(f"= {cell(widget, 2, 1).inner_text()}")
    assert not visited.complaints


def test_a_stretched_element_is_framed_with_its_repetition(visit: Visitor, base: str) -> None:
    """What is stored, and what stands for it in that place."""
    page = visit().open(base + PAGE)
    widget = page.locator("bp-cells").first
    cell(widget, 3, 2).hover()
    left, right, _, shown = widget.evaluate(NOW)
    assert left == ["3,2"]
    assert right == ["0,2", "3,2"]
    assert "used 4 times" in shown[0]


def test_the_arrow_keys_walk_over_the_result(visit: Visitor, base: str) -> None:
    """A table is one stop of the tabulator, and the stop stays where the reader was."""
    page = visit().open(base + PAGE)
    widget = product(page)
    assert widget.locator("[tabindex='0']").count() == 1
    cell(widget, 0, 0).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    assert widget.evaluate(NOW)[2] == ["1,1"]
    assert cell(widget, 1, 1).evaluate("cell => cell === document.activeElement")
    page.keyboard.press("ArrowRight")  # the end of a row leads to the next
    assert widget.evaluate(NOW)[2] == ["2,0"]
    for key in ("ArrowDown", "ArrowDown", "ArrowDown"):  # and the last row to nowhere
        page.keyboard.press(key)
    assert widget.evaluate(NOW)[2] == ["3,0"]
    page.keyboard.press("Tab")
    assert not widget.evaluate("widget => widget.contains(document.activeElement)")
    for _ in range(4):  # listings in between have got their buttons when they came into view
        page.keyboard.press("Shift+Tab")
        if widget.evaluate("widget => widget.contains(document.activeElement)"):
            break
    assert cell(widget, 3, 0).evaluate("cell => cell === document.activeElement")
    assert widget.locator("[tabindex='0']").count() == 1


def test_a_tap_is_enough(visit: Visitor, base: str) -> None:
    """A phone has neither a mouse nor arrow keys."""
    page = visit(has_touch=True, viewport={"width": 320, "height": 640}).open(base + PAGE)
    widget = product(page)
    target = cell(widget, 3, 1)
    target.evaluate("cell => cell.scrollIntoView({block: 'center'})")
    target.tap()
    assert widget.evaluate(NOW)[2] == ["3,1"]
    box = target.bounding_box()
    assert box is not None and min(box["width"], box["height"]) >= 24


def test_without_scripts_all_calculations_are_listed(visit: Visitor, base: str) -> None:
    """No cell is framed, as none was chosen."""
    page = visit(java_script_enabled=False).page
    page.goto(base + PAGE)
    for widget in page.locator("article > .bp-html bp-cells, article > bp-cells").all():
        lines = widget.locator("li")
        assert lines.count() == widget.locator("table").last.locator("tbody td").count()
        assert all(line.is_visible() for line in lines.all())
        outline = "cell => getComputedStyle(cell).outlineStyle"
        assert widget.locator("td.bp-on").first.evaluate(outline) == "none"


def test_it_works_after_an_instant_navigation(visit: Visitor, site: Path) -> None:
    """The page came without a reload, and its widgets started."""
    visited = visit()
    home = at_home(site, visited)
    page = visited.open(home + "tensors/create.html")
    page.wait_for_load_state("networkidle")
    page.evaluate("window.kept = 1")
    page.locator(".md-footer__link--next").click()
    page.wait_for_url("**/" + PAGE)
    widget = product(page)
    cell(widget, 1, 0).hover()
    assert widget.evaluate(NOW)[2] == ["1,0"]
    assert page.evaluate("window.kept") == 1
    assert not visited.complaints


def test_dropout_draws_in_training_and_rests_in_evaluation(visit: Visitor, base: str) -> None:
    """Zeros carry a mark and move; in evaluation the input comes through."""
    visited = visit()
    page = visited.open(base + "models/generalization.html")
    widget = page.locator("bp-dial", has=page.locator(".bp-dropout"))

    def texts() -> list[str]:
        return widget.locator("svg text").all_text_contents()

    goes_in = widget.locator("thead th").all_text_contents()[1:-1]
    draw = widget.locator("input")
    draw.focus()
    seen = set()
    for _ in range(8):
        seen.add(tuple(text == "✕" for text in texts()))
        page.keyboard.press("ArrowRight")
    assert len(seen) == 8
    widget.locator("select").first.select_option("eval")
    assert texts() == goes_in
    page.keyboard.press("Home")
    assert texts() == goes_in
    assert not visited.complaints
