"""Say whether a live output is the recorded one: words exactly, numbers as they are printed.

Integers must match, and so must floats that are whole, as `16777216.0`. A float printed with three
or more decimals may differ by one and a half steps of its last printed place, which is what another
processor's rounding can do; with fewer decimals it is a value that somebody chose, and must match
to a millionth of its size. `tol=` on the fence says otherwise, and then a number may carry its unit
(`12ms`). Addresses of objects are not compared, nor are the names of a drawing's parts; where they
stand may differ by less than an eye can see.
"""

from __future__ import annotations

import re
from functools import lru_cache

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_DIGITS = r"(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?"
_NUMBER = re.compile(_DIGITS + r"(?!\w|\.\w)")
_MEASURED = re.compile(_DIGITS + r"(?!\.?\d|[eE][-+]?\d)")  # a unit may follow: 12ms, 1.5x
_TIMED = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?![\w.])|" + _MEASURED.pattern)  # 1,967
_DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_ATTRIBUTE = re.compile(
    r"""(?<=\s)(d|points|transform|viewBox|width|height|[dcrf]?[xy][12]?|r)="([^"]*)\""""
)
_PLACE = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")
_ID = re.compile(r"""(\bid="|\baria-\w+by="|\bhref="#|\burl\(#)[\w.: -]+""")
_STEP = 1.0  # units of a drawing: less than an eye can see


@lru_cache(maxsize=8192)  # while a book is served, most outputs are compared again and again
def same(recorded: str, live: str, tolerance: str = "") -> bool:
    """Say whether `live` is `recorded`, by the rules above.

    Args:
        recorded: The approved output.
        live: The output of this run.
        tolerance: The fence's `tol=`: a number, a share such as `5%`, `any` (numbers may be any,
            words must match), `words` (words may be any, too), or empty.
    """
    recorded, live = _plain(recorded), _plain(live)
    if recorded == live or (tolerance == "words" and bool(recorded) == bool(live)):
        return True
    recorded, old_places = _lift_places(recorded)
    live, new_places = _lift_places(live)
    number = _TIMED if tolerance == "any" else _MEASURED if tolerance else _NUMBER
    if len(old_places) != len(new_places) or _words(number, recorded) != _words(number, live):
        return False
    if tolerance != "any" and _moved(old_places, new_places) > _reach(tolerance, old_places):
        return False
    pairs = zip(number.findall(recorded), number.findall(live), strict=True)
    return all(_close(a, b, tolerance) for a, b in pairs)


def _plain(text: str) -> str:
    return _ADDRESS.sub("0x…", "\n".join(line.rstrip() for line in text.rstrip().split("\n")))


def _lift_places(text: str) -> tuple[str, list[str]]:
    """Take out of each drawing the numbers that say where things stand, and the names of its parts.

    What a reader reads there, its labels, colors and widths, stays and is compared like any text.
    """
    places: list[str] = []

    def lift(attribute: re.Match[str]) -> str:
        places.extend(_PLACE.findall(attribute[2]))
        return f'{attribute[1]}="{_PLACE.sub("·", attribute[2])}"'

    text = _DRAWING.sub(lambda drawing: _ID.sub(r"\1", _ATTRIBUTE.sub(lift, drawing[0])), text)
    return text, places


def _moved(old: list[str], new: list[str]) -> float:
    return max((abs(float(a) - float(b)) for a, b in zip(old, new, strict=True)), default=0.0)


def _reach(tolerance: str, places: list[str]) -> float:
    """Return how far a part of a drawing may move, in its units; a share is one of its size."""
    if tolerance.endswith("%"):
        size = max((abs(float(place)) for place in places), default=0.0)
        return max(_STEP, float(tolerance[:-1]) / 100 * size)
    return float(tolerance) if re.fullmatch(r"[\d.e-]+", tolerance) else _STEP


def _words(number: re.Pattern[str], text: str) -> list[str]:
    """Split off the numbers; padding beside a number follows its width, and does not count."""
    return [re.sub(r"[ \t]+", " ", part).strip(" \t") for part in number.split(text)]


def _close(a: str, b: str, tolerance: str) -> bool:
    if a == b or tolerance == "any":
        return True
    floats = _is_float(a) + _is_float(b)
    if floats == 0 or (floats == 1 and not tolerance):  # an integer that became a float has moved
        return False
    x, y = float(a), float(b)
    if tolerance.endswith("%"):
        return abs(x - y) <= float(tolerance[:-1]) / 100 * abs(x)
    if tolerance:
        return abs(x - y) <= float(tolerance) * (1 + 1e-9)
    if _is_whole(a) and _is_whole(b):
        return x == y
    step = max(_step(a), _step(b))
    return abs(x - y) <= max(1.5 * step, 1e-6 * max(abs(x), abs(y)))


def _is_float(text: str) -> bool:
    return any(c in text for c in ".eE")


def _is_whole(text: str) -> bool:
    return "e" not in text.lower() and float(text).is_integer()


def _step(text: str) -> float:
    """Return the worth of the last of three or more printed places, else 0."""
    mantissa, _, exponent = text.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - decimals) if decimals >= 3 else 0.0
