"""Dials show what their page holds: at every stop, by mouse and by keyboard, from anywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import product
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.site.conftest import Tabs, Visit, at_home, dial_pages, go_on

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Visitor = Callable[..., Visit]

MOVE = """(dial, every) => every.map(stops => {
    dial.querySelectorAll("[data-stop]").forEach((control, n) => {
        if (control.type === "range") control.value = stops[n];
        else control.selectedIndex = stops[n];
    });
    dial.querySelector("[data-stop]").dispatchEvent(new Event("input", {bubbles: true}));
    return [...dial.querySelectorAll("[data-text], [data-set]")].flatMap(place => [
        ...(place.dataset.text ? [[place.dataset.text, place.textContent]] : []),
        ...(place.dataset.set ?? "").split(" ").filter(Boolean).map(pair => {
            const [attribute, name] = pair.split(":");
            return [name, place.getAttribute(attribute)];
        }),
    ]);
})"""

START = """dial => [...dial.querySelectorAll("[data-stop]")]
    .map(control => control.selectedIndex ?? +control.value)"""

TEXTS = """dial => [...dial.querySelectorAll("[data-text]")]
    .map(place => [place.dataset.text, place.textContent])"""


@pytest.fixture(scope="session")
def with_dials(site: Path) -> list[str]:
    """The pages that have a dial with a slider: others have lists alone."""
    slider = re.compile(r'<bp-dial(?:(?!</bp-dial>).)*<input type="?range', re.DOTALL)
    return [name for name in dial_pages() if slider.search((site / name).read_text("utf-8"))]


def held(dial: Locator) -> dict[str, Any]:
    """Read what a dial holds."""
    text = dial.evaluate("dial => dial.querySelector(':scope > template').content.textContent")
    found: dict[str, Any] = json.loads(text)
    return found


def chosen(sizes: list[int]) -> Iterator[tuple[int, ...]]:
    """List all combinations of stops, or some two hundred of many."""
    every = max(1, prod(sizes) // 200)
    return (stops for n, stops in enumerate(product(*map(range, sizes))) if n % every == 0)


def wanted(data: dict[str, Any], name: str, stops: tuple[int, ...]) -> str:
    """Look up a slot, or a word of it."""
    slot, _, item = name.partition(".")
    steps, texts = data["slots"][slot]
    text: str = texts[sum(step * stop for step, stop in zip(steps, stops, strict=True))]
    return text.split(" ")[int(item)] if item else text


def test_every_stop_shows_what_the_page_holds(tabs: Tabs, dial_page: str) -> None:
    """Whatever is moved, each place shows the text that Python wrote for it."""
    visited = tabs("light", dial_page)
    page = visited.page
    for dial in page.locator("bp-dial").all():
        data = held(dial)
        every = list(chosen([len(names) for names in data["stops"]]))
        for stops, places in zip(every, dial.evaluate(MOVE, every), strict=True):
            wrong = [place for place in places if place[1] != wanted(data, place[0], stops)]
            assert places and not wrong, (stops, wrong[:3])
    assert not visited.complaints


def first_slider(page: Page) -> tuple[Locator, list[str]]:
    """Find a slider, and what its stops are called."""
    dial = page.locator("bp-dial:has(input[type=range])").first  # others have lists alone
    slider = dial.locator("input[type=range]").first
    slider.scroll_into_view_if_needed()
    number = int(slider.get_attribute("data-stop") or 0)
    return slider, held(dial)["stops"][number]


def says(slider: Locator) -> tuple[str | None, str]:
    """Read what a slider says, to those who hear it and to those who see it."""
    said = slider.locator("xpath=../following-sibling::output")
    return slider.get_attribute("aria-valuetext"), said.inner_text()


@pytest.mark.parametrize("where", ["a server", "a folder"])
def test_a_slider_moves_by_keyboard_and_by_mouse(
    visit: Visitor, address: str, site: Path, with_dials: list[str], where: str
) -> None:
    """Arrows go one stop on, Home and End to the ends, and a click where it points."""
    base = address if where == "a server" else site.as_uri() + "/"
    visited = visit()
    slider, names = first_slider(visited.open(base + with_dials[0]))
    slider.focus()
    for key, want in (("Home", 0), ("ArrowRight", 1), ("End", -1), ("ArrowLeft", -2)):
        slider.press(key)
        assert says(slider) == (names[want], names[want])
    box = slider.bounding_box()
    assert box
    slider.click(position={"x": 2, "y": box["height"] / 2})
    assert says(slider) == (names[0], names[0])
    assert not visited.complaints


def test_without_a_script_the_start_and_all_values_can_be_read(tabs: Tabs, dial_page: str) -> None:
    """Nothing that cannot be moved is shown, and every place has the start's text."""
    page = tabs("plain", dial_page).page
    for dial in page.locator("bp-dial").all():
        assert not dial.locator(".bp-controls").is_visible()
        data, start = held(dial), tuple(dial.evaluate(START))
        places = dial.evaluate(TEXTS)
        wrong = [place for place in places if place[1] != wanted(data, place[0], start)]
        assert not wrong, wrong[:3]
        later = "all => all.filter(g => getComputedStyle(g).visibility !== 'visible').length"
        assert dial.locator(".bp-later .bp-g").evaluate_all(later) == 0


def test_a_dial_works_after_going_on_without_a_reload(
    visit: Visitor, site: Path, with_dials: list[str]
) -> None:
    """The next page's dial starts by itself, and the first still moves when one returns."""
    visited = visit()
    base = at_home(site, visited)
    page = visited.open(base + "index.html")
    for name in [with_dials[-1], with_dials[0]]:
        go_on(page, base + name)
        slider, names = first_slider(page)
        slider.press("End")
        assert says(slider) == (names[-1], names[-1])
    assert not visited.complaints


def test_play_runs_and_stops(visit: Visitor, address: str, with_dials: list[str]) -> None:
    """The button goes through the stops of time, and a second press holds them."""
    visited = visit()
    for name in with_dials:
        page = visited.open(address + name)
        button = page.locator("bp-dial [data-play]").first
        if button.count():
            break
    else:
        pytest.skip("no dial plays yet")
    slider = button.locator("xpath=..").locator("input")
    slider.focus()
    slider.press("Home")
    button.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    page.wait_for_function("slider => slider.value > 0", arg=slider.element_handle())
    button.press("Enter")
    assert button.get_attribute("aria-pressed") == "false"
    assert not visited.complaints
