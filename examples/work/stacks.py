"""Bars made of parts, for the figures of more than one chapter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bookparts.figures import COLORS, INK


def draw_stacks(ax: Any, bars: Mapping[str, Mapping[str, float]], unit: str) -> None:
    """Draw a bar for each name, the first on top, its parts side by side in one color each.

    The names stand over their bars, inside of the drawing, where a narrow screen cuts nothing off.

    Args:
        ax: empty matplotlib axes.
        bars: for each name its parts, in the same order for all.
        unit: of the parts, for the axis.
    """
    for row, (name, parts) in enumerate(bars.items()):
        left = 0.0
        for number, (part, size) in enumerate(parts.items()):
            label = None if row else part
            ax.barh(-row, size, left=left, height=0.45, color=COLORS[number], label=label)
            left += size
        ax.annotate(
            name, (0, 0.24 - row), xytext=(2, 3), textcoords="offset points", color=INK, va="bottom"
        )
    ax.set(xlabel=unit, yticks=[], ylim=(0.4 - len(bars), 0.65))
    ax.legend(loc="lower right", bbox_to_anchor=(0.9, 0.0))
