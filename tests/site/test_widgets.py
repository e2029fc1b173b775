"""Every widget works wherever the book is read, and whatever a reader has: or lacks."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.site.conftest import Tabs, Visit, page_names, widget_pages
from tests.site.steps import USE_ALL, WIDGETS

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visitor = Callable[..., Visit]

SHIFT = 0.02
OWN_SCRIPTS = 15 * 1024
FIRST_LOAD = 120 * 1024
MESSAGES = "reference/errors.html"
LIST_LOAD = 145 * 1024  # some two hundred messages, which nobody reads from top to bottom

SLOW_STYLES = """() => [...document.querySelectorAll("*")].flatMap(element => {
    const {transitionDuration, animationDuration, animationName} = getComputedStyle(element);
    const longest = text => Math.max(...text.split(",").map(parseFloat));
    return longest(transitionDuration) > 0.01
        || animationName !== "none" && longest(animationDuration) > 0.01
        ? [element.outerHTML.slice(0, 80)] : [];
})"""

HIDDEN_TEXTS = """widgets => [...document.querySelectorAll(widgets)].flatMap(widget => {
    document.querySelectorAll("details").forEach(details => details.open = true);
    const walker = document.createTreeWalker(widget, NodeFilter.SHOW_TEXT);
    const lost = [];
    while (walker.nextNode()) {
        const {textContent, parentElement} = walker.currentNode;
        const aside = "script, button, select, label, .bp-controls, .bp-count";
        if (textContent.trim() && !parentElement.closest(aside)
            && !parentElement.checkVisibility({checkVisibilityCSS: true})) lost.push(textContent);
    }
    return lost;
})"""

ONE_OF_EACH = """widgets => {
    const seen = new Set();
    document.querySelectorAll(widgets).forEach(widget =>
        seen.has(widget.localName) ? widget.remove() : seen.add(widget.localName));
}"""

SHOWN_CONTROLS = """widgets => [...document.querySelectorAll(widgets)].flatMap(widget =>
    [...widget.querySelectorAll("button, input, select, textarea")]
        .filter(control => control.checkVisibility({checkVisibilityCSS: true}))
        .map(control => control.outerHTML.slice(0, 100)))"""


CUT = """widgets => [...document.querySelectorAll(widgets)].flatMap(widget =>
    [...widget.querySelectorAll("*")]
        .filter(part => /auto|hidden|scroll/.test(getComputedStyle(part).overflowX)
            && part.clientWidth > 1 && part.scrollWidth - part.clientWidth > 2
            && !part.closest("details, pre") && !part.querySelector("svg"))
        .map(part => part.innerText.slice(0, 100)))"""


def use_all(page: Page) -> list[dict[str, Any]]:
    """Use every control; return what became of each widget."""
    width = page.evaluate("document.documentElement.clientWidth")
    used: list[dict[str, Any]] = page.evaluate(USE_ALL, [WIDGETS, width])
    return used


def unmoved(used: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the widgets that did not start, or have controls and did not react to any.

    The list of what was missed has nothing to show to who has missed nothing.
    """
    still = [w for w in used if w["controls"] and not w["moved"] and w["name"] != "bp-missed"]
    return still + [w for w in used if not w["started"]]


def test_the_pages_with_widgets_are_known_before_the_site_is_built(site: Path) -> None:
    """What the tests below go through is what the site holds."""
    held = [name for name in page_names() if "<bp-" in (site / name).read_text(encoding="utf-8")]
    assert widget_pages() == held


def complain(used: list[dict[str, Any]]) -> str:
    """Say in a line each what is wrong with widgets."""
    return "\n".join(f"{w['name']}: {w}"[:300] for w in used)


def test_widgets_work_from_a_folder(tabs: Tabs, widget_page: str) -> None:
    """Every control of a page that was opened without a server does something, and none jumps."""
    visited = tabs("folder", widget_page)
    used = use_all(visited.page)
    assert not unmoved(used), complain(unmoved(used))
    wrong = [w for w in used if w["shift"] > SHIFT or w["wide"] > 0]
    assert not wrong, complain(wrong)
    assert not visited.complaints
    cut = visited.page.evaluate(CUT, WIDGETS)
    assert not cut, f"at {visited.page.viewport_size} a reader must scroll to see {cut}"


def test_widgets_are_calm_on_a_narrow_screen_for_who_wants_no_motion(
    tabs: Tabs, widget_page: str
) -> None:
    """At 320 pixels nothing jumps or sticks out at any step, and nothing is animated."""
    visited = tabs("phone", widget_page)
    slow = visited.page.evaluate(SLOW_STYLES)
    assert not slow, "\n".join(slow[:5])
    wrong = [w for w in use_all(visited.page) if w["shift"] > SHIFT or w["wide"] > 0 or w["slow"]]
    assert not wrong, complain(wrong)


def test_widgets_work_after_an_instant_navigation(tabs: Tabs, widget_page: str) -> None:
    """A page that came without a reload has working widgets: one of each kind is tried."""
    visited = tabs.without_reload(widget_page)
    visited.page.evaluate(ONE_OF_EACH, WIDGETS)
    used = use_all(visited.page)
    assert used and not unmoved(used), complain(unmoved(used))
    assert not visited.complaints


def test_without_scripts_all_can_be_read_and_no_control_shows(tabs: Tabs, widget_page: str) -> None:
    """A control that does nothing would be a lie, and what only it shows would be lost."""
    page = tabs("plain", widget_page).page
    lost = page.evaluate(HIDDEN_TEXTS, WIDGETS)
    assert not lost, "\n".join(lost[:10])
    shown = page.evaluate(SHOWN_CONTROLS, WIDGETS)
    assert not shown, "\n".join(shown[:10])


def test_our_own_scripts_are_small(site: Path, name: str) -> None:
    """Fifteen KiB, as they lie in assets/javascripts, whatever the page.

    Counted is each script that the page names there, but for the theme's bundle. The theme's
    search worker is named by no page, nor is what stands in for a worker in a folder.
    """
    text = (site / name).read_text(encoding="utf-8")
    sources = re.findall(r'<script src="(?:\.\./)*(assets/javascripts/[^"]+)"', text)
    own = {source: (site / source).stat().st_size for source in sources if "/bundle." not in source}
    assert own
    assert sum(own.values()) <= OWN_SCRIPTS, own


def heaviest(site: Path) -> str:
    """Name the page that takes most bytes on its way, but for the list of messages."""
    others = [name for name in page_names() if name != MESSAGES]
    return max(others, key=lambda name: len(gzip.compress((site / name).read_bytes(), 6)))


@pytest.mark.parametrize("which", ["landing", "chapter", "heaviest", "messages"])
def test_the_first_page_of_a_visit_is_light(
    visit: Visitor, site: Path, address: str, which: str
) -> None:
    """All that is asked for until the page rests, each thing compressed as a host does."""
    first = {
        "landing": "index.html",
        "chapter": "tensors/shapes.html",
        "heaviest": heaviest(site),
        "messages": MESSAGES,
    }
    visited = visit()
    visited.open(address + first[which]).wait_for_load_state("networkidle")
    sizes = {}
    for url in visited.requests:
        path = url.removeprefix(address).partition("?")[0] or "index.html"
        if not url.startswith(("data:", "blob:")):
            sizes[path] = len(gzip.compress((site / path).read_bytes(), 6))
    table = "\n".join(
        f"{size:8} {path}" for path, size in sorted(sizes.items(), key=lambda s: -s[1])
    )
    total = sum(sizes.values())
    most = LIST_LOAD if which == "messages" else FIRST_LOAD
    assert total <= most, f"{total / 1024:.1f} KiB\n{table}"
    assert not any("search" in path for path in sizes), table


def test_the_search_is_fetched_when_it_is_wanted(visit: Visitor, address: str) -> None:
    """Not before: its index outweighs the page. A link with words to highlight wants it, too."""
    visited = visit()
    page = visited.open(address + "index.html")
    page.wait_for_load_state("networkidle")
    assert not [url for url in visited.requests if "search" in url]
    with page.expect_request("**/search_index.json"):
        page.locator(".md-search__input").focus()
    assert not visited.complaints
    with page.expect_request("**/search_index.json"):
        page.goto(address + "index.html?h=tensor")
