"""A lab on the site: mkdocs-jupyter shows what the gate checked, in the site's own elements."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

import booksite.printed_links
from tests.bookproof.small import Book

MKDOCS = f"""
site_name: A small book
site_url: https://book.example/
strict: true
theme: {{name: mkdocs, highlightjs: false}}
plugins:
  - mkdocs-jupyter: {{include: ["*.ipynb"], execute: false, cache: false}}
  - markdown-exec
  - bookproof
hooks:
  - {Path(booksite.printed_links.__file__)}
markdown_extensions: [pymdownx.superfences, booksite.formulas]
"""

LAB = """
# %% [markdown]
# # A lab
#
# Text with `code`, a [link](../index.md#first), and **more**, for $5 or $6, and `$x$`.

# %%
x = 6 * 7
print(x, "<i>")

# %% [markdown]
# ## The second part
#
# With $a_1 < \\beta$ and $b$:
#
# $$
# y = \\frac{a}{b}
# $$

# %% html="1"
print("<svg role='img' aria-label='a drawing'></svg>")

# %% raises="ZeroDivisionError"
1 / 0

# %% needs="gpu"
print("from afar")
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A book of a page and a lab, recorded and built; tests only read it."""
    book = made(tmp_path_factory.mktemp("labs") / "book")
    rc, text = book.mkdocs()
    assert rc == 0, text
    return book


def made(root: Path) -> Book:
    """Write and record the book."""
    book = Book(root)
    book.write("mkdocs.yml", MKDOCS)
    book.page("print('first')", name="index")
    book.edit("docs/index.md", "# A title", "# A title\n\n## First")
    book.write("docs/labs/one.py", LAB)
    assert book.record(HAS_GPU="1").rc == 0
    return book


def article(book: Book) -> Tag:
    """Return the content of the lab's page."""
    page = BeautifulSoup(book.read("site/labs/one/index.html"), "html.parser")
    (main,) = page.select("div[role=main]")
    return main


def test_a_labs_page_has_its_text_code_and_outputs(site: Book) -> None:
    """In the order of the cells, each block with its anchor."""
    page = article(site)
    assert page.select_one("h1").get_text().startswith("A lab")  # type: ignore[union-attr]
    blocks = page.select(".bp-block")
    assert [block["id"] for block in blocks] == [f"block-{n}" for n in (1, 2, 3, 4)]
    first, drawing, error, afar = (block.get_text() for block in blocks)
    assert "x = 6 * 7" in first
    assert "42 <i>" in first
    assert blocks[1].select_one("svg[aria-label='a drawing']")
    assert "print(" in drawing
    assert "ZeroDivisionError: division by zero" in error
    assert "docs/labs/one.py:23" in error
    assert "from afar" in afar
    assert "Replayed" in afar


def test_a_labs_page_brings_no_style_no_script_and_nothing_from_elsewhere(site: Book) -> None:
    """The plugin's own page has half a megabyte of them."""
    page = article(site)
    assert page.select("script, style, link, iframe") == []
    found = {str(tag.get(name)) for tag in page.find_all(True) for name in ("src", "href")}
    assert not [a for a in found if re.match(r"(\w+:)?//(?!book\.example/)", a)]
    assert len(str(page)) < 20_000


def test_the_cells_that_only_a_download_needs_are_not_shown(site: Book) -> None:
    """Neither the introduction nor the set-up."""
    text = article(site).get_text()
    assert "FILES" not in text
    assert "Run all cells" not in text


def test_links_between_pages_hold(site: Book) -> None:
    """An author links from a lab as from any page."""
    page = article(site)
    (link,) = [a for a in page.select("a") if a.get_text() == "link"]
    assert re.fullmatch(r"(\.\./)+(index\.html)?#first", str(link["href"])), link
    assert [h.get_text().rstrip("¶") for h in page.select("h2[id]")][:1] == ["The second part"]


def test_formulas_of_a_lab_are_those_of_any_page(site: Book) -> None:
    """The plugin would leave them to a script from elsewhere; prices and code are none."""
    page = article(site)
    assert len(page.select("p math[display=inline]")) == 2
    assert len(page.select(":not(p) > .bp-formula math[display=block]")) == 1
    text = page.get_text()
    assert "for $5 or $6, and $x$." in text
    assert text.count("$") == 4


def test_a_labs_page_ends_with_its_provenance_and_its_downloads(site: Book) -> None:
    """Versions, device, blocks; the notebook with outputs and the script are there."""
    footer = article(site).select_one("footer.bp-provenance")
    assert footer is not None
    for words in ("Python", "plain machine", "4 blocks, ran in", "Replayed"):
        assert words in footer.get_text()
    names = [str(a["href"]) for a in footer.select("a[download]")]
    assert sorted(names) == ["one.ipynb", "one.py"]
    book = json.loads(site.read("site/labs/one/one.ipynb"))
    outputs = [o for cell in book["cells"] for o in cell.get("outputs", [])]
    assert outputs[0]["text"].strip() == "42 <i>"
    assert "https://book.example/labs/one/" in book["cells"][0]["source"]
    assert site.read("site/labs/one/one.py") == site.read("docs/labs/one.py")


def test_pages_of_markdown_are_left_alone(site: Book) -> None:
    """The hook is for notebooks."""
    html = site.read("site/index.html")
    assert html.count('id="block-1"') == 1
    assert (site.root / "site/index.ipynb").exists()


BREAKS = {
    "drift": ("tests/outputs/labs/one.txt", "\n42 <i>", "\n41 <i>", ":6: the output drifted"),
    "a failure": ("docs/labs/one.py", "x = 6 * 7", "x = 6 / 0", ":7: ZeroDivisionError"),
    "a typo": ("docs/labs/one.py", "needs=", "need=", ":25: unknown option 'need'"),
    "a stale replay": ("docs/labs/one.py", '"from afar"', '"from here"', ":25: stale"),
}


@pytest.mark.parametrize(("file", "old", "new", "said"), BREAKS.values(), ids=BREAKS)
def test_a_lab_that_the_gate_refuses_fails_a_strict_build(
    tmp_path: Path, file: str, old: str, new: str, said: str
) -> None:
    """Each is a warning with its place, and stands on the page."""
    book = made(tmp_path / "book")
    book.edit(file, old, new)
    rc, text = book.mkdocs()
    assert rc == 1
    assert f"docs/labs/one.py{said}" in text
    assert "first" in book.read("site/index.html")
    assert article(book).select(".bp-problem") or "unknown option" in said
    assert book.check().rc == 1
