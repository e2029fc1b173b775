"""The options of a fence: what they may be, and what is wrong with them.

How they are spelled is for superfences to read (`fences`), as it does for the page.
"""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import dataclass

from ..settings import Settings


@dataclass(frozen=True)
class Option:
    """An option of an executed fence, as the documentation tells of it."""

    values: str
    meaning: str
    ours: bool = False


OPTIONS = {
    "exec": Option("1, yes, on, …", "the block runs, and what it prints is on the page"),
    "source": Option(
        "above, below, block, console, tabbed-left, tabbed-right",
        "where its code is shown; without it, the code is hidden",
    ),
    "result": Option("a language", "its output is text in a box, colored as this language"),
    "html": Option("1", "its output is HTML, such as a figure"),
    "session": Option("a name", "the blocks of a page that name it share their names"),
    "id": Option("a name", "goes before the ids of headings that it prints"),
    "idprefix": Option("a text", "the same, exactly as it stands here"),
    "tabs": Option("Source|Result", "the titles of its tabs"),
    "updatetoc": Option("0", "headings that it prints stay out of the table of contents"),
    "width": Option("columns", "the width of the terminal that it sees"),
    "workdir": Option("a folder", "where it runs, from the root of the book"),
    "returncode": Option("a number", "of no meaning for Python"),
    "title": Option("a text", "stands above its code"),
    "linenums": Option("1", "its code has line numbers"),
    "hl_lines": Option("2-3 5", "lines of its code that are marked"),
    "title_mode": Option("text", "how `title` is read"),
    "raises": Option("an exception", "it must raise this; the page shows the traceback", True),
    "tol": Option(
        "0.02, 5%, any, words",
        "how far its floats may move; `any` for numbers that cannot repeat, such as times; "
        "`words` where the words may be others, too",
        True,
    ),
    "needs": Option(
        "names", "runs only where the machine has these; elsewhere its recording is shown", True
    ),
    "reads": Option(
        "files",
        "it reads these, from the root, in a way that nothing sees, as native code may",
        True,
    ),
    "stderr": Option("1", "what it writes to standard error is part of its output", True),
    "limit": Option("seconds", "how long it may run", True),
    "as": Option("a name", "a function of the book runs and shows it", True),
}
OURS = {name for name, option in OPTIONS.items() if option.ours}
_OF_LISTINGS = {"title", "linenums", "hl_lines", "title_mode", "anchor_linenums"}
_SHOWS_ITSELF = {"source", "result", "html", "raises", "tabs", "stderr"}
_PLACES = {"above", "below", "block", "material-block", "console", "tabbed-left", "tabbed-right"}
_FALSE = {"", "no", "off", "false", "0"}


def is_on(value: str) -> bool:
    """Say whether an option's value means yes, as markdown-exec reads it."""
    return value.lower() not in _FALSE


def wrong_options(options: dict[str, str], settings: Settings) -> list[str]:
    """Say what is wrong with the options of an executed Python fence."""
    unknown = [said for name in options if (said := _unknown(name, options))]
    return unknown or _wrong_values(options, settings)


def _unknown(name: str, options: dict[str, str]) -> str:
    if name in OPTIONS or name.startswith("data-") or name in _OF_LISTINGS:
        return ""
    near = difflib.get_close_matches(name, OPTIONS, n=1)
    if near:
        return f"unknown option {name!r}; did you mean {near[0]!r}?"
    if "source" in options:  # it would stand on the listing's fence, which then is none
        return f"unknown option {name!r}; it can be {', '.join(sorted(OPTIONS))}"
    return ""


def _wrong_values(options: dict[str, str], settings: Settings) -> list[str]:
    wrong = []
    source, tol = options.get("source", ""), options.get("tol", "any")
    if source and source not in _PLACES:
        places = ", ".join(sorted(_PLACES))
        wrong.append(f"source={source!r} is no place for the source; it can be {places}")
    for need in options.get("needs", "").replace(",", " ").split():
        if need not in settings.needs:
            wrong.append(f"needs={need!r} is not among the needs in [tool.bookproof.needs]")
    if tol not in ("any", "words") and not re.fullmatch(r"[0-9]*\.?[0-9]+(e-?[0-9]{1,2})?%?", tol):
        kinds = 'a number ("0.02"), a share ("5%"), "any" (numbers) or "words"'
        wrong.append(f"tol={tol!r} must be {kinds}")
    if "limit" in options and not (_is_number(options["limit"]) and float(options["limit"]) > 0):
        wrong.append(f'limit={options["limit"]!r} must be a number of seconds above 0, as "30"')
    if "width" in options and not _is_number(options["width"]):
        wrong.append(f"width={options['width']!r} must be a number")
    if "workdir" in options and not os.path.isdir(settings.root / options["workdir"]):
        wrong.append(f"workdir={options['workdir']!r} is no folder of the book")
    if "as" in options:
        if options["as"] not in settings.shows:
            known = ", ".join(settings.shows) or "it has none"
            wrong.append(f"as={options['as']!r} is not among [tool.bookproof.shows]: {known}")
        for name in sorted(_SHOWS_ITSELF & options.keys()):
            wrong.append(f"{name}= has no meaning beside as=, which shows the code in its own way")
    if "tabs" in options and len(re.findall(r"(?<!\\)\|", options["tabs"])) != 1:
        wrong.append(f'tabs={options["tabs"]!r} must be two titles, as "Source|Result"')
    if "raises" in options and not re.fullmatch(r"[A-Za-z_][\w.]*", options["raises"]):
        wrong.append(f"raises={options['raises']!r} must name one exception")
    return wrong


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", text) is not None
