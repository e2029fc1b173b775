"""Say whether two drawings look the same: what stands in them exactly, where it stands nearly.

Where a part stands may differ by 1/400 of the drawing's larger side, and how dense it is by 1/400
of what it can be, which no eye sees. A width, a height or a radius may do so by no more than a
twentieth of itself, too, and so may what is defined once and drawn often, as a marker. What a
reader reads there is compared as text; all else is exact: colors, counts, references, the drawing's
own size, and every number that counts in units of its own (in a gradient, a marker, a drawing
inside it, a share), that adds up on its way (steps from point to point, arcs), or that a style
could enlarge.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

_QUOTES = "\"'"
_SHARE = 1 / 400  # of a drawing's larger side
_BY_ITSELF = 1 / 20  # of a size: a dot that is gone, or twice as large, is seen
_TURN = 1e-4  # of a factor or an angle in a transform
_PART = re.compile(r"<[^<>]*>|[^<]+|<")
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:.-]*)([^<>]*)>")
_ATTRIBUTE = re.compile(r"""(?<![^\s/"'])([^\s=/"'<>]++)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'<>]+)""")
_NUMBER = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d{1,4})?", re.ASCII)
_SIDE = re.compile(_NUMBER.pattern + r"(?:px)?", re.ASCII)
_PLACES = re.compile(r"points|width|height|[cf]?[xy][12]?|d[xy]|r[xy]?", re.ASCII)
_SIZES = re.compile(r"width|height|r[xy]?")
_ADDS_UP = re.compile(r"(?![eE][-+\d])[a-yA]")  # commands of a path that count from the last point
_SHADE = re.compile(
    rf"((?<![\w-])(?:fill-|stroke-|stop-)?opacity\s*:\s*)({_NUMBER.pattern})(?!\s*%)", re.A
)
_CALL = re.compile(r"(?<!\w)(\w++)\(([^()]*)\)")
_REFERENCE = re.compile(r"(?<=url\(#)[^()\s]+(?=\))|(?<=^#)\S+")
_STYLED = re.compile(
    r"(?<![\w-])(?:transform|translate|scale|zoom|offset|d\s*:)|path\(", re.IGNORECASE
)
_NAME_IN_STYLE = re.compile(r"#([\w-]+)")
_OWN_UNITS = {
    *("svg", "lineargradient", "radialgradient", "pattern", "marker", "symbol", "mask", "filter"),
    "foreignobject",
}
_NO_CONTENT = {"br", "img", "hr", "input"}  # that HTML leaves open, in a foreign object


@dataclass
class _Drawing:
    """A drawing taken apart.

    Attributes:
        rest: Its tags, with a dot for each number that may move, and a mark for each text.
        texts: What stands between the tags.
        places: Numbers that say where things stand.
        sizes: Numbers that say how large one is.
        shapes: The places of each part that is drawn elsewhere, maybe often, as a marker is.
        turns: Numbers of transforms that are no places.
        shades: Opacities.
        size: Its larger side, or None where it does not say.
        enlarged: How many times as large as it says a part may be drawn.
    """

    rest: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    sizes: list[str] = field(default_factory=list)
    shapes: list[list[str]] = field(default_factory=list)
    turns: list[str] = field(default_factory=list)
    shades: list[str] = field(default_factory=list)
    size: float | None = None
    enlarged: float = 1.0


def alike(
    recorded: str, live: str, tolerance: str, texts_alike: Callable[[str, str, str], bool]
) -> bool:
    """Say whether a drawing looks as it is recorded.

    Args:
        recorded: The approved `<svg>`.
        live: That of this run.
        tolerance: The fence's `tol=`.
        texts_alike: Compares two texts within a tolerance.
    """
    old, new = _taken_apart(recorded), _taken_apart(live)
    if old.rest != new.rest or len(old.texts) != len(new.texts):
        return False
    if not all(texts_alike(a, b, tolerance) for a, b in zip(old.texts, new.texts, strict=True)):
        return False
    if tolerance == "any":
        return True
    if any(map(_is_turned, old.turns, new.turns)):
        return False
    if max(map(_apart, old.shades, new.shades), default=0.0) > _SHARE:
        return False
    reach = _reach(tolerance, min(map(_larger_side, (old, new))))
    enlarged = max(old.enlarged, new.enlarged)
    itself = [([x], [y]) for x, y in zip(old.sizes, new.sizes, strict=True)]
    for a, b in [*itself, *zip(old.shapes, new.shapes, strict=True)]:
        seen = _BY_ITSELF * (reach + max(map(_extent, (a, b))))
        if not _near(a, b, reach if _is_said(tolerance) else min(reach, seen), enlarged):
            return False
    return _near(old.places, new.places, reach, enlarged)


def _near(old: list[str], new: list[str], reach: float, enlarged: float) -> bool:
    farthest = max(map(_apart, old, new), default=0.0)
    return not farthest or farthest * enlarged <= reach


def _extent(places: list[str]) -> float:
    return max((abs(float(place)) for place in places), default=0.0)


@dataclass(frozen=True)
class _Around:
    """What an element is in."""

    name: str = ""
    defined: bool = False
    own_units: bool = False
    moved: bool = False
    enlarged: float = 1.0


@lru_cache(maxsize=256)
def _taken_apart(drawing: str) -> _Drawing:
    parts = _PART.findall(drawing)
    names = _names(parts)
    found, around = _Drawing(), [_Around()]
    open_now: Counter[str] = Counter()
    for part in parts:
        tag = _TAG.fullmatch(part)
        if tag is None:
            if around[-1].name == "style" and _STYLED.search(part):
                found.enlarged = math.inf
            found.rest.append("text")
            found.texts.append(part)
            continue
        name = tag[2].lower()
        if tag[1]:
            found.rest.append(part)
            if open_now[name]:
                while (closed := around.pop().name) != name:
                    open_now[closed] -= 1
                open_now[name] -= 1
            continue
        first = len(around) == 1
        inside = _element(found, around[-1], name, tag[3], names, first)
        found.enlarged = max(found.enlarged, inside.enlarged)
        if not tag[3].rstrip().endswith("/") and name not in _NO_CONTENT:
            around.append(inside)
            open_now[name] += 1
    return found


def _element(
    found: _Drawing, around: _Around, name: str, attributes: str, names: dict[str, str], first: bool
) -> _Around:
    """Take a tag apart, and say what its element is to those in it."""
    known = {a.lower(): value.strip(_QUOTES) for a, _, value in _ATTRIBUTE.findall(attributes)}
    if first:
        found.size = size(known)
    own = not first and (
        around.own_units or name in _OWN_UNITS or "clippathunits" in known or "maskunits" in known
    )
    enlarged = around.enlarged
    if _STYLED.search(known.get("style", "")):
        enlarged = math.inf
    moved = around.moved
    for call, inside in _CALL.findall(known.get("transform", "")):
        numbers = [abs(float(n)) for n in _NUMBER.findall(inside)]
        if call.startswith(("scale", "matrix")):
            enlarged *= max([1.0, *numbers[:4]])
        moved |= call == "translate"

    def shade(opacity: re.Match[str]) -> str:
        found.shades.append(opacity[2])
        return f"{opacity[1]}·"

    def lift(attribute: re.Match[str]) -> str:
        which, equals, value = attribute[1].lower(), attribute[2], attribute[3]
        if which == "id" or (which.startswith("aria-") and which.endswith("by")):
            value = " ".join(names.get(word, word) for word in value.strip(_QUOTES).split())
        if which == "style" or which.endswith("opacity"):
            value = _SHADE.sub(shade, f"{which}:{value.strip(_QUOTES)}").partition(":")[2]
        value = _REFERENCE.sub(lambda to: names.get(to[0], to[0]), value.strip(_QUOTES))
        if which == "transform":
            value = _CALL.sub(lambda call: _lift_call(found, call, own or around.moved), value)
        elif not first and not own and _is_place(which, value):
            numbers = _NUMBER.findall(value)
            if _SIZES.fullmatch(which):
                found.sizes += numbers
            elif around.defined:
                found.shapes.append(numbers)
            else:
                found.places += numbers
            value = _NUMBER.sub("·", value)
        return f'{which}{equals.strip()}"{value}"'

    found.rest.append(f"<{name}{_ATTRIBUTE.sub(lift, attributes)}>")
    return _Around(name, around.defined or name == "defs", own, moved, enlarged)


def _lift_call(found: _Drawing, call: re.Match[str], exact: bool) -> str:
    """Take the numbers out of one function of a transform."""
    if not _are_numbers(call[2]):
        return call[0]
    kind = found.places if call[1] == "translate" and not exact else found.turns
    kind += _NUMBER.findall(call[2])
    return _NUMBER.sub("·", call[0])


def _is_place(attribute: str, value: str) -> bool:
    if attribute == "d":
        return not _ADDS_UP.search(value)
    if attribute in ("dx", "dy") and len(_NUMBER.findall(value)) > 1:
        return False  # each letter moves the next
    return bool(_PLACES.fullmatch(attribute)) and _are_numbers(value)


def _are_numbers(value: str) -> bool:
    """Say whether a value is numbers alone, in the units of what is around it: `5%` is not."""
    return not _NUMBER.sub("", value).strip(" ,\t\r\n")


def _names(parts: list[str]) -> dict[str, str]:
    """Number the names that a drawing gives its parts; which are made up, unless a style says one.

    What refers to which part is all that they say.
    """
    known: dict[str, str] = {}
    styled: set[str] = set()
    within = ""
    for part in parts:
        tag = _TAG.fullmatch(part)
        if tag:
            within = "" if tag[1] else tag[2].lower()
            for attribute, _, value in _ATTRIBUTE.findall(tag[3]):
                if attribute.lower() == "id":
                    known.setdefault(value.strip(_QUOTES), f"part{len(known)}")
        elif within == "style":
            styled.update(_NAME_IN_STYLE.findall(part))
    return {name: number for name, number in known.items() if name not in styled}


def size(attributes: dict[str, str]) -> float | None:
    """Return the larger side of a drawing, in its units, where its `<svg>` says it."""
    sides = _NUMBER.findall(attributes.get("viewbox", ""))[2:4]
    if not sides:
        given = [attributes.get(side, "") for side in ("width", "height")]
        sides = [side.removesuffix("px") for side in given if _SIDE.fullmatch(side)]
    found = [abs(float(side)) for side in sides]
    return max((side for side in found if math.isfinite(side)), default=None)


def _larger_side(drawing: _Drawing) -> float:
    if drawing.size is not None:
        return drawing.size
    sizes = (abs(float(place)) for place in [*drawing.places, *drawing.sizes])
    return max((size for size in sizes if math.isfinite(size)), default=0.0)


def _is_turned(a: str, b: str) -> bool:
    x, y = float(a), float(b)
    return a != b and not abs(x - y) <= _TURN * min(abs(x), abs(y))


def _apart(a: str, b: str) -> float:
    x, y = float(a), float(b)
    return 0.0 if a == b else abs(x - y) if math.isfinite(x) and math.isfinite(y) else math.inf


def _is_said(tolerance: str) -> bool:
    """Say whether a fence says how far places may move."""
    return bool(tolerance) and tolerance != "words"


def _reach(tolerance: str, size: float) -> float:
    """Return how far a part of a drawing may move, in its units; a share is one of its size."""
    if tolerance.endswith("%"):
        return max(_SHARE, float(tolerance[:-1]) / 100) * size
    if _is_said(tolerance):
        return max(_SHARE * size, float(tolerance))
    return _SHARE * size
