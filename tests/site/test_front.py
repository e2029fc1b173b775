"""The first page: what the book is, in one screen, and where to begin."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.site.conftest import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visitor = Callable[..., Visit]

END = "(parts) => Math.max(...parts.map(part => part.getBoundingClientRect().bottom))"
SMALLEST = """() => Math.min(...[...document.querySelectorAll(".bp-front svg text")].map(text =>
    parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a))"""


def first(visit: Visitor, address: str, width: int, height: int, **settings: str) -> Page:
    """Open the first page in a window of a size."""
    return visit(viewport={"width": width, "height": height}, **settings).open(
        address + "index.html"
    )


@pytest.mark.parametrize(("width", "height", "screens"), [(1280, 800, 1), (390, 844, 2)])
def test_one_screen_shows_what_the_book_is(
    visit: Visitor, address: str, width: int, height: int, screens: int
) -> None:
    """A sentence, three ways to begin, a graph that moves, and a build that turns red.

    A phone takes two screens for it, and leaves the numbers of the graph, as a table, to the next.
    """
    page = first(visit, address, width, height)
    assert page.locator(".bp-begin a").count() == 3
    parts = "h1, .bp-begin a, .bp-front svg, .bp-front [data-play], .bp-proof .bp-output"
    assert page.locator(parts).evaluate_all(END) <= screens * height


def test_the_red_build_differs_from_the_green_one_by_a_digit(visit: Visitor, address: str) -> None:
    """Both are outputs of a run: the second names the line, and ends with another status."""
    page = first(visit, address, 1280, 800)
    green, red = page.locator(".bp-proof .bp-output").all_inner_texts()
    assert green.strip().endswith("exit status 0") and " 0 drifted" in green
    assert red.strip().endswith("exit status 1")
    assert "docs/page.md:3: the output drifted" in red
    assert "-pi is 3.141857" in red and "+pi is 3.142857" in red


def test_the_graph_plays_once_by_itself(visit: Visitor, address: str) -> None:
    """In a few seconds the slope has come back to x; then it rests until somebody presses Play."""
    page = first(visit, address, 1280, 800)
    dial = page.locator(".bp-front bp-dial")
    page.wait_for_function(
        "play => play.getAttribute('aria-pressed') === 'false'",
        arg=dial.locator("[data-play]").element_handle(),
        timeout=15_000,
    )
    assert dial.locator("output").last.inner_text() == "done"


def test_for_who_wants_no_motion_nothing_begins_by_itself(visit: Visitor, address: str) -> None:
    """The button is there, for when it is wanted."""
    page = first(visit, address, 1280, 800, reduced_motion="reduce")
    page.wait_for_timeout(1800)
    dial = page.locator(".bp-front bp-dial")
    assert dial.locator("output").last.inner_text() == "not yet"
    assert dial.locator("[data-play]").get_attribute("aria-pressed") == "false"


@pytest.mark.parametrize("width", [320, 390, 800, 1280])
def test_the_words_of_the_graph_can_be_read(visit: Visitor, address: str, width: int) -> None:
    """They stay above nine pixels, however narrow the screen."""
    assert first(visit, address, width, 800).evaluate(SMALLEST) >= 9
