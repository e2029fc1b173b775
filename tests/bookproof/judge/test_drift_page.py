"""The page that shows what drifted in a chapter: both figures, the lines, and nothing that runs."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

import pytest

from bookproof.judge import drift_page
from tests.bookproof.small import Book

PAGE = ".bookproof/drift/a.html"
WICKED = (
    "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(2)</script>"
    "<image href='https://example.org/x.png'/><text>WORD</text></svg>"
    "<script>alert(3)</script><img src=x onerror=alert(4)>"
)


class Tags(HTMLParser):
    """Gathers what a browser would make of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.found.append((tag, dict(attrs)))


def drawn(page: str) -> list[str]:
    """Return the sources of the images of a page."""
    found = re.findall(r'src="data:image/svg\+xml;base64,([\w+/=]+)"', page)
    return [base64.b64decode(data).decode() for data in found]


def test_a_drifted_figure_is_shown_old_and_new(small_book: Book) -> None:
    """With its place, what changed in words, and the terminal names the file."""
    small_book.page("x = 1", "print('<svg><text>old</text></svg>')", options='html="1"')
    small_book.record()
    small_book.edit("docs/a.md", "old", "new")
    assert f"Old and new, side by side: {PAGE}" in small_book.check().out
    page = small_book.read(PAGE)
    assert "docs/a.md:7: drifted from its recording" in page
    assert "label “old” → “new”" in page
    old, new = drawn(page)
    assert "<text>old</text>" in old and "<text>new</text>" in new
    assert all('xmlns="http://www.w3.org/2000/svg"' in text for text in (old, new))


def test_a_drifted_text_is_shown_line_by_line(small_book: Book) -> None:
    """What is gone is marked as gone, and what came as new."""
    small_book.page("print('a & b')\nprint('<b>one</b>')")
    small_book.record()
    small_book.edit("docs/a.md", "one", "two")
    small_book.check()
    page = small_book.read(PAGE)
    assert "<del>-&lt;b&gt;one&lt;/b&gt;</del><ins>+&lt;b&gt;two&lt;/b&gt;</ins>" in page
    assert "<span> a &amp; b</span>" in page
    assert "prefers-color-scheme: dark" in page


def test_nothing_on_the_page_can_run(small_book: Book) -> None:
    """Whatever the book printed: its HTML is text, its figures are images, and scripts are off."""
    small_book.page(f"print({WICKED!r})", options='html="1"')
    small_book.record()
    small_book.edit("docs/a.md", "WORD", "OTHER")
    small_book.edit("docs/a.md", "alert(3)", "alert(5)")
    small_book.check()
    tags = Tags(small_book.read(PAGE)).found
    assert {tag for tag, _ in tags}.isdisjoint({"script", "svg", "iframe", "object", "link", "a"})
    assert not [name for _, attrs in tags for name in attrs if name.startswith("on")]
    sources = [attrs["src"] or "" for _, attrs in tags if "src" in attrs]
    assert len(sources) == 2
    assert all(source.startswith("data:image/svg+xml;base64,") for source in sources)
    policy = next(a["content"] for t, a in tags if "http-equiv" in a) or ""
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")


def test_a_run_without_drift_removes_the_page(small_book: Book) -> None:
    """And a run of another chapter does not."""
    for name in "ab":
        small_book.page("print('one')", name=name)
    small_book.record()
    for name in "ab":
        small_book.edit(f"docs/{name}.md", "one", "two")
    small_book.check()
    pages = small_book.root / ".bookproof/drift"
    assert sorted(p.name for p in pages.iterdir()) == ["a.html", "b.html"]
    small_book.edit("docs/a.md", "two", "one")
    small_book.check("a")
    assert sorted(p.name for p in pages.iterdir()) == ["b.html"]
    small_book.record("b")
    assert sorted(p.name for p in pages.iterdir()) == []
    small_book.edit("docs/b.md", "two", "three")
    small_book.check()
    (small_book.root / "docs/b.md").unlink()
    small_book.check()
    assert sorted(p.name for p in pages.iterdir()) == []


def test_a_heavy_figure_is_left_out_with_a_sentence(
    small_book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the page stays light enough to be sent along."""
    code = "print('<svg><text>old</text><path d=\"' + 'M 0 0 ' * 60_000 + '\"/></svg>')"
    small_book.page(code, "print('<svg><text>light old</text></svg>')", options='html="1"')
    small_book.record()
    small_book.edit("docs/a.md", "old", "new")
    small_book.check()
    page = small_book.read(PAGE)
    assert page.count("Left out: it has 360 kB, more than 300.") == 2
    assert len(drawn(page)) == 2
    monkeypatch.setattr(drift_page, "_PAGE", 120)
    small_book.check()
    page = small_book.read(PAGE)
    assert page.count("Left out: this page has 4 MB without it.") == 1
    assert len(drawn(page)) == 1


def test_a_figure_that_no_browser_draws_says_so(small_book: Book) -> None:
    """An image must be well-formed; what is not is named and still told in words."""
    small_book.page("print('<svg><text>old<text></svg>')", options='html="1"')
    small_book.record()
    small_book.edit("docs/a.md", "old", "new")
    small_book.check()
    assert "It is no well-formed XML" in small_book.read(PAGE)
