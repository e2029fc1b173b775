"""The pages of a built site, in the order of the book, as they can stand on paper."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from booksite.llms import NAME
from booksite.volumes import plain

NOWHERE = "//pytorch-executed.example/"  # the address of a site that has none
_LEFT_OUT = {"reference/missed.html"}  # a list that a script makes for its reader
_ARTICLE = re.compile(r"<article\b.*</article>", re.DOTALL)


@dataclass
class Page:
    """A page: where it stands in the site, what it is called, and what it says."""

    path: str
    title: str
    summary: str
    article: Tag

    @property
    def slug(self) -> str:
        """Name the page in one word, `models-losses`."""
        return self.path.removesuffix(".html").replace("/", "-")

    def ids(self) -> set[str]:
        """Name what can be linked to."""
        return {str(tag["id"]) for tag in self.article.find_all(id=True)}

    def headings(self) -> Iterator[tuple[str, str]]:
        """Name its sections: the id, and the text of each heading."""
        for heading in self.article.find_all("h2", id=True):
            yield str(heading["id"]), " ".join(heading.get_text().split())


@dataclass
class Book:
    """The book: its name, what it is, where it stands, when it ran, and its parts."""

    name: str
    summary: str
    home: str
    date: str
    parts: list[tuple[str, list[Page]]] = field(default_factory=list)

    def pages(self) -> Iterator[Page]:
        """Return all pages, in their order."""
        for _, pages in self.parts:
            yield from pages


def read(site: Path, only: Collection[str] = ()) -> Book:
    """Read a built site.

    The order is that of `llms.txt`, which the build writes. The date is that of the newest run.

    Args:
        site: Its folder.
        only: The pages to read, such as `models/losses.html`; all, if none is named.
    """
    listed = (site / NAME).read_text("utf-8")
    name = _found(r"^# (.+)$", listed)
    home = (site / "sitemap.xml").read_text("utf-8").partition("<loc>")[2].partition("</loc>")[0]
    book = Book(name, _found(r"^> (.+)$", listed), home.removesuffix("index.html"), "1980-01-01")
    for part in re.split(r"^## ", listed, flags=re.MULTILINE)[1:]:
        title, _, rows = part.partition("\n")
        pages = []
        for link in re.finditer(r"^- \[(.+?)\]\((\S+?)\)(?:: (.+))?$", rows, re.MULTILINE):
            path = re.sub(r"\.md$", ".html", link[2].removeprefix(book.home))
            if path in _LEFT_OUT or (only and path not in only):
                continue
            found = _ARTICLE.search((site / path).read_text("utf-8"))
            if found is None:
                raise ValueError(f"{path} has no article")
            article = BeautifulSoup(found[0], "html5lib").article
            assert article is not None
            dates = re.findall(r"<dt>Ran on</dt><dd>(\d{4}-\d\d-\d\d)", found[0])
            book.date = max([book.date, *dates])
            pages.append(Page(path, link[1], link[3] or "", plain.plain(article)))
        if pages:
            book.parts.append((title, pages))
    return book


def link(book: Book, address: Callable[[Page, Page, str], str]) -> None:
    """Let the links between pages lead to where the pages are now.

    What leads to something else of the site leads to the site, if it has an address; else the text
    alone stays.

    Args:
        book: The book.
        address: Called with a page, the page it links to, and an id there, which may be empty.
    """
    pages = {page.path: page for page in book.pages()}
    ids = {page.path: page.ids() for page in book.pages()}
    for page in book.pages():
        for anchor in page.article.find_all("a", href=True):
            url = urlsplit(str(anchor["href"]))
            if url.scheme or url.netloc:
                continue
            folder = posixpath.dirname(page.path)
            path = posixpath.normpath(posixpath.join(folder, url.path)) if url.path else page.path
            target = unquote(url.fragment)
            if path in pages:
                known = target if target in ids[path] else ""
                anchor["href"] = address(page, pages[path], known)
            elif book.home and NOWHERE not in book.home:
                anchor["href"] = book.home + path + (f"#{url.fragment}" if url.fragment else "")
            else:
                anchor.unwrap()


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    return found[1] if found else ""
