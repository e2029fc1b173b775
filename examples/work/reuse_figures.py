"""The figures of the chapter *Reusing a trained network* (`docs/work/reuse.md`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from bookparts.figures import COLORS, INK, MUTED

from .reuse import LETTERS, mean


def draw_curves(
    ax: Any, counts: Sequence[int], found: Mapping[str, Sequence[Sequence[float]]]
) -> None:
    """Draw a line for each way: its mean over the seeds, and a band from worst to best.

    Args:
        ax: empty axes.
        counts: how many labeled images of each class.
        found: for each way and count the percents of all seeds.
    """
    for k, (way, rows) in enumerate(found.items()):
        ax.plot(counts, [mean(row) for row in rows], color=COLORS[k], markevery=1, label=way)
        low, high = [min(row) for row in rows], [max(row) for row in rows]
        ax.fill_between(counts, low, high, color=COLORS[k], alpha=0.13, linewidth=0)
    ax.set(
        xscale="log", xlabel="labeled images of each digit", ylabel="right, of 100", xticks=counts
    )
    ax.set_xticks([], minor=True)
    ax.set_xticklabels([str(count) for count in counts])
    ax.legend(loc="lower right")


def draw_letters(ax: Any, rows: Tensor) -> None:
    """Draw each letter where its two numbers put it; vowels stand out.

    Args:
        ax: empty axes.
        rows: float of shape (27, 2), the gap between words first, which is drawn as an underscore.
    """
    for letter, (across, up) in zip(LETTERS, rows.tolist(), strict=True):
        vowel = letter in "aeiou"
        ax.text(
            across, up, letter.replace(" ", "_"), ha="center", va="center",
            color=COLORS[1] if vowel else INK, fontsize=15 if vowel else 11,
            fontweight="bold" if vowel else "normal",
        )  # fmt: skip
    low, high = rows.min(dim=0).values - 0.3, rows.max(dim=0).values + 0.3
    ax.set(xlim=(low[0].item(), high[0].item()), ylim=(low[1].item(), high[1].item()))
    ax.set(xlabel="first number", ylabel="second number")
    ax.axhline(0, color=MUTED, linewidth=0.6)
    ax.axvline(0, color=MUTED, linewidth=0.6)
