"""The match of jobs and lines, in a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.site.conftest import Visit, at_home

Visitor = Callable[..., Visit]
PAGE = "start/by-hand-then-torch.html"


def count(page: Page) -> str:
    """Return what the match says of itself."""
    return page.locator("bp-match .bp-count").inner_text()


def test_a_right_line_shows_the_reason_and_a_wrong_one_its_own_job(
    visit: Visitor, site: Path
) -> None:
    """From a folder: the answers wait; a choice is answered in its row, and counted."""
    visited = visit()
    page = visited.open(f"{site.as_uri()}/{PAGE}")
    rows = page.locator("bp-match tbody tr")
    assert rows.count() == 10
    assert not page.locator("bp-match .bp-answer").first.is_visible()
    for n in range(10):
        rows.nth(n).locator("select").select_option(str(n))
        assert rows.nth(n).locator("output").inner_text().startswith("Yes. ")
    assert count(page) == "10 of 10 found"
    rows.nth(8).locator("select").select_option("9")
    assert rows.nth(8).locator("output").inner_text() == "No. That line is for another job: move."
    assert count(page) == "9 of 10 found"
    rows.nth(8).locator("select").select_option("")
    assert rows.nth(8).locator("output").inner_text() == ""
    assert not visited.complaints


def test_the_keyboard_is_enough(visit: Visitor, site: Path) -> None:
    """A key in a focused list chooses the line that begins with it."""
    page = visit().open(f"{site.as_uri()}/{PAGE}")
    page.locator("bp-match select").nth(9).focus()
    page.keyboard.type("optimizer.s")
    assert count(page) == "1 of 10 found"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 9


def test_without_a_script_the_answers_are_a_table(visit: Visitor, site: Path) -> None:
    """Each row shows its line and its reason, and no list to choose from."""
    page = visit(java_script_enabled=False).page
    page.goto(f"{site.as_uri()}/{PAGE}")
    assert page.locator("bp-match code.bp-answer").nth(9).is_visible()
    assert page.locator("bp-match span.bp-answer").nth(9).is_visible()
    assert not page.locator("bp-match select").first.is_visible()


def test_a_narrow_page_does_not_scroll(visit: Visitor, site: Path) -> None:
    """At 320 pixels the rows stand under each other."""
    page = visit(viewport={"width": 320, "height": 700}).open(f"{site.as_uri()}/{PAGE}")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    box = page.locator("bp-match select").first.bounding_box()
    assert box is not None and box["height"] >= 24


def test_it_works_after_instant_navigation(visit: Visitor, site: Path) -> None:
    """Reached by a link, and not by a load, it answers as well."""
    visited = visit()
    base = at_home(site, visited)
    page = visited.open(base + "start/first-ten-minutes.html")
    page.wait_for_load_state("networkidle")
    page.locator(".md-footer__link--next").click()
    page.locator("bp-match").wait_for(state="attached")
    page.locator("bp-match select").nth(8).select_option("8")
    assert count(page) == "1 of 10 found"
