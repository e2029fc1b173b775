"""The dial and the figure of the chapter *Several processes* (`docs/work/distributed.md`)."""

from __future__ import annotations

import html
from collections.abc import Sequence
from itertools import product
from typing import Any

import torch
from matplotlib.patches import Rectangle
from torch import nn

from bookparts.figures import COLORS, INK, MUTED
from bookwidgets.dial import Stops, dial
from bookwidgets.element import table

from .distributed import cut_bytes

_WIDE = 300  # of the dial's drawing


def held_dial(ranks: Sequence[int], start: int) -> str:
    """Return a dial over processes and optimizer: what each of them holds with DDP and with FSDP2.

    Args:
        ranks: how many processes, for each stop.
        start: index of the stop that is shown at first.
    """
    kinds = ("Adam", "SGD")
    with torch.device("meta"):
        model = nn.Sequential(*[nn.Linear(8000, 8000) for _ in range(112)])
    room = sum(cut_bytes(model, 1, "Adam").values())
    slots: dict[str, list[str]] = {}
    lines = []
    for kind, count in product(kinds, ranks):
        totals = []
        for way, cut in (("ddp", 1), ("fsdp", count)):
            left, held = 0.0, cut_bytes(model, cut, kind)
            for name, size in held.items():
                width = _WIDE * size / room
                slots.setdefault(f"{way}-{name}-x", []).append(f"{left:.1f}")
                slots.setdefault(f"{way}-{name}-w", []).append(f"{width:.1f}")
                left += width
            totals.append(f"{sum(held.values()) / 1e9:.1f}")
            slots.setdefault(way, []).append(totals[-1])
        lines.append([kind, str(count), *totals])
    controls = [
        Stops("optimizer", kinds, 0, choice=True),
        Stops("processes", [str(count) for count in ranks], start),
    ]
    head = ["optimizer", "processes", "DDP, GB in each", "FSDP2, GB in each"]
    return dial(_bars(_WIDE * 80e9 / room), controls, slots, table(head, lines))


def _bars(limit: float) -> str:
    """Draw the two bars in three parts each, what the colors mean, and a line at a limit."""
    parts = ("weights", "gradients", "optimizer")
    drawn, x = [], 0
    for number, name in enumerate(parts):
        drawn.append(
            f'<rect x="{x}" y="2" width="9" height="9" style="fill:var(--bp-c{number + 1})"/>'
            f'<text x="{x + 13}" y="11">{name}</text>'
        )
        x += 84
    for top, way, title in ((24, "ddp", "DDP"), (64, "fsdp", "FSDP2")):
        drawn.append(
            f'<text x="0" y="{top + 11}">{title}</text><text x="{_WIDE}" y="{top + 11}" '
            f'text-anchor="end"><tspan data-text="{way}"></tspan> GB in each</text>'
        )
        drawn += [
            f'<rect x="0" y="{top + 16}" width="0" height="14" '
            f'style="fill:var(--bp-c{number + 1})" '
            f'data-set="x:{way}-{name}-x width:{way}-{name}-w"/>'
            for number, name in enumerate(parts)
        ]
    drawn.append(
        f'<path d="M{limit:.1f} 37V98" stroke="currentColor" stroke-dasharray="3 2"/>'
        f'<text x="{limit:.1f}" y="110" text-anchor="middle">80 GB</text>'
    )
    label = "Two bars: what each process holds of weights, gradients and the optimizer's numbers."
    return (
        f'<svg role="img" aria-label="{html.escape(label)}" viewBox="0 0 {_WIDE} 114" '
        f'style="max-width:{_WIDE * 1.5:.0f}px;width:100%;fill:currentColor;font-size:11px">'
        f"{''.join(drawn)}</svg>"
    )


def draw_kinds(axes: Any) -> None:
    """Draw how data, tensor and pipeline parallelism cut a batch and a network for two processes.

    Args:
        axes: three matplotlib axes.
    """
    titles = ("data", "tensor", "pipeline")
    for ax, title in zip(axes, titles, strict=True):
        ax.set_title(title)
        ax.set_xlim(-0.3, 5.3)
        ax.set_ylim(-0.4, 5.4)
        ax.set_axis_off()
    for n in (0, 1):  # data: two batches, two whole networks
        _batch(axes[0], 2.7 * n, 4.2, n)
        for layer in range(3):
            _box(axes[0], 2.7 * n, 2.7 - 1.2 * layer, 2.3, n)
    _batch(axes[1], 1.35, 4.2, None)
    for layer in range(3):  # tensor: each layer in two halves
        for n in (0, 1):
            _box(axes[1], 1.35 + 1.2 * n, 2.7 - 1.2 * layer, 1.1, n)
    _batch(axes[2], 1.35, 4.2, None)
    for layer in range(3):  # pipeline: the first layers here, the others there
        _box(axes[2], 1.35, 2.7 - 1.2 * layer, 2.3, 0 if layer == 0 else 1)


def _box(ax: Any, x: float, y: float, width: float, rank: int) -> None:
    ax.add_patch(Rectangle((x, y), width, 0.9, facecolor=COLORS[rank], alpha=0.85, lw=0))
    ax.text(x + width / 2, y + 0.42, str(rank), color="white", ha="center", va="center")


def _batch(ax: Any, x: float, y: float, rank: int | None) -> None:
    edge = MUTED if rank is None else COLORS[rank]
    ax.add_patch(Rectangle((x, y), 2.3, 0.75, facecolor="none", edgecolor=edge, lw=1.4))
    word = "batch" if rank is None else "half"
    ax.text(x + 1.15, y + 0.36, word, color=INK, ha="center", va="center", fontsize=10)
