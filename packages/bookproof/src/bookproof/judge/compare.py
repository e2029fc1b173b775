"""Say whether a live output is the recorded one: words exactly, numbers as they are printed.

A float that shows three or more decimals may differ by one and a half steps of its last printed
place, or of a float32's, which is what another processor's rounding can do. Every other number,
with fewer decimals, whole, or an integer, must be the same, and nothing but 0 is 0 in `0.000e+00`.
`tol=` on the fence says otherwise, and then a number may carry its unit (`12ms`). Blanks count,
but for padding beside a number when a number's width moved, and by no more than that. The address
after ` at ` and the place in a library's source (`… at x.cpp:822`) are not compared. In a drawing,
where parts stand may differ by 1/400 of its size; labels, colors, counts and references may not.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

_ADDRESS = re.compile(r"(?<= at )0x[0-9a-fA-F]{6,}\b")
_TRIGGERED = re.compile(r"(?<=\(Triggered internally at )[^\s()]+:\d+(?=\.?\))")
_DIGITS = r"(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?"
_NUMBER = re.compile(_DIGITS + r"(?!\w|\.\w)")
_MEASURED = re.compile(_DIGITS + r"(?!\.?\d|[eE][-+]?\d)")  # a unit may follow: 12ms, 1.5x
_TIMED = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?![\w.])|" + _MEASURED.pattern)  # 1,967
_TAG = re.compile(r"<(/?)svg\b[^>]*?(/?)>")
_SIZE = re.compile(r"<svg\b[^>]*?\sviewBox=\"([^\"]*)\"")
_SIDES = re.compile(r"<svg\b[^>]*?\s(?:width|height)=\"([\d.]+)")
_ATTRIBUTE = re.compile(
    r"""(?<=\s)(d|points|transform|width|height|[dcrf]?[xy][12]?|r)="([^"]*)\""""
)
_PLACE = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")
_MOVE = re.compile(r"translate\([^)]*\)")
_ID = re.compile(r"""(\bid="|\baria-\w+by="|\bhref="#|\burl\(#)([\w.: -]+)""")
_SHARE = 1 / 400  # of a drawing's larger side: less than an eye can see
_FLOAT32 = 2.0**-23  # how far two neighbors are apart, as a share of their size
_FREE = 3  # decimals from which on a number is a measurement


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
    (recorded, old), (live, new) = lift(recorded), lift(live)
    if len(old) != len(new) or not all(map(_drawn_alike, old, new, [tolerance] * len(old))):
        return False
    return _text_alike(recorded, live, tolerance)


def _plain(text: str) -> str:
    text = "\n".join(line.rstrip() for line in text.rstrip().split("\n"))
    return _TRIGGERED.sub("…", _ADDRESS.sub("0x…", text))


def lift(text: str) -> tuple[str, list[str]]:
    """Part an output into its text, with `[drawing 1]` where one stood, and its drawings."""
    drawings: list[str] = []
    parts: list[str] = []
    depth, begin, done = 0, 0, 0
    for tag in _TAG.finditer(text):
        if not tag[1]:
            if depth == 0:
                begin = tag.start()
            depth += not tag[2]
        elif depth:
            depth -= 1
        else:  # it closes none
            continue
        if depth == 0:
            drawings.append(text[begin : tag.end()])
            parts += [text[done:begin], f"[drawing {len(drawings)}]"]
            done = tag.end()
    return "".join([*parts, text[done:]]), drawings


def numbers(text: str) -> list[str]:
    """Return the numbers of an output that are compared, as they stand there."""
    return _NUMBER.findall(lift(_plain(text))[0])


def _text_alike(recorded: str, live: str, tolerance: str) -> bool:
    number = _TIMED if tolerance == "any" else _MEASURED if tolerance else _NUMBER
    old, new = number.findall(recorded), number.findall(live)
    if len(old) != len(new):
        return False
    between = number.split(recorded), number.split(live)
    widths = max((abs(len(a) - len(b)) for a, b in zip(old, new, strict=True)), default=0)
    if between[0] != between[1] and not (widths and _padded_alike(*between, widths)):
        return False
    return all(_close(a, b, tolerance) for a, b in zip(old, new, strict=True))


def _padded_alike(old: list[str], new: list[str], most: int) -> bool:
    """Say whether what stands between numbers is the same but for the padding beside them."""
    for n, (a, b) in enumerate(zip(old, new, strict=True)):
        inside = a.strip(" "), b.strip(" ")
        left = 0 if n == 0 else _leading(a) - _leading(b)
        right = 0 if n == len(old) - 1 else _leading(a[::-1]) - _leading(b[::-1])
        if not inside[0] and not inside[1]:  # nothing but padding
            left, right = len(a) - len(b), 0
        elif n == 0 and a[: _leading(a)] != b[: _leading(b)]:
            return False
        if inside[0] != inside[1] or max(abs(left), abs(right)) > most:
            return False
    return True


def _leading(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _close(a: str, b: str, tolerance: str) -> bool:
    if a == b or tolerance == "any":
        return True
    floats = _is_float(a) + _is_float(b)
    if floats == 0 or (floats == 1 and not tolerance):  # an integer that became a float has moved
        return False
    x, y = float(a), float(b)
    if not (math.isfinite(x) and math.isfinite(y)):  # too large for a float: no other is near it
        return False
    if tolerance.endswith("%"):
        return abs(x - y) <= float(tolerance[:-1]) / 100 * abs(x)
    if tolerance:
        return abs(x - y) <= float(tolerance) * (1 + 1e-9)
    if min(_decimals(a), _decimals(b)) < _FREE or _one_is_zero(a, b):
        return x == y and _decimals(a) == _decimals(b)
    near = 1.5 * max(10.0 ** _last_place(a), 10.0 ** _last_place(b), _FLOAT32 * max(abs(x), abs(y)))
    return abs(x - y) <= near * (1 + 1e-9)


def _is_float(text: str) -> bool:
    return any(c in text for c in ".eE")


def _one_is_zero(a: str, b: str) -> bool:
    """Say whether one is 0 where the exponent of the other says how large its steps are."""
    return (float(a) == 0) != (float(b) == 0) and "e" in f"{a}{b}".lower()


def _decimals(text: str) -> int:
    return len(text.lower().partition("e")[0].partition(".")[2])


def _last_place(text: str) -> int:
    """Return the power of ten that the last printed place is worth."""
    exponent = int(text.lower().partition("e")[2] or 0)
    return exponent - _decimals(text)


def _drawn_alike(recorded: str, live: str, tolerance: str) -> bool:
    """Compare two drawings: what stands in them exactly, where it stands by their size."""
    old, old_places = _lift_places(_number_names(recorded))
    new, new_places = _lift_places(_number_names(live))
    if len(old_places) != len(new_places) or not _text_alike(old, new, tolerance):
        return False
    if tolerance == "any":
        return True
    farthest = max((_apart(a, b) for a, b in zip(old_places, new_places, strict=True)), default=0.0)
    return farthest <= _reach(tolerance, _size(recorded, old_places))


def _number_names(drawing: str) -> str:
    """Replace the names of a drawing's parts by the order in which they come.

    Who draws it makes them up; what refers to which part is all that they say.
    """
    known: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        return match[1] + known.setdefault(match[2], f"part{len(known)}")

    return _ID.sub(number, drawing)


def _lift_places(drawing: str) -> tuple[str, list[str]]:
    """Take out of a drawing the numbers that say where things stand.

    What a reader reads there, its labels, colors and widths, stays and is compared like any text;
    so do scales, angles and the drawing's own size, which are no places.
    """
    places: list[str] = []

    def take(text: str) -> str:
        places.extend(_PLACE.findall(text))
        return _PLACE.sub("·", text)

    def lift(attribute: re.Match[str]) -> str:
        name, value = attribute[1], attribute[2]
        if name == "transform":
            return f'{name}="{_MOVE.sub(lambda move: take(move[0]), value)}"'
        return f'{name}="{take(value)}"'

    head, end, body = drawing.partition(">")
    return head + end + _ATTRIBUTE.sub(lift, body), places


def _apart(a: str, b: str) -> float:
    x, y = float(a), float(b)
    return 0.0 if a == b else abs(x - y) if math.isfinite(x) and math.isfinite(y) else math.inf


def _size(drawing: str, places: list[str]) -> float:
    """Return the larger side of a drawing, in its units."""
    found = _SIZE.search(drawing)
    sides = _PLACE.findall(found[1])[2:] if found else _SIDES.findall(drawing)
    known = [abs(float(side)) for side in sides or places]
    return max((side for side in known if math.isfinite(side)), default=0.0)


def _reach(tolerance: str, size: float) -> float:
    """Return how far a part of a drawing may move, in its units; a share is one of its size."""
    if tolerance.endswith("%"):
        return max(_SHARE, float(tolerance[:-1]) / 100) * size
    if re.fullmatch(r"[\d.e-]+", tolerance):
        return max(_SHARE * size, float(tolerance))
    return _SHARE * size
