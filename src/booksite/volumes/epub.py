"""The book as EPUB 3: a page of the site is a file of it. The same site gives the same bytes."""

from __future__ import annotations

import posixpath
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from booksite.archives import put
from booksite.volumes.pages import Book, Page, link

NAME = "pytorch-executed.epub"
_STYLE = Path(__file__).with_name("volume.css")
_HEAD = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"
lang="en" xml:lang="en">
<head><meta charset="utf-8"/><title>{title}</title>
<link rel="stylesheet" type="text/css" href="{up}volume.css"/></head>
<body>
{body}
</body>
</html>
"""
_CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="book/content.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""
_PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">{id}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:language>en</dc:language>
<dc:description>{summary}</dc:description>
<dc:rights>Text CC BY 4.0, code MIT</dc:rights>
<dc:date>{date}</dc:date>
<meta property="dcterms:modified">{date}T00:00:00Z</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">structuralNavigation</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
<meta property="schema:accessibilitySummary">Drawings say in words what they show.</meta>
</metadata>
<manifest>
{items}
</manifest>
<spine>
{spine}
</spine>
</package>
"""


@dataclass
class File:
    """A file that is read in its turn."""

    path: str
    title: str
    body: str


def write(book: Book, target: Path) -> None:
    """Write the file; the book's links are changed."""
    link(book, _address)
    files = list(_files(book))
    texts = {
        "META-INF/container.xml": _CONTAINER,
        "book/content.opf": _package(book, files),
        "book/nav.xhtml": _page("nav.xhtml", "Contents", _contents(book)),
        "book/volume.css": _STYLE.read_text("utf-8").partition("@media print")[0],
        **{f"book/{file.path}": _page(file.path, file.title, file.body) for file in files},
    }
    with zipfile.ZipFile(target, "w") as archive:
        put(archive, "mimetype", b"application/epub+zip", zipfile.ZIP_STORED)
        for name, text in texts.items():
            put(archive, name, text.encode())


def _files(book: Book) -> Iterator[File]:
    """Return what is read, in its order."""
    title = f'<div class="title-page"><p class="title">{escape(book.name)}</p>'
    title += f"<p>{escape(book.summary)}</p><p>{book.date}</p></div>"
    yield File("title.xhtml", book.name, title)
    for number, (part, pages) in enumerate(book.parts):
        if number:
            yield File(_part(number), part, f"<h1>{escape(part)}</h1>\n{opener(pages, _file)}")
        for page in pages:
            yield File(_file(page), page.title, page.article.decode_contents())


def opener(pages: Iterable[Page], address: Callable[[Page], str]) -> str:
    """List the chapters of a part, with what each is about."""
    rows = (
        f'<dt><a href="{escape(address(page))}">{escape(page.title)}</a></dt>'
        f"<dd>{escape(page.summary)}</dd>"
        for page in pages
    )
    return f'<dl class="opener">{"".join(rows)}</dl>'


def _part(number: int) -> str:
    return f"part-{number}.xhtml"


def _file(page: Page) -> str:
    return page.path.removesuffix(".html") + ".xhtml"


def _address(page: Page, target: Page, id: str) -> str:
    here = posixpath.dirname(page.path) or "."
    there = "" if page is target and id else posixpath.relpath(_file(target), here)
    return there + (f"#{id}" if id else "")


def _page(path: str, title: str, body: str) -> str:
    return _HEAD.format(title=escape(title), up="../" * path.count("/"), body=body)


def _contents(book: Book) -> str:
    """Return the table of contents: parts, chapters, sections."""

    def rows(pages: Iterable[Page]) -> str:
        found = ""
        for page in pages:
            sections = "".join(
                f'<li><a href="{_file(page)}#{escape(id)}">{escape(text)}</a></li>'
                for id, text in page.headings()
            )
            inside = f"<ol>{sections}</ol>" if sections else ""
            found += f'<li><a href="{_file(page)}">{escape(page.title)}</a>{inside}</li>\n'
        return found

    found = ""
    for number, (part, pages) in enumerate(book.parts):
        inside = rows(pages)
        if number:
            inside = f'<li><a href="{_part(number)}">{escape(part)}</a><ol>{inside}</ol></li>\n'
        found += inside
    return f'<nav epub:type="toc" id="toc"><h1>Contents</h1><ol>{found}</ol></nav>'


def _package(book: Book, files: Iterable[File]) -> str:
    """Return the list of all that is in the file, with what each holds beside text."""
    items = [
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
        '<item id="style" href="volume.css" media-type="text/css"/>',
    ]
    spine = []
    for number, file in enumerate(files):
        held = " ".join(kind for kind, tag in _KINDS if tag in file.body)
        properties = f' properties="{held}"' if held else ""
        where = f'id="p{number}" href="{file.path}"{properties}'
        items.append(f'<item {where} media-type="application/xhtml+xml"/>')
        spine.append(f'<itemref idref="p{number}"/>')
    spine.insert(1, '<itemref idref="nav"/>')
    return _PACKAGE.format(
        id=uuid.uuid5(uuid.NAMESPACE_URL, f"urn:{NAME}").urn,
        title=escape(book.name),
        summary=escape(book.summary),
        date=book.date,
        items="\n".join(items),
        spine="\n".join(spine),
    )


_KINDS = (("mathml", "<math"), ("svg", "<svg"))
