"""The figures of the training-loop chapter: boundaries, many curves, and hidden units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor, nn

from bookparts.figures import COLORS, INK, MUTED, figure
from examples.models.many_starts import Runs

_EDGE = (-0.7, 1.7)


def boundaries(shots: Sequence[tuple[str, nn.Module]], x: Tensor, y: Tensor) -> Figure:
    """Draw where models say yes, side by side, with the points they learned from.

    Args:
        shots: a title and a model for each panel; models take (n, 2) and return logits (n, 1).
        x: points (n, 2), float32.
        y: their answers (n, 1), 0 or 1.
    """
    fig, axes = figure(
        width=7, height=2.3, ncols=len(shots), sharex=True, sharey=True, squeeze=False
    )
    ticks = torch.linspace(*_EDGE, 25)
    grid = torch.cartesian_prod(ticks, ticks)
    for ax, (title, model) in zip(axes[0], shots, strict=True):
        with torch.no_grad():
            logits = model(grid).reshape(25, 25).T
        ax.contourf(ticks, ticks, logits, levels=[0, 1e9], colors=[COLORS[0]], alpha=0.16)
        ax.contour(ticks, ticks, logits, levels=[0], colors=[INK], linewidths=1.2)
        for answer, marker, color in ((1, "o", COLORS[0]), (0, "x", COLORS[1])):
            chosen = x[y.flatten() == answer]
            ax.scatter(*chosen.T.tolist(), s=14, marker=marker, color=color, linewidths=1)
        ax.set(title=title, xlim=_EDGE, ylim=_EDGE, aspect="equal", xticks=(0, 1), yticks=(0, 1))
        ax.grid(False)
    return fig


def many_curves(runs: Runs, until: int = 390, every: int = 13) -> Figure:
    """Draw the loss of every start: solid where it learns, dashed where it does not."""
    fig, ax = figure(width=6.4, height=3.2)
    epochs = list(range(0, until + 1, every))
    gap = float("nan")
    for learned, color, dash, width in (
        (True, COLORS[0], "-", 0.6),
        (False, COLORS[1], (0, (4, 2)), 1.1),
    ):
        xs: list[float] = []
        ys: list[float] = []
        for losses in runs.losses[epochs][:, runs.learned == learned].T.tolist():
            xs += [*epochs, gap]  # a gap ends the line: all lines are one path of the drawing
            ys += [*losses, gap]
        ax.plot(xs, ys, color=color, linestyle=dash, linewidth=width, marker="")
    for shelf in (0.693, 0.477, 0.347):
        count = int(((runs.losses[-1] - shelf).abs() < 0.005).sum())
        if count:
            ax.text(until, shelf + 0.012, f"{count} nets", ha="right", color=COLORS[1])
    ax.set(xlabel="epoch", ylabel="loss", xlim=(0, until), ylim=(0, 0.85))
    return fig


def insides(runs: Runs, seeds: Sequence[int]) -> Figure:
    """Draw what the hidden units of some trained nets put out, row by row, and the answer.

    Args:
        runs: results of `train_starts` for a net of a few units.
        seeds: the starts to draw, one panel each.
    """
    fig, axes = figure(width=7.2, height=2.4, ncols=len(seeds), squeeze=False)
    for ax, seed in zip(axes[0], seeds, strict=True):
        bent = runs.end[seed]
        width = bent.shape[1]
        for row, units in enumerate(bent.tolist()):
            for column, value in enumerate(units):
                _cell(ax, column, row, value, float(bent.max()))
            answer = runs.answers[seed, row].item()
            ax.text(width + 0.62, row + 0.5, f"{answer:.2f}", ha="center", va="center", fontsize=8)
        ax.set(xlim=(0, width + 1.2), ylim=(4, 0), xticks=[], yticks=[])
        ax.set_title(f"start {seed}\nloss {runs.losses[-1, seed]:.3f}", fontsize=9)
        ax.grid(False)
        ax.spines[:].set_visible(False)
    axes[0][0].set_yticks([0.5, 1.5, 2.5, 3.5], ["0 0", "0 1", "1 0", "1 1"], fontsize=8)
    return fig


def _cell(ax: Any, column: int, row: int, value: float, most: float) -> None:
    """Draw one unit's output: empty with a dot if it is 0, else tinted and written out."""
    on = value > 0
    alpha = 0.12 + 0.5 * value / most if on else 0.0
    ax.add_patch(
        Rectangle(
            (column + 0.04, row + 0.04),
            0.92,
            0.92,
            facecolor=(COLORS[0], alpha),
            edgecolor=MUTED,
            linewidth=0.6,
        )
    )
    text = "·" if not on else f"{value:.1f}" if value >= 0.05 else "<.1"
    ax.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=7)


def plateaus(cases: Sequence[tuple[str, Runs, float]], until: int = 1500) -> Figure:
    """Draw typical losses as shares of the loss of knowing nothing.

    Args:
        cases: a label, the runs, and the loss of knowing nothing; of each, the start that learns
            and whose stay near that loss is the median is drawn.
        until: the last epoch that is drawn.
    """
    fig, ax = figure(width=6, height=2.7)
    for label, runs, guess in cases:
        good = (runs.losses[-1] < 0.1 * guess).nonzero().flatten()
        seed = int(good[runs.near(guess)[good].argsort()[len(good) // 2]])
        epochs = list(range(0, min(until, len(runs.losses) - 1) + 1, 15))
        ax.plot(epochs, (runs.losses[epochs, seed] / guess).tolist(), label=label)
    ax.set(xlabel="epoch", ylabel="loss ÷ loss of\nknowing nothing", xlim=(0, until), ylim=(0, 1.1))
    ax.legend(loc="center left", bbox_to_anchor=(0.14, 0.4))
    return fig
