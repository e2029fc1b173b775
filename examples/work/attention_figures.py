"""The figures of the chapter *Attention* (`docs/work/attention.md`)."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from bookparts.figures import MUTED
from bookwidgets.dial import Stops, dial
from bookwidgets.element import table

from .attention import SIGNS, encode

_CELL, _LEFT, _TOP = 20, 30, 24


def sharpness(dims: Sequence[int], scaled: bool, keys: int = 16) -> tuple[list[float], list[float]]:
    """Draw random queries and keys, and see how softmax takes their dot products.

    Args:
        dims: how many numbers a key has.
        scaled: whether the products are divided by the root of that.
        keys: how many there are to choose from.

    Returns:
        For each of dims, means over 400 queries: the largest weight, and how much the weights move
        when the scores do, as the sum of w·(1 − w).
    """
    largest, slopes = [], []
    for d in dims:
        generator = torch.Generator().manual_seed(d)
        q, k = (torch.randn(n, d, generator=generator) for n in (400, keys))
        weights = (q @ k.T / (math.sqrt(d) if scaled else 1)).softmax(dim=-1)
        largest.append(weights.max(dim=-1).values.mean().item())
        slopes.append((weights * (1 - weights)).sum(dim=-1).mean().item())
    return largest, slopes


def draw_sharpness(axes: Any, dims: Sequence[int]) -> None:
    """Draw the largest weight and the slope of softmax over d, scaled and not, on two axes."""
    for scaled, label in ((False, "plain"), (True, "divided by √d")):
        for ax, values in zip(axes, sharpness(dims, scaled), strict=True):
            ax.plot(dims, values, label=label)
    for ax, title in zip(axes, ("largest of 16 weights", "how much they can move"), strict=True):
        ax.set_xscale("log", base=2)
        ax.set(xlabel="d", title=title, ylim=(0, 1), xticks=dims[::2], xticklabels=dims[::2])
    axes[0].legend(loc="center right", bbox_to_anchor=(1.0, 0.45))


def draw_losses(
    ax: Any, curves: Mapping[str, Sequence[float]], lines: Mapping[str, float], most: float = 3.0
) -> None:
    """Draw losses over the steps, each a mean of ten, and thin lines at what they compare with."""
    for label, losses in curves.items():
        means = torch.tensor(losses).view(-1, 10).mean(dim=1).numpy()
        ax.plot(range(10, len(losses) + 1, 10), means, label=label)
    right = max(map(len, curves.values()))
    for label, height in lines.items():
        ax.axhline(height, color=MUTED, linewidth=0.8, linestyle="-", marker="")
        ax.text(right, height + 0.04, label, ha="right", color=MUTED)
    ax.set(xlabel="step", ylabel="loss", ylim=(0, most), xlim=(0, right))
    ax.legend(
        loc="lower left", bbox_to_anchor=(-0.05, 1.0), ncols=3, columnspacing=3, handlelength=1.5
    )


def looks(model: nn.Module, word: str) -> tuple[Tensor, str]:
    """Return where each head looks while a word and its reverse go by, and what is written.

    Args:
        model: a `Writer`.
        word: letters that it knows.

    Returns:
        The weights (blocks · heads, time, time), and the likeliest sign after each.
    """
    line = encode([word], 2 * len(word) + 2)
    with torch.no_grad():
        best = model(line).argmax(dim=-1)[0]
    blocks: Any = model.get_submodule("blocks")
    weights = torch.cat([block.look.weights[0] for block in blocks])
    return weights, "".join(SIGNS[n] for n in best)


def look_dial(models: Mapping[str, nn.Module], word: str, start: tuple[int, int]) -> str:
    """Return a dial: where each head looks, after some steps of training, at each sign.

    Args:
        models: a `Writer` for each number of steps.
        word: what it reads, and then shall write backward.
        start: the stops that are shown at first, of the steps and of the signs.
    """
    signs = f".{word}>{word[::-1]}"
    count = len(signs)
    slots: dict[str, list[str]] = {"w": [], "x": [], "next": [], "read": []}
    rows, labels = [], []
    for steps, model in models.items():
        weights, best = looks(model, word)
        blocks: Any = model.get_submodule("blocks")
        heads = len(weights) // len(blocks)
        labels = [f"{n // heads + 1}·{n % heads + 1}" for n in range(len(weights))]
        for at in range(count):
            slots["w"].append(" ".join(f"{w:.2g}" for w in weights[:, at].flatten().tolist()))
            slots["next"].append(best[at])
            rows.append([steps, signs[: at + 1], best[at], *_most(weights[:, at], signs)])
    for at in range(count):
        slots["x"].append(str(_LEFT + _CELL * at))
        slots["read"].append(signs[: at + 1])
    controls = [
        Stops("after steps", list(models), start=start[0], choice=True),
        Stops("sign", [str(n + 1) for n in range(count)], start=start[1]),
    ]
    body = (
        f'{_cells(signs, labels)}\n<p>Next comes <b><code data-text="next"></code></b><br>'
        'after <code data-text="read"></code></p>'
    )
    head = ["steps", "read", "next", *labels]
    return dial(body, controls, slots, table(head, rows))


def _most(weights: Tensor, signs: str) -> list[str]:
    """Say at which sign each head looks most, and how much."""
    return [f"{signs[int(w.argmax())]} {w.max():.1f}" for w in weights]


def _cells(signs: str, labels: Sequence[str]) -> str:
    """Draw a row of cells for each head, under the signs, and a frame around the one being read."""
    wide, high = _LEFT + _CELL * len(signs) + 2, _TOP + _CELL * len(labels) + 2
    parts = [
        f'<text x="{_LEFT + _CELL * n + _CELL // 2}" y="16" text-anchor="middle">'
        f"{html.escape(sign)}</text>"
        for n, sign in enumerate(signs)
    ]
    for row, label in enumerate(labels):
        y = _TOP + _CELL * row
        parts.append(f'<text x="{_LEFT - 5}" y="{y + 14}" text-anchor="end">{label}</text>')
        parts += [
            f'<rect x="{_LEFT + _CELL * n}" y="{y}" width="{_CELL}" height="{_CELL}" '
            'style="fill:var(--bp-c1);stroke:var(--bp-grid)" '
            f'data-set="fill-opacity:w.{row * len(signs) + n}"/>'
            for n in range(len(signs))
        ]
    parts.append(
        f'<rect y="2" width="{_CELL}" height="{high - 3}" data-set="x:x" '
        'style="fill:none;stroke:var(--bp-c2);stroke-width:2"/>'
    )
    label = "Where each of the four heads looks, darker for more, while a word is written backward."
    return (
        f'<svg role="img" aria-label="{html.escape(label)}" viewBox="0 0 {wide} {high}" '
        f'style="max-width:{wide * 1.7:.0f}px;width:100%;fill:currentColor;font-size:12px">'
        f"{''.join(parts)}</svg>"
    )
