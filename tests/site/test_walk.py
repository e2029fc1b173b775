"""A walk is stepped through by mouse and by keyboard, and is whole without a script."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.site.conftest import Visit, at_home, go_on

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Visitor = Callable[..., Visit]
STRAIGHT, LOOPED = "tensors/memory.html", "start/first-ten-minutes.html"


def _walk(page: Page) -> Locator:
    walk = page.locator("bp-walk").first
    walk.scroll_into_view_if_needed()
    return walk


def _shown(walk: Locator) -> list[str]:
    """Return the headings of the steps that a reader sees."""
    steps = walk.locator("ol > li").filter(visible=True).all()
    return [step.locator("b").first.inner_text().partition("\n")[0] for step in steps]


def test_the_mouse_goes_on_and_back_and_to_a_line(visit: Visitor, site: Path) -> None:
    """From a folder; at the ends the buttons stay where they are; nothing moves on the page."""
    visited = visit()
    page = visited.open(f"{site.as_uri()}/{STRAIGHT}")
    walk = _walk(page)
    before = walk.bounding_box()
    assert _shown(walk) == ["Line 1"]
    walk.get_by_role("button", name="Previous").click(force=True)
    assert _shown(walk) == ["Line 1"]
    walk.get_by_role("button", name="Next").click()
    walk.get_by_role("button", name="Next").click()
    assert _shown(walk) == ["Line 3"]
    assert walk.locator("[aria-current=step]").inner_text() in walk.locator("li.on").inner_text()
    address = page.url
    walk.locator("[data-of]").nth(6).click()
    assert _shown(walk) == ["Line 7"] and page.url == address
    assert walk.locator("output").inner_text() == "7 of 10"
    assert walk.bounding_box() == before
    assert not visited.complaints


def test_the_keyboard_reaches_every_step(visit: Visitor, address: str) -> None:
    """The slider goes by its arrows, the buttons by Enter; what changed is told after a button."""
    page = visit(reduced_motion="reduce").open(address + STRAIGHT)
    walk = _walk(page)
    slider, steps = walk.get_by_role("slider"), walk.locator("ol")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert _shown(walk) == ["Line 2"] and steps.get_attribute("aria-live") == "off"
    assert (slider.get_attribute("aria-valuetext") or "").startswith("Line 2 typed = ")
    page.keyboard.press("End")
    assert _shown(walk) == ["Line 10"]
    walk.get_by_role("button", name="Previous").focus()
    page.keyboard.press("Enter")
    assert _shown(walk) == ["Line 9"] and steps.get_attribute("aria-live") == "polite"
    walk.locator("[aria-current=step]").focus()
    assert walk.locator("[data-of][tabindex='0']").count() == 1


def test_a_line_of_a_loop_has_its_passes(visit: Visitor, address: str) -> None:
    """The same line in another pass, and another line in the same pass."""
    page = visit().open(address + LOOPED)
    walk = _walk(page)
    passes = walk.get_by_label("Pass")
    assert passes.is_disabled()
    line = walk.locator("[data-of]", has_text="loss.backward()")
    line.click()
    options = passes.locator("option").all_inner_texts()
    assert options == ["1 of 5", "2 of 5", "3 of 5", "5 of 5"]
    passes.select_option("5 of 5")
    assert _shown(walk) == [f"Line {int(line.get_attribute('data-of') or 0)}, pass 5 of 5"]
    walk.locator("[data-of]", has_text="optimizer.step()").click()
    assert "pass 5 of 5" in _shown(walk)[0]
    assert passes.locator("option:checked").inner_text() == "5 of 5"


@pytest.mark.parametrize("walked", [STRAIGHT, LOOPED])
def test_without_a_script_all_steps_are_there(visit: Visitor, site: Path, walked: str) -> None:
    """As a list, each with its line; a line of the listing leads to its first step."""
    page = visit(java_script_enabled=False).page
    page.goto(f"{site.as_uri()}/{walked}")
    walk = _walk(page)
    headings = _shown(walk)
    assert len(headings) == walk.locator("ol > li").count() > 5
    assert not walk.locator(".bp-controls").is_visible()
    first = walk.locator("[data-of]").nth(3)
    target = (first.get_attribute("href") or "").removeprefix("#")
    assert walk.locator(f"[id='{target}'] code").first.inner_text() == first.inner_text().strip()


def test_a_link_to_a_step_opens_it(visit: Visitor, site: Path) -> None:
    """What a reader copied from a listing without a script works with one, too."""
    text = (site / STRAIGHT).read_text("utf-8")
    third = re.findall(r'<li id="(walk-[^"]+)"', text)[2]
    page = visit().open(f"{site.as_uri()}/{STRAIGHT}#{third}")
    assert _shown(page.locator("bp-walk").first) == ["Line 3"]


def test_it_begins_again_after_an_instant_navigation(visit: Visitor, site: Path) -> None:
    """The page comes without a reload, and its walk steps."""
    visited = visit()
    base = at_home(site, visited)
    page = visited.open(base + "index.html")
    go_on(page, base + STRAIGHT)
    walk = page.locator("bp-walk").first
    walk.get_by_role("button", name="Next").click()
    assert _shown(walk) == ["Line 2"]
    assert not visited.complaints


def test_a_short_step_has_no_half_screen_of_nothing_under_it(visit: Visitor, address: str) -> None:
    """The longest step makes the room for all, up to 20rem; one that needs more has it."""
    page = visit(viewport={"width": 320, "height": 640}).open(address + STRAIGHT)
    walk = _walk(page)
    needed = walk.evaluate("e => [...e.querySelectorAll('ol > li')].map(li => li.scrollHeight)")
    most = 20 * page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    room = "e => Math.floor(e.querySelector('ol').getBoundingClientRect().height)"
    assert needed[0] < most < max(needed)
    assert walk.evaluate(room) <= most
    walk.locator("[data-of]").nth(needed.index(max(needed))).click()
    assert walk.evaluate(room) >= max(needed) - 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_page_holds_it(visit: Visitor, site: Path, scheme: str) -> None:
    """At 320 pixels nothing but the code scrolls sideways, and every target is large enough."""
    page = visit(
        viewport={"width": 320, "height": 640}, color_scheme=scheme, reduced_motion="reduce"
    ).open(f"{site.as_uri()}/{LOOPED}")
    walk = _walk(page)
    wide = (
        "e => [...e.querySelectorAll('li.on *')].some(x => x.getBoundingClientRect().right > 320"
        " && !x.closest('.md-typeset__scrollwrap, table, pre'))"
    )
    for _ in range(walk.locator("ol > li").count()):
        assert not walk.evaluate(wide)
        walk.get_by_role("button", name="Next").click(force=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    boxes = [target.bounding_box() for target in walk.locator("button, input, select, a").all()]
    assert boxes and all(box and box["height"] >= 24 for box in boxes)
