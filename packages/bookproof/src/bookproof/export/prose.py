"""Turn the text of a page into Markdown that any notebook reader understands."""

from __future__ import annotations

import re

from ..parse.scan import front_matter

_FENCE = re.compile(r"^ *(?P<fence>`{3,}|~{3,})")
_BOX = re.compile(
    r'^(?P<indent> *)(?:(?:!!!|\?\?\?\+?) +(?P<kind>[\w-]+)[^"]*(?:"(?P<title>.*)")?'
    r'|===[!+]* +"(?P<tab>.*)")\s*$'
)
_LINK_OR_CODE = re.compile(
    r"(?P<code>(`+)(?!`).*?(?<!`)\2(?!`))"
    r"|(?<!!)\[(?P<text>(?:[^\[\]`]|`[^`]*`)+)\]\((?!https?://|#)[^)\s]+\)(?:\{[^}]*\})?"
)


def readable(text: str) -> list[str]:
    """Return the lines of a page as a notebook shows them, one for each of the page's.

    Boxes and tabs become a bold title and their text at the margin, links between pages plain
    text. Listings stay as they are but for the margin.

    Args:
        text: The page's Markdown.
    """
    lines = text.split("\n")
    skipped = front_matter(lines)
    shown, boxes, fence = [""] * skipped, list[int](), ""
    for line in lines[skipped:]:
        depth = len(line) - len(line.lstrip(" "))
        if line.strip() and not fence:
            boxes = [at for at in boxes if at < depth]
        line = line[min(4 * len(boxes), depth) :]
        opening = _FENCE.match(line)
        if fence:
            fence = "" if line.strip() == fence else fence
        elif opening:
            fence = opening["fence"]
        elif box := _BOX.match(line):
            boxes.append(depth)
            title = box["tab"] or box["title"] or (box["kind"] or "").capitalize()
            line = f"{box['indent']}**{title}**"
        else:
            line = _LINK_OR_CODE.sub(lambda m: m["code"] or m["text"], line)
        shown.append(line)
    return shown


def cell(lines: list[str]) -> str:
    """Return lines of `readable` as the text of one cell.

    What belongs to a list that began in a cell above would be a listing; it moves to the margin.
    """
    while lines and not lines[0].strip():
        lines = lines[1:]
    depth = len(lines[0]) - len(lines[0].lstrip(" ")) if lines else 0
    moved = []
    for line in lines:
        here = len(line) - len(line.lstrip(" "))
        if line.strip() and here < depth:
            depth = 0
        moved.append(line[depth:])
    return "\n".join(moved).strip()
