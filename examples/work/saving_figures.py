"""The figures of the chapter *Saving and loading* (`docs/work/saving.md`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.optim import SGD, Adam, Optimizer

from bookparts.figures import COLORS, INK, MUTED, figure, svg
from bookwidgets.dial import Stops, dial
from bookwidgets.element import table

from .saving import digits, forget, start, train, unpack

Run = tuple[list[float], float, float]

LEFT_OUT = {
    "nothing": "",
    "the optimizer": "optimizer",
    "Adam's averages only": "averages",
    "the scheduler": "scheduler",
    "the generator": "random",
    "the model": "model",
}


OPTIMIZERS: Mapping[str, Callable[[Any], Optimizer] | None] = {
    "none": None,
    "SGD": lambda parameters: SGD(parameters, lr=0.1),
    "momentum": lambda parameters: SGD(parameters, lr=0.1, momentum=0.9),
    "Adam": Adam,
}


def left_out(path: Path, epochs: int) -> dict[str, Run]:
    """Go on from a checkpoint for some epochs, each time without one of its parts.

    Args:
        path: a file with what `pack` returned.
        epochs: how many are trained.

    Returns:
        For each part that was left out: the losses, the rate of the first step, and the rate at
        the end.
    """
    runs = {}
    for name, part in LEFT_OUT.items():
        training = start(seed=1)
        unpack(forget(torch.load(path), part), *training)
        (group,) = training[1].param_groups
        first = group["lr"]
        losses = train(*training, digits(640), epochs)
        runs[name] = (losses, first, training[1].param_groups[0]["lr"])
    return runs


def file_bytes(
    net: Callable[[], nn.Module],
    path: Path,
    optimizers: Mapping[str, Callable[[Any], Optimizer] | None] | None = None,
) -> dict[str, dict[str, int]]:
    """Save a network after one step with each optimizer, and count the bytes of the file's parts.

    Args:
        net: makes a network for rows of 64 numbers.
        path: where the files are written, one over the other.
        optimizers: makers of optimizers, by name, None for a file without any; four by default.
    """
    files = {}
    for name, make in (optimizers or OPTIMIZERS).items():
        model = net()
        content: dict[str, Any] = {"model": model.state_dict()}
        slots: list[torch.Tensor] = []
        if make:
            optimizer = make(model.parameters())
            model(torch.ones(1, 64)).sum().backward()
            optimizer.step()
            content["optimizer"] = optimizer.state_dict()
            states = content["optimizer"]["state"].values()
            slots = [t for state in states for t in state.values() if t is not None]
        torch.save(content, path)
        parts = {
            "model": sum(t.nbytes for t in model.state_dict().values()),
            "optimizer": sum(t.nbytes for t in slots),
        }
        files[name] = {**parts, "the rest": path.stat().st_size - sum(parts.values())}
    return files


def draw_bytes(ax: Any, files: Mapping[str, Mapping[str, int]]) -> None:
    """Draw one bar for each file, made of the bytes of its parts.

    Args:
        ax: empty axes.
        files: for each file the bytes of its parts, by name; all files have the same parts.
    """
    names = list(files)
    left = [0.0] * len(names)
    for k, part in enumerate(next(iter(files.values()))):
        wide = [files[name][part] / 1000 for name in names]
        ax.barh(names, wide, left=left, color=COLORS[k], label=part, height=0.6)
        left = [a + b for a, b in zip(left, wide, strict=True)]
    for row, end in enumerate(left):
        ax.text(end + 0.01 * max(left), row, f"{end:.1f} kB", va="center", color=INK)
    ax.set(xlabel="kB on disk", xlim=(0, 1.3 * max(left)))
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.legend(loc="lower left", bbox_to_anchor=(-0.05, 1.0), ncols=3)


def resumed(
    before: Sequence[float],
    whole: Sequence[float],
    runs: Mapping[str, tuple[Sequence[float], float]],
    show: int = 40,
    begin: int = 1,
) -> str:
    """Return a dial over what was left out, with the losses after the stop.

    Args:
        before: the losses of the steps before the stop.
        whole: those after it, in the run that was not stopped.
        runs: for each choice the losses after the stop, and the rate of the first step.
        show: how many steps after the stop are drawn.
        begin: the choice that is shown at first.
    """
    fig, ax = figure(width=6, height=2.9)
    fig.dpi = 72
    early = min(20, len(before))
    x = range(-early, show)
    ax.plot(x, [*before[-early:], *whole[:show]], color=MUTED, marker="", linestyle="-")
    ax.axvline(-0.5, color=MUTED, linewidth=0.8, linestyle=":")
    top = sorted(max(losses[:show]) for losses, _ in runs.values())[-2]  # the model's leaves it
    ax.set(
        xlabel="steps after the stop",
        ylabel="loss",
        xlim=(-early, show - 1),
        ylim=(0, 1.25 * top),
    )
    ax.text(-1, 1.17 * top, "stopped", ha="right", color=MUTED)
    drawing = svg(
        fig,
        alt="The loss of a training before and after a stop, and over it that of one that went on "
        "from a checkpoint in which a part was missing. The table has the numbers.",
    )
    fig.draw_without_rendering()
    height = fig.get_size_inches()[1] * 72
    box = ax.get_window_extent()

    def line(losses: Sequence[float]) -> str:
        points = (ax.transData.transform((n, loss)) for n, loss in enumerate(losses[:show]))
        return "M" + "L".join(f"{px:.1f} {max(height - py, 0):.1f}" for px, py in points)

    slots: dict[str, list[str]] = {
        "path": [line(losses) for losses, _ in runs.values()],
        "first": [f"{losses[0]:.4f}" for losses, _ in runs.values()],
        "second": [f"{losses[1]:.4f}" for losses, _ in runs.values()],
        "far": [_far(losses, whole) for losses, _ in runs.values()],
        "rate": [f"{rate:.4f}" for _, rate in runs.values()],
    }
    left, top_px, wide, high = (
        f"{v:.0f}" for v in (box.x0, height - box.y1, box.width, box.height)
    )
    overlay = (
        f'<svg x="{left}" y="{top_px}" width="{wide}" height="{high}" '
        f'viewBox="{left} {top_px} {wide} {high}" style="overflow:hidden">\n'
        '<path data-set="d:path" fill="none" stroke="var(--bp-c2)" stroke-width="1.8" '
        'stroke-dasharray="5 2"/>\n</svg>\n'
    )
    body = (
        drawing.replace("</svg>\n</figure>", f"{overlay}</svg>\n</figure>")
        + '\n<p>Learning rate of the first step <b data-text="rate"></b>. Loss of the first two '
        'steps <b data-text="first"></b>, <b data-text="second"></b>; in the run that was not '
        f"stopped {whole[0]:.4f}, {whole[1]:.4f}. Farthest from it, in {len(whole)} steps: "
        '<b data-text="far"></b>.</p>'
    )
    rows = [
        [name, slots["rate"][k], slots["first"][k], slots["second"][k], slots["far"][k]]
        for k, name in enumerate(runs)
    ]
    head = ["left out", "first rate", "first loss", "second loss", "farthest"]
    caption = "The gray line is the run that was not stopped."
    return dial(
        body,
        [Stops("left out", list(runs), start=begin, choice=True)],
        slots,
        table(head, rows, caption),
    )


def _far(losses: Sequence[float], whole: Sequence[float]) -> str:
    """Say how far two runs are apart, and "zero" only if each bit is equal."""
    if list(losses) == list(whole):
        return "zero"
    return f"{max(abs(a - b) for a, b in zip(losses, whole, strict=True)):.2f}"
