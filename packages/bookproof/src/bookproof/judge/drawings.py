"""What changed in a drawing, in words: its labels, its shapes, its colors, and how far they moved.

A drawing is an `<svg>` in what a block printed; text around it, such as that of a table below, is
compared as text.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import zip_longest

from . import differs, search, svg

_BEGINS = re.compile(r"\s*<(svg|figure)\b")
_NUMBER = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")
_PLACES = re.compile(r"d|points|transform|viewbox|width|height|[dcrf]?[xy][12]?|r")
_NAMES = re.compile(r"id|aria-\w+by|clip-path|mask|filter|(xlink:)?href")
_SAID = ("aria-label", "aria-description", "alt")
_SHAPES = ("path", "line", "rect", "circle", "ellipse", "polygon", "polyline", "use", "image")
_COLORED = ("fill", "stroke", "color", "stop-color", "background", "background-color")
_MOST = 6  # changes of one kind


def is_figure(text: str) -> bool:
    """Say whether an output is a drawing and nothing else."""
    return bool(_BEGINS.match(text))


def changes(recorded: str, live: str) -> list[str]:
    """Say what became of a drawing, one change a line; never nothing.

    Args:
        recorded: The `<svg>` as it is recorded.
        live: That of this run.
    """
    old, new = _read(recorded), _read(live)
    if old is None or new is None:
        return [f"{_unread(old, new)}; the source differs:", *_source(recorded, live)]
    found = [
        *_texts("label", old.labels, new.labels),
        *_texts("description", old.said, new.said),
        *_counts(old, new),
        *_looks(old, new),
        *_moves(old, new),
    ]
    if found or recorded == live:
        return found or ["it is the same, character by character"]
    return ["its source differs:", *_source(recorded, live)]


def _unread(old: _Reader | None, new: _Reader | None) -> str:
    if old is new:
        return "neither drawing can be read"
    return f"the drawing {'of this run' if old else 'that is recorded'} cannot be read"


def _source(recorded: str, live: str) -> list[str]:
    rows = differs.lines(*(re.sub(r">\s*<", ">\n<", text) for text in (recorded, live)))
    return [f"  {row}" for row in rows[: 2 * _MOST]]


@dataclass
class _Shape:
    tag: str
    places: list[float] = field(default_factory=list)
    looks: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    """Reads a drawing, well-formed or not."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shapes: list[_Shape] = []
        self.labels: list[str] = []
        self.said: list[str] = []
        self.size = 0.0
        self._text: list[str] = []
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        shape = _Shape(tag)
        for name, given in attrs:
            value = given or ""
            if name in _SAID:
                self.said.append(value)
            elif name == "style":
                for part in value.split(";"):
                    prop, _, what = part.partition(":")
                    if prop.strip() and not _NAMES.fullmatch(prop.strip()):
                        shape.looks[prop.strip()] = what.strip()
            elif _PLACES.fullmatch(name):
                shape.places += map(float, _NUMBER.findall(value))
                shape.looks[name] = re.sub(r"[\s,]+", " ", _NUMBER.sub("", value)).strip()
            elif not (_NAMES.fullmatch(name) and (value[:1] == "#" or "href" not in name)):
                shape.looks[name] = value
        if tag == "svg" and not self.size:
            self.size = svg.size({name: given or "" for name, given in attrs}) or 0.0
        self.shapes.append(shape)
        if tag in ("text", "title", "desc"):
            self._inside += 1

    def handle_data(self, data: str) -> None:
        if self._inside:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("text", "title", "desc") and self._inside:
            self._inside -= 1
            if not self._inside:
                label = " ".join("".join(self._text).split())
                self.labels += [label] if label else []
                self._text = []


def _read(drawing: str) -> _Reader | None:
    """Take a drawing apart, or return nothing where that cannot be done."""
    reader = _Reader()
    try:
        reader.feed(drawing)
        reader.close()
    except Exception:  # what the parser raises at odd HTML, it does not say
        return None
    return reader


def _texts(name: str, old: list[str], new: list[str]) -> list[str]:
    """Say which texts became others, which are gone, and which are new."""
    pairs = [
        pair
        for tag, a0, a1, b0, b1 in search.opcodes(old, new)
        if tag != "equal"
        for pair in zip_longest(old[a0:a1], new[b0:b1])
    ]
    return _capped([_became(name, *pair) for pair in pairs[:_MOST]], f"{name}s", len(pairs))


def _became(name: str, old: str | None, new: str | None) -> str:
    if old is None or new is None:
        return f"{name} “{_short(old or new or '')}” is {'gone' if new is None else 'new'}"
    left, right = differs.pair_shown(old, new, long=120)
    return f"{name} “{left}” → “{right}”"


def _counts(old: _Reader, new: _Reader) -> list[str]:
    """Say of which shapes there are more or fewer, and which lines have other points."""
    a, b = (Counter(s.tag for s in drawing.shapes) for drawing in (old, new))
    found = [f"{tag}s: {a[tag]} → {b[tag]}" for tag in _SHAPES if a[tag] != b[tag]]
    others = sorted((a | b).keys() - set(_SHAPES) - {"text", "tspan", "title", "desc"})
    found += [f"<{tag}>: {a[tag]} → {b[tag]}" for tag in others if a[tag] != b[tag]]
    points = [
        sum(len(s.places) // 2 for s in d.shapes if s.tag in ("path", "polyline", "polygon"))
        for d in (old, new)
    ]
    if points[0] != points[1]:
        found.append(f"points of paths: {points[0]} → {points[1]}")
    return found


def _looks(old: _Reader, new: _Reader) -> list[str]:
    """Say which colors and which other attributes are others, and how often."""
    changed: Counter[tuple[str, str, str]] = Counter()
    if [s.tag for s in old.shapes] == [s.tag for s in new.shapes]:
        for x, y in zip(old.shapes, new.shapes, strict=True):
            for name in {**x.looks, **y.looks}:
                a, b = x.looks.get(name, ""), y.looks.get(name, "")
                if a != b and not (_PLACES.fullmatch(name) and len(x.places) != len(y.places)):
                    changed[name, a, b] += 1
    else:
        tallies = [
            Counter(s.looks[n] for s in d.shapes for n in _COLORED if n in s.looks)
            for d in (old, new)
        ]
        gone, come = tallies[0] - tallies[1], tallies[1] - tallies[0]
        words = [f"color {c} is gone" for c in gone if c not in tallies[1]]
        words += [f"color {c} is new" for c in come if c not in tallies[0]]
        return _capped(words[:_MOST], "colors", len(words))
    found = []
    for (name, a, b), count in changed.most_common(_MOST):
        kind = (
            f"color ({name})"
            if name in _COLORED
            else "drawn with"
            if _PLACES.fullmatch(name)
            else name
        )
        left, right = differs.pair_shown(a, b, long=60)
        times = f", {count} times" if count > 1 else ""
        found.append(f"{kind} {left or 'none'} → {right or 'none'}{times}")
    return _capped(found, "changes of how it looks", len(changed))


def _moves(old: _Reader, new: _Reader) -> list[str]:
    """Say how far what moved the farthest moved, in the drawing's units and as a share of it."""
    pairs = _paired(old.shapes, new.shapes)
    far, shape, moved = 0.0, "", 0
    for x, y in pairs:
        steps = [abs(a - b) for a, b in zip(x.places, y.places, strict=True)]
        farthest = max(steps, default=0.0)
        moved += farthest > 0
        if farthest > far:
            far, shape = farthest, x.tag
    if not moved:
        return []
    size = max(old.size, new.size)
    share = f", {100 * far / size:.2g} % of the drawing's {size:g}" if size else ""
    return [
        f"{moved} of {len(pairs)} shapes moved; the farthest, a {shape}, by {far:.3g} units{share}"
    ]


def _paired(old: list[_Shape], new: list[_Shape]) -> list[tuple[_Shape, _Shape]]:
    """Pair the shapes that are the same but for where they stand."""
    a, b = ([(s.tag, len(s.places)) for s in shapes] for shapes in (old, new))
    pairs = [
        pair
        for tag, i, j, k, m in search.opcodes(a, b)
        if tag == "equal"
        for pair in zip(old[i:j], new[k:m], strict=True)
    ]
    return [pair for pair in pairs if pair[0].places]


def _short(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:120]}…"


def _capped(found: list[str], what: str, count: int) -> list[str]:
    """Return the first few changes, and how many more of all there are."""
    more = count - len(found)
    return found + ([f"… and {more} more {what}"] if more > 0 else [])
