"""The figures that run by themselves, in a browser: the XOR trainings and the training loop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator

from tests.site.conftest import Visit

Visitor = Callable[..., Visit]
PAGES = {".bp-xor": "models/many-starts.html", ".bp-loop": "models/training-loop.html"}


def dial(visit: Visitor, site: Path, inside: str, **settings: str) -> Locator:
    """Open the chapter from its folder and return one of its dials."""
    page = visit(**settings).open(f"{site.as_uri()}/{PAGES[inside]}")
    found = page.locator(f"bp-dial:has({inside})")
    found.scroll_into_view_if_needed()
    return found


@pytest.mark.parametrize("inside", [".bp-xor", ".bp-loop"])
def test_play_moves_on_and_stops(visit: Visitor, site: Path, inside: str) -> None:
    """The button steps the slider and says that it is pressed; pressed again, it stops."""
    one = dial(visit, site, inside)
    button, slider = one.locator("[data-play]"), one.locator("input[type=range]")
    button.focus()
    one.page.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    one.page.wait_for_function("input => +input.value >= 2", arg=slider.element_handle())
    one.page.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "false"


def test_with_reduced_motion_it_waits_longer(visit: Visitor, site: Path) -> None:
    """After eight tenths of a second nothing has moved yet; then it does."""
    one = dial(visit, site, ".bp-xor", reduced_motion="reduce")
    slider = one.locator("input[type=range]")
    one.page.clock.install()
    one.locator("[data-play]").click()
    one.page.clock.run_for(800)
    assert slider.input_value() == "0"
    one.page.clock.run_for(800)
    assert slider.input_value() == "1"


def test_the_plane_follows_the_slider_and_the_start(visit: Visitor, site: Path) -> None:
    """By keyboard: at the end of start 17, four units are dead and four answers are one half."""
    one = dial(visit, site, ".bp-xor")
    one.locator("select").focus()
    one.page.keyboard.type("start 17")
    one.locator("input[type=range]").focus()
    one.page.keyboard.press("End")
    assert one.locator("td [data-text^=a]").all_inner_texts() == ["0.50"] * 4
    states = one.locator("td [data-text^=s]").all_inner_texts()
    assert sorted(states) == ["born dead"] * 3 + ["died"]
    assert one.locator("svg [data-text=loss]").text_content() == "0.6931"


def test_without_a_script_there_is_a_table(visit: Visitor, site: Path) -> None:
    """No button that would do nothing; the values can be unfolded."""
    page = visit(java_script_enabled=False).page
    for inside, name in PAGES.items():
        page.goto(f"{site.as_uri()}/{name}")
        one = page.locator(f"bp-dial:has({inside})")
        assert not one.locator("[data-play]").is_visible()
        one.locator("summary").click()
        assert one.locator("details table").is_visible()
