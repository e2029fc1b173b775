"""Say whether a live output is the recorded one: words exactly, numbers as they are printed.

A float that shows three or more decimals may differ by one in its last printed place, or by the
step to its neighbor among float32 numbers if it is printed like one (among others by four steps),
which is what another processor's rounding can do. Every other number, with fewer decimals, whole,
or an integer, must be the same, and nothing but 0 is 0 in `0.000e+00`. `tol=` on the fence says
otherwise of floats, and then a number may carry its unit (`12ms`). How a number is written counts,
and so do blanks, but for padding beside a number when a number's width moved, and by no more than
that. The address after ` at ` and the place in a library's source (`… at x.cpp:822`) are not
compared. In a drawing, where parts stand may differ by 1/400 of its size (see `svg`).
"""

from __future__ import annotations

import math
import re
import struct
from decimal import Decimal
from functools import lru_cache

from . import svg

_ADDRESS = re.compile(r"(?<= at )0x[0-9a-fA-F]{6,}\b")
_TRIGGERED = re.compile(r"(?<=\(Triggered internally at )[^\s():]+:[0-9]+(?=\.?\))")
_DIGITS = r"(?<![\w.])[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]{1,4})?"
_NUMBER = re.compile(_DIGITS + r"(?:(?=[jJ](?![\w.]))|(?!\w|\.\w))")  # 0.5j is one
_MEASURED = re.compile(_DIGITS + r"(?!\.?[0-9]|[eE][-+]?[0-9])")  # a unit may follow: 12ms, 1.5x
_TIMED = re.compile(  # 1,967
    r"(?<![\w.])[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?!\w|\.\w)|" + _MEASURED.pattern
)
_DRAWING = re.compile(r"<(/?)svg\b([^<>]*)>", re.IGNORECASE)
_CONFLICT = re.compile(r"^<{7} .*^={7}$.*^>{7} ", re.MULTILINE | re.DOTALL)  # git leaves them
_BLANKS = " \t\r"
_FREE = 3  # decimals from which on a number is a measurement
_MOST_DIGITS = 60  # no number that is computed with prints more


@lru_cache(maxsize=8192)  # while a book is served, most outputs are compared again and again
def same(
    recorded: str, live: str, tolerance: str = "", *, drawn: bool = True, breaks: bool = False
) -> bool:
    """Say whether `live` is `recorded`, by the rules above.

    Args:
        recorded: The approved output.
        live: The output of this run.
        tolerance: The fence's `tol=`: a number, a share such as `5%`, `any` (numbers may be any,
            words must match), `words` (words may be any, too), or empty.
        drawn: Whether `<svg` begins a drawing; else it is text like any other.
        breaks: Whether two blanks at the end of a line break it, as they do in Markdown.
    """
    recorded, live = _plain(recorded, breaks), _plain(live, breaks)
    if recorded == live:
        return True
    if tolerance == "words" and bool(recorded) == bool(live):
        return bool(_CONFLICT.search(recorded)) == bool(_CONFLICT.search(live))
    if not drawn:
        return _text_alike(recorded, live, tolerance)
    (recorded, old), (live, new) = lift(recorded, "\0{}\0"), lift(live, "\0{}\0")
    return (
        len(old) == len(new)
        and _text_alike(recorded, live, tolerance)
        and all(svg.alike(a, b, tolerance, _text_alike) for a, b in zip(old, new, strict=True))
    )


def _plain(text: str, breaks: bool = False) -> str:
    text = "\n".join(
        line.rstrip(_BLANKS) + ("  " if breaks and line.endswith("  ") and line.strip() else "")
        for line in text.rstrip(f"{_BLANKS}\n").split("\n")
    )
    return _TRIGGERED.sub("…", _ADDRESS.sub("0x…", text))


def lift(text: str, mark: str = "[drawing {}]") -> tuple[str, list[str]]:
    """Part an output into its text, with a mark such as `[drawing 1]`, and its drawings."""
    drawings: list[str] = []
    parts: list[str] = []
    depth, begin, done = 0, 0, 0
    for tag in _DRAWING.finditer(text):
        if not tag[1]:
            if depth == 0:
                begin = tag.start()
            depth += not tag[2].endswith("/")
        elif depth:
            depth -= 1
        else:  # it closes none
            continue
        if depth == 0:
            drawings.append(text[begin : tag.end()])
            parts += [text[done:begin], mark.format(len(drawings))]
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
    if not (_is_float(a) and _is_float(b)):  # an integer that became a float has moved
        return False
    x, y = float(a), float(b)
    if not (math.isfinite(x) and math.isfinite(y)):  # too large for a float: no other is near it
        return False
    if tolerance.endswith("%"):
        return abs(x - y) <= float(tolerance[:-1]) / 100 * abs(x)
    if tolerance:
        return abs(x - y) <= float(tolerance) * (1 + 1e-9)
    if not _written_alike(a, b):
        return False
    if min(_decimals(a), _decimals(b)) < _FREE or _one_is_zero(a, b):
        return Decimal(a) == Decimal(b) and _as_it_stands(a) == _as_it_stands(b)
    if x == y == 0:
        return Decimal(a) == Decimal(b) and _last_place(a) == _last_place(b)
    if max(len(a), len(b)) > _MOST_DIGITS:
        return Decimal(a) == Decimal(b)
    single = _is_float32(a) and _is_float32(b)
    steps = max(_step(x), _step(y)) if single else 4 * max(math.ulp(x), math.ulp(y))
    place = 10.0 ** min(_last_place(a), _last_place(b))  # a digit not shown is a 0
    return abs(x - y) <= 1.25 * max(place, steps)  # a quarter for how they were rounded


def _step(x: float) -> float:
    """Return how far a float32 is from its neighbor."""
    return math.ldexp(1.0, max(math.frexp(x)[1] - 24, -149))


@lru_cache(maxsize=8192)
def _is_float32(text: str) -> bool:
    """Say whether a float32 prints like this: a number of few digits, or one of its own many."""
    try:
        (nearest,) = struct.unpack("f", struct.pack("f", float(text)))
    except OverflowError:
        return False
    kind = "e" if "e" in text.lower() else "f"
    return float(f"{nearest:.{_decimals(text)}{kind}}") == float(text)


def _written_alike(a: str, b: str) -> bool:
    """Say whether two numbers are written in one way; a minus stands where a plus may."""
    (sign, *one), (other, *two) = _written(a), _written(b)
    return one == two and ("-" in (sign, other) or sign == other)


def _written(text: str) -> tuple[str, str, str]:
    """Return a number's sign, the zeros before its digits, and how its exponent is written."""
    digits = text.lstrip("+-")
    whole = digits.partition(".")[0]
    natural = whole == (whole.lstrip("0") or "0")
    letter = next((c for c in "eE" if c in digits), "")
    power = digits.partition(letter)[2] if letter else ""
    usual = letter and power == f"{int(power):+03d}"
    return (
        text[: len(text) - len(digits)],
        "" if natural else f"{len(whole)}",
        letter if usual or not letter else f"{letter}{len(power)}",
    )


def _is_float(text: str) -> bool:
    return any(c in text for c in ".eE")


def _one_is_zero(a: str, b: str) -> bool:
    """Say whether one is 0 where the exponent of the other says how large its steps are."""
    return (float(a) == 0) != (float(b) == 0) and "e" in f"{a}{b}".lower()


def _decimals(text: str) -> int:
    return len(text.lower().partition("e")[0].partition(".")[2])


def _as_it_stands(text: str) -> tuple[bool, int, int]:
    """Return what of a number's writing its value does not say: a 0 has a sign and an exponent."""
    return text.startswith("-"), _decimals(text), _last_place(text)


def _last_place(text: str) -> int:
    """Return the power of ten that the last printed place is worth."""
    exponent = int(text.lower().partition("e")[2] or 0)
    return exponent - _decimals(text)
