"""A built site, a server for it, and a browser: each made once, for all the pages."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

import pytest
from filelock import FileLock

from bench.lighthouse import CHROMIUMS, serving
from tests.together import shared_folder

if TYPE_CHECKING:
    from playwright.sync_api import (
        Browser,
        ConsoleMessage,
        Error,
        Page,
        Request,
        Response,
        Route,
    )

ROOT = Path(__file__).resolve().parents[2]


def page_names() -> list[str]:
    """List the pages as a reader's address bar does: `tensors/shapes.html`."""
    if given := os.environ.get("SITE_DIR"):
        pages = Path(given).rglob("*.html")
        return sorted(str(path.relative_to(given)) for path in pages if path.name != "404.html")
    docs = ROOT / "docs"
    return sorted(str(path.relative_to(docs).with_suffix(".html")) for path in docs.rglob("*.md"))


def pages_with(markup: str) -> list[str]:
    """List the pages that hold some markup: in the site, or in what it is built from."""
    if given := os.environ.get("SITE_DIR"):
        return [name for name in page_names() if _holds(Path(given) / name, markup)]
    made_of = {
        name: [
            ROOT / "docs" / name.replace(".html", ".md"),
            ROOT / "tests" / "outputs" / name.replace(".html", ".txt"),
        ]
        for name in page_names()
    }
    return [name for name, files in made_of.items() if any(_holds(f, markup) for f in files)]


def widget_pages() -> list[str]:
    """List the pages that hold a widget."""
    return pages_with("<bp-")


def dial_pages() -> list[str]:
    """List the pages that hold a dial."""
    return pages_with("<bp-dial")


KINDS = {"name": page_names, "widget_page": widget_pages, "dial_page": dial_pages}


def _holds(path: Path, markup: str) -> bool:
    return path.exists() and markup in path.read_text(encoding="utf-8")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what asks for a `name` on every page, and what names a kind of page on each of those."""
    for argument, pages in KINDS.items():
        if argument in metafunc.fixturenames:
            metafunc.parametrize(argument, pages())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of a page follow each other: they share its tabs. The others come last."""
    mine = [n for n, item in enumerate(items) if item.path.parent == Path(__file__).parent]

    def page(item: pytest.Item) -> str:
        params = getattr(getattr(item, "callspec", None), "params", {})
        return next((str(params[kind]) for kind in KINDS if kind in params), "~")

    for n, item in zip(mine, sorted((items[n] for n in mine), key=page), strict=True):
        items[n] = item


def pytest_exception_interact() -> None:
    """Share no tab in which a test has failed."""
    Tabs.spoiled = True


def missing(what: str) -> NoReturn:
    """Skip where something is not installed, except where nothing may be missing."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}, and CI needs it")
    pytest.skip(what)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site: the folder `SITE_DIR`, or one built for these tests."""
    if given := os.environ.get("SITE_DIR"):
        return Path(given).resolve()
    if importlib.util.find_spec("mkdocs") is None:
        missing("MkDocs is not installed")
    folder = shared_folder(tmp_path_factory) / "built-site"
    with FileLock(folder.with_suffix(".lock")):
        if not folder.with_suffix(".done").exists():
            _build(folder)
            folder.with_suffix(".done").touch()
    return folder


def _build(folder: Path) -> None:
    build = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(folder)]
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    done = subprocess.run(build, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"the site does not build:\n{done.stdout}\n{done.stderr}", pytrace=False)


SLOWLY = "?slowly"
PIECES = 8


class _Quiet(SimpleHTTPRequestHandler):
    """Sends what is asked for `?slowly` in pieces, so that a browser draws a page as it comes."""

    def log_message(self, *_: object) -> None:
        pass

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send a file; a little of it at a time, cut anywhere, but at the same places each time."""
        if not self.path.endswith(SLOWLY):
            super().copyfile(source, outputfile)
            return
        text = source.read()
        places = Random(self.path)
        cuts = sorted(places.randrange(len(text)) for _ in range(PIECES))
        for begin, end in pairwise([0, *cuts, len(text)]):
            outputfile.write(text[begin:end])
            outputfile.flush()
            time.sleep(0.03)


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The address of a server of the site, on this machine alone."""
    with serving(_Quiet, site) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser without a window, that can reach this machine only."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if program is None:
        missing("Chromium is not installed")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("Playwright is not installed")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=program,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            ],
        )
        yield browser
        browser.close()


def at_home(site: Path, visit: Visit) -> str:
    """Answer a tab from the folder as if the site were at its own address, which is returned."""
    sitemap = (site / "sitemap.xml").read_text(encoding="utf-8")
    home = sitemap.partition("<loc>")[2].partition("index.html</loc>")[0]

    def from_the_folder(route: Route) -> None:
        route.fulfill(path=site / route.request.url.removeprefix(home).partition("?")[0])

    visit.page.context.route(home + "**", from_the_folder)
    return home


def go_on(page: Page, url: str) -> None:
    """Follow a link without a reload, until the page is there."""
    page.wait_for_load_state("networkidle")
    page.evaluate(
        """url => {
            const article = document.querySelector("article");
            const link = document.createElement("a");
            link.href = url;
            article.append(link);
            article.dataset.left = window.kept = "yes";
            link.click();
        }""",
        url,
    )
    page.wait_for_url(url)
    page.wait_for_function("!document.querySelector('article')?.dataset.left")
    assert page.evaluate("window.kept") == "yes", f"{url} came with a reload"


@dataclass
class Visit:
    """A tab, and all that it asked for and complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    shift: float = 0  # of the page while it came in pieces, in a tab that is shared

    def asked(self, request: Request) -> None:
        """Note what is asked for."""
        self.requests.append(request.url)

    def failed(self, request: Request) -> None:
        """Note what got no answer, except what the browser gave up since the page was left."""
        if request.failure == "net::ERR_ABORTED":
            return
        self.complaints.append(f"{request.url}: {request.failure}")

    def answered(self, response: Response) -> None:
        """Note an answer that is an error."""
        if response.status >= 400:
            self.complaints.append(f"{response.url}: {response.status}")

    def broke(self, error: Error) -> None:
        """Note what a script threw."""
        self.complaints.append(str(error))

    def said(self, line: ConsoleMessage) -> None:
        """Note what the browser warns of."""
        if line.type in ("error", "warning"):
            self.complaints.append(line.text)

    def open(self, url: str) -> Page:
        """Load a page until its scripts have run."""
        self.page.goto(url, wait_until="load")
        self.page.evaluate("new Promise(done => requestIdleCallback(done, {timeout: 1000}))")
        return self.page


def begun(browser: Browser, **settings: Any) -> Visit:
    """Open a tab in a context of its own, with the given settings."""
    context = browser.new_context(**settings)
    visit = Visit(context.new_page())
    context.on("request", visit.asked)
    context.on("requestfailed", visit.failed)
    context.on("response", visit.answered)
    visit.page.on("pageerror", visit.broke)
    visit.page.on("console", visit.said)
    return visit


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a tab with the given settings of a browser's context."""
    visits: list[Visit] = []

    def opened(**settings: Any) -> Visit:
        visits.append(begun(browser, **settings))
        return visits[-1]

    yield opened
    for visit in visits:
        visit.page.context.close()


SHIFT_OF_LOADING = """() => new Promise(done => new PerformanceObserver(list =>
    done(list.getEntries().reduce((sum, {value, hadRecentInput}) =>
        sum + (hadRecentInput ? 0 : value), 0))
).observe({type: "layout-shift", buffered: true}) || setTimeout(() => done(0), 150))"""


class Tabs:
    """One tab for each way to read a page, shared by the tests of that page, which come in a row.

    What a test does there must leave alone what the others look at. The next page gets new tabs,
    and so does a test that comes after one that failed.
    """

    WAYS: ClassVar[dict[str, dict[str, Any]]] = {
        "light": {"reduced_motion": "reduce", "color_scheme": "light"},
        "folder": {"viewport": {"width": 1200, "height": 800}},
        "phone": {"viewport": {"width": 320, "height": 640}, "reduced_motion": "reduce"},
        "plain": {"java_script_enabled": False},
    }
    spoiled = False

    def __init__(self, browser: Browser, site: Path, address: str) -> None:
        self.browser, self.site, self.address = browser, site, address
        self.open: dict[str, tuple[str, Visit]] = {}
        self.walker: tuple[str, Visit] | None = None

    def __call__(self, way: str, name: str) -> Visit:
        """Return the tab in which a page has been opened this way, and has come to rest."""
        if Tabs.spoiled:
            self.close()
        for old, (there, visit) in list(self.open.items()):
            if there != name:
                del self.open[old]
                visit.page.context.close()
        if way not in self.open:
            visit = begun(self.browser, **self.WAYS[way])
            self.open[way] = name, visit
            base = self.site.as_uri() + "/" if way == "folder" else self.address
            if way == "plain":
                visit.page.goto(base + name)
            else:
                in_pieces = way in ("light", "phone")
                page = visit.open(base + name + SLOWLY * in_pieces)
                if in_pieces:
                    visit.shift = page.evaluate(SHIFT_OF_LOADING)
                page.wait_for_timeout(100)
        return self.open[way][1]

    def without_reload(self, name: str) -> Visit:
        """Return a tab that has followed a link to a page, as all before it."""
        if Tabs.spoiled:
            self.close()
        if self.walker is None:
            visit = begun(self.browser)
            home = at_home(self.site, visit)
            self.walker = home, visit
            visit.open(home + ("index.html" if name != "index.html" else page_names()[-1]))
        home, visit = self.walker
        visit.page.evaluate("localStorage.clear()")
        visit.complaints.clear()
        go_on(visit.page, home + name)
        return visit

    def close(self) -> None:
        """Close all."""
        Tabs.spoiled = False
        for _, visit in [*self.open.values(), *filter(None, [self.walker])]:
            visit.page.context.close()
        self.open, self.walker = {}, None


@pytest.fixture(scope="session")
def tabs(browser: Browser, site: Path, address: str) -> Iterator[Tabs]:
    """The tabs that the tests of a page share."""
    tabs = Tabs(browser, site, address)
    yield tabs
    tabs.close()
