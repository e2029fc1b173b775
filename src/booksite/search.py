"""A MkDocs hook: what the search reads of a page, and what it finds first.

The search reads each page, tag by tag, and skips what is marked `data-search-exclude`. Figures and
widgets are marked, and hold most of a page's tags: without them it has read a page in a third of
the time. Boxes, questions and rows of the glossary are handed over as sections with a heading, so
that each is found by its title, and leads to itself.

A page's head may say in what words people ask for a section, by the address of its heading:

    asked:
      schedules: change the learning rate during training; learning rate decay

What is found is ordered by `search.js`, which is put before the theme's own script of the search.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ORDER = "assets/javascripts/search.js"
_WORKER = re.compile(r"assets/javascripts/workers/search\.\w+\.min\.js")
_QUIZ = re.compile(r'<bp-quiz\b[^>]*\sid="([^"]+)"[^>]*>(.*?)</bp-quiz>', re.DOTALL)
_ASKED = re.compile(r"<legend>(.*?)</legend>", re.DOTALL)
_LEFT_OUT = re.compile(
    r"<(?P<tag>figure|bp-[a-z]+)\b[^>]*\sdata-search-exclude\b.*?</(?P=tag)>", re.DOTALL
)
_TITLED = [
    # a box, a fold, a row of the glossary: with its address, and with its title as a heading
    (
        re.compile(
            r'<div class="admonition[^"]*" id="([^"]+)">\s*<p class="admonition-title">(.*?)</p>'
        ),
        r'<div><h6 id="\1">\2</h6>',
    ),
    (
        re.compile(r'<details(?: class="[^"]*")? id="([^"]+)">\s*<summary>(.*?)</summary>'),
        r'<details><h6 id="\1">\2</h6>',
    ),
    (
        re.compile(r'<tr>\s*<td>((?:(?!</td>).)*?<strong id="([^"]+)">.*?)</td>'),
        r'<tr><h6 id="\2">\1</h6>',
    ),
]
_HEADING = re.compile(r'(<h[1-6] id="([^"]+)"[^>]*>.*?)(</h[1-6]>)', re.DOTALL)
_APART = "\u2063"  # between a title and the words in which people ask; search.js takes them apart
_whole: dict[str, str] = {}
_log = logging.getLogger("mkdocs.hooks.search")  # counted in MkDocs's strict mode


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Put our order of results before the theme's script of the search."""
    if ours := files.get_file_from_path(ORDER):
        files.remove(ours)
        for theirs in [file for file in files if _WORKER.fullmatch(file.src_uri)]:
            files.remove(theirs)
            text = f"{ours.content_string}\n{theirs.content_string}"
            files.append(File.generated(config, theirs.src_uri, content=text))
    return files


def read(content: str, asked: Mapping[str, str] | None = None) -> str:
    """Return a page as the search is to read it.

    Args:
        content: The page.
        asked: For the address of a heading, in what words people ask, with `;` between them.

    Raises:
        KeyError: if the page has no such heading; it names all that are missing.
    """
    left = dict(asked or {})

    def told(found: re.Match[str]) -> str:
        askings = [one.strip() for one in left.pop(found[2], "").split(";") if one.strip()]
        said = "".join(f"<p>{escape(one, quote=False)}</p>" for one in askings)
        return f"{found[1]}{_APART}{said}{found[3]}" if said else found[0]

    content = _HEADING.sub(told, content)
    if left:
        raise KeyError(", ".join(left))
    content = _QUIZ.sub(_question, content)
    content = _LEFT_OUT.sub("", content)
    for pattern, section in _TITLED:
        content = pattern.sub(section, content)
    return content


def _question(found: re.Match[str]) -> str:
    asked = _ASKED.search(found[2])
    return f'<div><h6 id="{found[1]}">{asked[1]}</h6></div>' if asked else ""


@event_priority(100)
def _before(context: dict[str, Any], /, *, page: Page, **_: Any) -> dict[str, Any]:
    _whole[page.file.src_uri] = content = page.content or ""
    asked = page.meta.get("asked") or {}
    try:
        page.content = read(content, asked)
    except KeyError as error:
        _warn(page, f"names {error.args[0]}, where it has no heading; mend the address")
    except (AttributeError, TypeError, ValueError):
        _warn(page, "wants, for the address of a heading, words with `;` between them, as text")
    return context


def _warn(page: Page, what: str) -> None:
    """Say what is wrong with a page's head, and read the page without it."""
    _log.warning("%s: `asked` %s", page.file.src_uri, what)
    page.content = read(page.content or "")


@event_priority(-100)
def _after(context: dict[str, Any], /, *, page: Page, **_: Any) -> dict[str, Any]:
    page.content = _whole.pop(page.file.src_uri)
    return context


on_page_context = CombinedEvent(_before, _after)
