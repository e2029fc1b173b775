"""A MkDocs hook: links to pages in Markdown that a block printed.

MkDocs turns `shapes.md` into the address of that page in what authors write, not in what their
code prints, which reaches the page as finished HTML.
"""

from __future__ import annotations

import logging
import posixpath
import re
from html import escape, unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

_log = logging.getLogger("mkdocs.hooks.printed_links")  # counted in MkDocs's strict mode


def on_page_content(html: str, *, page: Page, files: Files, **_: Any) -> str:
    """Turn what links to a source file still into links to pages; warn where there is none."""
    folder = posixpath.dirname(page.file.src_uri)

    def turned(link: re.Match[str]) -> str:
        url = urlsplit(unescape(link[2]))
        if url.scheme or url.netloc or not url.path.endswith(".md"):
            return link[0]
        target = posixpath.normpath(posixpath.join(folder, unquote(url.path)))
        file = files.get_file_from_path(target)
        if file is None:
            _log.warning("%s: a link to %s, which is no page", page.file.src_uri, target)
            return link[0]
        address = file.url_relative_to(page.file) + (f"#{url.fragment}" if url.fragment else "")
        return f'{link[1]}"{escape(address)}"'

    return re.sub(r'(<a\b[^>]*?\bhref=)"([^"]*)"', turned, html)
