"""What drifted in a chapter as a page to open: figures old and new, texts line by line.

The page stands in the cache, `drift/<chapter>.html`, and is for the author alone. It needs nothing
beside it, and nothing in it can run, whatever the book printed: figures are images, which run no
script and load nothing, all else is text, and the page forbids the rest. So that it is light
enough to be sent along, a figure beyond 300 kB is left out, and so are lines of a block after the
400th, and all that would take the page beyond 4 MB; a sentence says so.
"""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from ..files import write_text
from ..parse.block import Block
from ..settings import Settings
from . import differs, drawings, drift
from .gate import Judged
from .verdict import Verdict

_FIGURE = 300_000  # bytes
_PAGE = 4_000_000  # bytes of figures and texts
_LINES = 400  # of one block
_FULL = "Left out: this page has 4 MB without it."
_SHOWN = ("drift", "new", "unstable")
_STYLE = """
:root { color-scheme: light dark; --line: #d0d4d9; --quiet: #59636e;
  --old: #ffe3e0; --new: #d9f5e0 }
@media (prefers-color-scheme: dark) {
  :root { --line: #3d444d; --quiet: #9aa5b1; --old: #5a1e1b; --new: #16452a } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 76rem; padding: 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.05rem; margin: 2.5rem 0 .3rem }
section { border-top: 1px solid var(--line) } p { margin: .3rem 0 } .quiet { color: var(--quiet) }
pre { border: 1px solid var(--line); border-radius: 4px; font: 13px/1.45 ui-monospace, monospace;
  margin: .6rem 0; overflow-x: auto; padding: .5rem 0 }
pre > span, pre > del, pre > ins { display: block; min-height: 1.45em; padding: 0 .7rem;
  text-decoration: none; width: max-content; min-width: 100%; box-sizing: border-box }
del { background: var(--old) } ins { background: var(--new) } .at { color: var(--quiet) }
.pair { display: flex; flex-wrap: wrap; gap: 1rem } figure { flex: 1 1 20rem; margin: .6rem 0 }
figure img { background: #fff; border: 1px solid var(--line); width: 100% }
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; img-src data:; style-src 'sha256-{_HASH}'; base-uri 'none'; "
    "form-action 'none'"
)


def write(settings: Settings, judged: list[Judged], whole: bool) -> list[str]:
    """Write a page for each chapter in which something drifted; remove those of the others.

    Args:
        settings: The book.
        judged: The chapters.
        whole: Whether they are all the chapters of the book; else other pages stay.

    Returns:
        The pages that were written, as the author would write their paths.
    """
    folder = settings.cache_dir / "drift"
    written = []
    for one in judged:
        file = _file(folder, one)
        if any(v.kind in _SHOWN for v in one.verdicts):
            try:
                write_text(file, page(settings, one))
            except OSError:  # where the cache cannot be written, the terminal says it all
                continue
            written.append(file)
        elif file.exists():
            file.unlink()
    if whole and folder.is_dir():
        for file in folder.rglob("*.html"):
            if file not in written:
                file.unlink(missing_ok=True)
    return [settings.relative(file) for file in written]


def drop(settings: Settings, judged: list[Judged]) -> None:
    """Remove the pages of chapters whose outputs were accepted."""
    for one in judged:
        file = _file(settings.cache_dir / "drift", one)
        if file.exists():  # not where the cache itself is none
            file.unlink()


def _file(folder: Path, judged: Judged) -> Path:
    return folder / f"{judged.chapter.place}.html"


def page(settings: Settings, judged: Judged) -> str:
    """Return the page of a chapter: each block that drifted, is new or is unstable, in order."""
    room = _PAGE
    parts = []
    for block, verdict in zip(judged.chapter.blocks, judged.verdicts, strict=True):
        if verdict.kind in _SHOWN:
            text, used = _section(judged, block, verdict, room)
            parts.append(text)
            room -= used
    now = judged.result.origin if judged.result else ""
    path = escape(judged.chapter.path)
    accept = f"{settings.command} record {judged.chapter.place}"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Drift in {path}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{path}</h1>\n"
        f'<p class="quiet">This run: {escape(now)}</p>\n'
        f"<p>If what is new is right, <code>{escape(accept)}</code> accepts it.</p>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )


def _section(judged: Judged, block: Block, verdict: Verdict, room: int) -> tuple[str, int]:
    """Return what is shown of a block, and how many bytes its figures and lines take."""
    said = {
        "drift": "drifted from its recording",
        "new": "not recorded yet",
        "unstable": "prints something else each time it runs",
    }[verdict.kind]
    heading = f"{judged.chapter.path}:{block.line}: {said}"
    parts = [f"<section>\n<h2>{escape(heading)}</h2>", f"<p><code>{escape(block.label)}</code></p>"]
    if verdict.origin:
        parts.append(f'<p class="quiet">Recorded: {escape(verdict.origin)}</p>')
    text, live_text, pairs = drift.parts(verdict.recorded, verdict.live, block.tolerance)
    used = 0
    for _, old, new in pairs:
        if old is not None and new is not None:
            changes = "".join(f"<li>{escape(t)}</li>" for t in drawings.changes(old, new))
            parts.append(f"<ul>{changes}</ul>")
        shown = []
        for name, drawing in (("recorded", old), ("this run", new)):
            image, size = _image(drawing, name, room - used)
            used += size
            shown.append(f"<figure><figcaption>{name}</figcaption>{image}</figure>")
        parts.append(f'<div class="pair">{"".join(shown)}</div>')
    if not pairs or text.split() != live_text.split():
        rows = _text(differs.lines(text, live_text, block.tolerance))
        fits = used + len(rows.encode("utf-8", "replace")) <= room
        parts.append(rows if fits else f"<p>{_FULL}</p>")
        used += len(rows.encode("utf-8", "replace")) if fits else 0
    return "\n".join([*parts, "</section>"]), used


def _text(lines: list[differs.Line]) -> str:
    tags = {"-": "del", "+": "ins", " ": "span"}
    rows = []
    for line in lines[:_LINES]:
        if line.sign == "@":
            rows.append(f'<span class="at">{escape(line.text)}</span>')
        else:
            tag = tags[line.sign]
            rows.append(f"<{tag}>{escape(str(line))}</{tag}>")
    more = sum(line.stands_for for line in lines[_LINES:])
    note = f"<p>{more} lines more are left out.</p>" if more > 0 else ""
    return f'<pre tabindex="0">{"".join(rows)}</pre>{note}'


def _image(drawing: str | None, name: str, room: int) -> tuple[str, int]:
    """Return a drawing as an image, in which nothing runs, and its bytes; or why there is none."""
    if drawing is None:
        return "<p>There is none.</p>", 0
    source = _standing_alone(drawing).encode("utf-8", "replace")
    size = len(source) * 4 // 3
    if len(source) > _FIGURE:
        return f"<p>Left out: it has {len(source) // 1000} kB, more than 300.</p>", 0
    if size > room:
        return f"<p>{_FULL}</p>", 0
    try:
        ElementTree.fromstring(source)
    except ElementTree.ParseError as error:
        return f"<p>It is no well-formed XML, and no image: {escape(str(error))}.</p>", 0
    data = base64.b64encode(source).decode()
    return f'<img alt="The figure, {name}" src="data:image/svg+xml;base64,{data}">', size


def _standing_alone(drawing: str) -> str:
    """Return a drawing as a file of its own needs it: with the names of its languages."""
    head = drawing[: drawing.index(">")]
    names = [("xmlns", "http://www.w3.org/2000/svg")]
    if "xlink:" in drawing:
        names.append(("xmlns:xlink", "http://www.w3.org/1999/xlink"))
    missing = [f' {n}="{v}"' for n, v in names if not re.search(rf"\s{n}\s*=", head)]
    return drawing.replace("<svg", "<svg" + "".join(missing), 1)
