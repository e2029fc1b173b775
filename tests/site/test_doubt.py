"""A reader who gets something else can say so, where the book has a repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.site.conftest import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

Visitor = Callable[..., Visit]
CHAPTER = "autograd/rules.html"
REPOSITORY = "https://host.example/somebody/book"
OUTPUT = "article .bp-block:has(> .highlight) > .bp-output:not(.bp-html)"


def with_repository(visited: Visit, site: Path) -> None:
    """Serve the pages with the link in the header that the theme makes of REPO_URL."""
    link = f'<div class="md-header__source"><a href="{REPOSITORY}" class="md-source"></a></div>'

    def answer(route: Route) -> None:
        text = (site / urlsplit(route.request.url).path.lstrip("/")).read_text("utf-8")
        text = text.replace("</header>", f"{link}</header>", 1)
        route.fulfill(body=text, content_type="text/html; charset=utf-8")

    visited.page.context.route("**/*.html", answer)


def report(page: Page) -> dict[str, str]:
    """Return what the link that is shown would fill in."""
    href = page.locator(".bp-doubt").get_attribute("href") or ""
    assert href.startswith(f"{REPOSITORY}/issues/new?")
    assert len(href) < 8000
    return {name: values[0] for name, values in parse_qs(urlsplit(href).query).items()}


def test_an_output_that_is_pointed_at_offers_a_report(
    visit: Visitor, site: Path, address: str
) -> None:
    """It names the page, the block and the versions, and holds the code and the output."""
    visited = visit()
    with_repository(visited, site)
    page = visited.open(address + CHAPTER)
    assert page.locator(".bp-doubt").count() == 0
    output = page.locator(OUTPUT).first
    output.hover()
    block = output.locator("xpath=..")
    said = report(page)
    name = block.get_attribute("id")
    assert f"{address}{CHAPTER}#{name}" in said["body"]
    assert name and name in said["title"]
    assert "torch 2." in said["body"] and "Python 3." in said["body"]
    assert block.locator(".highlight code").inner_text().strip() in said["body"]
    assert output.locator("code").inner_text().strip() in said["body"]
    assert not [url for url in visited.requests if not url.startswith((address, "data:"))]


def test_a_copy_on_a_disk_names_the_page_and_not_the_folder(visit: Visitor, site: Path) -> None:
    """Where a reader keeps the book is nobody's business."""
    page = visit().open(f"{site.as_uri()}/{CHAPTER}")
    page.evaluate(
        """link => document.querySelector("header").insertAdjacentHTML(
            "beforeend", `<a href="${link}" class="md-source"></a>`)""",
        REPOSITORY,
    )
    page.locator(OUTPUT).first.hover()
    said = report(page)
    assert f"{CHAPTER}#block-" in said["body"]
    assert "file:" not in said["body"] and site.name not in said["body"]


def test_the_keyboard_reaches_it(visit: Visitor, site: Path, address: str) -> None:
    """The output takes the focus, and the next Tab is the link."""
    visited = visit()
    with_repository(visited, site)
    page = visited.open(address + CHAPTER)
    page.locator(f"{OUTPUT} > pre").first.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.bp-doubt')")
    assert page.locator(".bp-doubt").evaluate("link => getComputedStyle(link).opacity") == "1"


def test_a_tap_shows_it_and_nothing_moves(visit: Visitor, site: Path, address: str) -> None:
    """It lies on the output's own ground, large enough for a finger."""
    visited = visit(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)
    with_repository(visited, site)
    page = visited.open(address + CHAPTER)
    output = page.locator(OUTPUT).first
    output.scroll_into_view_if_needed()
    tall = output.bounding_box()
    output.tap()
    assert output.bounding_box() == tall
    link = page.locator(".bp-doubt")
    assert link.is_visible()
    box = link.bounding_box()
    assert box and box["height"] >= 24


@pytest.mark.parametrize("act", ["hover", "click"])
def test_without_a_repository_there_is_nobody_to_tell(
    visit: Visitor, site: Path, address: str, act: str
) -> None:
    """No link that would lead nowhere."""
    page = visit().open(address + CHAPTER)
    if page.locator("a.md-source").count():
        pytest.skip("this site was built with a repository")
    getattr(page.locator(OUTPUT).first, act)()
    assert page.locator(".bp-doubt").count() == 0
