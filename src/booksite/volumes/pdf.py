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

import pikepdf

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


def write(book: Book, target: Path) -> None:
    """Write the file; the book's links, ids and headings are changed.

    It is printed twice: the first print tells on which page each chapter begins.
    """
    from playwright.sync_api import sync_playwright  # the EPUB does without it

    program, body = chromium(), joined(book)
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        browser = driver.chromium.launch(executable_path=program, args=_ALONE)
        source = Path(folder) / "book.html"
        _print(browser, source, document(book, body, {}), target)
        _print(browser, source, document(book, body, begins(target)), target)
        browser.close()
    _close(target, book.date)


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


def document(book: Book, body: str, numbers: dict[str, int]) -> str:
    """Return all as one page: a title, the table of contents, the chapters."""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(book.name)}</title>
<style>{_STYLE.read_text("utf-8")}</style></head><body>
<div class="title-page"><p class="title">{escape(book.name)}</p>
<p>{escape(book.summary)}</p><p>{book.date}</p></div>
<nav><h1>Contents</h1>{_contents(book, numbers)}</nav>
{body}
</body></html>"""


def joined(book: Book) -> str:
    """Return all pages as one text, and make links, ids and headings those of the whole."""
    link(book, lambda _, page, id: f"#{_id(page, id)}")
    for page in book.pages():
        _rename(page)
    return "\n".join(_chapters(book))


def _contents(book: Book, numbers: dict[str, int]) -> str:
    """List parts and chapters with the pages on which they begin, or room for these."""

    def row(level: str, id: str, title: str) -> str:
        number = numbers.get(id, 1000)
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
            for level in (4, 3, 2, 1) if number else (4, 3, 2):  # a chapter is of a part
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
        for name, value in list(tag.attrs.items()):
            if not isinstance(value, str):  # classes
                continue
            if name == "id" or (name in _REFERENCES and value in ids):
                tag[name] = _id(page, value)
            elif name == "xlink:href" and value.startswith("#"):
                tag[name] = f"#{_id(page, value[1:])}"
            elif "url(#" in value:
                tag[name] = re.sub(r"url\(#([^)]+)\)", lambda v: f"url(#{_id(page, v[1])})", value)
    if page.article.h1 is not None:
        page.article.h1["id"] = page.slug


def begins(file: Path) -> dict[str, int]:
    """Say on which page of a print each place begins that a link leads to."""
    with pikepdf.open(file) as print_:
        pages = {page.obj.objgen: number for number, page in enumerate(print_.pages, 1)}
        places = print_.Root.Dests.items()
        return {name.removeprefix("/"): pages[place[0].objgen] for name, place in places}


def _close(file: Path, date: str) -> None:
    """Make the file small, and of the day of the book's newest run: so it is the same each time."""
    with pikepdf.open(file, allow_overwriting_input=True) as made:
        for name in ("/CreationDate", "/ModDate"):
            made.docinfo[name] = f"D:{date.replace('-', '')}000000Z"
        made.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
