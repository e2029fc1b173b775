"""Dropout, draw by draw: what `nn.Dropout` makes of a few numbers, in both of its modes.

>>> import torch
>>> "mean of the 1,000 draws" in dropout(torch.tensor([1.0, 2.0]), [0.5], draws=2)
True
"""

from __future__ import annotations

import html
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .dial import Stops, dial
from .element import table

_WIDTH, _HEIGHT, _BASE = 48, 144, 152  # of a bar with its gap; of the highest bar; of the ground
_MANY = 1000


def outputs(x: Tensor, p: float, draws: int, *, train: bool, seed: int = 0) -> Tensor:
    """Return what a real `nn.Dropout(p)` gives for `x`, shape (n,), as often as asked: (draws, n).

    The generator starts at `seed` and is left as it was found.
    """
    layer = nn.Dropout(p).train(train)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return torch.stack([layer(x) for _ in range(draws)])


def dropout(x: Tensor, ps: Sequence[float], draws: int = 8, seed: int = 0) -> str:
    """Return a dial over the mode, the probability and the draws.

    Args:
        x: what goes in, shape (n,) with n at most 10, numbers above 0.
        ps: the probabilities, from 0 up and below 1.
        draws: how many draws the slider has.
        seed: where the generator starts, for each probability anew.

    Raises:
        ValueError: if there is nothing to draw, or a probability that would leave nothing.
    """
    if x.dim() != 1 or not 1 <= len(x) <= 10 or not bool((x > 0).all()):
        raise ValueError("x must be one to ten numbers above 0")
    if not ps or not all(0 <= p < 1 for p in ps) or draws < 1:
        raise ValueError("the probabilities must lie in [0, 1), and there must be a draw")
    n, mean = len(x), x.mean().item()
    slots: dict[str, list[str]] = {name: [] for name in ("mean", "far", "many", "factor")}
    slots |= {f"{kind}{i}": [] for i in range(n) for kind in "th"}
    highest = max(x.max().item() / (1 - p) for p in ps)
    rows = []
    for train in (True, False):
        for p in ps:
            many = outputs(x, p, max(_MANY, draws), train=train, seed=seed)
            for d in range(draws):
                out = many[d]
                slots["mean"].append(f"{out.mean().item():.2f}")
                slots["far"].append(f"{many[: d + 1].mean().item():.2f}")
                slots["many"].append(f"{many[:_MANY].mean().item():.2f}")
                slots["factor"].append(_factor(x, out, p, train=train))
                for i, value in enumerate(out.tolist()):
                    slots[f"t{i}"].append(f"{value:.4g}" if value else "✕")
                    slots[f"h{i}"].append(f"{_HEIGHT * value / highest:.0f}")
                if train or (d == 0 and p == ps[0]):
                    label = f"train, p = {p:g}, draw {d + 1}" if train else "eval, always"
                    shown = [f"{value:.4g}" if value else "✕ 0" for value in out.tolist()]
                    rows.append([label, *shown, f"{out.mean().item():.2f}"])
    controls = [
        Stops("mode", ["train", "eval"], choice=True),
        Stops("p", [f"{p:g}" for p in ps], start=len(ps) // 2, choice=True),
        Stops("draw", [str(d + 1) for d in range(draws)]),
    ]
    goes_in = [f"{value:.4g}" for value in x.tolist()]
    body = (
        f'<div class="bp-dropout">{_drawing(x, highest)}</div>\n'
        '<p><span data-text="factor"></span><br>'
        'Mean of this draw <b data-text="mean"></b>; of the draws up to here '
        '<b data-text="far"></b>; '
        f'mean of the {_MANY:,} draws <b data-text="many"></b>; of the input <b>{mean:.2f}</b>.</p>'
    )
    fallback = table(["output", *goes_in, "mean"], rows, "What went in stands at the top.")
    return dial(body, controls, slots, fallback)


def _factor(x: Tensor, out: Tensor, p: float, *, train: bool) -> str:
    """Say in words what happened to a draw, after having asked the draw."""
    kept = out != 0
    scale = 1 / (1 - p) if train else 1.0
    torch.testing.assert_close(out[kept], x[kept] * scale)
    if not train:
        return "Evaluation: every number stays as it is."
    gone = int((~kept).sum())
    return f"Training: {gone} of {len(x)} are zero (✕), the others are multiplied by {scale:.4g}."


def _drawing(x: Tensor, highest: float) -> str:
    """Draw what goes in as dashed frames, and what comes out as bars that the dial moves."""
    parts = []
    for i, value in enumerate(x.tolist()):
        left = i * _WIDTH + 8
        high = f"{_HEIGHT * value / highest:.0f}"
        at = f'x="{left}" width="{_WIDTH - 16}"'
        parts.append(
            f'<g transform="matrix(1 0 0 -1 0 {_BASE})">'
            f'<rect {at} style="fill:var(--bp-c1)" data-set="height:h{i}"/>'
            f'<rect {at} height="{high}" style="fill:none;stroke:currentColor;'
            'stroke-dasharray:3 2"/></g>'
            f'<text x="{left + _WIDTH // 2 - 8}" y="{_BASE + 16}" data-text="t{i}"></text>'
        )
    wide = len(x) * _WIDTH
    label = html.escape(
        "Bars: what comes out of dropout. Dashed frames: what went in, "
        + ", ".join(f"{value:.4g}" for value in x.tolist())
    )
    return (
        f'<svg role="img" aria-label="{label}" viewBox="0 0 {wide} {_BASE + 24}" '
        f'style="max-width:{wide}px;width:100%">{"".join(parts)}'
        f'<path d="M0 {_BASE}H{wide}" style="stroke:currentColor"/></svg>'
    )
