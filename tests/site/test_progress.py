"""What the reader has read: ticks in the menus, and a way back to where the reader stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.site.conftest import Visit, at_home, go_on

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visitor = Callable[..., Visit]
CHAPTER = "autograd/rules.html"
TICK = ".md-nav--primary a[href$='rules.html'] .bp-tick"


@pytest.fixture(params=["a server", "a folder"])
def base(request: pytest.FixtureRequest, site: Path, address: str) -> str:
    """Where the site is read from."""
    return address if request.param == "a server" else site.as_uri() + "/"


# The page notes 300 ms after the last scrolling. Its own clock says when that is over, since that
# of a busy machine may be late, too. What stands there already is not scrolled to.
READ_TO = """heading => new Promise(done => {
    let noted = setTimeout(done, 1500);
    addEventListener("scroll", () => { clearTimeout(noted); noted = setTimeout(done, 400); });
    heading.scrollIntoView({behavior: "instant"});
})"""


def read_to(page: Page, heading: str) -> None:
    """Scroll to a heading, and wait until that has been noted."""
    page.locator(heading).evaluate(READ_TO)


def test_a_chapter_whose_recap_was_seen_has_a_tick(visit: Visitor, base: str) -> None:
    """The tick has a word for those who do not see it, and is there on the next visit."""
    visited = visit()
    page = visited.open(base + CHAPTER)
    assert page.locator(".bp-tick").count() == 0
    read_to(page, "#recap")
    assert page.locator(TICK).get_attribute("aria-label") == "read"
    page = visited.open(base + "autograd/graph.html")
    assert page.locator(".bp-tick").count() == page.locator(TICK).count() == 1
    assert not visited.complaints


def test_the_first_page_leads_back_to_where_the_reader_stopped(visit: Visitor, base: str) -> None:
    """It names the chapter and the section, and the link opens there."""
    visited = visit()
    assert "Continue" not in visited.open(base + "index.html").locator(".bp-continue").inner_text()
    page = visited.open(base + CHAPTER)
    section = page.locator("article h2").nth(3)
    name = section.evaluate("h => h.firstChild.textContent")
    read_to(page, "article h2 >> nth=3")
    link = visited.open(base + "index.html").locator(".bp-continue a")
    title, _, where = link.inner_text().partition(", ")
    assert where == name and title
    link.click()
    page.wait_for_url("**/rules.html#*")
    assert section.evaluate("h => Math.abs(h.getBoundingClientRect().top)") < 200
    assert not visited.complaints


def test_what_was_read_can_be_forgotten_by_keyboard(visit: Visitor, base: str) -> None:
    """The button says that it is done, the ticks go, and the browser keeps nothing of it."""
    visited = visit()
    read_to(visited.open(base + CHAPTER), "#recap")
    page = visited.open(base + "index.html")
    assert page.locator(TICK).count() == 1
    page.locator(".bp-continue button").focus()
    page.keyboard.press("Enter")
    assert page.locator(".bp-continue[role=status]").inner_text() == "Forgotten."
    assert page.locator(".bp-tick").count() == 0
    page = visited.open(base + "index.html")
    assert "Continue" not in page.locator(".bp-continue").inner_text()


def test_the_first_page_does_not_move_for_the_line(visit: Visitor, address: str) -> None:
    """What stands below it stays where it is without it."""
    visited = visit(reduced_motion="reduce")
    place = "e => e.getBoundingClientRect().top"
    before = visited.open(address + "index.html").locator(".bp-front").evaluate(place)
    read_to(visited.open(address + CHAPTER), "#recap")
    page = visited.open(address + "index.html")
    assert page.locator(".bp-continue a").count() == 1
    assert page.locator(".bp-front").evaluate(place) == before


def test_it_goes_on_without_a_reload(visit: Visitor, site: Path) -> None:
    """From the first page to a chapter and back, the line and the tick have come."""
    visited = visit()
    home = at_home(site, visited)
    page = visited.open(home + "index.html")
    go_on(page, home + CHAPTER)
    read_to(page, "#recap")
    assert page.locator(TICK).count() == 1
    go_on(page, home + "index.html")
    assert page.locator(".bp-continue a").count() == 1
    assert page.locator(TICK).count() == 1


def test_what_is_looked_up_is_no_place_to_go_on_from(visit: Visitor, address: str) -> None:
    """Who looks into the glossary comes back to the chapter."""
    visited = visit()
    read_to(visited.open(address + CHAPTER), "#recap")
    read_to(visited.open(address + "reference/errors.html"), "article h2 >> nth=2")
    link = visited.open(address + "index.html").locator(".bp-continue a")
    assert "rules.html" in (link.get_attribute("href") or "")


def test_where_storage_is_refused_it_lasts_as_long_as_the_page(
    visit: Visitor, address: str
) -> None:
    """A browser that keeps nothing shows the tick all the same."""
    visited = visit()
    visited.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused') }})"
    )
    page = visited.open(address + CHAPTER)
    read_to(page, "#recap")
    assert page.locator(TICK).count() == 1


def test_nothing_of_it_leaves_the_browser(visit: Visitor, address: str) -> None:
    """No cookie is set, and nothing is asked for."""
    visited = visit()
    page = visited.open(address + CHAPTER)
    page.wait_for_load_state("networkidle")
    visited.requests.clear()
    read_to(page, "#recap")
    assert not [url for url in visited.requests if not url.startswith(("data:", address))]
    assert page.context.cookies() == []
