"""Places for a graph whose arrows all go down: rows, few crossings, and lanes for long arrows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

_GAP = 10.0


@dataclass(eq=False)
class Place:
    """A box in a row, or the lane that a long arrow takes through it.

    Attributes:
        row: counted from the top.
        width: of the box or the lane.
        x: of its middle.
        above: what leads here, in the row above.
        below: where it leads.
    """

    row: int
    width: float
    x: float = 0.0
    above: list[Place] = field(default_factory=list)
    below: list[Place] = field(default_factory=list)


@dataclass(frozen=True)
class Layers:
    """A graph in its places.

    Attributes:
        boxes: for each node its place.
        lanes: for each node and each of its sources, the lanes between, from the node upward.
    """

    boxes: list[Place]
    lanes: list[list[list[Place]]]


def layered(sources: Sequence[Sequence[int]], width: float, lane: float) -> Layers:
    """Place every node below all that lead to it.

    Args:
        sources: for each node those that lead to it, which all have higher numbers, as in the order
            of `backward()`.
        width: of a box.
        lane: of the room that an arrow gets where it passes a row.

    >>> triangle = layered([[1, 2], [2], []], width=100, lane=40)
    >>> [place.row for place in triangle.boxes]
    [2, 1, 0]
    >>> len(triangle.lanes[0][1])
    1
    """
    boxes = [Place(row, width) for row in _ranks(sources)]
    rows: list[list[Place]] = [[] for _ in range(max(box.row for box in boxes) + 1)]
    lanes: list[list[list[Place]]] = [[] for _ in sources]
    for n in reversed(range(len(boxes))):
        rows[boxes[n].row].append(boxes[n])
        for source in sources[n]:
            top = boxes[source]
            way = [Place(row, lane) for row in range(boxes[n].row - 1, top.row, -1)]
            lanes[n].append(way)
            for lower, upper in zip([boxes[n], *way], [*way, top], strict=True):
                lower.above.append(upper)
                upper.below.append(lower)
            for place in way:
                rows[place.row].append(place)
    _untangle(rows)
    for row in rows:
        _settle(row, [0.0] * len(row))
    for _ in range(200):
        for row in [*rows, *reversed(rows)]:
            _settle(row, [_mean([p.x for p in place.above + place.below]) for place in row])
    return Layers(boxes, lanes)


def _ranks(sources: Sequence[Sequence[int]]) -> list[int]:
    """Number the rows: as high as possible, but a node that nothing leads to waits."""
    ranks = [0] * len(sources)
    for n in reversed(range(len(sources))):
        ranks[n] = 1 + max((ranks[source] for source in sources[n]), default=-1)
    for n, before in enumerate(sources):
        if not before:
            users = [ranks[user] for user, of in enumerate(sources) if n in of]
            ranks[n] = min(users, default=1) - 1
    return ranks


def _untangle(rows: list[list[Place]]) -> None:
    """Order each row by where its neighbors stand, up and down, and keep the best."""

    def crossings() -> int:
        at = {id(place): n for row in rows for n, place in enumerate(row)}
        return sum(
            (at[id(a)] - at[id(c)]) * (at[id(b)] - at[id(d)]) < 0
            for row in rows
            for (a, b), (c, d) in combinations([(p, q) for p in row for q in p.below], 2)
        )

    best, least = [list(row) for row in rows], crossings()
    for turn in range(8):
        down = turn % 2 == 0
        for row in rows if down else reversed(rows):
            near = {id(p): n for line in rows for n, p in enumerate(line)}
            keys = {
                id(place): _mean([near[id(p)] for p in (place.above if down else place.below)])
                for place in row
                if (place.above if down else place.below)
            }
            row.sort(key=lambda place: keys.get(id(place), near[id(place)]))
        if (now := crossings()) < least:
            best, least = [list(row) for row in rows], now
    for row, order in zip(rows, best, strict=True):
        row[:] = order


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _settle(row: Sequence[Place], wanted: Sequence[float]) -> None:
    """Set the places of a row apart, each as near to where it wants to be as the others let it."""
    offset, offsets = 0.0, []
    for n, place in enumerate(row):
        offset += (row[n - 1].width + place.width) / 2 + _GAP if n else 0.0
        offsets.append(offset)
    blocks: list[tuple[float, int, list[Place]]] = []  # where touching places want to be, how much
    for place, want, offset in zip(row, wanted, offsets, strict=True):
        at, weight, group = want - offset, len(place.above) + len(place.below), [place]
        while blocks and blocks[-1][0] >= at:
            other, more, before = blocks.pop()
            at = (at * weight + other * more) / (weight + more)
            weight, group = weight + more, before + group
        blocks.append((at, weight, group))
    starts = {id(place): at for at, _, group in blocks for place in group}
    for place, offset in zip(row, offsets, strict=True):
        place.x = starts[id(place)] + offset
