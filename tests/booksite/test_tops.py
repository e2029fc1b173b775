"""What a page says of itself: its version under the title, and in its head what others show."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from mkdocs.commands.build import build
from mkdocs.config.defaults import MkDocsConfig

from booksite import preview, tops

ROOT = Path(__file__).resolve().parents[2]
FACTS = '<p class="bp-facts">3 min to read · its code ran in 2.0 s with torch 2.13.0</p>\n\n'
PAGES = {
    "index.md": "---\ntitle: A book\ndescription: Three pages.\n---\n# A book\n\n"
    "<p data-clone></p>\n",
    "autograd/rules.md": f"# Rules\n\n{FACTS}*What `backward` does, & why.*\n\nMore.\n",
    "reference/drift.md": f"# What changes\n\n{FACTS}*Old beside new.*\n",
}
GIVEN = "https://book.example/here/"
PLACEHOLDER = "https://pytorch-executed.example/"


def built(folder: Path, address: str = GIVEN, repository: str = "") -> dict[str, str]:
    """Build a book of three pages with the book's own templates; return its pages."""
    for name, text in PAGES.items():
        page = folder / "docs" / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, "utf-8")
    config = MkDocsConfig(config_file_path=str(folder / "mkdocs.yml"))
    options: dict[str, Any] = {
        "site_name": "A book",
        "site_description": "All of it.",
        "site_url": address,
        "repo_url": repository,
        "docs_dir": str(folder / "docs"),
        "site_dir": str(folder / "site"),
        "use_directory_urls": False,
        "theme": {"name": "material", "custom_dir": str(ROOT / "overrides"), "font": False},
        "extra": {"preview": {"file": preview.NAME, "alt": "Some code."}},
        "hooks": [tops.__file__],
        "plugins": [],
    }
    config.load_dict(options)
    config.validate()
    build(config)
    site = folder / "site"
    return {p.relative_to(site).as_posix(): p.read_text("utf-8") for p in site.rglob("*.html")}


def said(page: str, name: str) -> str | None:
    """Return what a page's head says under a name."""
    found = re.search(rf'<meta (?:name|property)="{name}" content="([^"]*)">', page)
    return found[1] if found else None


def test_the_version_leads_to_what_another_one_changes(tmp_path: Path) -> None:
    """From every page that names one, but from the page of changes itself."""
    pages = built(tmp_path)
    link = '<a href="../reference/drift.html">another version?</a>'
    assert f"with torch 2.13.0 · {link}</p>" in pages["autograd/rules.html"]
    assert "another version?" not in pages["reference/drift.html"]


def test_a_page_without_a_description_is_described_by_its_motto(tmp_path: Path) -> None:
    """Without its marks; a description of its own stays."""
    pages = built(tmp_path)
    for name in ("description", "og:description"):
        assert said(pages["autograd/rules.html"], name) == "What backward does, &amp; why."
        assert said(pages["index.html"], name) == "Three pages."


def test_a_link_in_a_message_has_a_title_and_a_picture(tmp_path: Path) -> None:
    """The picture under its whole address, which nobody else completes."""
    page = built(tmp_path)["autograd/rules.html"]
    assert said(page, "og:title") == "Rules"
    assert said(page, "og:image") == f"{GIVEN}{preview.NAME}"
    assert said(page, "og:url") == f"{GIVEN}autograd/rules.html"
    assert said(page, "twitter:card") == "summary_large_image"


def test_every_page_names_its_one_address_for_search_engines(tmp_path: Path) -> None:
    """But for the page of a wrong address, which is not to be found at all."""
    pages = built(tmp_path)
    for name in (name for name in pages if name != "404.html"):
        assert re.findall(r'rel="canonical" href="([^"]*)"', pages[name]) == [f"{GIVEN}{name}"]
        assert said(pages[name], "robots") is None
    assert "canonical" not in pages["404.html"]
    assert said(pages["404.html"], "robots") == "noindex"


@pytest.mark.parametrize("address", [PLACEHOLDER, ""])
def test_where_no_address_was_given_none_is_claimed(tmp_path: Path, address: str) -> None:
    """A title and a description are there all the same."""
    page = built(tmp_path, address)["autograd/rules.html"]
    assert said(page, "og:title") == "Rules"
    assert said(page, "twitter:card") == "summary"
    assert "og:image" not in page and "og:url" not in page and "canonical" not in page


def test_the_header_names_a_repository_only_where_there_is_one(tmp_path: Path) -> None:
    """A report of an output goes where this link leads."""
    link = "https://host.example/somebody/book"
    assert f'<a href="{link}"' in built(tmp_path / "with", repository=link)["index.html"]
    assert "md-source" not in built(tmp_path / "without")["index.html"]


def test_who_gets_the_book_can_clone_it_where_the_host_has_told_from_where(tmp_path: Path) -> None:
    """On GitHub there is a terminal in the browser, too; elsewhere nothing is left of the place."""
    host, hub = "https://host.example/somebody/book", "https://github.com/somebody/book"
    pages = {
        address: built(tmp_path / str(n), repository=address)["index.html"]
        for n, address in enumerate(("", host, hub))
    }
    assert "git clone" not in pages[""] and "data-clone" not in pages[""]
    assert f"<code>git clone {host}</code>" in pages[host] and "codespaces" not in pages[host]
    assert f"<code>git clone {hub}</code>" in pages[hub]
    assert '<a href="https://codespaces.new/somebody/book">' in pages[hub]


def test_the_settings_name_the_picture_that_is_drawn() -> None:
    """Its address in the head of a page is where the build puts it."""
    lines = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nextra:\n")[2]
    extra = yaml.safe_load(lines.partition("  polyfills:")[0])
    assert extra["preview"]["file"] == preview.NAME
    assert extra["preview"]["alt"]
