"""The book as one file: what stands on paper, an EPUB by the rules, and links where it is."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from booksite.volumes import __main__ as command
from booksite.volumes import epub, pages, plain
from tests.booksite.volumes.epub_rules import problems

QUIZ = """<bp-quiz data-id="sum" id="question-sum"><form method="dialog"><fieldset>
<legend>What is <code>1 + 1</code>?</legend>
<label><input name="answer" type="radio" value="1"> <code>11</code></label>
<label><input name="answer" type="radio" value="0"> <code>2</code></label>
</fieldset><div class="bp-controls"><button>Check</button></div></form>
<div aria-live="polite" class="bp-said"></div><details class="question"><summary>Answer</summary>
<p>The first is right:</p><ul><li><p><code>2</code></p><p>One more than one.</p></li>
<li><p><code>11</code></p><p>So it is with text.</p></li></ul></details></bp-quiz>"""
FIGURE = """<figure class="bp-figure" role="img" aria-label="A line">
<svg viewBox="0 0 9 9" role="img">
<defs><clipPath id="c"><rect width="9" height="9"></rect></clipPath></defs>
<path clip-path="url(#c)" d="M0 0H9" style="stroke:var(--bp-c1,#000)"></path><path></path>
</svg></figure>"""
FIRST = f"""<h1 id="sums">Sums<a class="headerlink" href="#sums">¶</a></h1>
<h2 id="one-and-one">One &amp; one<a class="headerlink" href="#one-and-one">¶</a></h2>
<div class="tabbed-set" data-tabs="1:2"><input type="radio"><div class="tabbed-labels">
<label>macOS</label><label>Windows</label></div><div class="tabbed-content">
<div class="tabbed-block"><p>python3</p></div><div class="tabbed-block"><p>py</p></div></div></div>
<details open><summary>More</summary><p>What was folded.</p></details>
{QUIZ}{FIGURE}
<div class="bp-formula"><math display="block"><mi>x</mi></math></div>
<p><a href="b/next.html#there">on</a> <a href="pytorch-executed.zip">all</a></p>
<div class="bp-block"><pre tabindex="0"><code>a &lt; b</code></pre></div>
<details class="bp-along"><summary>Copied along</summary></details>
<footer class="bp-provenance"><h2 class="bp-provenance-title">Where from</h2>
<dl><div><dt>Ran on</dt><dd>2026-11-02</dd></div></dl>
<ul><li><a download href="a.py">script</a></li></ul></footer>"""
SECOND = (
    '<h1 id="next">Next</h1><h2 id="there">There</h2><p><a href="../index.html#gone">back</a></p>'
)


def written(folder: Path, home: str = "https://pytorch-executed.example/") -> Path:
    """Write a small built site."""
    (folder / "b").mkdir(parents=True)
    for name, text in (("index.html", FIRST), ("b/next.html", SECOND)):
        page = f'<nav>no</nav><article class="md-typeset">{text}</article>'
        (folder / name).write_text(page, "utf-8")
    rows = (
        f"## Pages\n\n- [Sums]({home}index.md): Adding.\n\n## More\n\n- [Next]({home}b/next.md)\n"
    )
    (folder / "llms.txt").write_text(f"# A Book\n\n> What it is & does.\n\n{rows}", "utf-8")
    (folder / "sitemap.xml").write_text(f"<loc>{home}index.html</loc>", "utf-8")
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a small built site."""
    return written(tmp_path / "site")


@pytest.fixture
def book(site: Path) -> pages.Book:
    """Return it, read."""
    return pages.read(site)


@pytest.fixture
def volume(site: Path) -> Path:
    """Return it as an EPUB."""
    epub.write(pages.read(site), site / epub.NAME)
    return site / epub.NAME


def article(book: pages.Book) -> Tag:
    """Return the first page."""
    return book.parts[0][1][0].article


def test_a_book_has_its_parts_and_the_day_of_its_newest_run(book: pages.Book) -> None:
    """They come from the list of pages, in its order."""
    assert (book.name, book.date) == ("A Book", "2026-11-02")
    assert [(part, [page.path for page in found]) for part, found in book.parts] == [
        ("Pages", ["index.html"]),
        ("More", ["b/next.html"]),
    ]


def test_nothing_is_to_press_and_nothing_is_folded(book: pages.Book) -> None:
    """Folds and tabs stand open; buttons, choices to click and copies are gone."""
    page = article(book)
    assert page.select("details, summary, button, input, label, form, .headerlink, .bp-along") == []
    text = " ".join(page.get_text(" ").split())
    assert "macOS python3 Windows py" in text
    assert "More What was folded." in text
    assert "¶" not in text


def test_a_question_is_answered_at_the_end_of_the_page(book: pages.Book) -> None:
    """With the letter of the right choice; the links lead there and back."""
    page = article(book)
    question, answer = page.select_one("#question-sum"), page.select_one("#answer-question-sum")
    assert question and answer
    assert [li.get_text(strip=True) for li in question.find_all("li")] == ["11", "2"]
    assert "One more than one." not in question.get_text()
    assert "B is right. 2" in " ".join(answer.get_text(" ").split())
    assert [a["href"] for a in question.find_all("a")] == ["#answer-question-sum"]
    assert [a["href"] for a in answer.find_all("a")] == ["#question-sum"]
    assert str(page).index("a &lt; b") < str(page).index("Answers to the questions")


def test_colors_need_no_variables(book: pages.Book) -> None:
    """What a drawing names by a variable is the color of the day; what draws nothing is gone."""
    paths = article(book).find_all("path")
    assert [path["style"] for path in paths] == [f"stroke:{plain.colors()['--bp-c1']}"]


def test_links_lead_to_the_site_where_it_has_an_address(tmp_path: Path) -> None:
    """Else their text alone stays; links between pages lead to pages."""
    found: list[list[str]] = []
    for home in ("https://pytorch-executed.example/", "https://books.test/"):
        book = pages.read(written(tmp_path / str(len(found)), home))
        pages.link(book, lambda _, page, id: f"{page.slug}!{id}")
        links = article(book).find_all("a")
        found.append([str(a["href"]) for a in links if a.get_text() in ("on", "all")])
        assert "on all" in article(book).get_text()
    assert found == [
        ["b-next!there"],
        ["b-next!there", "https://books.test/pytorch-executed.zip"],
    ]


def test_an_epub_keeps_the_rules(volume: Path) -> None:
    """Those of the format; it has the pages, and a table of contents down to the sections."""
    assert problems(volume) == []
    with zipfile.ZipFile(volume) as archive:
        nav = archive.read("book/nav.xhtml").decode()
    titles = BeautifulSoup(nav, "html.parser").find_all("a")
    assert [a.get_text() for a in titles] == [
        *("Sums", "One & one", "Answers to the questions", "More", "Next", "There"),
    ]


def test_the_same_book_gives_the_same_bytes(site: Path, volume: Path) -> None:
    """Whenever it is made."""
    epub.write(pages.read(site), site / "again.epub")
    assert (site / "again.epub").read_bytes() == volume.read_bytes()


BREAKS: dict[str, tuple[str, Callable[[str], str | None]]] = {
    "nowhere else": ("book/volume.css", lambda text: None),
    "is not in the manifest": ("book/content.opf", lambda t: re.sub(r'<item id="style".*', "", t)),
    "no dc:title": ("book/content.opf", lambda text: re.sub("<dc:title>.*", "", text)),
    "dcterms:modified": ("book/content.opf", lambda text: text.replace("T00:00:00Z", "")),
    "is in no spine": ("book/content.opf", lambda t: t.replace('<itemref idref="p1"/>', "")),
    "its properties are": ("book/content.opf", lambda t: t.replace("mathml svg", "svg")),
    "not well-formed": ("book/index.xhtml", lambda text: text.replace("</h1>", "")),
    "is there 2 times": ("book/index.xhtml", lambda t: t.replace('id="sums"', 'id="one-and-one"')),
    "leads nowhere": ("book/index.xhtml", lambda text: text.replace("b/next.xhtml", "b/nxt.xhtml")),
    "no such place": ("book/index.xhtml", lambda text: text.replace("#there", "#their")),
    "fetched from": ("book/index.xhtml", lambda t: t.replace("<h1", '<img src="http://a.b"/><h1')),
    "no element of": ("book/index.xhtml", lambda t: t.replace("<h1", "<button>x</button><h1")),
    "<div> in <p>": ("book/index.xhtml", lambda text: text.replace("<p>py", "<p><div/>py")),
    "has download": ("book/index.xhtml", lambda text: text.replace("<a ", '<a download="" ', 1)),
    "url(#c) is nowhere": ("book/index.xhtml", lambda text: text.replace('id="c"', 'id="d"')),
    "no EPUB 3": ("book/content.opf", lambda text: text.replace('version="3.0"', 'version="2.0"')),
    "mimetype says": ("mimetype", lambda text: "application/zip"),
    "0 tables of contents": ("book/nav.xhtml", lambda text: text.replace('"toc"', '"list"')),
    "cannot be read": ("META-INF/container.xml", lambda text: None),
}


@pytest.mark.parametrize("said", BREAKS)
def test_a_broken_epub_is_noticed(volume: Path, tmp_path: Path, said: str) -> None:
    """Whatever of it is changed is named."""
    name, change = BREAKS[said]
    broken = tmp_path / "broken.epub"
    with zipfile.ZipFile(volume) as old, zipfile.ZipFile(broken, "w") as new:
        for entry in old.infolist():
            text: str | None = old.read(entry).decode()
            if entry.filename == name:
                before, text = text, change(text or "")
                assert text != before
            if text is not None:
                new.writestr(entry, text)
    assert said in "\n".join(problems(broken))


def test_pages_that_offer_the_exercises_offer_the_whole_book(site: Path) -> None:
    """Only the files that there are, once however often they are made, and on no other page."""
    other = (site / "b/next.html").read_text("utf-8")
    command.offer(site)
    assert "bp-volumes" not in (site / "index.html").read_text("utf-8")
    (site / epub.NAME).write_bytes(b"x" * 1_400_000)
    for _ in range(2):
        command.offer(site)
    page = BeautifulSoup((site / "index.html").read_text("utf-8"), "html.parser")
    offers = page.select(".bp-volumes")
    assert [a["href"] for offer in offers for a in offer.find_all("a")] == [epub.NAME]
    assert "1 MB" in offers[0].get_text()
    assert (site / "b/next.html").read_text("utf-8") == other
    (site / epub.NAME).unlink()
    command.offer(site)
    assert "bp-volumes" not in (site / "index.html").read_text("utf-8")
