"""The book as PDF: all pages as one, printed by Chromium, with an outline and page numbers."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pypdf import PdfReader

from booksite.volumes.epub import opener
from booksite.volumes.pages import Book, Page, link

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAME = "pytorch-executed.pdf"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_STYLE = Path(__file__).with_name("volume.css")
_FOOT = """<div style="font:8pt sans-serif;color:#5c5a57;width:100%;text-align:center">
<span class="pageNumber"></span></div>"""
_REFERENCES = ("for", "headers", "aria-labelledby", "aria-describedby")
_PAPER: dict[str, Any] = {
    "format": "A4",
    "margin": {"top": "16mm", "bottom": "18mm", "left": "20mm", "right": "20mm"},
    "display_header_footer": True,
    "header_template": "<span></span>",
    "footer_template": _FOOT,
    "print_background": True,
    "tagged": True,  # a screen reader finds its way
    "outline": True,
}


_ALONE = [  # it reaches nothing, not even its own maker
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"),
    *("--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND"),
]


def write(book: Book, target: Path, *, numbered: bool = True) -> None:
    """Write the file; the book's links, ids and headings are changed.

    Args:
        book: The book.
        target: The file.
        numbered: Whether the table of contents has page numbers. For these it is printed twice: the
            first print tells on which page each chapter begins.
    """
    from playwright.sync_api import sync_playwright  # the EPUB does without it

    link(book, lambda _, page, id: f"#{_id(page, id)}")
    for page in book.pages():
        _rename(page)
    body = "\n".join(_chapters(book))
    program = chromium()
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        browser = driver.chromium.launch(executable_path=program, args=_ALONE)
        source = Path(folder) / "book.html"
        _print(browser, source, _document(book, body, {}), target)
        if numbered:
            _print(browser, source, _document(book, body, _begins(target)), target)
        browser.close()
    _date(target, book.date)


def chromium() -> str:
    """Return the path of the browser; stop where there is none."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if found is None:
        sys.exit(
            "No Chromium here, which prints the PDF; on Debian and Ubuntu `sudo apt-get install "
            "chromium` brings it, elsewhere Google Chrome does as well"
        )
    return found


def _print(browser: Browser, source: Path, text: str, target: Path) -> None:
    """Print a text as a file."""
    source.write_text(text, "utf-8")
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(source.as_uri(), timeout=0)
    tab.pdf(path=target, **_PAPER)
    context.close()


def _document(book: Book, body: str, begins: dict[str, int]) -> str:
    """Return all as one page: a title, the table of contents, the chapters."""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(book.name)}</title>
<style>{_STYLE.read_text("utf-8")}</style></head><body>
<div class="title-page"><p class="title">{escape(book.name)}</p>
<p>{escape(book.summary)}</p><p>{book.date}</p></div>
<nav><h1>Contents</h1>{_contents(book, begins)}</nav>
{body}
</body></html>"""


def _contents(book: Book, begins: dict[str, int]) -> str:
    """List parts and chapters with the pages on which they begin, or room for these."""

    def row(level: str, id: str, title: str) -> str:
        number = begins.get(id, 1000)
        shown = f'<span class="number">{number}</span>'
        return f'<li class="{level}"><a href="#{id}">{escape(title)}</a>{shown}</li>'

    found = []
    for number, (part, pages) in enumerate(book.parts):
        found += [row("part", f"part-{number}", part)] if number else []
        found += [row("chapter" if number else "part", p.slug, p.title) for p in pages]
    return f"<ol>{''.join(found)}</ol>"


def _chapters(book: Book) -> Iterator[str]:
    """Return the text of all parts: a part begins with the list of its chapters."""
    for number, (part, pages) in enumerate(book.parts):
        if number:
            head = f'<h1 id="part-{number}">{escape(part)}</h1>'
            yield f'<section class="part">{head}{opener(pages, lambda p: f"#{p.slug}")}</section>'
        for page in pages:
            for level in (4, 3, 2, 1) if number else ():  # a chapter is of a part
                for heading in page.article.find_all(f"h{level}"):
                    heading.name = f"h{level + 1}"
            yield f'<section class="chapter">{page.article.decode_contents()}</section>'


def _id(page: Page, id: str) -> str:
    """Return what an id of a page is in the whole: no two pages share one."""
    return f"{page.slug}--{id}" if id else page.slug


def _rename(page: Page) -> None:
    """Make the ids of a page those of the whole, and what refers to them inside the page."""
    ids = page.ids()
    for tag in page.article.find_all(True):
        for name, value in tag.attrs.items():
            if name == "id" or (name in _REFERENCES and value in ids):
                tag[name] = _id(page, value)
            elif name == "xlink:href" and value.startswith("#"):
                tag[name] = f"#{_id(page, value[1:])}"
            elif isinstance(value, str) and "url(#" in value:
                tag[name] = re.sub(r"url\(#([^)]+)\)", lambda v: f"url(#{_id(page, v[1])})", value)
    if page.article.h1 is not None:
        page.article.h1["id"] = page.slug


def _begins(file: Path) -> dict[str, int]:
    """Say on which page of a print each place begins that a link leads to."""
    reader = PdfReader(file)
    return {
        name.removeprefix("/"): (reader.get_destination_page_number(place) or 0) + 1
        for name, place in reader.named_destinations.items()
    }


def _date(file: Path, date: str) -> None:
    """Let the same book give the same bytes: it is of the day of its newest run."""
    data = file.read_bytes()
    day = date.replace("-", "").encode()
    data = re.sub(rb"(/(?:CreationDate|ModDate) \(D:)\d{8}\d{6}", rb"\g<1>" + day + b"000000", data)
    file.write_bytes(data)
