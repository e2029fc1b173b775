"""What is done to a built site, whatever built it: the style sheet, the downloads, the book's own.

Nothing here asks which builder made the folder. A page is found where its path says, as
`tensors/shapes/index.html` or `tensors/shapes.html`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from ..errors import BookError
from ..export import markdown, notebook, script
from ..files import relative, write_text
from ..judge.gate import Judged
from ..named import function, importable
from ..settings import Settings

STYLE = "assets/bookproof.css"
_OWN = Path(__file__).with_name("bookproof.css")


def finish(settings: Settings, judged: Iterable[Judged], site: Path, address: str = "") -> None:
    """Finish a built site.

    Args:
        settings: The book.
        judged: Its chapters.
        site: The folder of the site.
        address: Where the site will be found, for the notebooks to link to; empty if unknown.

    Raises:
        BookError: No site is there, or a function of `finish` in the settings cannot be called.
    """
    if not next(site.rglob("*.html"), None):
        raise BookError(f"{site}: no page of a built site is there")
    downloads(settings, judged, site, address)
    style(site)
    with importable(settings):
        for name in settings.finish:
            function(settings, "finish", name)(site)


def own_style() -> str:
    """Return the style sheet of what the extension puts on pages."""
    return _OWN.read_text("utf-8")


def page_of(site: Path, place: str) -> Path | None:
    """Return a chapter's page in a built site; None where it has none."""
    pages = (site / place / "index.html", site / f"{place}.html")
    return next((page for page in pages if page.is_file()), None)


def downloads(settings: Settings, judged: Iterable[Judged], site: Path, address: str = "") -> None:
    """Write beside its page what of each chapter the book asks for: Markdown, notebook, script."""
    if not (settings.markdown or settings.notebooks or settings.scripts):
        return
    for one in judged:
        chapter = one.chapter
        page = page_of(site, chapter.place)
        if page is None:
            continue
        name = PurePosixPath(chapter.place).name
        if settings.markdown:
            write_text(page.with_name(f"{name}.md"), markdown.markdown(settings, one))
        if not chapter.blocks:
            continue
        if settings.scripts:
            write_text(page.with_name(f"{name}.py"), script.script(settings, one))
        if settings.notebooks:
            url = address and f"{address.rstrip('/')}/{chapter.place}"
            url += (
                ("/" if page.name == "index.html" and name != "index" else ".html") if url else ""
            )
            write_text(page.with_name(f"{name}.ipynb"), notebook.notebook(settings, one, url))


def style(site: Path) -> None:
    """Give each page that shows blocks the style sheet, unless it asks for it already."""
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        if 'class="bp-' in text and STYLE not in text and "</head>" in text:
            write_text(site / STYLE, own_style())
            href = relative(site / STYLE, page.parent)
            link = f'<link rel="stylesheet" href="{href}">'
            first = re.search(r'<link rel="stylesheet"', text)
            at = first.start() if first else text.index("</head>")  # the book's own come after it
            write_text(page, f"{text[:at]}{link}\n{text[at:]}")
