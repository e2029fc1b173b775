"""The site works from a server and from a folder, and asks nobody else for anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from tests.site.conftest import Tabs, Visit, at_home, go_on, page_names

Visitor = Callable[..., Visit]


@pytest.fixture(params=["a server", "a folder"])
def base(request: pytest.FixtureRequest, site: Path, address: str) -> str:
    """Where the site is read from."""
    return address if request.param == "a server" else site.as_uri() + "/"


@pytest.mark.parametrize("way", ["light", "folder"])
def test_a_page_asks_nobody_else(tabs: Tabs, site: Path, address: str, name: str, way: str) -> None:
    """No font, script, image or beacon comes from elsewhere, and nothing is missing."""
    visited = tabs(way, name)
    home = (site.as_uri() + "/" if way == "folder" else address, "data:", "blob:", "about:")
    assert visited.requests
    elsewhere = [url for url in visited.requests if not url.startswith(home)]
    assert not elsewhere
    assert not visited.complaints


@pytest.mark.parametrize("way", ["light", "phone"])
def test_a_page_that_comes_in_pieces_stands_still(tabs: Tabs, name: str, way: str) -> None:
    """What has been drawn is not moved by what comes after it, on a wide screen or a narrow one."""
    shift = tabs(way, name).shift
    assert shift <= 0.02, f"what came later shifted the page by {shift:.3f}"


def test_the_search_finds_a_page(visit: Visitor, base: str) -> None:
    """A word of the last page's title is typed, and a link to it appears."""
    visited = visit()
    page = visited.open(base + page_names()[-1])
    word = max(re.findall(r"\w+", page.locator("article h1").inner_text()), key=len)
    visited.open(base + "index.html").locator(".md-search__input").click()
    page.keyboard.type(word)
    found = page.locator(".md-search-result__link").first
    found.wait_for(timeout=15_000)
    links = page.locator(".md-search-result__link").evaluate_all("all => all.map(a => a.href)")
    assert any(page_names()[-1] in link for link in links)
    assert not visited.complaints


def test_the_next_page_comes_without_a_reload(visit: Visitor, site: Path) -> None:
    """At its own address, what is remembered in the window outlives a change of the page."""
    visited = visit()
    base = at_home(site, visited)
    page = visited.open(base + "index.html")
    page.wait_for_load_state("networkidle")
    page.evaluate("window.kept = 1")
    for _ in page_names()[:3]:
        link = page.locator(".md-footer__link--next")
        target = link.evaluate("link => link.href")
        page.evaluate("document.querySelector('article').dataset.left = 'yes'")
        link.click()
        page.wait_for_url(target)
        page.wait_for_function("!document.querySelector('article')?.dataset.left")
        heading = page.locator("article h1").inner_text().rstrip("¶")
        assert heading in unescape((site / target.removeprefix(base)).read_text(encoding="utf-8"))
        assert page.evaluate("window.kept") == 1
        if not page.locator(".md-footer__link--next").count():
            break
    assert not visited.complaints


def test_a_request_that_was_left_behind_is_no_fault(visit: Visitor, address: str) -> None:
    """A busy server may not have answered when the reader goes on; one that is down is a fault."""
    visited = visit()
    page = visited.open(address + "index.html")
    page.route("**/slow", lambda route: None)
    page.evaluate("void fetch('slow').catch(() => 0)")
    visited.open(address + page_names()[-1])
    assert not visited.complaints
    page.route("**/down", lambda route: route.abort("connectionrefused"))
    page.evaluate("fetch('down').catch(() => 0)")
    assert any("ERR_CONNECTION_REFUSED" in said for said in visited.complaints)


def test_one_style_sheet_serves_all_pages(visit: Visitor, site: Path) -> None:
    """It is asked for once, and no page that follows another takes it away, not for a moment.

    It keeps the name that it was fetched by: under another, all would be styled a second time.
    """
    visited = visit()
    base = at_home(site, visited)
    page = visited.open(base + "index.html")
    sheet = "document.querySelector('link[rel=stylesheet]')"
    page.evaluate(f"""{sheet}.kept = 1;
        new MutationObserver(() => window.bare ||= !{sheet})
            .observe(document.head, {{childList: true}})""")
    for name in page_names()[:3]:
        go_on(page, base + name)
        assert page.locator("link[rel=stylesheet]").count() == 1
        assert page.evaluate(f"{sheet}.kept === 1 && !window.bare")
    assert page.evaluate(f"{sheet}.getAttribute('href')").startswith("assets/")
    assert len([url for url in visited.requests if ".css" in url]) == 1


def test_the_reader_chooses_the_scheme(visit: Visitor, address: str) -> None:
    """The system's choice holds until the reader makes another, which then stays.

    What is not the page's, as the scroll bar, goes with it.
    """
    page = visit(color_scheme="dark").open(address + "index.html")
    scheme = """[document.body.getAttribute('data-md-color-scheme'),
        getComputedStyle(document.documentElement).colorScheme]"""
    assert page.evaluate(scheme) == ["slate", "dark"]
    page.locator("label[title='Switch to light mode']").click()
    assert page.evaluate(scheme) == ["default", "light"]
    page.reload()
    assert page.evaluate(scheme) == ["default", "light"]


def test_the_copy_button_copies_the_listing(visit: Visitor, address: str) -> None:
    """What is copied is the code, and above it what its imports from the book bring."""
    visited = visit(permissions=["clipboard-read", "clipboard-write"])
    for name in page_names():
        page = visited.open(address + name)
        button = page.locator(
            "article > * > .highlight .md-code__button, article > .highlight .md-code__button"
        ).first
        if button.count():
            break
    else:
        pytest.skip("no page has a listing yet")
    code = button.evaluate("button => button.closest('pre').querySelector('code').innerText")
    button.click(force=True)
    copied = page.evaluate("navigator.clipboard.readText()")
    own = [line for line in code.strip().split("\n") if not line.startswith("from examples.")]
    assert copied.strip().endswith("\n".join(own).strip()) and any(own)
    assert "examples." not in copied
