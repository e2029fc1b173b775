"""A thin MkDocs hook: run chapters side by side before the pages, write their scripts after.

Pages are right without it; it makes the build faster and adds the downloads.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bookproof import export, notebook
from bookproof.book import open_book
from bookproof.job import write_text


def on_pre_build(config: Any) -> None:
    """Run what no longer holds, before the first page is rendered."""
    open_book().refresh()


def on_post_build(config: Any) -> None:
    """Write each chapter's script and notebook beside its page."""
    book = open_book()
    settings = book.settings
    for judged in book.all():
        chapter = judged.chapter
        if not chapter.blocks:
            continue
        page = Path(chapter.path).relative_to(settings.docs).with_suffix("")
        directory = config["use_directory_urls"] and page.name != "index"
        beside = Path(config["site_dir"], page if directory else page.parent, page.name)
        url = (config["site_url"] or "") and f"{config['site_url'].rstrip('/')}/{page.as_posix()}"
        url += "/" if config["use_directory_urls"] else ".html"
        write_text(beside.with_suffix(".py"), export.script(chapter))
        write_text(beside.with_suffix(".ipynb"), notebook.notebook(settings, judged, url))


def on_serve(server: Any, config: Any, builder: Any) -> Any:
    """Import what chapters share while the author opens the page, not at the first edit."""
    open_book().warm()
    return server


def on_shutdown() -> None:
    """End every process."""
    open_book().close()
