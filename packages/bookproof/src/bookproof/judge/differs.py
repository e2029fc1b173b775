"""The difference of two texts as people read it: what changed, and a little around it.

A line is what ends with a newline, and with nothing else: a form feed or a carriage return stands
in it and is shown as `\\x0c` or `\\r`. Lines that count as the same by the rules of the gate are
shown as they are now, so that what remains is what drifted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import zip_longest

from . import compare
from .looks import are_twins, seen
from .search import STEPS, Opcode, Work, common, ends, opcodes

_LONG = 160  # characters; of a longer line that changed only the changes are shown
_LONGEST = 800  # characters of any line that is told; more than the changes in one take
_AROUND = 40  # characters beside a change
_PLACES = 4  # changes in one line
_CONTEXT = 3  # lines around a change
_MATCHED = 2000  # words of a line; beyond, what they share is not looked for
_HUGE = 20_000  # characters of a line; beyond, only the first change is looked for
_SHOWN = 3 * STEPS  # of all the lines of a difference
_DEAR = 40  # steps for each character of a line that must be written in another way
_LAID_OUT = 100_000  # lines of a difference, or of a side of one change; of more the number is told
_COMPARED = 500_000  # characters that are held to the rules of the gate once more, line by line
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_ODD = re.compile(r"[^ -~]")
_LEFT_OUT = re.compile(r"\[… \d+ characters …\]")


@dataclass(frozen=True)
class Line:
    """A line of a difference.

    Attributes:
        sign: `-` recorded, `+` of this run, a blank for both, `@` for a place in the two texts.
        make: Returns its text; called once, and only for a line that is shown.
        stands_for: How many lines it is: one may say how many more there are.
    """

    sign: str
    make: Callable[[], str]
    stands_for: int = 1

    @cached_property
    def text(self) -> str:
        """What is shown of it, fit for a terminal."""
        return self.make()

    def __str__(self) -> str:
        return self.text if self.sign == "@" else f"{self.sign}{self.text}"


def diff(
    recorded: str,
    live: str,
    recorded_name: str,
    live_name: str,
    tolerance: str = "",
    most: int = 60,
) -> str:
    """Return a unified diff from the recording to this run, of no more than `most` lines."""
    shown = lines(recorded, live, tolerance)
    left = sum(line.stands_for for line in shown[most:])
    parts = [f"--- {recorded_name} (recorded)", f"+++ {live_name} (this run)"]
    parts += map(str, shown[:most])
    return "\n".join(parts + ([f"… {left} lines more"] if left > 0 else []))


def lines(recorded: str, live: str, tolerance: str = "") -> list[Line]:
    """Return what differs, line by line, with the lines around it; never nothing."""
    old, new = _split(recorded.rstrip()), _split(live.rstrip())
    found = list(_hunks(old, new, _relaxed(old, new, tolerance)))
    for texts in ((t.rstrip("\n") for t in (recorded, live)), (recorded, live)):
        if not found:  # no line alone is to blame
            old, new = map(_split, texts)
            found = list(_hunks(old, new, opcodes(old, new)))
    return found or [Line("@", lambda: "they are the same, character by character")]


def side_by_side(recorded: str, live: str, width: int = 48) -> str:
    """Return the lines that differ, old on the left and new on the right."""
    return "\n".join(f"    {a:<{width}} │ {b}" for a, b in columns(recorded, live, width))


def columns(recorded: str, live: str, width: int = _LONG) -> list[tuple[str, str]]:
    """Return what is shown of each line that differs at all, old and new."""
    old, new = _split(recorded.rstrip()), _split(live.rstrip())
    work = Work(_SHOWN)
    return [
        pair_shown(*pair, width, work)
        for tag, a0, a1, b0, b1 in opcodes(old, new)
        if tag != "equal"
        for pair in zip_longest(old[a0:a1], new[b0:b1], fillvalue="")
    ]


def first_change(recorded: str, live: str) -> tuple[int, str, str]:
    """Return the first line that differs, by its number from 1, and what is shown of both."""
    pairs = zip_longest(recorded.rstrip().split("\n"), live.rstrip().split("\n"), fillvalue="")
    for number, (old, new) in enumerate(pairs, 1):
        if old != new:
            bare = old.strip(), new.strip()
            return number, *pair_shown(*(bare if bare[0] != bare[1] else (old, new)), long=80)
    return 1, "", ""


def first_words(recorded: str, live: str, tolerance: str = "") -> tuple[str, str]:
    """Return the first words that differ in a line to blame: what other outputs may share."""
    found = lines(recorded, live, tolerance)
    old = next((line.text for line in found if line.sign == "-"), "")
    new = next((line.text for line in found if line.sign == "+"), "")
    a, b = re.findall(r"[\w.]+|[^\w\s]", old), re.findall(r"[\w.]+|[^\w\s]", new)
    at = next(
        (n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )
    return " ".join(a[at : at + 1]), " ".join(b[at : at + 1])


def pair_shown(old: str, new: str, long: int = _LONG, work: Work | None = None) -> tuple[str, str]:
    """Return what is shown of a line and of what became of it: where they differ, if it is long.

    Args:
        old: The line as it is recorded.
        new: That of this run.
        long: How many characters may be shown.
        work: The steps that are left to all lines of a difference.
    """
    work = work or Work()
    longest = max(len(old), len(new))
    if longest > _HUGE:
        return _first_change_shown(old, new, long)
    plain = old.isprintable() and new.isprintable()
    shown, steps = ("", ""), (4 if plain else _DEAR) * longest
    for a, b in _ways(old, new):
        if longest > long and not work.spend(steps):
            return _first_change_shown(old, new, long)
        steps = _DEAR * longest
        shown = _changes_shown(a, b, long, work)
        if old == new or (_is_clear(old, new, a, b) and _is_clear(old, new, *shown)):
            break
    return shown


def _ways(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Return two lines in ever plainer ways to write them; in the last one they are never equal."""
    a, b = visible(old), visible(new)
    yield a, b
    yield visible(old, blanks=True), visible(new, blanks=True)
    left, right = [], []
    for tag, i, j, k, m in opcodes(a, b):
        left.append(a[i:j] if tag == "equal" else _ascii(a[i:j]))
        right.append(b[k:m] if tag == "equal" else _ascii(b[k:m]))
    yield "".join(left), "".join(right)
    # what is written out of the one may stand in the other
    yield old.encode("unicode_escape").decode(), new.encode("unicode_escape").decode()


def _is_clear(old: str, new: str, *shown: str) -> bool:
    """Say whether a reader sees that two lines differ, and that neither of them is empty."""
    a, b = (seen(_LEFT_OUT.sub("…", text)) for text in shown)
    empty = any(not t and not _is_blank(line) for t, line in ((a, old), (b, new)))
    return not empty and not are_twins(a, b)


def _is_blank(text: str) -> bool:
    return not text.strip(" \t")


def _changes_shown(a: str, b: str, long: int, work: Work) -> tuple[str, str]:
    if max(len(a), len(b)) <= long:
        return a, b
    spans = _spans(a, b, work)
    spans = spans if long == _LONG else spans[:1]
    around = min(_AROUND, long // 4)
    return (
        _cut(a, [(s[0], s[1]) for s in spans], around, long),
        _cut(b, [(s[2], s[3]) for s in spans], around, long),
    )


def _first_change_shown(old: str, new: str, long: int) -> tuple[str, str]:
    """Return the same of lines that are too long to be looked through."""
    around = min(_AROUND, long // 4)
    start = max(common(old, new) - around, 0)
    stop = start + long - around
    a, b = pair_shown(old[start:stop], new[start:stop], long)
    before = _left_out(start)
    return (
        f"{before}{a}{_left_out(len(old) - stop)}",
        f"{before}{b}{_left_out(len(new) - stop)}",
    )


def _ascii(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode()


def visible(text: str, blanks: bool = False) -> str:
    """Return a line with what a terminal would obey written out.

    With `blanks` that is so of tabs, of characters that take no room, and of blanks that stand at
    an end or side by side, too.
    """
    if text.isprintable() and not blanks:
        return text
    kinds = ("Cc", "Cs", "Zl", "Zp", *(("Cf", "Zs") if blanks else ()))

    def write(odd: re.Match[str]) -> str:
        c = odd[0]
        obeyed = (blanks or c != "\t") and unicodedata.category(c) in kinds
        return c.encode("unicode_escape").decode() if obeyed else c

    shown = _ODD.sub(write, text)
    return re.sub(r"^ +| +$| {2,}", lambda m: "·" * len(m[0]), shown) if blanks else shown


def fit(text: str, long: int = _LONGEST) -> str:
    """Return a text fit for a terminal or a log, line by line, with the middle of long lines cut.

    It may be anybody's: what a block printed, or the text of its error.
    """
    return "\n".join(_fit(line, long // 2) for line in text.split("\n"))


def _fit(line: str, half: int) -> str:
    begin, end = visible(line[:half]), visible(line[half:][-half:])  # of what may be many MB
    left = max(len(line) - 2 * half, 0) + max(len(begin) - half, 0) + max(len(end) - half, 0)
    return begin[:half] + _left_out(left) + end[-half:]


def _split(text: str) -> list[str]:
    return text.split("\n") if text else []


def _relaxed(old: list[str], new: list[str], tolerance: str) -> list[Opcode]:
    """Return the same, but lines that differ by no more than they may count as equal."""
    found: list[Opcode] = []
    bare = [line.rstrip() for line in old], [line.rstrip() for line in new]
    work = Work(_COMPARED)
    for tag, a0, a1, b0, b1 in opcodes(*bare):
        if tag != "replace" or a1 - a0 != b1 - b0:
            found.append((tag, a0, a1, b0, b1))
            continue
        for n in range(a1 - a0):
            if not work.left:
                found.append((tag, a0 + n, a1, b0 + n, b1))
                break
            pair = old[a0 + n], new[b0 + n]
            same = work.spend(max(map(len, pair))) and compare.same(*pair, tolerance)
            one = "equal" if same else "replace"
            if found and found[-1][0] == one and one == "replace" and n:
                _, i, _, k, _ = found.pop()
                found.append((one, i, a0 + n + 1, k, b0 + n + 1))
            else:
                found.append((one, a0 + n, a0 + n + 1, b0 + n, b0 + n + 1))
    return found


class _Pair:
    """A line and what became of it."""

    def __init__(self, lines: tuple[str, str], work: Work) -> None:
        self._lines = lines
        self._work = work

    @cached_property
    def _shown(self) -> tuple[str, str]:
        return pair_shown(*self._lines, work=self._work)

    def old(self) -> str:
        return self._shown[0]

    def new(self) -> str:
        return self._shown[1]


def _hunks(old: list[str], new: list[str], codes: list[Opcode]) -> Iterator[Line]:
    work, room, left = Work(_SHOWN), _LAID_OUT, 0
    for group in _grouped(codes):
        size = 1 + sum(map(_size, group))
        if room > 0:
            yield from _hunk(old, new, group, work)
        else:
            left += size
        room -= size
    yield from _rest(left)


def _hunk(old: list[str], new: list[str], group: list[Opcode], work: Work) -> Iterator[Line]:
    _, a0, _, b0, _ = group[0]
    _, _, a1, _, b1 = group[-1]
    yield Line("@", partial("@@ -{} +{} @@".format, _range(a0, a1), _range(b0, b1)))
    for code in group:
        tag, i, j, k, m = code
        if tag == "equal":
            yield from (Line(" ", partial(_begin_shown, t)) for t in new[k:m])
            continue
        gone, come = old[i : min(j, i + _LAID_OUT)], new[k : min(m, k + _LAID_OUT)]
        pairs = [_Pair(pair, work) for pair in zip(gone, come, strict=False)]
        yield from (Line("-", pair.old) for pair in pairs)
        yield from (Line("-", partial(_alone_shown, t)) for t in gone[len(pairs) :])
        yield from (Line("+", pair.new) for pair in pairs)
        yield from (Line("+", partial(_alone_shown, t)) for t in come[len(pairs) :])
        yield from _rest(_size(code) - len(gone) - len(come))


def _rest(count: int) -> Iterator[Line]:
    if count:
        yield Line("@", partial("… {} lines more".format, count), count)


def _size(code: Opcode) -> int:
    """Return how many lines are shown of what became of some."""
    tag, i, j, k, m = code
    return m - k if tag == "equal" else j - i + m - k


def _begin_shown(text: str) -> str:
    """Return what is shown of a line in which nothing is to be pointed at."""
    if len(text) <= _HUGE:
        return _cut(visible(text), [], 0, _LONG)
    return visible(text[:_LONG])[:_LONG] + _left_out(len(text) - _LONG)


def _alone_shown(text: str) -> str:
    """Return what is shown of a line that is gone or new; what looks empty is written out."""
    shown = _begin_shown(text)
    looks_empty = not _is_blank(text) and not seen(_LEFT_OUT.sub("", shown))
    return _begin_shown(visible(_ascii(text), blanks=True)) if looks_empty else shown


def _grouped(opcodes: list[Opcode]) -> Iterator[list[Opcode]]:
    """Part the opcodes into hunks, each with a few equal lines around its changes."""
    merged: list[Opcode] = []
    for code in opcodes:
        if merged and merged[-1][0] == code[0] == "equal":
            _, i, _, k, _ = merged.pop()
            code = ("equal", i, code[2], k, code[4])
        merged.append(code)
    group: list[Opcode] = []
    for n, (tag, i, j, k, m) in enumerate(merged):
        if tag != "equal":
            group.append((tag, i, j, k, m))
            continue
        before, after = n > 0, n + 1 < len(merged)
        if j - i > _CONTEXT * (before + after):
            if before:
                group.append((tag, i, i + _CONTEXT, k, k + _CONTEXT))
                yield group
            group = [(tag, j - _CONTEXT, j, m - _CONTEXT, m)] if after else []
        else:
            group.append((tag, i, j, k, m))
    if any(code[0] != "equal" for code in group):
        yield group


def _range(start: int, end: int) -> str:
    """Return a range of lines as unified diffs write it."""
    length = end - start
    return f"{start + 1}" if length == 1 else f"{start + bool(length)},{length}"


def _spans(a: str, b: str, work: Work) -> list[tuple[int, int, int, int]]:
    """Return where two lines differ: begin and end in the one, begin and end in the other."""
    begin, end = ends(a, b)
    whole = (begin, len(a) - end, begin, len(b) - end)
    old, new = _TOKEN.findall(a[begin : whole[1]]), _TOKEN.findall(b[begin : whole[3]])
    if max(len(old), len(new)) > _MATCHED:
        return [whole]
    at, to = _starts(old, begin), _starts(new, begin)
    found: list[tuple[int, int, int, int]] = []
    for tag, i, j, k, m in opcodes(old, new, work):
        if tag == "equal":
            continue
        one = at[i], at[j], to[k], to[m]
        if found and one[0] - found[-1][1] <= 2 * _AROUND:
            one = found[-1][0], one[1], found[-1][2], one[3]
            found.pop()
        found.append(one)
    return found or [whole]


def _starts(tokens: list[str], begin: int) -> list[int]:
    found = [begin]
    for token in tokens:
        found.append(found[-1] + len(token))
    return found


def _cut(text: str, spans: list[tuple[int, int]], around: int, long: int) -> str:
    """Return the pieces of a line at `spans`, and how many characters are left out between."""
    if len(text) <= long:
        return text
    if not spans:
        spans, around = [(0, long - around)], 0
    parts, at = [], 0
    room = max(long - 2 * around, around)
    for start, end in spans[:_PLACES]:
        begin = max(at, start - around)
        parts.append(_left_out(begin - at))
        if end - start > room:
            parts += [text[begin : start + room], _left_out(end - start - room)]
        else:
            parts.append(text[begin:end])
        at = min(len(text), end + around)
        parts.append(text[end:at])
    parts.append(_left_out(len(text) - at))
    more = len(spans) - _PLACES
    return "".join(parts) + (f" (and {more} more places)" if more > 0 else "")


def _left_out(count: int) -> str:
    return f"[… {count} characters …]" if count > 0 else ""
