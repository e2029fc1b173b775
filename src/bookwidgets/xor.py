"""A training on XOR, moment by moment: what the net says everywhere, its hidden units, its loss.

The nets have two inputs, one hidden layer of ReLU units and one logit. What is drawn comes from the
recorded parameters alone: torch asks each net at 21 × 21 points and at the four rows of XOR.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from contourpy import FillType, contour_generator
from torch import Tensor

from .dial import Stops, dial
from .element import table

ROWS = ("0 0", "0 1", "1 0", "1 1")
_SIZE, _LOW, _HIGH = 240, -0.5, 1.5  # a square of the plane of inputs, in units of the drawing
_DASHES = ("none", "9 4", "2 3", "10 3 2 3")
_BANDS = {"y1": (0.6, 1.0), "y2": (0.8, 1.0), "n1": (0.0, 0.4), "n2": (0.0, 0.2)}
_LEARNED = 0.1


def xor(
    names: Sequence[str],
    moments: Sequence[int],
    losses: Tensor,
    parameters: Sequence[Sequence[Tensor]],
) -> str:
    """Return a dial that scrubs through recorded trainings.

    Args:
        names: what each start is called.
        moments: the recorded epochs, from 0 on.
        losses: (epochs + 1, starts): before the first step, and after each.
        parameters: for each moment the nets' weights and biases: (starts, units, 2),
            (starts, units), (starts, 1, units) and (starts, 1), with at most four units.

    Raises:
        ValueError: if the moments do not begin at 0, or do not fit what was recorded.
    """
    if list(moments) != sorted(set(moments)) or not moments or moments[0] != 0:
        raise ValueError(f"the moments {list(moments)} do not rise from 0")
    if len(parameters) != len(moments) or len(losses) <= moments[-1]:
        raise ValueError(f"{len(moments)} moments, {len(parameters)} copies, {len(losses)} losses")
    if losses.shape[1] != len(names) or any(len(p) != len(names) for p in parameters[0]):
        raise ValueError(f"{len(names)} names, and losses of {losses.shape[1]} starts")
    units = parameters[0][0].shape[1]
    if units > len(_DASHES):
        raise ValueError(f"{units} units, and only {len(_DASHES)} kinds of line")
    slots = _slots(moments, losses, parameters)
    fates = ["learns" if loss < _LEARNED else "stalls" for loss in losses[-1].tolist()]
    body = (
        f'<div class="bp-xor">\n{_plane(units)}\n{_losses(moments[-1], losses)}\n'
        f'<div class="bp-xor-said">{_answers()}\n{_units(units)}</div>\n</div>'
    )
    controls = [
        Stops("Start", [f"{n}: {fate}" for n, fate in zip(names, fates, strict=True)], choice=True),
        Stops("Epoch", [str(m) for m in moments], play=True),
    ]
    return dial(body, controls, slots, _fallback(names, moments, units, slots))


def _slots(
    moments: Sequence[int], losses: Tensor, parameters: Sequence[Sequence[Tensor]]
) -> dict[str, list[str]]:
    """Ask every net, start by start and moment by moment."""
    count, units = losses.shape[1], parameters[0][0].shape[1]
    many = ["loss", "y", *(f"a{n}" for n in range(4)), *_BANDS]
    many += [f"{kind}{u}" for u in range(units) for kind in "ds"] + [f"w{n}" for n in range(count)]
    slots: dict[str, list[str]] = {name: [] for name in many}
    slots["x"] = [f"{_across(m, moments[-1])}" for m in moments]
    ticks = torch.linspace(_LOW, _HIGH, 21)
    down, across = torch.meshgrid(ticks, ticks, indexing="ij")
    grid = torch.stack([across, down], -1).reshape(-1, 2)
    rows = torch.tensor([[float(n) for n in row.split()] for row in ROWS])
    for start in range(count):
        born = None
        for moment, copies in zip(moments, parameters, strict=True):
            net = [p[start] for p in copies]
            loss = losses[moment, start].item()
            slots["loss"].append(f"{loss:.4f}")
            slots["y"].append(f"{_up(loss)}")
            for n in range(count):
                slots[f"w{n}"].append("3" if n == start else "1")
            bent, logits = ask(net, rows)
            for n, answer in enumerate(logits.sigmoid().tolist()):
                slots[f"a{n}"].append(f"{answer:.2f}")
            field = ask(net, grid)[1].reshape(21, 21)
            for name, band in _BANDS.items():
                slots[name].append(_band(ticks, field, *band))
            on = bent > 0
            born = on.any(0) if born is None else born
            for u in range(units):
                slots[f"d{u}"].append(_edge(net[0][u].tolist(), net[1][u].item()))
                slots[f"s{u}"].append(_state(on[:, u].tolist(), bool(born[u])))
    return slots


def ask(net: Sequence[Tensor], x: Tensor) -> tuple[Tensor, Tensor]:
    """Return what the hidden units of a net put out for `x` (n, 2), and the logits (n,)."""
    weight, bias, out, shift = net
    bent = torch.relu(x @ weight.T + bias)
    return bent, (bent @ out.T + shift).squeeze(1)


def _state(on: list[bool], was_on: bool) -> str:
    if not any(on):
        return "died" if was_on else "born dead"
    if all(on):
        return "on for all"
    return "on for " + ", ".join(row for row, yes in zip(ROWS, on, strict=True) if yes)


def _band(ticks: Tensor, field: Tensor, low: float, high: float) -> str:
    """Return as a path where the probability is between two levels.

    Args:
        ticks: of both axes, (n,).
        field: logits (n, n), the second input downward.
        low, high: probabilities; 0 and 1 are no limit.
    """
    z = field.double().numpy()
    limits = [math.log(p / (1 - p)) if 0 < p < 1 else (p - 0.5) * 1e9 for p in (low, high)]
    maker = contour_generator(ticks.numpy(), ticks.numpy(), z, fill_type=FillType.OuterOffset)
    path = ""
    for points, offsets in zip(*maker.filled(*limits), strict=True):
        assert points is not None and offsets is not None
        for begin, end in pairwise(offsets.tolist()):
            open_ring = [_place(a, b) for a, b in points[begin : end - 1].tolist()]
            corner = max(range(len(open_ring)), key=lambda n: open_ring[n][0] + 2 * open_ring[n][1])
            ring = _straightened([*open_ring[corner:], *open_ring[: corner + 1]])
            if len(ring) > 3:
                path += "M" + " ".join(f"{round(x)} {round(y)}" for x, y in ring[:-1]) + "Z"
    return path


def _place(first: float, second: float) -> tuple[float, float]:
    """Return where two inputs lie in the drawing; the second one rises."""
    scale = _SIZE / (_HIGH - _LOW)
    return (first - _LOW) * scale, (_HIGH - second) * scale


def _straightened(line: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Leave out the points that lie within 0.6 of the line between those that stay.

    The first point stays; of a ring it should be a corner.
    """
    (x, y), (u, v) = line[0], line[-1]
    length = math.hypot(u - x, v - y)
    far, at = 0.6, 0
    for n, (a, b) in enumerate(line[1:-1], 1):
        off = (
            abs((a - x) * (v - y) - (b - y) * (u - x)) / length
            if length > 1e-6
            else math.hypot(a - x, b - y)
        )
        if off > far:
            far, at = off, n
    if not at:
        return [line[0], line[-1]]
    return _straightened(line[: at + 1])[:-1] + _straightened(line[at:])


def _edge(weight: list[float], bias: float) -> str:
    """Return as a path where a unit turns on: the line w·x + b = 0 within the drawing."""
    a, b = weight
    ends = []
    for edge in (_LOW, _HIGH):
        if b and _LOW <= (y := -(a * edge + bias) / b) <= _HIGH:
            ends.append((edge, y))
        if a and _LOW <= (x := -(b * edge + bias) / a) <= _HIGH:
            ends.append((x, edge))
    if len(ends) < 2:
        return ""
    return "M" + " ".join(f"{round(x)} {round(y)}" for x, y in (_place(*end) for end in ends[:2]))


def _across(epoch: int, last: int) -> int:
    return 40 + round(250 * epoch / last)


def _up(loss: float) -> int:
    return 205 - round(195 * min(loss, 0.9) / 0.9)


def _plane(units: int) -> str:
    """Draw the plane of inputs, with the four rows in it."""
    bands = "".join(
        f'<path class="bp-{name[0]}" d="" data-set="d:{name}"></path>' for name in _BANDS
    )
    lines = "".join(
        f'<path class="bp-u" stroke="var(--bp-c{u + 3})" stroke-dasharray="{_DASHES[u]}" d="" '
        f'data-state="" data-set="d:d{u} data-state:s{u}"></path>'
        for u in range(units)
    )
    marks = ""
    for n, row in enumerate(ROWS):
        first, second = map(int, row.split())
        x, y = map(round, _place(first, second))
        r = 6
        marks += (
            f'<circle cx="{x}" cy="{y}" r="{r}"></circle>'
            if first != second
            else f'<path d="M{x - r} {y - r} {x + r} {y + r}M{x - r} {y + r} {x + r} {y - r}">'
            "</path>"
        )
        marks += f'<text x="{x}" y="{y + (-14 if second else 26)}" data-text="a{n}"></text>'
    label = (
        "The plane of the two inputs. Shaded in one color where the net says yes, in another where "
        "it says no, and not at all where it cannot tell; a line for each hidden unit. "
        "The tables beside it say the same."
    )
    return (
        f'<svg class="bp-xor-plane" viewBox="0 0 {_SIZE} {_SIZE}" role="img" aria-label="{label}">'
        f"{bands}{lines}<g>{marks}</g></svg>"
    )


def _losses(last: int, losses: Tensor) -> str:
    """Draw the losses of all starts, and a dot where the reader is."""
    curves = ""
    for n, curve in enumerate(losses.T.tolist()):
        epochs = range(0, last + 1, max(1, last // 50))
        points = " ".join(f"{_across(e, last)},{_up(curve[e])}" for e in epochs)
        dash = "" if curve[-1] < _LEARNED else ' stroke-dasharray="5 2"'
        curves += (
            f'<polyline points="{points}"{dash} stroke-width="1" data-set="stroke-width:w{n}"/>'
        )
    ticks = "".join(
        f'<text x="{_across(e, last)}" y="220">{e}</text>' for e in (0, last // 2, last)
    )
    ticks += "".join(
        f'<text class="bp-end" x="34" y="{_up(v) + 4}">{v:.1f}</text>' for v in (0, 0.4, 0.8)
    )
    shelf = _up(math.log(2))
    return (
        '<svg class="bp-xor-loss" viewBox="0 0 305 240" role="img" aria-label="The losses of all '
        'starts, dashed if it stalls; thick, with a dot at the epoch, the chosen one.">'
        f'<path class="bp-axis" d="M40 5V205H290"></path>'
        f'<path class="bp-shelf" d="M40 {shelf}H290"></path>{curves}'
        '<circle cx="0" cy="0" r="5" data-set="cx:x cy:y"></circle>'
        f'{ticks}<text x="165" y="236">epoch</text>'
        '<text class="bp-now" x="265" y="20">loss</text>'
        '<text class="bp-now" x="265" y="38" data-text="loss"></text></svg>'
    )


def _answers() -> str:
    rows = [
        [row, "yes" if row in ROWS[1:3] else "no", f'<span data-text="a{n}"></span>']
        for n, row in enumerate(ROWS)
    ]
    return table(["inputs", "right", "the net"], rows)


def _units(units: int) -> str:
    rows = []
    for u in range(units):
        sample = (
            f'<svg class="bp-key" viewBox="0 0 40 8" aria-hidden="true"><path class="bp-u" '
            f'stroke="var(--bp-c{u + 3})" stroke-dasharray="{_DASHES[u]}" d="M0 4H40"></path></svg>'
        )
        rows.append([f"{u + 1} {sample}", f'<span data-text="s{u}"></span>'])
    return table(["unit", "is"], rows)


def _fallback(
    names: Sequence[str], moments: Sequence[int], units: int, slots: dict[str, list[str]]
) -> str:
    """Return every fourth moment of each start, and the last, as a table."""
    rows = []
    for start, name in enumerate(names):
        for n in sorted({*range(0, len(moments), 4), len(moments) - 1}):
            at = start * len(moments) + n
            states = "; ".join(slots[f"s{u}"][at] for u in range(units))
            answers = " ".join(slots[f"a{k}"][at] for k in range(4))
            rows.append([name, str(moments[n]), slots["loss"][at], answers, states])
    head = ["start", "epoch", "loss", f"answers to {', '.join(ROWS)}", "hidden units"]
    return table(head, rows)
