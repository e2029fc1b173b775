"""How near outputs stand to a drift on another machine: run there, and see how far digits moved.

A recording has printed digits alone, and the number behind them cannot be known from it. What can
be known: the same code with other instructions of the processor, or another number of threads,
rounds otherwise, as other machines do. So chapters run again with variables that make it so, and
each number is compared with its recording, digit by digit:

- what moved within its tolerance, and the share of its freedom that it used;
- in those same blocks, numbers that may not move at all (`92.3%`, `0.50`, `3.`): what feeds them
  rounds otherwise, so that a rounding on a third machine may flip them;
- what would drift.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..settings import Settings, SettingsError
from . import compare
from .gate import Judged
from .verdict import FREE, Verdict

_EXACT = 6  # numbers of a block that are named
_MOST = 100  # steps of the last place; freedom beyond is no margin to watch


@dataclass(frozen=True)
class Moved:
    """The number of a block that used the most of its freedom.

    Attributes:
        place: The block, as `docs/guide.md:41`.
        share: How much of its freedom it used, from 0 to 1.
        old: It as it is recorded.
        new: It as it was printed elsewhere.
        where: The variables that it was run with.
        count: How many numbers of the block moved.
        exact: The block's floats that may not move, as they are recorded.
    """

    place: str
    share: float
    old: str
    new: str
    where: str
    count: int
    exact: tuple[str, ...]


def environments(settings: Settings, named: list[str]) -> list[dict[str, str]]:
    """Return the environments to try, those named or else those of the settings.

    Raises:
        SettingsError: There are none, or one is not written `NAME=VALUE`.
    """
    found = []
    for text in named or settings.margin:
        parts = [word.partition("=") for word in text.split()]
        if not parts or not all(name and sign for name, sign, _ in parts):
            raise SettingsError(f'an environment is written "NAME=VALUE …", not {text!r}')
        found.append({name: value for name, _, value in parts})
    if not found:
        raise SettingsError(
            "no environment to try: name one with --env NAME=VALUE, or list them as `margin` in "
            "[tool.bookproof]"
        )
    return found


def written(env: Mapping[str, str]) -> str:
    """Return an environment as the author writes it."""
    return " ".join(f"{name}={value}" for name, value in env.items())


def report(tried: list[tuple[str, list[Judged]]]) -> tuple[list[str], bool]:
    """Return what to say of runs elsewhere, line by line, and whether something would drift.

    Args:
        tried: Each environment as it is written, with the chapters as they were judged there.
    """
    moved: dict[str, Moved] = {}
    figures: set[str] = set()
    broken: dict[str, tuple[Verdict, list[str]]] = {}
    for where, judged in tried:
        for one in judged:
            for block, verdict in zip(one.chapter.blocks, one.verdicts, strict=False):
                place = f"{one.chapter.path}:{verdict.line}"
                if verdict.kind in ("drift", "failed"):
                    broken.setdefault(place, (verdict, []))[1].append(where)
                elif verdict.kind == "moved" and block.tolerance not in FREE:
                    found = farthest(place, verdict, block.tolerance, where)
                    if found is None:
                        figures.add(place)
                    elif place not in moved or found.share > moved[place].share:
                        moved[place] = found
    for place in broken:
        moved.pop(place, None)
    lines = list(_said(moved.values()))
    lines += [f"figures that moved by less than an eye can see: {len(figures)}"] if figures else []
    for place, (verdict, wheres) in broken.items():
        lines.append(f"{place}: would drift with {', '.join(wheres)}:")
        lines += [f"  {text}" for text in verdict.message.split("\n")]
    return lines or ["every digit is the recorded one in each of them"], bool(broken)


def _said(moved: Iterable[Moved]) -> Iterator[str]:
    ordered = sorted(moved, key=lambda m: -m.share)
    if ordered:
        yield f"{len(ordered)} blocks moved within their tolerance, the nearest to a drift first:"
    for one in ordered:
        others = f", and {one.count - 1} more numbers moved" if one.count > 1 else ""
        yield (
            f"{one.place}: {one.old} → {one.new} used {100 * one.share:.0f} % of its freedom "
            f"with {one.where}{others}"
        )
        if one.exact:
            more = len(one.exact) - _EXACT
            rest = f" and {more} more" if more > 0 else ""
            yield f"    beside it, these may not move at all: {', '.join(one.exact[:_EXACT])}{rest}"


def farthest(place: str, verdict: Verdict, tolerance: str, where: str) -> Moved | None:
    """Return the number of a block that used most of its freedom; None where only figures moved."""
    old, new = (compare.numbers(text) for text in (verdict.recorded, verdict.live))
    if len(old) != len(new):  # padding or an address, which are no numbers of the block
        return None
    pairs = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    if not pairs:
        return None
    share, (a, b) = max((used(a, b, tolerance), (a, b)) for a, b in pairs)
    exact = dict.fromkeys(n for n in old if "." in n and not freedom(n, tolerance) and float(n))
    return Moved(place, share, a, b, where, len(pairs), tuple(exact))


def used(old: str, new: str, tolerance: str = "") -> float:
    """Return how much of its freedom a number used, from 0 to 1."""
    room = freedom(old, tolerance)
    step = _step(old)
    moved = abs(Decimal(old) - Decimal(new)) / step
    return min(1.0, float(moved) / room) if room else 1.0


def freedom(number: str, tolerance: str = "") -> int:
    """Return how far a printed number may move, in steps of its last place, by trying it.

    The rule itself is the comparison's alone.
    """
    low, high = 0, 1
    while high <= _MOST and _may_be(number, high, tolerance):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _may_be(number, middle, tolerance) else (low, middle)
    return low


def _may_be(number: str, steps: int, tolerance: str) -> bool:
    """Say whether a number may become one so many steps greater in size."""
    mantissa, e, exponent = number.lower().partition("e")
    size = Decimal(mantissa).copy_abs() + _step(mantissa) * steps
    sign = "-" if mantissa.startswith("-") else ""
    text = f"{size:f}"
    text += "." if "." in mantissa and "." not in text else ""
    return compare.same(number, f"{sign}{text}{e}{exponent}", tolerance)


def _step(number: str) -> Decimal:
    exponent = Decimal(number).as_tuple().exponent
    return Decimal(1).scaleb(int(exponent))
