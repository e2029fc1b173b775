"""The figures of the chapter *Generalization*: learning curves, and digits through dropout."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from bookparts.figures import COLORS, GRID, INK, MUTED, figure
from examples.models.generalization import History


def draw_curves(several: Sequence[History], stop: int | None = None) -> Figure:
    """Draw loss and accuracy by epoch: each run thin, their mean bold.

    Args:
        several: runs of equal length.
        stop: an epoch to mark by a vertical line.
    """
    fig, (left, right) = figure(width=7.4, height=3.1, ncols=2)
    epochs = range(1, len(several[0].loss) + 1)
    parts = (
        (left, "loss", [h.loss for h in several], [h.val_loss for h in several]),
        (right, "right answers, %", [h.right for h in several], [h.val_right for h in several]),
    )
    for ax, label, train, val in parts:
        for curves, color, dash in ((train, COLORS[0], "-"), (val, COLORS[1], (0, (5, 2)))):
            for curve in curves:
                ax.plot(epochs[::2], curve[::2], color=color, linestyle="-", marker="", lw=0.5)
            mean = [statistics.fmean(values) for values in zip(*curves, strict=True)]
            ax.plot(epochs, mean, color=color, linestyle=dash, marker="", lw=2)
        if stop:
            ax.axvline(stop, color=MUTED, linestyle=(0, (1.2, 1.6)), lw=1.2)
        ax.set(xlabel="epoch", ylabel=label, xlim=(0, len(epochs)))
    left.set_ylim(0, 2.4)
    right.set_ylim(0, 104)
    last = len(epochs) * 0.98
    left.text(last, 1.13, "validation", color=COLORS[1], ha="right")
    left.text(last, 0.17, "training", color=COLORS[0], ha="right")
    right.text(last, 64, "validation", color=COLORS[1], ha="right")
    right.text(last, 91, "training", color=COLORS[0], ha="right")
    return fig


def draw_dropped(images: Tensor, titles: Sequence[str], top: float) -> Figure:
    """Draw 8×8 images in a row; the higher a number, the more ink; a dot marks lost ink.

    Args:
        images: shape (n, 8, 8), from 0 to `top`; the first is whole.
        titles: n short texts.
    """
    fig, axes = figure(width=7.4, height=1.75, ncols=len(images))
    for ax, image, title in zip(axes, images, titles, strict=True):
        for row, values in enumerate(image.tolist()):
            for column, value in enumerate(values):
                if value > 0:
                    shade = min(value / top, 1.0)
                    box = Rectangle((column, 7 - row), 1, 1, facecolor=INK, alpha=shade, lw=0)
                    ax.add_patch(box)
                elif images[0, row, column] > 0:
                    dot = Rectangle((column + 0.42, 7.42 - row), 0.16, 0.16, facecolor=MUTED, lw=0)
                    ax.add_patch(dot)
        ax.add_patch(Rectangle((0, 0), 8, 8, fill=False, edgecolor=GRID, lw=0.8))
        ax.set(xlim=(-0.1, 8.1), ylim=(-0.1, 8.1), aspect="equal")
        ax.axis("off")
        ax.set_title(title, fontsize=10, pad=4)
    return fig
