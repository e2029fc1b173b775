"""In a browser: whatever blocks print as Markdown, nothing of it runs."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.lighthouse import serving
from tests.bookproof.small import Book
from tests.bookproof.tricks import TRICKS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

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
