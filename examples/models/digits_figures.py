"""The figures of the chapter *Digits*: images, a confusion matrix, weights."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from bookparts.figures import INK, MUTED, figure

CLOTHES = (
    "T-shirt", "trousers", "pullover", "dress", "coat",
    "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip
"""The ten classes of Fashion-MNIST, by their labels."""


def draw_images(
    images: Tensor, titles: Sequence[str], columns: int = 8, ink_is_dark: bool = True
) -> Figure:
    """Draw small gray images in rows, each with a title.

    Args:
        images: shape (n, height, width); any range of values.
        titles: n short texts.
        columns: images in a row.
        ink_is_dark: draw high values dark, as ink on paper; otherwise light.
    """
    rows = math.ceil(len(images) / columns)
    two_lines = any("\n" in title for title in titles)
    fig, axes = figure(
        width=6.4, height=rows * (1.2 if two_lines else 1.0), nrows=rows, ncols=columns,
        squeeze=False,
    )  # fmt: skip
    for ax in axes.flat:
        ax.axis("off")
    bound = float(images.abs().max())
    low = -bound if float(images.min()) < 0 else 0.0
    for ax, image, title in zip(axes.flat, images, titles, strict=False):
        side = image.shape[-1]
        shown = image.repeat_interleave(4, 0).repeat_interleave(4, 1) if side < 20 else image
        ax.imshow(
            shown.numpy(),
            cmap="gray_r" if ink_is_dark else "gray",
            vmin=low,
            vmax=bound,
            interpolation="none",
        )
        ax.set_title(title, fontsize=9, pad=3)
    return fig


def draw_confusion(counts: Tensor, names: Sequence[str], side: float = 5.2) -> Figure:
    """Draw a confusion matrix: the right answers plain, the wrong ones shaded by their number.

    Args:
        counts: int64 of shape (classes, classes), as `confusion` returns it.
        names: the classes.
        side: inches.
    """
    fig, ax = figure(width=side, height=side * 0.92)
    wrong = counts.clone().fill_diagonal_(0)
    most = max(1, int(wrong.max()))
    for row in range(len(names)):
        for column in range(len(names)):
            count, right = int(counts[row, column]), row == column
            if count and not right:
                shade = 0.06 + 0.24 * count / most
                place = (column - 0.48, row - 0.48)
                ax.add_patch(Rectangle(place, 0.96, 0.96, facecolor=INK, alpha=shade))
            if count:
                ax.text(
                    column, row, f"{count}", ha="center", va="center",
                    fontsize=8 if len(f"{count}") > 3 else 9,
                    color=MUTED if right else INK, fontweight="normal" if right else "bold",
                )  # fmt: skip
    ax.set(
        xticks=range(len(names)), yticks=range(len(names)), xlabel="what the network said",
        ylabel="what it is", xlim=(-0.5, len(names) - 0.5), ylim=(len(names) - 0.5, -0.5),
    )  # fmt: skip
    long = any(len(name) > 2 for name in names)
    ax.set_xticklabels(names, rotation=60 if long else 0, ha="right" if long else "center")
    ax.set_yticklabels(names)
    ax.grid(False)
    ax.tick_params(length=0)
    return fig


def most_confused(counts: Tensor, names: Sequence[str], top: int = 3) -> list[str]:
    """Say which two classes are taken for each other most often, both directions together.

    >>> import torch
    >>> most_confused(torch.tensor([[9, 2], [1, 9]]), ["cat", "dog"], top=1)
    ['cat and dog (3 times)']
    """
    pairs = []
    for a in range(len(names)):
        for b in range(a + 1, len(names)):
            pairs.append((int(counts[a, b] + counts[b, a]), f"{names[a]} and {names[b]}"))
    pairs.sort(reverse=True, key=lambda pair: pair[0])
    return [f"{name} ({count} times)" for count, name in pairs[:top]]
