"""The figures of the optimizers chapter: paths, valleys, a race and a schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from matplotlib.figure import Figure
from torch import Tensor

from bookparts.figures import COLORS, GRID, INK, MUTED, figure
from examples.models.optimizers import valley
from examples.models.race import Results


def steps_on_parabola(paths: Mapping[str, Sequence[float]]) -> Figure:
    """Draw paths down (w − 3)², one panel each.

    Args:
        paths: the w after each step, by the title of the panel.
    """
    fig, axes = figure(width=7.2, height=2.3, ncols=len(paths), sharex=True, sharey=True)
    ground = torch.linspace(-2.5, 8.5, 60)
    for ax, (title, path) in zip(axes, paths.items(), strict=True):
        ax.plot(ground, (ground - 3) ** 2, color=MUTED, linewidth=1, linestyle="-", marker="")
        ax.plot(
            path,
            [(w - 3) ** 2 for w in path],
            color=COLORS[1],
            marker="o",
            markersize=3.5,
            linewidth=1,
            linestyle="-",
            markevery=1,
        )
        ax.plot([path[0]], [(path[0] - 3) ** 2], marker="s", color=INK, markevery=1, markersize=5)
        ax.set(title=title, xlabel="w", xlim=(-2.5, 8.5), ylim=(-1, 26))
    axes[0].set_ylabel("(w − 3)²")
    return fig


def valley_paths(paths: Mapping[str, Tensor]) -> Figure:
    """Draw paths through the valley from above, one panel below the other.

    Args:
        paths: (steps + 1, 2) by title.
    """
    fig, axes = figure(
        width=6.2, height=1.55 * len(paths) + 0.3, nrows=len(paths), sharex=True, sharey=True
    )
    a, b = torch.linspace(-4.6, 1.6, 32), torch.linspace(-1.25, 1.25, 21)
    heights = torch.stack([torch.stack([valley(torch.stack([x, y])) for x in a]) for y in b])
    for ax, (title, path), color in zip(axes, paths.items(), COLORS, strict=False):
        ax.contour(a, b, heights, levels=[0.4, 2, 5, 10], colors=[GRID], linewidths=1)
        x, y = path.T.tolist()
        ax.plot(x, y, color=color, marker="o", markersize=3, linewidth=1.1, markevery=1, ls="-")
        ax.plot(0, 0, marker="+", color=INK, markersize=11, markevery=1)
        ax.set_title(title, fontsize=10, loc="left")
        ax.set(ylim=(-1.25, 1.25), xlim=(-4.6, 1.6), ylabel="w₁")
        ax.grid(False)
    axes[-1].set_xlabel("w₀")
    return fig


def race_curves(results: Results, entries: Mapping[str, float]) -> Figure:
    """Draw the median loss of optimizers, with the range over the seeds.

    Args:
        results: what `race` returned.
        entries: a learning rate for each optimizer's name.
    """
    fig, ax = figure(width=6.4, height=3.3)
    markers = ("o", "s", "^", "D", "v")
    for (name, lr), color, marker in zip(entries.items(), COLORS, markers, strict=False):
        losses = results[name, lr][0]
        epochs = list(range(1, losses.shape[1] + 1))
        low, high = losses.amin(0).tolist(), losses.amax(0).tolist()
        ax.fill_between(epochs, low, high, facecolor=(color, 0.13), linewidth=0)
        label = f"{name}, lr {lr:g}"
        middle = losses.median(0).values.tolist()
        ax.plot(epochs, middle, color=color, marker=marker, label=label, markevery=1)
    ax.set(xlabel="epoch", ylabel="training loss", yscale="log")
    ax.legend(ncols=2, fontsize=9)
    return fig


def rate_curves(curves: Mapping[str, Sequence[float]]) -> Figure:
    """Draw learning rates over the steps, one line for each schedule."""
    fig, ax = figure(width=6.4, height=2.9)
    for label, rates in curves.items():
        ax.plot(range(len(rates)), rates, label=label)
    ax.set(xlabel="step", ylabel="learning rate", ylim=(0, None))
    ax.legend(fontsize=9)
    return fig
