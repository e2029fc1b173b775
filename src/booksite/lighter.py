"""What a reader's browser fetches, made lighter once the site is built, whatever built it."""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import re
from collections.abc import Iterable
from pathlib import Path

import rjsmin

from booksite import light_pages, light_styles

STYLES = "assets/stylesheets"
HEAVY = 58 * 1024  # bytes of a page, compressed; with what all pages ask for, half of what may come
_ALONG = re.compile(
    r'<details class="bp-along"[^>]*>(<summary>.*?</summary>)(.*?)</details>', re.DOTALL
)
_SHEET = re.compile(r'<link rel="stylesheet" href="((?:[./]*/)?)(assets/[^"]+\.css)">\s*')
_SCRIPT = re.compile(r'<script src="[./]*(assets/[^"]+\.js)"')
# What the theme's script would make for features that mkdocs.yml does not switch on, and what it
# marks a page with that changes its colors: a rule for all elements makes opening a page slow.
_OFF = (
    *("data-md-color-switching", "md-annotation", "md-source__fact", "md-tag", "md-version"),
    *("--md-mermaid", "--md-status", "footnote", "gh-", "hll", "md-status", "md-tooltip"),
)
_log = logging.getLogger("mkdocs.hooks.lighter")  # counted in MkDocs's strict mode


def lighten(site: Path) -> None:
    """Lighten every page of a built site, and put the rules that they can meet into one sheet."""
    files = sorted(site.rglob("*.html"))
    pages = {file: light_pages.lightened(file.read_text("utf-8")) for file in files}
    joined = "\n".join(pages.values())
    sheets = _read(site, dict.fromkeys(sheet for _, sheet in _SHEET.findall(joined)))
    scripts = _read(site, dict.fromkeys(_SCRIPT.findall(joined)))
    names = light_styles.Names([joined], scripts.values(), _OFF)
    style = light_styles.lightened("\n".join(sheets.values()), names)
    style = style.replace("table:not([class])", f"table:is(:not([class]),.{light_pages.ROWS})")
    # Named after what is in it: a browser that kept the one of an older build asks for the new one.
    name = f"{STYLES}/book.{hashlib.sha256(style.encode()).hexdigest()[:8]}.css"
    (site / STYLES).mkdir(parents=True, exist_ok=True)
    (site / name).write_text(style, "utf-8")
    for script, text in scripts.items():
        if not script.endswith(".min.js"):
            (site / script).write_text(rjsmin.jsmin(text, keep_bang_comments=True), "utf-8")
    for file, page in pages.items():
        file.write_text(_linked(_apart(file, page), name), "utf-8")
    for sheet in sheets:  # last: an interrupted build leaves each page what it asks for
        for file in (site / sheet, site / f"{sheet}.map"):
            file.unlink(missing_ok=True)


def _apart(file: Path, page: str) -> str:
    """Put what a heavy page copies along into a script beside it, which `book.js` asks for."""
    inside = [fold[2] for fold in _ALONG.finditer(page)]
    if not inside or len(gzip.compress(page.encode(), 6)) < HEAVY:
        return page
    beside = file.with_name(f"{file.stem}.along.js")
    beside.write_text(f"bookAlong({json.dumps(inside, ensure_ascii=False)})", "utf-8")
    return _ALONG.sub(rf'<details class="bp-along" data-src="{beside.name}">\1</details>', page)


def _read(site: Path, names: Iterable[str]) -> dict[str, str]:
    """Read what the pages ask for, and warn of what is not there."""
    found = {}
    for name in names:
        if (site / name).is_file():
            found[name] = (site / name).read_text("utf-8")
        else:
            _log.warning("pages ask for %s, which is nowhere; mkdocs.yml may name it", name)
    return found


def _linked(page: str, name: str) -> str:
    """Ask for one style sheet in the place of the first."""
    found = _SHEET.search(page)
    if not found:
        return page
    before, after = page[: found.start()], page[found.end() :]
    return f'{before}<link rel="stylesheet" href="{found[1]}{name}">\n{_SHEET.sub("", after)}'
