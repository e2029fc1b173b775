"""The graph of an expression, as autograd recorded it: values go down, gradients come back up.

>>> made = graph(lambda x: x**2 + 3 * x + 1, x=[1.0, 2.0], start={"x": 2.0})
>>> "PowBackward0" in made
True

A reader moves the inputs, and lets the gradient travel, node by node in autograd's own order.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from itertools import count, pairwise, product
from typing import Any

from torch import Tensor

from .dial import Stops, dial
from .element import table
from .layers import Place, layered
from .recorded import Stop, record, shown

Input = float | Tensor | Sequence[float]

_HEIGHT, _BETWEEN, _LANE = 58, 46, 58


def graph(
    expression: Callable[..., Tensor],
    /,
    *,
    given: Mapping[str, Input] | None = None,
    start: Mapping[str, float] | None = None,
    result: str = "y",
    **inputs: Input,
) -> str:
    """Return the widget for an expression.

    Args:
        expression: takes the inputs by name and returns a scalar tensor; the same operations must
            run wherever the sliders stand.
        given: like the inputs, for what is not followed, such as data.
        start: where the sliders stand at first; elsewhere in the middle.
        result: what to call the result.
        inputs: for each leaf a number, or a list of numbers that a slider goes through.

    Raises:
        ValueError: if no input moves, a start is no stop, or the graph changes on the way.
    """
    everything = {**inputs, **(given or {})}
    moving = {
        name: [float(v) for v in value]
        for name, value in everything.items()
        if isinstance(value, Sequence)
    }
    if not moving:
        raise ValueError("give at least one input a list of numbers, for its slider")
    if unknown := set(start or {}) - set(moving):
        raise ValueError(f"no slider for {', '.join(sorted(unknown))}")
    still = {n: value for n, value in everything.items() if not isinstance(value, Sequence)}
    runs = []
    for values in product(*moving.values()):
        now = {**still, **dict(zip(moving, values, strict=True))}
        leaves = {name: now[name] for name in inputs}
        data = {name: now[name] for name in given or {}}
        runs.append(record(expression, leaves, data, result))
    first = runs[0]
    for run in runs:
        if [_kind(stop) for stop in run] != [_kind(stop) for stop in first]:
            raise ValueError("the graph is not the same at every stop; leave out the branches")
    controls = []
    for name, stops in moving.items():
        begin = (start or {}).get(name, stops[len(stops) // 2])
        if begin not in stops:
            raise ValueError(f"the slider of {name} has no stop at {begin:g}")
        words = [f"{v:g}".replace("-", "−") for v in stops]
        controls.append(Stops(name, words, stops.index(begin)))
    steps = [
        "not yet",
        *(f"step {n} of {len(first)}: {stop.label}" for n, stop in enumerate(first, 1)),
        "done",
    ]
    controls.append(Stops("backward", steps, play=True))
    slots = _numbers(runs, len(steps)) | _states(len(first), len(steps))
    drawn = _drawing(first)
    body = f'<div class="bp-graph">\n{drawn}\n{_rows(first)}\n</div>'
    return dial(body, controls, slots, _all_values(runs, list(moving), controls))


def _kind(stop: Stop) -> tuple[Any, ...]:
    lost = tuple(sent is None for sent in stop.sent)
    return stop.name, stop.label, stop.code, stop.rules, stop.leads, lost


def _words(run: Sequence[Stop]) -> list[str]:
    """The numbers of a run, in the order in which the body asks for them."""
    return [
        *(shown(stop.value) for stop in run),
        *(shown(stop.came) for stop in run),
        *(shown(sent) for stop in run for sent in stop.sent if sent is not None),
    ]


def _numbers(runs: Sequence[Sequence[Stop]], steps: int) -> dict[str, list[str]]:
    texts = [" ".join(w.replace(" ", "\N{NO-BREAK SPACE}") for w in _words(run)) for run in runs]
    return {"n": [text for text in texts for _ in range(steps)]}


def _states(nodes: int, steps: int) -> dict[str, list[str]]:
    """For each node: where the gradient is, before it, there, or beyond."""
    slots = {}
    for node in range(nodes):
        slots[f"s{node}"] = [
            "bp-later" if step <= node else "bp-now" if step == node + 1 else "bp-done"
            for step in range(steps)
        ]
        slots[f"c{node}"] = ["step" if step == node + 1 else "false" for step in range(steps)]
    return slots


def _arrows(stops: Sequence[Stop]) -> list[tuple[int, int, int]]:
    """List for each gradient that was sent: from which stop, to which, and its word."""
    word = count(2 * len(stops))
    found = []
    for n, stop in enumerate(stops):
        for sent, lead in zip(stop.sent, stop.leads, strict=False):
            if sent is not None:
                at = next(word)
                if lead is not None:
                    found.append((n, lead, at))
    return found


def _rows(stops: Sequence[Stop]) -> str:
    """Write the table: one row for each node, in the order of backward."""
    arrows = _arrows(stops)
    rows = []
    for n, stop in enumerate(stops):
        value = f'<span data-text="n.{n}"></span>'
        what = f"<code>{stop.name}</code><br>{html.escape(stop.formula)} = {value}"
        words = iter(word for source, _, word in arrows if source == n)
        rules = [
            f'{rule} <span class="bp-g">= <b data-text="n.{next(words)}"></b> to '
            f"{stops[lead].label}</span>"
            for rule, lead, sent in zip(stop.rules, stop.leads, stop.sent, strict=False)
            if lead is not None and sent is not None
        ]
        came = f'<b class="bp-g" data-text="n.{len(stops) + n}"></b>'
        if not stop.leads:
            rules = [f"{stop.rules[0]}: <code>{stop.label}.grad</code> = {came}"]
        cells = f"<td>{came}</td><td>{'<br>'.join(rules)}</td>"
        rows.append(
            f'<tr data-set="class:s{n} aria-current:c{n}"><th scope="row">{what}</th>{cells}</tr>'
        )
    titles = ("node", "gets g", "its rule, and what it sends")
    head = "".join(f'<th scope="col">{title}</th>' for title in titles)
    return (
        '<div class="md-typeset__scrollwrap"><div class="md-typeset__table"><table>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n"
        + "\n".join(rows)
        + "\n</tbody></table></div></div>"
    )


def _drawing(stops: Sequence[Stop]) -> str:
    """Draw the boxes and arrows; what follows the sliders are slots."""
    sources = [[lead for lead in stop.leads if lead is not None] for stop in stops]
    width = max(
        138,
        *(16 + 7.3 * len(stop.formula) for stop in stops),
        *(16 + 6.1 * len(stop.name) for stop in stops),
    )
    layers = layered(sources, width, _LANE)
    left = min(p.x - p.width / 2 for p in layers.boxes) - 5
    right = max(p.x + p.width / 2 for p in layers.boxes) + 5
    for lane in (p for ways in layers.lanes for way in ways for p in way):
        left, right = min(left, lane.x - lane.width / 2), max(right, lane.x + lane.width / 2)
    bottom = _top(layers.boxes[0]) + _HEIGHT + 4
    words = {(n, to, k): word for k, (n, to, word) in enumerate(_arrows(stops))}
    forward, parts = [], []
    for n, stop in enumerate(stops):
        backward = []
        mine = [(to, word) for (node, to, _), word in words.items() if node == n]
        for k, way in enumerate(layers.lanes[n]):
            top = layers.boxes[sources[n][k]]
            points = _points(layers.boxes[n], way, top, sources[n][:k].count(sources[n][k]))
            forward.append(_arrow(points[::-1], "bp-forward", -4))
            back = _arrow(points, "bp-back", 4)
            x, y = _middle(points)
            word = next((w for to, w in mine if to == sources[n][k]), None)
            mine = [(to, w) for to, w in mine if w != word]
            label = (
                ""
                if word is None
                else (f'<text x="{x + 4:.0f}" y="{y + 4:.0f}" data-text="n.{word}"></text>')
            )
            backward.append(back + label)
        parts.append(_box(n, stop, layers.boxes[n], len(stops), width, "".join(backward)))
    flow = "; ".join(
        f"{stop.formula} from {' and '.join(stops[s].label for s in of)}"
        for stop, of in zip(stops[::-1], sources[::-1], strict=True)
        if of
    )
    label = html.escape(f"The graph, from its leaves down: {flow}. The table has the numbers.")
    wide, high = right - left, bottom
    return (
        '<div class="bp-wide" tabindex="0" role="group" aria-label="Drawing of the graph">\n'
        f'<svg role="img" aria-label="{label}" viewBox="{left:.0f} 0 {wide:.0f} {high:.0f}" '
        f'style="width:{wide:.0f}px;min-width:{0.85 * wide:.0f}px">\n'
        + "\n".join(["".join(forward), *parts])
        + "\n</svg>\n</div>"
    )


def _top(place: Place) -> float:
    return 4 + place.row * (_HEIGHT + _BETWEEN)


def _port(place: Place, other: Place, others: Sequence[Place], nth: int) -> float:
    """Say where on a box's side an arrow begins: each has its own place, in their order."""
    order = sorted(range(len(others)), key=lambda n: others[n].x)
    same = [n for n in order if others[n] is other]
    at = order.index(same[min(nth, len(same) - 1)])
    return place.x + place.width * ((at + 0.5) / len(others) - 0.5)


def _points(box: Place, way: Sequence[Place], top: Place, nth: int) -> list[tuple[float, float]]:
    """List where the nth arrow from a box to a source leaves it, its lanes, and where it ends."""
    chain = [box, *way, top]
    begin = _port(box, chain[1], box.above, nth)
    end = _port(top, chain[-2], top.below, nth)
    points = [(begin, _top(box))]
    for lane in way:
        points += [(lane.x, _top(lane) + _HEIGHT), (lane.x, _top(lane))]
    return [*points, (end, _top(top) + _HEIGHT)]


def _middle(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Find room for a number: in the first lane, or half way to the next row."""
    (a, b), (c, d) = points[1:3] if len(points) > 2 else points
    return (a + c) / 2, (b + d) / 2


def _arrow(points: Sequence[tuple[float, float]], kind: str, aside: float) -> str:
    """Draw a line that is upright where it begins and ends, with a head at its end."""
    points = [(x + aside, y) for x, y in points]
    (x, y), (_, before) = points[-1], points[-2]
    tip = 6 if y < before else -6
    path = f"M{points[0][0]:.0f} {points[0][1]:.0f}"
    for (a, b), (c, d) in pairwise(points):
        half = (b + d) / 2
        path += (
            f"L{c:.0f} {d:.0f}"
            if a == c
            else f"C{a:.0f} {half:.0f} {c:.0f} {half:.0f} {c:.0f} {d:.0f}"
        )
    head = f"M{x - 4:.0f} {y + tip:.0f}L{x:.0f} {y:.0f}L{x + 4:.0f} {y + tip:.0f}"
    return f'<path class="{kind}" d="{path}"/><path class="{kind} bp-head" d="{head}"/>'


def _box(n: int, stop: Stop, place: Place, nodes: int, width: float, arrows: str) -> str:
    x, y = place.x - width / 2, _top(place)
    return (
        f'<g data-set="class:s{n}">'
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{_HEIGHT}" rx="6"/>'
        f'<text class="bp-code" x="{x + 8:.0f}" y="{y + 16:.0f}">{html.escape(stop.formula)}</text>'
        f'<text class="bp-value" x="{x + 8:.0f}" y="{y + 34:.0f}" data-text="n.{n}"></text>'
        f'<text class="bp-g" x="{x + width - 8:.0f}" y="{y + 34:.0f}">g '
        f'<tspan data-text="n.{nodes + n}"></tspan></text>'
        f'<text class="bp-name" x="{x + 8:.0f}" y="{y + 50:.0f}">{stop.name}</text>'
        f'<g class="bp-g">{arrows}</g></g>'
    )


def _all_values(
    runs: Sequence[Sequence[Stop]], names: Sequence[str], controls: Sequence[Stops]
) -> str:
    """Write all numbers as one table: values on the way down, gradients on the way up."""
    first = runs[0]
    inner = [stop for stop in reversed(first) if stop.label not in names]
    head = [*names, *(stop.label for stop in inner), *(f"g at {stop.label}" for stop in first)]
    places = [first.index(stop) for stop in inner]
    rows = []
    for where, run in zip(product(*(c.names for c in controls[:-1])), runs, strict=True):
        words = _words(run)
        rows.append([*where, *(words[p] for p in places), *words[len(run) : 2 * len(run)]])
    return table(head, rows)
