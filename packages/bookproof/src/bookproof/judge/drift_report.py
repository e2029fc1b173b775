"""What another version changes in the book, as its readers see it: a report in Markdown.

First what drifted, old beside new, with the paragraph before it; then text that moved within its
tolerance, but for what differs with each run, such as a time, and what this machine alone moves;
then how many figures moved. A page may include the report: whatever was printed stands in it as
text, and nothing in it is a fence, an include or live HTML.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from markdown.extensions.toc import slugify, unique

from ..files import relative
from ..parse.block import Block
from ..parse.chapter import Chapter
from ..run.results import ChapterResult
from ..settings import Settings
from . import causes, compare, differs, drawings, drift
from .gate import Judged
from .verdict import FREE, Verdict

_LINES = 30  # of one block
_MOVED = 3  # lines of a block that moved within its tolerance
_TOLD = ("drift", "failed", "new")
_HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*$")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_LIVE = {c: f"&#{ord(c)};" for c in "`~{[*_$\\:!^="}  # what Markdown and its extensions obey


def report(
    settings: Settings,
    judged: list[Judged],
    file: Path,
    usual: Mapping[str, ChapterResult | None] | None = None,
) -> str:
    """Return the report of a run, with links as from a page in the folder of `file`.

    Args:
        settings: The book.
        judged: Its chapters, as they ran with another version.
        file: Where the report will stand.
        usual: For chapters by their path, what the book's own versions last gave on this machine.
    """
    told = [(j, b, v) for j in judged for b, v in zip(j.chapter.blocks, j.verdicts, strict=True)]
    drifted = [one for one in told if one[2].kind in _TOLD]
    free = [one for one in told if one[2].kind == "moved" and one[1].tolerance not in FREE]
    moved = [one for one in free if not _by_machine(*one, (usual or {}).get(one[0].chapter.path))]
    items = [_moved(settings, j.chapter, b, v, file) for j, b, v in moved]
    texts = [item for item in items if item]
    figures = len(items) - len(texts)
    unrun = sum(v.kind == "not-run" for _, _, v in told)
    parts = [_head(settings, judged)]
    if drifted or moved:
        parts.append(f"{_count(len(drifted), 'output')} drifted.")
    else:
        parts.append("Nothing drifted, and nothing moved.")
    for one, block, verdict in drifted:
        parts += _drifted(settings, one.chapter, block, verdict, file)
    if unrun:
        parts.append(f"{_count(unrun, 'block')} below one that failed did not run.")
    if texts:
        parts.append(f"{_count(len(texts), 'output')} moved within the tolerance:")
        parts.append("\n".join(texts))
    if figures:
        parts.append(f"{_count(figures, 'figure')} moved by less than an eye can see.")
    if by_machine := len(free) - len(moved):
        parts.append(
            f"{_count(by_machine, 'output')} moved within the tolerance just as they do on this "
            "machine with the recordings' own versions."
        )
    return "\n\n".join(parts) + "\n"


def _by_machine(
    judged: Judged, block: Block, verdict: Verdict, usual: ChapterResult | None
) -> bool:
    """Say whether the versions of the recording give the same here: then no version moved it."""
    if usual is None or judged.result is None or len(usual.blocks) != len(judged.result.blocks):
        return False
    recorded = dict(item.rpartition(" ")[::2] for item in verdict.origin.split(" · "))
    same = all(recorded.get(name, number) == number for name, number in usual.versions.items())
    at = block.index - 1
    return same and usual.blocks[at].output == judged.result.blocks[at].output


def _head(settings: Settings, judged: list[Judged]) -> str:
    """Say what is other than in the recordings, and what the run was made with."""
    found = dict.fromkeys(
        news for j in judged for v in j.verdicts if (news := causes.news(settings, v.origin, j))
    )
    now = next((j.result.origin for j in judged if j.result), "")
    other = f"Since the recordings: {'; '.join(found)}. " if found else ""
    return f"{other}This run: {now}."


def _drifted(
    settings: Settings, chapter: Chapter, block: Block, verdict: Verdict, file: Path
) -> Iterator[str]:
    yield f"{_link(settings, chapter, block, file)}"
    if before := paragraph_before(chapter, block):
        yield f"<blockquote><p>{_text(before)}</p></blockquote>"
    if verdict.kind != "drift":
        old, new = verdict.recorded or "(none)", verdict.message or verdict.live
        yield _pair(old.split("\n"), new.split("\n"))
        return
    text, live, pairs = drift.parts(verdict.recorded, verdict.live, block.tolerance)
    changes = [c for _, a, b in pairs if a and b for c in drawings.changes(a, b)]
    if changes:
        yield "<ul>" + "".join(f"<li>{_text(c)}</li>" for c in changes) + "</ul>"
    if not pairs or text.split() != live.split():
        lines = differs.lines(text, live, block.tolerance)
        left = [line.text for line in lines if line.sign in " -"]
        yield _pair(left, [line.text for line in lines if line.sign in " +"])


def paragraph_before(chapter: Chapter, block: Block) -> str:
    """Return the paragraph of prose above a block as plain text; empty if there is none."""
    lines = chapter.text.split("\n")[: block.line - 1]
    if chapter.is_script:
        lines = [re.sub(r"^# ?", "", line) if line[:1] == "#" else "" for line in lines]
    found: list[str] = []
    for line in reversed(lines):
        bare = line.strip()
        if found and not bare:
            break
        if bare.startswith(("```", "~~~", "#", "!!!", "???", "===", "|", "%%")):
            break
        if bare:
            found.append(bare)
    text = " ".join(reversed(found))
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)(\{[^}]*\})?", r"\1", text)
    return re.sub(r"(\*\*|__|`|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w))", "", text)


def _moved(settings: Settings, chapter: Chapter, block: Block, verdict: Verdict, file: Path) -> str:
    """Return an item with the first lines of text that moved; nothing where only figures did."""
    old, new = (compare.lift(text)[0] for text in (verdict.recorded, verdict.live))
    rows = differs.columns(old, new)
    if not rows:
        return ""
    shown = [f"<code>{_text(a.strip())}</code> → <code>{_text(b.strip())}</code>" for a, b in rows]
    said = "; ".join(_cut(shown, _MOVED))
    return f"- {_link(settings, chapter, block, file)}: {said}"


def _pair(old: list[str], new: list[str]) -> str:
    cells = (_text("\n".join(_cut(side, _LINES))) for side in (old, new))
    row = "".join(f"<td><pre>{cell}</pre></td>" for cell in cells)
    return _table(("recorded", "now"), [f"<tr>{row}</tr>"])


def _cut(lines: list[str], most: int) -> list[str]:
    more = len(lines) - most
    return lines[:most] + ([f"… {more} lines more"] if more > 0 else [])


def _table(heads: tuple[str, ...], rows: list[str]) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "".join(rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _link(settings: Settings, chapter: Chapter, block: Block, file: Path) -> str:
    """Lead to the section in which a block stands, which keeps its address if blocks are added."""
    page = relative(settings.root / chapter.path, file.resolve().parent)
    anchor = "" if chapter.is_script else _section(chapter, block)
    return f"[{chapter.path}:{block.line}]({page}{anchor})"


def _section(chapter: Chapter, block: Block) -> str:
    taken: set[str] = set()
    found, fence = "", ""
    for line in chapter.text.split("\n")[: block.line - 1]:
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        elif not fence and (heading := _HEADING.match(line)):
            title = re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", heading[1])
            found = unique(slugify(html.unescape(title), "-"), taken)
    return f"#{found}" if found else ""


def _text(text: str) -> str:
    """Return what was printed as text that is inert in Markdown, too."""
    lines = (html.escape(differs.visible(line)) for line in text.split("\n"))
    return "\n".join("".join(_LIVE.get(c, c) for c in t) for t in lines)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
