"""A MkDocs hook: `llms.txt`, the list of the book's pages for programs that read.

Its form is that of https://llmstxt.org: the title, a summary, then a heading for each part with a
link for each page and what the page's head says of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page

NAME = "llms.txt"
_FIRST = "Pages"  # the heading of those that stand in no part
_navs: dict[str, Navigation] = {}


def on_nav(nav: Navigation, *, config: MkDocsConfig, files: Iterable[File]) -> Navigation:
    """Remember the order of the pages, whose titles are not known yet."""
    _navs[config.site_dir] = nav
    return nav


def on_post_build(*, config: MkDocsConfig) -> None:
    """Write the list beside the first page."""
    if nav := _navs.pop(config.site_dir, None):
        text = listed(config.site_name, config.site_description or "", nav.pages, config.site_url)
        Path(config.site_dir, NAME).write_text(text, "utf-8")


def listed(name: str, summary: str, pages: Iterable[Page], address: str | None) -> str:
    """Return the list as Markdown.

    Args:
        name: The book's.
        summary: The book in a sentence; may be empty.
        pages: In their order, rendered.
        address: Where the site is; without it, links lead from the list's own place.
    """
    parts: dict[str, list[str]] = {}
    for page in pages:
        said = str(page.meta.get("description", ""))
        link = f"- [{page.title}]({urljoin(address or '', page.file.url)})"
        parts.setdefault(_part(page), []).append(f"{link}: {said}" if said else link)
    head = f"# {name}\n" + (f"\n> {summary}\n" if summary else "")
    return head + "".join(
        f"\n## {part}\n\n" + "\n".join(rows) + "\n" for part, rows in parts.items()
    )


def _part(page: Page) -> str:
    """Name the outermost part that a page stands in."""
    parts = list(page.ancestors)  # from the inside out
    return str(parts[-1].title) if parts else _FIRST
