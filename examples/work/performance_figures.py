"""The figures of the chapter *Performance*: a roof, a curve, and a dial of bytes."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import partial
from itertools import product
from typing import Any

import torch

from bookparts.figures import COLORS, INK, MUTED
from bookwidgets.dial import Stops, dial
from bookwidgets.element import table

from .performance import Machine, Point, blocks, kept, sizes, thrifty

_BLOCKS, _WIDTH = 8, 256
_WIDE = 300  # of the dial's drawing


def draw_per_sample(ax: Any, counts: Sequence[int], micros: Sequence[float]) -> None:
    """Draw what a sample costs over the size of its batch, on scales of powers."""
    ax.loglog(counts, micros, color=COLORS[0], marker="o")
    ax.set(xlabel="samples in the batch", ylabel="µs for each sample")
    ax.set_xticks(counts, [f"{count:,}" for count in counts])
    ax.set_xticks([], minor=True)


def draw_roof(ax: Any, machine: Machine, points: Sequence[Point]) -> None:
    """Draw what a machine can do at most, over arithmetic for each byte, and what was measured."""
    low, high = 0.05, 300.0
    corner = machine.flops / machine.bytes
    ax.loglog(
        [low, corner, high],
        [low * machine.bytes / 1e9, *[machine.flops / 1e9] * 2],
        color=INK,
        marker="",
    )
    for number, point in enumerate(points):
        color = COLORS[1] if "row" in point.name else COLORS[0]
        place = point.intensity, point.speed / 1e9
        ax.plot(*place, "o", color=color, markevery=1)
        side = {"ha": "left"} if point.intensity < 20 else {"ha": "right"}
        away = 8 if point.intensity < 20 else -8, 4 if number == 1 else -13
        ax.annotate(point.name, place, xytext=away, textcoords="offset points", color=color, **side)
    ax.axvline(corner, color=MUTED, linewidth=0.7)
    ax.set(xlabel="arithmetic for each byte moved", ylabel="billions a second", xlim=(low, high))


def memory_dial(rows: Sequence[int], start: int) -> str:
    """Return a dial over batch size, optimizer and checkpointing: what a training step holds."""
    kinds, ways = ("SGD", "momentum", "Adam"), ("no", "yes")
    with torch.device("meta"):
        model = blocks(_BLOCKS, _WIDTH)
        own = list(model.parameters())
        inputs = [torch.empty(count, _WIDTH) for count in rows]
    between = {
        ("no", count): kept(partial(model, x), own) for count, x in zip(rows, inputs, strict=True)
    }
    between |= {
        ("yes", count): kept(partial(thrifty, model, x), own)
        for count, x in zip(rows, inputs, strict=True)
    }
    names = ("parameters", "gradients", "optimizer", "between")
    slots: dict[str, list[str]] = {f"{name}{end}": [] for name in names for end in ("", "-w")}
    slots["total"] = []
    lines = []
    for kind, way, count in product(kinds, ways, rows):
        held = {**sizes(model, kind), "between": between[way, count]}
        most = sum(held.values())
        for name, value in held.items():
            slots[name].append(f"{value / 1e6:.2f}")
            slots[f"{name}-w"].append(f"{_WIDE * value / most:.0f}")
        slots["total"].append(f"{most / 1e6:.1f}")
        lines.append([kind, way, f"{count:,}", f"{most / 1e6:.1f}"])
    controls = [
        Stops("optimizer", kinds, 2, choice=True),
        Stops("checkpoint each block", ways, 0, choice=True),
        Stops("rows in the batch", [f"{count:,}" for count in rows], start),
    ]
    head = ["optimizer", "checkpoint", "rows", "MB in all"]
    return dial(_bars(names), controls, slots, table(head, lines))


def _bars(names: Sequence[str]) -> str:
    """Draw a bar for each part, as long as its share, with its megabytes at the end of the line."""
    words = {
        "parameters": "parameters", "gradients": "gradients",
        "optimizer": "the optimizer’s", "between": "kept for backward",
    }  # fmt: skip
    drawn = []
    for number, name in enumerate(names):
        top = 34 * number
        drawn.append(
            f'<text x="0" y="{top + 11}">{words[name]}</text>'
            f'<text x="{_WIDE}" y="{top + 11}" text-anchor="end">'
            f'<tspan data-text="{name}"></tspan> MB</text>'
            f'<rect x="0" y="{top + 15}" height="11" style="fill:var(--bp-c{number + 1})" '
            f'data-set="width:{name}-w" width="0"/>'
        )
    label = html.escape("Four bars: the shares of what a training step holds.")
    return (
        f'<svg role="img" aria-label="{label}" viewBox="0 0 {_WIDE} {34 * len(names)}" '
        f'style="max-width:{_WIDE * 1.5:.0f}px;width:100%;fill:currentColor;font-size:11px">'
        f'{"".join(drawn)}</svg>\n<p>In all: <b><output data-text="total"></output> MB</b></p>'
    )
