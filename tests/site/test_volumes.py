"""The whole book as one EPUB, and some of its pages as one PDF."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import pytest

from booksite.volumes import epub, pages, pdf
from tests.booksite.volumes.epub_rules import problems
from tests.site.conftest import missing

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FEW = ("index.html", "start/twenty-starts.html", "models/losses.html", "reference/cheat-sheet.html")
EPUBCHECK = Path("/usr/share/java/epubcheck.jar")  # Debian's and Ubuntu's package `epubcheck`
CUT = """() => [...document.querySelectorAll("pre, table, svg, h1, h2, h3, p")]
    .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 8)
    .map(e => e.tagName + " " + e.textContent.slice(0, 80))"""


@pytest.mark.slow
def test_the_epub_of_the_whole_book_keeps_the_rules(site: Path, tmp_path: Path) -> None:
    """Those of the format, on each page; EPUBCheck is asked where it is installed."""
    file = tmp_path / epub.NAME
    epub.write(pages.read(site), file)
    assert problems(file) == []
    if EPUBCHECK.exists() and shutil.which("java"):
        command = ["java", "-jar", str(EPUBCHECK), str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def printed(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[pikepdf.Pdf]:
    """Some pages as a PDF."""
    if not os.environ.get("CHROMIUM") and not any(map(shutil.which, pdf.CHROMIUMS)):
        missing("Chromium is not installed")
    file = tmp_path_factory.mktemp("volumes") / pdf.NAME
    with ThreadPoolExecutor(
        1
    ) as apart:  # Playwright drives one browser in a thread, and others may
        apart.submit(pdf.write, pages.read(site, FEW), file).result()
    with pikepdf.open(file) as made:
        yield made


def outline(made: pikepdf.Pdf) -> list[tuple[int, str, int]]:
    """List the entries: how deep, the title, and the page."""
    numbers = {page.obj.objgen: number for number, page in enumerate(made.pages, 1)}

    def entries(items: list[pikepdf.OutlineItem], depth: int) -> Iterator[tuple[int, str, int]]:
        for item in items:
            place = item.destination
            assert isinstance(place, pikepdf.Array)
            yield depth, item.title, numbers[place[0].objgen]
            yield from entries(list(item.children), depth + 1)

    with made.open_outline() as found:
        return list(entries(list(found.root), 0))


@pytest.mark.slow
def test_the_pdf_has_an_outline_of_parts_chapters_and_sections(printed: pikepdf.Pdf) -> None:
    """In their order; the site's language and title are its own, too."""
    found = outline(printed)
    assert [title for depth, title, _ in found if depth == 0] == [
        *("Contents", "PyTorch, Executed", "First steps", "Models", "Reference"),
    ]
    chapters = [title for depth, title, _ in found if depth == 1]
    for title in ("Twenty starts", "Losses", "Cheat sheet"):
        assert title in chapters
    assert any(title == "Surprise" for depth, title, _ in found if depth == 2)
    assert [page for *_, page in found] == sorted(page for *_, page in found)
    assert str(printed.docinfo["/Title"]) == "PyTorch, Executed"


@pytest.mark.slow
def test_its_table_of_contents_says_where_each_chapter_begins(printed: pikepdf.Pdf) -> None:
    """The page that a number is taken from is that of the outline, in the last print, too."""
    found = {title: page for depth, title, page in outline(printed) if depth == 1}
    numbers = pdf.begins(Path(printed.filename))
    assert numbers["models-losses"] == found["Losses"]
    assert numbers["reference-cheat-sheet"] == found["Cheat sheet"]


@pytest.mark.slow
def test_its_links_stay_inside_or_lead_to_other_sites(printed: pikepdf.Pdf) -> None:
    """None leads into a folder of the machine that made it."""
    inside, outside = 0, []
    for page in printed.pages:
        for note in page.get("/Annots", []):
            if "/A" in note and "/URI" in note.A:
                outside.append(str(note.A.URI))
            else:
                inside += 1
    assert inside > 50
    assert [address for address in outside if not address.startswith("https://")] == []


@pytest.mark.slow
def test_nothing_of_it_is_cut_at_the_right(site: Path, tmp_path: Path, browser: Browser) -> None:
    """No page is wider than the paper: else all of the book would be printed smaller."""
    book = pages.read(site, FEW)
    (tmp_path / "book.html").write_text(pdf.document(book, pdf.joined(book), {}), "utf-8")
    context = browser.new_context(viewport={"width": 642, "height": 1000})
    try:
        page = context.new_page()
        page.emulate_media(media="print")
        page.goto((tmp_path / "book.html").as_uri())
        assert page.evaluate(CUT) == []
    finally:
        context.close()
