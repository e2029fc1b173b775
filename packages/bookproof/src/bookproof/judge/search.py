"""Find what two lists share, without taking long.

Such a search may take for ever where lists repeat themselves, so that each has a number of steps.
Where they do not suffice, more is said to have changed than did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from itertools import accumulate

STEPS = 1_000_000  # of one search, some 0.1 s
_ALIGNED = 100_000  # elements that are held one against one
Opcode = tuple[str, int, int, int, int]


@dataclass
class Work:
    """How many steps may still be taken."""

    left: int = STEPS

    def spend(self, steps: int) -> bool:
        """Take some steps, if they are left."""
        if steps > self.left:
            return False
        self.left -= steps
        return True


def common(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """Return how much two lists or texts have in common at their beginning."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def ends(a: Sequence[Hashable], b: Sequence[Hashable]) -> tuple[int, int]:
    """Return how much two lists or texts have in common at their beginning and at their end."""
    begin = common(a, b)
    return begin, common(a[begin:][::-1], b[begin:][::-1])


class _Matcher(SequenceMatcher[Hashable]):
    """Finds what two lists have in common, as long as there is work left for it."""

    def __init__(
        self, a: Sequence[Hashable], b: Sequence[Hashable], rare: bool, work: Work
    ) -> None:
        super().__init__(a=a, b=b, autojunk=rare)
        self.stopped = False
        self._work = work
        often = Counter(b)
        most = len(b) // 100 + 1 if rare and len(b) >= 200 else len(b)  # as `autojunk` has it
        self._steps = [0, *accumulate(1 + often[x] * (often[x] <= most) for x in a)]

    def find_longest_match(
        self, a0: int = 0, a1: int | None = None, b0: int = 0, b1: int | None = None
    ) -> Match:
        """Return what its parent does; nothing where that would take too long."""
        steps = self._steps[-1 if a1 is None else a1] - self._steps[a0]
        if self._work.spend(steps):
            return super().find_longest_match(a0, a1, b0, b1)
        self.stopped = True
        return Match(a0, b0, 0)


def opcodes(
    old: Sequence[Hashable], new: Sequence[Hashable], work: Work | None = None
) -> list[Opcode]:
    """Return how a list became another as `SequenceMatcher` does, without taking long."""
    begin, end = ends(old, new)
    last, to = len(old) - end, len(new) - end
    found: list[Opcode] = [("equal", 0, begin, 0, begin)] if begin else []
    for tag, i, j, k, m in _searched(old[begin:last], new[begin:to], work or Work()):
        code = tag, i + begin, j + begin, k + begin, m + begin
        alike = tag == "replace" and j - i == m - k <= _ALIGNED
        found += _in_order(old, new, *code) if alike else [code]
    if end:
        found.append(("equal", last, len(old), to, len(new)))
    return found


def _searched(a: Sequence[Hashable], b: Sequence[Hashable], work: Work) -> list[Opcode]:
    if not a or not b:
        return [("insert" if b else "delete", 0, len(a), 0, len(b))] if a or b else []
    found: list[Opcode] = [("replace", 0, len(a), 0, len(b))]
    for rare in (False, True):  # of what repeats itself, at least what is rare there
        share = Work(min(work.left, STEPS))
        before = share.left
        if not share.spend(5 * (len(a) + len(b))):
            break
        matcher = _Matcher(a, b, rare, share)
        found = list(matcher.get_opcodes())
        work.left -= before - share.left
        if not matcher.stopped:
            break
    return found


def _in_order(
    old: Sequence[Hashable], new: Sequence[Hashable], tag: str, i: int, j: int, k: int, m: int
) -> Iterator[Opcode]:
    """Part what was replaced one by one; some of it may be equal where a search was ended."""
    size, n = j - i, 0
    while n < size:
        equal, start = old[i + n] == new[k + n], n
        while n < size and (old[i + n] == new[k + n]) == equal:
            n += 1
        yield "equal" if equal else tag, i + start, i + n, k + start, k + n
