"""A MkDocs hook: what stands at the top of a page, beside what its author wrote.

The line under the title says with which version the code ran. Who has another gets a link to what
a newer one changes. In its head, a page without a description has its motto as one: the labs
are Python files, and have no place for it.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from mkdocs.plugins import event_priority

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

CHANGES = "reference/drift.md"
_RAN = re.compile(r'(<p class="bp-facts">[^<]* with \w+ [\d.]+)(?=</p>)')
_MOTTO = re.compile(r"</h1>.*?<p><em>(.*?)</em></p>", re.DOTALL)


@event_priority(-200)  # after the labs have become pages
def on_page_content(content: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Add the link, and the description."""
    found = _MOTTO.search(content)
    if found and not page.meta.get("description"):
        page.meta["description"] = html.unescape(re.sub(r"<[^>]*>", "", found[1]))
    changes = files.get_file_from_path(CHANGES)
    if changes is None or changes is page.file:
        return content
    link = f'<a href="{changes.url_relative_to(page.file)}">another version?</a>'
    return _RAN.sub(rf"\1 · {link}", content, count=1)
