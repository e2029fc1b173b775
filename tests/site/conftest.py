"""A built site, a server for it, and a browser: each made once, for all the pages."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

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
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


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


def _holds(path: Path, markup: str) -> bool:
    return path.exists() and markup in path.read_text(encoding="utf-8")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what asks for a `name` on every page, and what names a kind of page on each of those."""
    kinds = {"name": page_names, "widget_page": widget_pages, "dial_page": dial_pages}
    for argument, pages in kinds.items():
        if argument in metafunc.fixturenames:
            metafunc.parametrize(argument, pages())


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
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(folder)]
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    done = subprocess.run(build, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"the site does not build:\n{done.stdout}\n{done.stderr}", pytrace=False)
    return folder


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serving(handler: type[SimpleHTTPRequestHandler], folder: Path) -> Iterator[str]:
    """Serve a folder on this machine alone; hand out the address."""
    answers = functools.partial(handler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


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

    def asked(self, request: Request) -> None:
        """Note what is asked for."""
        self.requests.append(request.url)

    def failed(self, request: Request) -> None:
        """Note what got no answer."""
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


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a tab with the given settings of a browser's context."""
    contexts = []

    def opened(**settings: Any) -> Visit:
        context = browser.new_context(**settings)
        contexts.append(context)
        visit = Visit(context.new_page())
        context.on("request", visit.asked)
        context.on("requestfailed", visit.failed)
        context.on("response", visit.answered)
        visit.page.on("pageerror", visit.broke)
        visit.page.on("console", visit.said)
        return visit

    yield opened
    for context in contexts:
        context.close()
