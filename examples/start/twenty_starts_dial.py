"""A dial over twenty trainings: choose a start, and watch its nine numbers and its loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from bookwidgets.dial import Stops, dial
from bookwidgets.element import table
from examples.start.by_hand_then_torch import INPUTS, TARGETS
from examples.start.twenty_starts import fate, forward_stack, stack_starts, train_stack

_WIDE, _HIGH, _TOP = 260, 130, 0.3  # the drawing of the losses; the highest loss that it shows
_PLACES = {"x1": (20, 25), "x2": (20, 105), "h1": (120, 25), "h2": (120, 105), "y": (220, 65)}
_LINES = ("x1 h1", "x2 h1", "x1 h2", "x2 h2", "h1 y", "h2 y")  # in the order of the parameters


class Record(NamedTuple):
    """Twenty trainings, moment by moment.

    Attributes:
        seeds: What the starts are drawn from.
        epochs: The moments.
        losses: float32, (moments, starts).
        answers: float32, (moments, starts, 4).
        lines: The weights, float32, (moments, starts, 6): four of the first layer, two of the next.
    """

    seeds: Sequence[int]
    epochs: Sequence[int]
    losses: Tensor
    answers: Tensor
    lines: Tensor


def record(seeds: Sequence[int], epochs: int, every: int) -> Record:
    """Train the starts as `train_stack` does, and note them every so many epochs.

    >>> found = record([0, 1], epochs=200, every=100)
    >>> tuple(found.answers.shape), tuple(found.lines.shape)
    ((3, 2, 4), (3, 2, 6))
    """
    X, T = torch.tensor(INPUTS), torch.tensor(TARGETS).reshape(4, 1)
    stack = stack_starts(seeds)
    moments = list(range(0, epochs + 1, every))
    losses, answers, lines = [], [], []
    for moment in moments:
        with torch.no_grad():
            Y = forward_stack(stack, X)[1]
            losses.append(((Y - T) ** 2).mean(dim=(1, 2)))
            answers.append(Y[..., 0])
            lines.append(torch.cat([stack[0].flatten(1), stack[2].flatten(1)], dim=1))
        if moment < epochs:
            train_stack(stack, every)
    return Record(seeds, moments, torch.stack(losses), torch.stack(answers), torch.stack(lines))


def starts_dial(found: Record) -> str:
    """Return the dial as HTML."""
    count, last = len(found.seeds), found.epochs[-1]
    fates = [fate(loss) for loss in found.losses[-1].tolist()]
    across = [30 + round((_WIDE - 35) * epoch / last) for epoch in found.epochs]
    slots: dict[str, list[str]] = {name: [] for name in ("loss", "curve", "up", "a", "k", "d")}
    slots["x"] = [f"{x}" for x in across]
    thickest = found.lines.abs().max().item()
    for n in range(count):
        heights = [_up(loss) for loss in found.losses[:, n].tolist()]
        curve = "M" + " ".join(f"{x},{y}" for x, y in zip(across, heights, strict=True))
        for moment, height in enumerate(heights):
            weights = found.lines[moment, n].tolist()
            slots["curve"].append(curve)
            slots["up"].append(f"{height}")
            slots["loss"].append(f"{found.losses[moment, n]:.4f}")
            slots["a"].append(" ".join(f"{p:.2f}" for p in found.answers[moment, n].tolist()))
            slots["k"].append(" ".join(f"{0.5 + 6 * abs(w) / thickest:.1f}" for w in weights))
            slots["d"].append(" ".join("5,3" if w < 0 else "none" for w in weights))
    body = (
        '<div style="display:flex;flex-wrap:wrap;gap:.4rem 1.2rem;margin-top:.6rem">'
        f"{_net()}{_losses(across, found)}</div>\n{_answers()}"
        '<p>Loss <b><output data-text="loss"></output></b></p>'
    )
    controls = [
        Stops(
            "Start",
            [f"seed {s}: {f}" for s, f in zip(found.seeds, fates, strict=True)],
            choice=True,
        ),
        Stops("Epoch", [str(epoch) for epoch in found.epochs], play=True),
    ]
    shown = [m for m, epoch in enumerate(found.epochs) if epoch % 1000 == 0]
    rows = [
        [str(seed), *(f"{found.losses[m, n]:.4f}" for m in shown), fates[n]]
        for n, seed in enumerate(found.seeds)
    ]
    head = ["seed", *(f"{found.epochs[m]}" for m in shown), "at the end"]
    return dial(body, controls, slots, table(head, rows))


def _up(loss: float) -> int:
    return round(_HIGH * (1 - min(loss, _TOP) / _TOP))


def _net() -> str:
    """Draw the net, each weight's line as thick as it is far from 0, dashed where negative."""
    lines = ""
    for n, ends in enumerate(_LINES):
        (x, y), (u, v) = (_PLACES[name] for name in ends.split())
        lines += (
            f'<path d="M{x} {y}L{u} {v}" style="stroke:var(--bp-c1);fill:none" stroke-width="1" '
            f'stroke-dasharray="none" data-set="stroke-width:k.{n} stroke-dasharray:d.{n}"/>'
        )
    circles = "".join(
        f'<circle cx="{x}" cy="{y}" r="15" style="fill:var(--bp-paper);stroke:currentColor"/>'
        f'<text x="{x}" y="{y + 4}" text-anchor="middle">{name}</text>'
        for name, (x, y) in _PLACES.items()
    )
    return _svg(
        240,
        130,
        "The net at the chosen moment. The line of a weight is as thick as the weight is far from "
        "0, and dashed where it is negative.",
        lines + circles,
    )


def _losses(across: Sequence[int], found: Record) -> str:
    """Draw all losses, faint, and the chosen one over them."""
    faint = "".join(
        "M" + " ".join(f"{x},{_up(y)}" for x, y in zip(across, column.tolist(), strict=True))
        for column in found.losses.T
    )
    floors = "".join(
        f'<path d="M30 {_up(level)}H{_WIDE - 5}" '
        'style="stroke:var(--bp-muted);stroke-dasharray:1,3;fill:none"/>'
        f'<text x="26" y="{_up(level) + 4}" text-anchor="end">{level:g}</text>'
        for level in (0.25, 0.125, 0.0)
    )
    return _svg(
        _WIDE,
        150,
        "The losses of all starts over the epochs, faint, the chosen one among them, and a point "
        "at the chosen moment.",
        f'{floors}<path d="{faint}" style="stroke:var(--bp-muted);opacity:.35;fill:none"/>'
        '<path d="" style="stroke:var(--bp-c1);stroke-width:2.5;fill:none" data-set="d:curve"/>'
        '<circle cx="30" cy="0" r="5" style="fill:var(--bp-c2)" data-set="cx:x cy:up"/>'
        f'<text x="30" y="147">0</text>'
        f'<text x="{_WIDE - 5}" y="147" text-anchor="end">epoch {found.epochs[-1]}</text>',
    )


def _answers() -> str:
    """Return the four cases with their answers."""
    narrow = 'style="min-width:0;padding:.4em .6em"'  # five columns fit a phone
    head = "".join(f"<th {narrow}>{int(a)} {int(b)}</th>" for a, b in INPUTS)
    wanted = "".join(f"<td {narrow}>{int(target)}</td>" for target in TARGETS)
    said = "".join(f'<td {narrow}><output data-text="a.{n}"></output></td>' for n in range(4))
    return (
        f"<table><thead><tr><th {narrow}>case</th>{head}</tr></thead><tbody>"
        f"<tr><td {narrow}>target</td>{wanted}</tr><tr><td {narrow}>answer</td>{said}</tr></tbody>"
        "</table>"
    )


def _svg(wide: int, high: int, label: str, inside: str) -> str:
    return (
        f'<svg role="img" aria-label="{label}" viewBox="-6 -5 {wide + 6} {high + 10}" '
        f'style="width:100%;max-width:{wide * 1.25:.0f}px;fill:currentColor;font-size:12px">'
        f"{inside}</svg>"
    )
