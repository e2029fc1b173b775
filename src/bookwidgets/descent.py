"""The way down a loss, for every learning rate of a slider: each path was taken by `torch.optim`.

`descent` draws paths down a curve, for one weight; `valley` draws them from above, for two. Beside
them stands what became of each: how many steps until it was near the bottom, how often it jumped
over it, and where it was when it had left the picture.
"""

from __future__ import annotations

import hashlib
import html
import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import torch

from bookparts.figures import INK, MUTED, figure, svg

from .dial import Stops, dial
from .element import table
from .paths import THREE, Loss, Make, Path, Point, follow

_LOOKS = (("c1", "", "circle"), ("c2", "5 3", "square"), ("c3", "1.5 2.5", "triangle"))
_SHAPES = {
    "circle": '<circle cx="4" cy="4" r="3"/>',
    "square": '<path d="M1.2 1.2h5.6v5.6h-5.6z"/>',
    "triangle": '<path d="M4 .8 7.4 7H.6z"/>',
}
_ALL = "all"


def descent(
    loss: Loss,
    *,
    start: float,
    goal: float,
    rates: Sequence[float],
    window: tuple[float, float],
    begin: float,
    steps: int = 20,
    near: float = 0.01,
    optimizers: Mapping[str, Make] = THREE,
) -> str:
    """Return the widget for one weight.

    Args:
        loss: takes a float64 tensor of shape () and returns a scalar; it has one lowest point.
        start: where the weight stands at first.
        goal: where the lowest point is; it is checked.
        rates: the stops of the slider.
        window: the weights that the picture shows, from and to.
        begin: the rate at which the slider stands at first.
        steps: how many steps are drawn.
        near: the distance from the goal that counts as near.
        optimizers: up to three.

    Raises:
        ValueError: if the goal is not the lowest point of the picture, or there is no such rate.
    """
    runs = _runs(loss, (start,), (goal,), rates, near, optimizers, begin)
    grid = torch.linspace(*window, 45, dtype=torch.float64)
    ground = [loss(w).item() for w in grid]
    if not loss(torch.tensor(goal, dtype=torch.float64)).item() <= min(ground) + 1e-9:
        raise ValueError(f"the loss is lower elsewhere than at {goal:g}")
    fig, ax = figure(width=4.6, height=3.2)
    ax.plot(grid, ground, color=MUTED, linewidth=1.2, linestyle="-", marker="")
    ax.plot(
        [start],
        [loss(torch.tensor(start)).item()],
        "s",
        color=INK,
        markersize=7,
        mfc="none",
        markevery=1,
    )
    ax.grid(False)
    top = max(ground)
    ax.set(xlabel="w", ylabel="loss", xlim=window, ylim=(-0.04 * top, top))

    def place(point: Point) -> Point:
        return point[0], loss(torch.tensor(point[0], dtype=torch.float64)).item()

    alt = (
        f"A curve with its bottom at w = {goal:g}, and the path of {steps} steps down it from "
        f"w = {start:g}. The table has the numbers."
    )
    slots, drawn = _pictures(fig, ax, alt, runs, steps, place)
    kept = [*range(11), *range(15, steps + 1, 5)]
    for k, name in enumerate(optimizers):
        paths = [runs[name, rate] for rate in rates]
        slots[f"w{k}"] = [" ".join(_number(path.points[n][0]) for n in kept) for path in paths]
        slots[f"t{k}"] = [_story(path, steps, window) for path in paths]
    rows = [
        [f"{n}", *(f'<span data-text="w{k}.{at}"></span>' for k in range(len(optimizers)))]
        for at, n in enumerate(kept)
    ]
    values = table(["step", *optimizers], rows, "w after each step")
    return _widget(drawn, values, slots, rates, begin, optimizers, runs, steps)


def valley(
    loss: Loss,
    *,
    start: tuple[float, float],
    goal: tuple[float, float],
    rates: Sequence[float],
    window: tuple[tuple[float, float], tuple[float, float]],
    levels: Sequence[float],
    begin: float,
    steps: int = 30,
    near: float = 0.1,
    optimizers: Mapping[str, Make] = THREE,
) -> str:
    """Return the widget for two weights, seen from above.

    Args:
        loss: takes a float64 tensor of shape (2,) and returns a scalar.
        start: where the weights stand at first.
        goal: where the lowest point is.
        rates: the stops of the slider.
        window: what the picture shows of the first weight, and of the second.
        levels: the losses at which contour lines are drawn.
        begin: the rate at which the slider stands at first.
        steps: how many steps are drawn.
        near: the distance from the goal that counts as near.
        optimizers: up to three.

    Raises:
        ValueError: if there is no such rate.
    """
    runs = _runs(loss, start, goal, rates, near, optimizers, begin)
    a = torch.linspace(*window[0], 61, dtype=torch.float64)
    b = torch.linspace(*window[1], 45, dtype=torch.float64)
    heights = [[loss(torch.stack([x, y])).item() for x in a] for y in b]
    fig, ax = figure(width=5.6, height=2.6)
    ax.contour(a, b, heights, levels=list(levels), colors=[MUTED], linewidths=0.7)
    ax.plot([start[0]], [start[1]], "s", color=INK, markersize=7, mfc="none", markevery=1)
    ax.plot([goal[0]], [goal[1]], "+", color=INK, markersize=11, markevery=1)
    ax.set(xlabel="w₀", ylabel="w₁", xlim=window[0], ylim=window[1])
    ax.grid(False)
    alt = f"A valley from above, and the paths of {steps} steps toward its lowest point."
    slots, drawn = _pictures(fig, ax, alt, runs, steps, lambda point: point)
    for k, name in enumerate(optimizers):
        slots[f"t{k}"] = [_story(runs[name, rate], steps, *window) for rate in rates]
    return _widget(drawn, "", slots, rates, begin, optimizers, runs, steps)


_Runs = Mapping[tuple[str, float], Path]


def _runs(
    loss: Loss,
    start: Point,
    goal: Point,
    rates: Sequence[float],
    near: float,
    optimizers: Mapping[str, Make],
    begin: float,
) -> dict[tuple[str, float], Path]:
    if begin not in rates:
        raise ValueError(f"no rate of the slider is {begin:g}")
    if not 0 < len(optimizers) <= len(_LOOKS):
        raise ValueError(f"the picture has looks for one to {len(_LOOKS)} optimizers")
    return {
        (name, rate): path
        for name, make in optimizers.items()
        for rate, path in zip(rates, follow(loss, start, make, rates, goal, near), strict=True)
    }


def _number(value: float) -> str:
    return f"{value + 0.0:.3g}".replace("-", "−")


def _inside(point: Point, window: Sequence[tuple[float, float]]) -> bool:
    return all(low <= x <= high for x, (low, high) in zip(point, window, strict=True))


def _story(path: Path, steps: int, *window: tuple[float, float]) -> str:
    """Say in a sentence what became of a path."""
    fate, arrived, one = path.fate(steps), path.arrived(), len(path.goal) == 1
    out = next((n for n in range(steps + 1) if not _inside(path.points[n], window)), None)
    there = ", ".join(_number(x) for x in path.points[steps])
    end = f"{'w =' if one else 'at'} {there} after {steps}"
    if fate == "diverges":
        return f"diverges: {f'left the picture after {_steps(out)}; ' if out else ''}{end}"
    if one and fate == "bounces for ever":
        return f"bounces for ever: jumps over the bottom at each step; {end}"
    said = fate if one else "arrives" if arrived is not None else "has not arrived"
    if arrived is None:
        said += f": {end}, and not near the bottom after {path.watched}"
    else:
        said += f": near the bottom after {_steps(arrived)}"
    if one and (jumps := path.jumps(min(arrived or steps, steps))):
        said += f"; jumped over it {jumps} {'time' if jumps == 1 else 'times'}"
        said += f" in {steps} steps" if arrived is None or arrived > steps else ""
    return said if not out else f"{said}; was out of the picture on the way"


def _steps(count: int) -> str:
    return f"{count} {'step' if count == 1 else 'steps'}"


def _pictures(
    fig: Any,
    ax: Any,
    alt: str,
    runs: _Runs,
    steps: int,
    place: Callable[[Point], Point],
) -> tuple[dict[str, list[str]], str]:
    """Draw the ground with an empty path for each optimizer; return the paths as slots."""
    fig.dpi = 72
    drawing = svg(fig, alt=alt)
    fig.draw_without_rendering()
    height = fig.get_size_inches()[1] * 72
    box = ax.get_window_extent()

    def pixel(point: Point) -> tuple[float, float]:
        x, y = ax.transData.transform(place(point))
        return float(x), height - float(y)

    slots: dict[str, list[str]] = {}
    names = list(dict.fromkeys(name for name, _ in runs))
    for k, name in enumerate(names):
        found = [path for (of, _), path in runs.items() if of == name]
        slots[f"d{k}"] = [
            _line([pixel(path.points[n]) for n in range(steps + 1)], box, height) for path in found
        ]
    key = hashlib.sha256("".join(map("".join, slots.values())).encode()).hexdigest()[:6]
    shapes, lines = "", ""
    for k, _ in enumerate(names):
        color, dash, shape = _LOOKS[k]
        name, paint = f"d{key}-{k}", f"var(--bp-{color})"
        shapes += (
            f'<marker id="{name}" viewBox="0 0 8 8" refX="4" refY="4" markerWidth="6" '
            f'markerHeight="6" markerUnits="userSpaceOnUse" fill="{paint}">'
            f"{_SHAPES[shape]}</marker>"
        )
        ends = " ".join(f'marker-{end}="url(#{name})"' for end in ("start", "mid", "end"))
        lines += (
            f'<path data-set="d:d{k} class:h{k}" fill="none" stroke="{paint}" '
            f'stroke-width="1.2" stroke-dasharray="{dash or "none"}" {ends}/>'
        )
    x, y, wide, high = (f"{v:.0f}" for v in (box.x0, height - box.y1, box.width, box.height))
    overlay = (
        f"<defs>{shapes}</defs>\n"
        f'<svg x="{x}" y="{y}" width="{wide}" height="{high}" viewBox="{x} {y} {wide} {high}" '
        f'style="overflow:hidden">\n{lines}\n</svg>\n'
    )
    return slots, drawing.replace("</svg>\n</figure>", f"{overlay}</svg>\n</figure>")


def _line(points: Sequence[tuple[float, float]], box: Any, height: float) -> str:
    """Write a path as short as it goes: it ends where it leaves the picture, or stands still."""
    reach = 2 * max(box.width, box.height)
    kept: list[tuple[int, int]] = []
    before = points[0]
    for x, y in points:
        away = math.dist((x, y), before) if math.isfinite(x) and math.isfinite(y) else math.inf
        if away > reach:  # the rest of the way is out of sight; keep the direction alone
            big = max(abs(x - before[0]), abs(y - before[1]))
            x, y = (b + reach * (v - b) / big for v, b in zip((x, y), before, strict=True))
        pixel = round(x), round(y)
        if not kept or kept[-1] != pixel:
            kept.append(pixel)
        if not (box.x0 <= x <= box.x1 and height - box.y1 <= y <= height - box.y0):
            break
        before = x, y
    moves = [f"{c - a} {d - b}" for (a, b), (c, d) in pairwise(kept)]
    return f"M{kept[0][0]} {kept[0][1]}l{' '.join(moves) or '0 0'}"


def _widget(
    drawn: str,
    values: str,
    slots: dict[str, list[str]],
    rates: Sequence[float],
    begin: float,
    optimizers: Mapping[str, Make],
    runs: _Runs,
    steps: int,
) -> str:
    names = list(optimizers)
    shows = [*names, _ALL] if len(names) > 1 else names
    every = len(rates)
    for k, name in enumerate(names):
        slots[f"h{k}"] = [
            "" if show in (name, _ALL) else "bp-unseen" for show in shows for _ in range(every)
        ]
    stories = "\n".join(
        f'<li>{_key(k)} <b>{html.escape(name)}</b> <span data-text="t{k}"></span></li>'
        for k, name in enumerate(names)
    )
    kind = "bp-descent" if values else "bp-descent bp-across"
    body = (
        f'<div class="{kind}">\n{drawn}\n<div>\n<ul class="bp-stories">\n{stories}\n</ul>'
        f"{values}\n</div>\n</div>"
    )
    controls = [
        Stops("path of", shows, choice=True),
        Stops("learning rate", [f"{rate:g}" for rate in rates], list(rates).index(begin)),
    ]
    rows = []
    for rate in rates:
        cells = []
        for name in names:
            path = runs[name, rate]
            arrived = path.arrived()
            cells += [
                ", ".join(_number(x) for x in path.points[steps]),
                "never" if arrived is None else f"{arrived}",
            ]
        rows.append([f"{rate:g}", *cells])
    near = next(iter(runs.values()))
    head = ["rate"]
    for name in names:
        head += [f"{name}: after {steps}", "near after"]
    caption = f"Near means within {near.near:g}, and never means not in {near.watched} steps."
    return dial(body, controls, slots, table(head, rows, caption))


def _key(k: int) -> str:
    """Draw the line of an optimizer, as in a legend."""
    color, dash, shape = _LOOKS[k]
    return (
        '<svg class="bp-key" aria-hidden="true" viewBox="0 0 28 8">'
        f'<path d="M0 4H28" stroke="var(--bp-{color})" stroke-width="1.6" '
        f'stroke-dasharray="{dash or "none"}"/><g fill="var(--bp-{color})" '
        f'transform="translate(10)">{_SHAPES[shape]}</g></svg>'
    )
