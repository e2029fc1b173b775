"""Say whether a live output is the recorded one: words exactly, numbers as closely as they are printed.

Integers must match. A float printed with three or more decimals may differ by one and a half steps
of its last printed place, which is what another processor's rounding can do; with fewer decimals it
is a value that somebody chose, and must match to a millionth of its size. `tol=` on the fence says
otherwise. Addresses of objects are not compared.
"""

from __future__ import annotations

import difflib
import re
from itertools import zip_longest

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?(?!\w|\.\w)")
_SVG_NUMBER = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")
_SVG_ID = re.compile(r"""(\bid="|#)[\w.:-]+""")
_SVG_STEP = 1.0  # units of a drawing: less than an eye can see


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
    drawing = "<svg" in live
    if drawing:
        recorded, live = _SVG_ID.sub(r"\1", recorded), _SVG_ID.sub(r"\1", live)
    number = _SVG_NUMBER if drawing else _NUMBER
    if _words(number, recorded) != _words(number, live):
        return False
    pairs = zip_longest(number.findall(recorded), number.findall(live))
    return all(a is not None and b is not None and _close(a, b, tolerance, drawing) for a, b in pairs)


def _plain(text: str) -> str:
    return _ADDRESS.sub("0x…", "\n".join(line.rstrip() for line in text.rstrip().split("\n")))


def _words(number: re.Pattern[str], text: str) -> list[str]:
    """Split off the numbers; padding beside a number follows its width, and does not count."""
    return [re.sub(r"[ \t]+", " ", part).strip(" \t") for part in number.split(text)]


def _close(a: str, b: str, tolerance: str, drawing: bool) -> bool:
    if a == b or tolerance == "any":
        return True
    x, y = float(a), float(b)
    if drawing and not tolerance:
        return abs(x - y) <= _SVG_STEP
    if not (_is_float(a) or _is_float(b)):
        return x == y
    if tolerance.endswith("%"):
        return abs(x - y) <= float(tolerance[:-1]) / 100 * abs(x)
    if tolerance:
        return abs(x - y) <= float(tolerance) * (1 + 1e-9)
    step = max(_step(a), _step(b))
    return abs(x - y) <= max(1.5 * step, 1e-6 * max(abs(x), abs(y)))


def _is_float(text: str) -> bool:
    return any(c in text for c in ".eE")


def _step(text: str) -> float:
    """Return the worth of the last printed place, or 0 where fewer than three decimals are printed."""
    mantissa, _, exponent = text.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - decimals) if decimals >= 3 else 0.0


def diff(recorded: str, live: str, recorded_name: str, live_name: str) -> str:
    """Return a unified diff from the recording to this run."""
    lines = difflib.unified_diff(
        _short(recorded), _short(live), f"{recorded_name} (recorded)", f"{live_name} (this run)", lineterm=""
    )
    return "\n".join(lines)


def _short(text: str) -> list[str]:
    """Split into lines; break the long ones of a drawing, which no terminal shows."""
    lines = text.rstrip().splitlines()
    return [line if len(line) <= 400 else f"{line[:400]} … ({len(line)} characters)" for line in lines]


def side_by_side(recorded: str, live: str, width: int = 48) -> str:
    """Return the lines that differ, old on the left and new on the right."""
    old, new = _short(recorded), _short(live)
    rows = []
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        if tag == "equal":
            continue
        for left, right in zip_longest(old[a0:a1], new[b0:b1], fillvalue=""):
            rows.append(f"    {left[:width]:<{width}} │ {right[:width]}")
    return "\n".join(rows)
