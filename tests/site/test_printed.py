"""In a browser: whatever blocks print as Markdown, nothing of it runs; and a page on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.lighthouse import serving
from tests.bookproof.small import Book
from tests.bookproof.tricks import TRICKS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

MKDOCS = """
site_name: Tricks
use_directory_urls: false
theme: {name: material, font: false}
plugins: [markdown-exec, bookproof]
markdown_extensions: [attr_list, md_in_html, pymdownx.superfences, pymdownx.snippets, tables]
"""
NOTE_VIOLATIONS = """
window.forbidden = [];
document.addEventListener("securitypolicyviolation", event =>
    window.forbidden.push(`${event.effectiveDirective} ${event.blockedURI}`));
"""
TRY_ALL = """
() => {
    for (const element of document.querySelectorAll("article *")) {
        for (const name of ["click", "mouseover", "error", "load", "focus", "toggle"])
            if (name !== "click" || !(element.closest("a")?.href || "").startsWith("http"))
                element.dispatchEvent(new Event(name, {bubbles: false, cancelable: true}));
    }
    return window.hit === undefined;
}
"""


class _Strict(SimpleHTTPRequestHandler):
    """Allows no script at all, so that the browser names each that would run."""

    def end_headers(self) -> None:
        policy = "script-src 'none'; object-src 'none'; frame-src 'none'; base-uri 'none'"
        self.send_header("Content-Security-Policy", policy)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def tricked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built book: a page that prints every trick, and one that prints none."""
    book = Book(tmp_path_factory.mktemp("tricks") / "book")
    book.write("pyproject.toml", "[tool.bookproof]\n")
    book.write("mkdocs.yml", MKDOCS)
    for place, options in (("plain", ""), ("block", 'source="block"')):
        book.page(*(f"print({text!r})" for text in TRICKS.values()), name=place, options=options)
    book.page("print('nothing')", name="index", options="")
    assert book.record().rc == 0
    rc, text = book.mkdocs()
    assert rc == 0, text
    return book.root / "site"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("place", ["plain", "block"])
def test_a_strict_browser_forbids_nothing_that_was_printed(
    tricked: Path, page: Page, place: str
) -> None:
    """Under a policy that allows no script it names each that would run: the theme's own alone."""
    with serving(_Strict, tricked) as address:
        page.add_init_script(NOTE_VIOLATIONS)
        page.goto(f"{address}{place}.html", wait_until="load")
        assert page.locator("[id^=block-]").count() == len(TRICKS)
        own = page.locator("script:not([type='application/json'])").count()
        assert page.locator("[id^=block-] script").count() == 0
        forbidden = page.evaluate("window.forbidden")
        assert own > 0  # the policy holds
        assert len(forbidden) == own, forbidden


@pytest.mark.parametrize("place", ["plain", "block"])
def test_no_event_wakes_what_was_printed(tricked: Path, page: Page, place: str) -> None:
    """Without a policy, too: every element is clicked, pointed at, and fails to load."""
    with serving(SimpleHTTPRequestHandler, tricked) as address:
        page.goto(f"{address}{place}.html", wait_until="load")
        assert page.locator("article [id^=block-]").count() == len(TRICKS)
        assert page.evaluate(TRY_ALL)


SMALL_OR_CUT = """() => [...document.querySelectorAll(".bp-card :is(code, samp, span)")]
    .filter(text => parseFloat(getComputedStyle(text).fontSize) < 9 / 72 * 96 - 0.01
        || text.getClientRects().length === 0
        || text.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(text => text.textContent)"""
PAPER: ViewportSize = {
    "width": round((210 - 2 * 8) / 25.4 * 96),
    "height": 1000,
}  # A4 without its margins


def test_the_cheat_sheet_prints_on_two_sheets(site: Path, page: Page) -> None:
    """On A4, as a reader's browser prints it."""
    page.goto((site / "reference" / "cheat-sheet.html").as_uri(), wait_until="load")
    made = page.pdf(format="A4", print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", made)) <= 2


def test_the_printed_cheat_sheet_is_legible_and_whole(site: Path, page: Page) -> None:
    """Nine points or more, nothing beyond the edge of the paper, no line left out."""
    page.set_viewport_size(PAPER)
    page.goto((site / "reference" / "cheat-sheet.html").as_uri(), wait_until="load")
    assert page.locator(".bp-card > div").count() > 60
    page.emulate_media(media="print")
    assert page.evaluate(SMALL_OR_CUT) == []
    assert page.locator(".md-header").is_hidden()
