"""The difference of two texts as people read it: what changed, and a little around it.

A line is what ends with a newline, and with nothing else: a form feed or a carriage return stands
in it and is shown as `\\x0c` or `\\r`. Lines that count as the same by the rules of the gate are
shown as they are now, so that what remains is what drifted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from . import compare

_LONG = 160  # characters; of a longer line that changed only the changes are shown
_LONGEST = 800  # characters of any line that is told; more than the changes in one take
_AROUND = 40  # characters beside a change
_PLACES = 4  # changes in one line
_CONTEXT = 3  # lines around a change
_MATCHED = 2000  # lines or words; beyond, finding what they share takes too long
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_Opcode = tuple[str, int, int, int, int]


@dataclass(frozen=True)
class Line:
    """A line of a difference.

    Attributes:
        sign: `-` recorded, `+` of this run, a blank for both, `@` for a place in the two texts.
        text: What is shown of it, fit for a terminal.
    """

    sign: str
    text: str

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
    left = len(shown) - most
    parts = [f"--- {recorded_name} (recorded)", f"+++ {live_name} (this run)"]
    parts += map(str, shown[:most])
    return "\n".join(parts + ([f"… {left} lines more"] if left > 0 else []))


def lines(recorded: str, live: str, tolerance: str = "") -> list[Line]:
    """Return what differs, line by line, with the lines around it; never nothing."""
    old, new = _split(recorded.rstrip()), _split(live.rstrip())
    found = list(_hunks(old, new, _relaxed(old, new, tolerance)))
    if not found:  # no line alone is to blame
        old, new = _split(recorded), _split(live)
        found = list(_hunks(old, new, _opcodes(old, new)))
    return found or [Line("@", "they are the same, character by character")]


def side_by_side(recorded: str, live: str, width: int = 48) -> str:
    """Return the lines that differ, old on the left and new on the right."""
    return "\n".join(f"    {a:<{width}} │ {b}" for a, b in columns(recorded, live, width))


def columns(recorded: str, live: str, width: int = _LONG) -> list[tuple[str, str]]:
    """Return what is shown of each line that differs at all, old and new."""
    old, new = _split(recorded.rstrip()), _split(live.rstrip())
    return [
        pair_shown(*pair, long=width)
        for tag, a0, a1, b0, b1 in _opcodes(old, new)
        if tag != "equal"
        for pair in zip_longest(old[a0:a1], new[b0:b1], fillvalue="")
    ]


def first_change(recorded: str, live: str) -> tuple[int, str, str]:
    """Return the first line that differs, by its number from 1, and what is shown of both."""
    pairs = zip_longest(recorded.rstrip().split("\n"), live.rstrip().split("\n"), fillvalue="")
    for number, (old, new) in enumerate(pairs, 1):
        if old != new:
            return number, *pair_shown(old.strip(), new.strip(), long=80)
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


def pair_shown(old: str, new: str, long: int = _LONG) -> tuple[str, str]:
    """Return what is shown of a line and of what became of it: where they differ, if it is long."""
    a, b = visible(old), visible(new)
    if old != new and _seen(old) == _seen(new):
        a, b = visible(old, blanks=True), visible(new, blanks=True)
    if old != new and unicodedata.normalize("NFC", a) == unicodedata.normalize("NFC", b):
        a, b = (t.encode("ascii", "backslashreplace").decode() for t in (a, b))
    if old != new and a == b:  # what is written out of the one stands in the other
        a, b = (t.encode("unicode_escape").decode() for t in (old, new))
    if max(len(a), len(b)) <= long:
        return a, b
    spans = _spans(a, b)
    spans = spans if long == _LONG else spans[:1]
    around = min(_AROUND, long // 4)
    return (
        _cut(a, [(s[0], s[1]) for s in spans], around, long),
        _cut(b, [(s[2], s[3]) for s in spans], around, long),
    )


def visible(text: str, blanks: bool = False) -> str:
    """Return a line with what a terminal would obey written out.

    With `blanks` that is so of tabs, of characters that take no room, and of blanks that stand at
    an end or side by side, too.
    """
    if text.isascii() and text.isprintable() and not blanks:
        return text
    kinds = ("Cc", "Cs", "Zl", "Zp", *(("Cf", "Zs") if blanks else ()))
    keep = " " if blanks else " \t"
    shown = "".join(
        c.encode("unicode_escape").decode()
        if c not in keep and unicodedata.category(c) in kinds
        else c
        for c in text
    )
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


def _seen(text: str) -> str:
    """Return what an eye sees of a line."""
    plain = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    kept = (c for c in plain if c.isspace() or unicodedata.category(c) != "Cc")
    return " ".join("".join(kept).split())


def _opcodes(old: list[str], new: list[str]) -> list[_Opcode]:
    """Return how the lines became others, without a search where it would take too long."""
    begin = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), None)
    if begin is None:
        begin = min(len(old), len(new))
    rest = min(len(old), len(new)) - begin
    end = next((n for n in range(rest) if old[-1 - n] != new[-1 - n]), rest)
    a, b = old[begin : len(old) - end], new[begin : len(new) - end]
    found: list[_Opcode] = [("equal", 0, begin, 0, begin)] if begin else []
    if max(len(a), len(b)) <= _MATCHED:
        inner = SequenceMatcher(a=a, b=b, autojunk=False).get_opcodes()
    else:
        inner = [("replace", 0, len(a), 0, len(b))]
    found += [(t, i + begin, j + begin, k + begin, m + begin) for t, i, j, k, m in inner]
    if end:
        found.append(("equal", len(old) - end, len(old), len(new) - end, len(new)))
    return found


def _relaxed(old: list[str], new: list[str], tolerance: str) -> list[_Opcode]:
    """Return the same, but lines that differ by no more than they may count as equal."""
    found: list[_Opcode] = []
    bare = [line.rstrip() for line in old], [line.rstrip() for line in new]
    for tag, a0, a1, b0, b1 in _opcodes(*bare):
        if tag != "replace" or a1 - a0 != b1 - b0 or a1 - a0 > _MATCHED:
            found.append((tag, a0, a1, b0, b1))
            continue
        for n in range(a1 - a0):
            one = "equal" if compare.same(old[a0 + n], new[b0 + n], tolerance) else "replace"
            if found and found[-1][0] == one and one == "replace" and n:
                _, i, _, k, _ = found.pop()
                found.append((one, i, a0 + n + 1, k, b0 + n + 1))
            else:
                found.append((one, a0 + n, a0 + n + 1, b0 + n, b0 + n + 1))
    return found


def _hunks(old: list[str], new: list[str], opcodes: list[_Opcode]) -> Iterator[Line]:
    for group in _grouped(opcodes):
        _, a0, _, b0, _ = group[0]
        _, _, a1, _, b1 = group[-1]
        yield Line("@", f"@@ -{_range(a0, a1)} +{_range(b0, b1)} @@")
        for tag, i, j, k, m in group:
            if tag == "equal":
                yield from (Line(" ", _cut(visible(t), [], 0, _LONG)) for t in new[k:m])
                continue
            pairs = [pair_shown(x, y) for x, y in zip(old[i:j], new[k:m], strict=False)]
            both = len(pairs)
            left = [a for a, _ in pairs] + [
                _cut(visible(t), [], 0, _LONG) for t in old[i + both : j]
            ]
            right = [b for _, b in pairs] + [
                _cut(visible(t), [], 0, _LONG) for t in new[k + both : m]
            ]
            yield from (Line("-", text) for text in left)
            yield from (Line("+", text) for text in right)


def _grouped(opcodes: list[_Opcode]) -> Iterator[list[_Opcode]]:
    """Part the opcodes into hunks, each with a few equal lines around its changes."""
    merged: list[_Opcode] = []
    for code in opcodes:
        if merged and merged[-1][0] == code[0] == "equal":
            _, i, _, k, _ = merged.pop()
            code = ("equal", i, code[2], k, code[4])
        merged.append(code)
    group: list[_Opcode] = []
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


def _spans(a: str, b: str) -> list[tuple[int, int, int, int]]:
    """Return where two lines differ: begin and end in the one, begin and end in the other."""
    begin = next(
        (n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )
    rest = min(len(a), len(b)) - begin
    end = next((n for n in range(rest) if a[-1 - n] != b[-1 - n]), rest)
    whole = (begin, len(a) - end, begin, len(b) - end)
    old, new = _TOKEN.findall(a[begin : whole[1]]), _TOKEN.findall(b[begin : whole[3]])
    if max(len(old), len(new)) > _MATCHED:
        return [whole]
    at, to = _starts(old, begin), _starts(new, begin)
    found: list[tuple[int, int, int, int]] = []
    for tag, i, j, k, m in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
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
