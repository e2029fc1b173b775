"""Pages in fewer bytes and elements, which look the same.

What a phone has to fetch and lay out before it shows a page is mostly listings and figures.
"""

from __future__ import annotations

import math
import re

# Names, operators, punctuation: `colors.css` gives them the ink of the listing around them.
_PLAIN = re.compile(r'<span class="(?:n|o|ow|p|w|kc)">([^<]*)</span>|<span></span>(?=<code>)')
_FRAME = re.compile(r"(<article\b.*</article>)", re.DOTALL)  # what is around it is the theme's
_WRAPPED = '<div class="md-typeset__scrollwrap"><div class="md-typeset__table">'
_TABLE = re.compile(rf"({_WRAPPED})?<table>(.*?</table>)", re.DOTALL)
ROWS = "bp-rows"
_FIGURE = re.compile(r'<svg role="img".*?</svg>', re.DOTALL)
_STYLE = re.compile(r'(?<= style=")[^"]*')
_PLACE = re.compile(r'(?<= [xy]=")-?\d+\.\d\d(?=")')
_PATH = re.compile(r'(?<= d=")M [-\d. MLCQz]*(?=")')
_POINTS = {"Q": 2, "C": 3}  # that a command takes; others take one
_NEAR = 4.5  # tenths of a point: about half a pixel of a screen
_Point = tuple[int, int]


def lightened(page: str) -> str:
    """Return the HTML of a page with less in it to fetch and lay out.

    Spans that give code no color of its own are gone, figures say where a line goes from where it
    is, and not from the corner of the drawing, and the theme's indentation is left out. Tables
    stand in what the theme's script would put around each, and are of a class, `ROWS`, by which it
    leaves them alone: it takes them out of the page and in again.
    """
    parts = _FRAME.split(_PLAIN.sub(r"\1", page))
    parts[::2] = [re.sub(r"\n\s+", "\n", part) for part in parts[::2]]
    return _FIGURE.sub(lambda found: _figure(found[0]), _TABLE.sub(_table, "".join(parts)))


def _table(found: re.Match[str]) -> str:
    table = f'{_WRAPPED}<table class="{ROWS}">{found[2]}'
    return table if found[1] else f"{table}</div></div>"


def _figure(drawing: str) -> str:
    drawing = _STYLE.sub(lambda style: re.sub("([:;]) ", r"\1", style[0]), drawing)
    drawing = _PLACE.sub(lambda place: f"{float(place[0]):.1f}".removesuffix(".0"), drawing)
    return _PATH.sub(lambda path: relative(path[0]), drawing)


def relative(path: str) -> str:
    """Return the path of an SVG with each point given from the one before.

    A point that the line without it passes within 0.45 is left out.

    Args:
        path: absolute commands `M`, `L`, `Q`, `C` and `z`, with up to one decimal.

    >>> relative("M 10 20 L 12.5 20 L 14 17.4 z")
    'm10 20h2.5l1.5-2.6z'
    >>> relative("M 0 0 L 1 2 L 2 4 L 3 6 L 4 0")
    'm0 0l3 6 1-6'
    """
    short = ""
    here = start = (0, 0)  # in tenths, so that no error adds up
    last = ""
    for command, points in _commands(path):
        if command == "L":
            points = _straightened([here, *points])[1:]
        if command == "z":
            short, here, last = f"{short}z", start, ""
        for n in range(0, len(points), _POINTS.get(command, 1)):
            taken = points[n : n + _POINTS.get(command, 1)]
            steps = [place for x, y in taken for place in (x - here[0], y - here[1])]
            letter = command.lower()
            if command == "L" and 0 in steps:
                letter, steps = ("h", steps[:1]) if steps[1] == 0 else ("v", steps[1:])
            text = "".join(_number(step) for step in steps)
            short += text if letter == last else letter + text.lstrip()
            here, last = taken[-1], letter
        start = here if command == "M" else start
    return short


def _commands(path: str) -> list[tuple[str, list[_Point]]]:
    """Split a path into its commands, with the lines that follow each other as one."""
    found: list[tuple[str, list[_Point]]] = []
    for letter, numbers in re.findall(r"([MLQCz])([-\d. ]*)", path):
        tenths = [round(10 * float(number)) for number in numbers.split()]
        points = list(zip(tenths[::2], tenths[1::2], strict=True))
        if letter == "L" and found and found[-1][0] == "L":
            found[-1][1].extend(points)
        else:
            found.append((letter, points))
    return found


def _straightened(points: list[_Point]) -> list[_Point]:
    """Leave out what a straight line between two that stay passes close by (Douglas, Peucker)."""
    kept = {0, len(points) - 1}
    spans = [(0, len(points) - 1)]
    while spans:
        first, end = spans.pop()
        away, farthest = max(
            ((_distance(points[n], points[first], points[end]), n) for n in range(first + 1, end)),
            default=(0.0, 0),
        )
        if away > _NEAR:
            kept.add(farthest)
            spans += [(first, farthest), (farthest, end)]
    return [points[n] for n in sorted(kept)]


def _distance(point: _Point, first: _Point, end: _Point) -> float:
    """Measure from a point to the nearest of a stretch."""
    along = (end[0] - first[0], end[1] - first[1])
    to = (point[0] - first[0], point[1] - first[1])
    length = along[0] ** 2 + along[1] ** 2
    share = min(1, max(0, (to[0] * along[0] + to[1] * along[1]) / length)) if length else 0
    return math.hypot(to[0] - share * along[0], to[1] - share * along[1])


def _number(tenths: int) -> str:
    """Write it as short as SVG reads it, with a space where it would run into the one before."""
    whole, part = divmod(abs(tenths), 10)
    text = f"{whole or ''}.{part}" if part else f"{whole}"
    return f"-{text}" if tenths < 0 else f" {text}"
