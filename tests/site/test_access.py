"""Every page can be read by everybody: with other eyes, by keyboard, on a phone."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.site.conftest import Tabs, Visit, at_home, missing

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visitor = Callable[..., Visit]

OPEN_ALL = """() => document.querySelectorAll('details:not([open])').forEach(details => {
    details.open = true;
    details.dataset.opened = "";
})"""
CLOSE_AGAIN = """() => document.querySelectorAll('details[data-opened]').forEach(details => {
    details.open = false;
    delete details.dataset.opened;
})"""

RUN_AXE = """async options => {
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    const found = await axe.run(%s, {resultTypes: ["violations"], preload: false, ...options});
    return found.violations.flatMap(({id, help, nodes}) => nodes.map(({target, any, all, none}) =>
        [id, help, target.join(" "), [...any, ...all, ...none].map(c => c.message).join("; ")]
        .join(" | ")));
}"""

COLOR_RULES = ["color-contrast", "link-in-text-block"]
EVERYTHING = "document"
ONE_OF_EACH = """(() => {
    const chosen = [], seen = new Set(), article = document.querySelector("article");
    for (let part = article; part !== document.body; part = part.parentElement)
        chosen.push(...[...part.parentElement.children].filter(other => other !== part));
    const ground = element => {
        while (element.parentElement && getComputedStyle(element).backgroundColor.endsWith(", 0)"))
            element = element.parentElement;
        return getComputedStyle(element).backgroundColor;
    };
    const words = element => [...element.childNodes].some(
        node => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    const look = element => {
        const {color, fill, fontWeight, fontSize} = getComputedStyle(element);
        const inside = element.closest("svg") ? fill : "";
        return [color, inside, fontWeight, fontSize, ground(element)].join();
    };
    const linked = element => {
        const link = element.closest("a[href]");
        if (!link) return "";
        let block = link.parentElement;
        while (getComputedStyle(block).display === "inline") block = block.parentElement;
        const {textDecoration, borderBottom, fontStyle, fontFamily} = getComputedStyle(link);
        const drawn = [textDecoration, borderBottom, fontStyle, fontFamily];
        return [...drawn, look(link), look(block)].join();
    };
    for (const element of article.querySelectorAll("*")) {
        if (element.matches("input, select, textarea, button")) chosen.push(element);
        if (!words(element) || !element.checkVisibility({checkVisibilityCSS: true})) continue;
        const both = look(element) + linked(element);
        if (!seen.has(both)) chosen.push(element);
        seen.add(both);
    }
    return {include: chosen};
})()"""  # a page has a thousand words in ten colors: judging each takes minutes

TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.querySelectorAll(".md-container *")].filter(element =>
        element.getBoundingClientRect().right > width + 1);
    return wide.map(element => element.outerHTML.slice(0, 120)).slice(0, 5)
        .concat(`the page is ${document.documentElement.scrollWidth} wide`);
}"""


CUT_WORDS = """() => {
    const screen = {left: 0, right: document.documentElement.clientWidth};
    return [...document.querySelectorAll("article svg text")].filter(text => {
        const drawing = text.ownerSVGElement;
        const cuts = getComputedStyle(drawing).overflow !== "visible" && drawing;
        const around = cuts || drawing.closest("bp-dial");
        const limits = around ? around.getBoundingClientRect() : screen;
        const {left, right, width} = text.getBoundingClientRect();
        return width && (left < limits.left - 1 || right > limits.right + 1);
    }).map(text => text.textContent);
}"""

UNSEEN = """parts => parts.filter(part => {
    const {width, height} = part.getBoundingClientRect();
    return !width || !height || !part.checkVisibility({checkVisibilityCSS: true});
}).map(part => part.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, from the package that bundles it."""
    try:
        return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    except ModuleNotFoundError:
        missing("axe-playwright-python is not installed")


def violations(page: Page, axe: str, *, colors: bool = True, others: bool = True) -> list[str]:
    """Let axe judge what the page shows now.

    Colors need no judging again at another width, and nothing else does in another scheme.
    """
    page.evaluate(OPEN_ALL)
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    found: list[str] = []
    if others:
        rules = {name: {"enabled": False} for name in COLOR_RULES}
        found += page.evaluate(RUN_AXE % EVERYTHING, {"rules": rules})
    if colors:
        found += page.evaluate(RUN_AXE % ONE_OF_EACH, {"runOnly": COLOR_RULES})
    page.evaluate(CLOSE_AGAIN)
    return found


def test_axe_finds_nothing(tabs: Tabs, axe: str, name: str) -> None:
    """Names, contrasts, landmarks and focus are right in both schemes, with all answers open."""
    page = tabs("light", name).page
    light = violations(page, axe)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("document.body.dataset.mdColorScheme === 'slate'")
    dark = violations(page, axe, others=False)
    page.emulate_media(color_scheme="light")
    page.wait_for_function("document.body.dataset.mdColorScheme === 'default'")
    assert not light, "\n".join(light)
    assert not dark, "\n".join(dark)


def test_a_page_fits_a_narrow_screen(tabs: Tabs, axe: str, name: str) -> None:
    """At 320 pixels nothing but a listing, a table or a formula scrolls sideways, or is cut."""
    page = tabs("phone", name).page
    page.evaluate(OPEN_ALL)
    cut = page.evaluate(CUT_WORDS)
    assert not cut, f"words of drawings beyond the edge: {cut}"
    wide = page.evaluate(TOO_WIDE)
    assert not wide, "\n".join(wide)
    found = violations(page, axe, colors=False)
    assert not found, "\n".join(found)


def test_a_page_reads_without_scripts(tabs: Tabs, name: str) -> None:
    """Text, listings, outputs and figures are in the page itself."""
    page = tabs("plain", name).page
    assert page.locator("article h1").is_visible()
    for selector in (".bp-output", ".bp-figure svg", ".bp-provenance"):
        parts = page.locator(f"article > {selector}, article > .bp-block > {selector}")
        unseen = parts.evaluate_all(UNSEEN)
        assert not unseen, "\n".join(unseen[:5])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_search_and_the_menu_are_accessible(
    visit: Visitor, address: str, axe: str, scheme: str
) -> None:
    """What opens over the page is named and legible too: results, and the menu of a phone."""
    visited = visit(reduced_motion="reduce", color_scheme=scheme)
    page = visited.open(address + "index.html")
    page.locator(".md-search__input").click()
    page.keyboard.type("PyTorch")
    page.locator(".md-search-result__link").first.wait_for(timeout=15_000)
    found = violations(page, axe)
    assert not found, "\n".join(found)
    narrow = visit(
        reduced_motion="reduce", color_scheme=scheme, viewport={"width": 320, "height": 640}
    )
    page = narrow.open(address + "index.html")
    page.locator("label[for=__drawer].md-header__button").click()
    found = violations(page, axe)
    assert not found, "\n".join(found)


def test_what_was_not_found_is_said_accessibly(visit: Visitor, site: Path, axe: str) -> None:
    """The page of a wrong address is a page of the book too, and knows where the book is."""
    visited = visit()
    found = violations(visited.open(at_home(site, visited) + "404.html"), axe)
    assert not visited.complaints
    assert not found, "\n".join(found)
