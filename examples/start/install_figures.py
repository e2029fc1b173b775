"""The figure of the chapter: two Pythons, each with packages of its own."""

from __future__ import annotations

from typing import Any

from bookparts.figures import COLORS, INK, MUTED


def draw_two_pythons(ax: Any, found: str, missing: str) -> None:
    """Draw what `import torch` meets in two environments on one computer.

    Args:
        ax: the axes to draw on.
        found: what the Python that has torch said.
        missing: what the Python without it said.
    """
    rows = (
        (0.55, "python in .venv", "torch\nnumpy", found, COLORS[2], "-"),
        (-0.55, "another python", "(nothing)", missing, COLORS[1], (0, (4, 2))),
    )
    for y, name, packages, answer, color, dash in rows:
        left = _box(ax, 0.0, y, name, INK, "-")
        middle = _box(ax, 1.9, y, packages, color, dash)
        ax.annotate(
            "",
            xy=middle.get_position(),
            xytext=left.get_position(),
            arrowprops={
                "arrowstyle": "->",
                "color": MUTED,
                "patchA": left.get_bbox_patch(),
                "patchB": middle.get_bbox_patch(),
                "shrinkA": 3,
                "shrinkB": 3,
            },
        )
        ax.text(2.9, y, answer, ha="left", va="center", fontsize=9, color=color)
    ax.text(1.9, 1.15, "its own packages", ha="center", va="center", color=MUTED)
    ax.text(2.9, 1.15, "import torch", ha="left", va="center", color=MUTED)
    ax.set(xlim=(-0.8, 6.5), ylim=(-1.05, 1.4))
    ax.axis("off")


def _box(ax: Any, x: float, y: float, text: str, color: str, dash: Any) -> Any:
    return ax.text(
        x,
        y,
        text,
        ha="center",
        va="center",
        fontsize=9,
        bbox={
            "boxstyle": "round,pad=0.5",
            "facecolor": "none",
            "edgecolor": color,
            "linestyle": dash,
        },
    )
