"""A MkDocs hook: `llms.txt` and `llms-full.txt`, the book for programs that read.

The first lists the pages in the form of https://llmstxt.org: the title, a summary, then a heading
for each part with a link for each page and what the page's head says of it. A link leads to the
page as Markdown, where the site has it. The second is all of these, one after the other.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from mkdocs.plugins import event_priority

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import File
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page

NAME = "llms.txt"
FULL = "llms-full.txt"
_FIRST = "Pages"  # the heading of those that stand in no part
_navs: dict[str, Navigation] = {}


def on_nav(nav: Navigation, *, config: MkDocsConfig, files: Iterable[File]) -> Navigation:
    """Remember the order of the pages, whose titles are not known yet."""
    _navs[config.site_dir] = nav
    return nav


@event_priority(-200)  # after the pages' Markdown is written
def on_post_build(*, config: MkDocsConfig) -> None:
    """Write both beside the first page."""
    if nav := _navs.pop(config.site_dir, None):
        site, address = Path(config.site_dir), config.site_url or ""
        addresses = [(page, _markdown(site, page.file) or page.file.url) for page in nav.pages]
        text = listed(config.site_name, config.site_description or "", addresses, address)
        (site / NAME).write_text(text, "utf-8")
        texts = [
            f"<!-- {urljoin(address, page.file.url)} -->\n\n{(site / read).read_text('utf-8')}"
            for page, read in addresses
            if read.endswith(".md")
        ]
        if texts:
            (site / FULL).write_text("\n".join(texts), "utf-8")


def listed(name: str, summary: str, pages: Iterable[tuple[Page, str]], address: str) -> str:
    """Return the list as Markdown.

    Args:
        name: The book's.
        summary: The book in a sentence; may be empty.
        pages: In their order, rendered; and where each is to be read, from the list's own place.
        address: Where the site is; empty where nobody knows it, and links lead from the list's
            own place.
    """
    parts: dict[str, list[str]] = {}
    for page, read in pages:
        said = str(page.meta.get("description", ""))
        link = f"- [{page.title}]({urljoin(address, read)})"
        parts.setdefault(_part(page), []).append(f"{link}: {said}" if said else link)
    head = f"# {name}\n" + (f"\n> {summary}\n" if summary else "")
    return head + "".join(
        f"\n## {part}\n\n" + "\n".join(rows) + "\n" for part, rows in parts.items()
    )


def _markdown(site: Path, file: File) -> str:
    """Return where a page stands as Markdown in the site, empty where it does not."""
    name = PurePosixPath(file.src_uri).stem + ".md"
    path = PurePosixPath(file.dest_uri).with_name(name)
    return str(path) if (site / path).is_file() else ""


def _part(page: Page) -> str:
    """Name the outermost part that a page stands in."""
    parts = list(page.ancestors)  # from the inside out
    return str(parts[-1].title) if parts else _FIRST
