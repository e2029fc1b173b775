"""Links that a block prints lead to pages, as those that an author writes do."""

import logging
from pathlib import Path

import pytest
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from booksite.printed_links import on_page_content


def turn(html: str, tmp_path: Path) -> str:
    config = MkDocsConfig()
    config.load_dict({"site_name": "A book", "docs_dir": str(tmp_path)})
    config.validate()
    names = ("index.md", "reference/claims.md", "tensors/shapes.md")
    files = Files(
        [File(name, str(tmp_path), str(tmp_path), use_directory_urls=False) for name in names]
    )
    page = Page(None, files.src_uris["reference/claims.md"], config)
    return on_page_content(html, page=page, config=config, files=files)


def test_a_link_to_a_source_becomes_a_link_to_its_page(tmp_path: Path) -> None:
    """It is relative to the page it stands on, and keeps its anchor."""
    html = turn('<p><a class="x" href="../tensors/shapes.md#a&amp;b">s</a></p>', tmp_path)
    assert html == '<p><a class="x" href="../tensors/shapes.html#a&amp;b">s</a></p>'


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://example.com/shapes.md">elsewhere</a>',
        '<a href="shapes.html">a page</a>',
        '<a href="#here">here</a>',
        '<code>&lt;a href="../tensors/shapes.md"&gt;</code>',
    ],
)
def test_other_links_stay(html: str, tmp_path: Path) -> None:
    """What is no source of a page, or is shown as text, is not ours."""
    assert turn(html, tmp_path) == html


def test_a_link_to_no_page_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The strict build stops at it, as at a written one."""
    with caplog.at_level(logging.WARNING, "mkdocs"):
        turn('<a href="../tensors/shape.md">s</a>', tmp_path)
    assert "reference/claims.md: a link to tensors/shape.md, which is no page" in caplog.text
