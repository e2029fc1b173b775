"""The figures of the chapter *Debugging*: losses, a batch as the network gets it, gradients."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from bookwidgets.dial import Stops, dial
from bookwidgets.element import table
from examples.work.debugging import Bug, moved_share, results, run

_WIDE, _HIGH, _TOP = 330, 150, 5.0  # the dial's drawing, and the highest loss in it
_ADAM = "optimizer = torch.optim.Adam(model.parameters(), lr=0.01)"


def draw_losses(ax: Any, curves: Mapping[str, Sequence[float]]) -> None:
    """Draw losses over the steps, each a mean of five, with the loss of knowing nothing."""
    for label, losses in curves.items():
        means = torch.tensor(losses).view(-1, 5).mean(dim=1).numpy()
        ax.plot(range(5, len(losses) + 1, 5), means, label=label)
    ax.axhline(math.log(10), color="#5c5a57", linewidth=0.8)
    ax.set(xlabel="step", ylabel="loss", ylim=(0, 2.6))
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))


def draw_batches(axes: Any, batches: Mapping[str, tuple[Tensor, Tensor]]) -> None:
    """Draw rows of 64 pixels as images, one batch in each row of axes, with their labels."""
    for row, (label, (x, y)) in zip(axes, batches.items(), strict=True):
        low, high = x.min().item(), x.max().item()
        for place, (ax, image, target) in enumerate(zip(row, x, y, strict=True)):
            ax.imshow(image.view(8, 8).numpy(), cmap="gray_r", vmin=low, vmax=high)
            ax.set_title(f"{int(target)}")
            ax.set(xticks=[], yticks=[])
            ax.grid(visible=False)
            if place == 0:
                ax.set_ylabel(label, rotation=0, ha="right", va="center")


def draw_gradients(ax: Any, nets: Mapping[str, Sequence[float]]) -> None:
    """Draw the length of the gradient of each layer, first layer first, on a scale of powers."""
    for label, lengths in nets.items():
        ax.semilogy(range(1, len(lengths) + 1), lengths, label=label)
    ax.set(xlabel="layer", ylabel="gradient", xticks=range(1, 14, 3))
    ax.legend(loc="center", bbox_to_anchor=(0.45, 0.72), ncols=3, columnspacing=1, handlelength=1.5)


def rate_dial(rates: Sequence[str], start: int) -> str:
    """Return a dial over the learning rate: the losses of the program, and what came of them."""
    slots: dict[str, list[str]] = {"curve": [], "last": [], "right": [], "share": []}
    rows = []
    for rate in rates:
        names = run(Bug("", rate, _ADAM, _ADAM.replace("0.01", rate), ""))
        _, last, _, tested = results(names)
        path = " ".join(
            f"{3 * step + 24},{_HIGH * (1 - min(loss, _TOP) / _TOP):.0f}"
            for step, loss in enumerate(names["losses"])
        )
        share = moved_share(names)
        shown = [f"{last:.1f}", f"{tested:.0f}", f"{share:.0e}".replace("e-0", "e-")]
        for name, text in zip(("last", "right", "share"), shown, strict=True):
            slots[name].append(text)
        slots["curve"].append(f"M{path}")
        rows.append([rate, *shown])
    body = (
        f'{_drawing()}\n<p>Loss at the end <b><output data-text="last"></output></b>, right of 100 '
        'test images <b><output data-text="right"></output></b>; the last step moved the first '
        'weights by <b><output data-text="share"></output></b> of their length.</p>'
    )
    head = ["learning rate", "loss at the end", "right of 100", "step / weight"]
    control = Stops("learning rate of Adam", rates, start)
    return dial(body, [control], slots, table(head, rows))


def _drawing() -> str:
    """Draw the frame in which the dial moves a curve, with a line at ln(10)."""
    label = html.escape("The losses of 100 steps at the chosen learning rate, from 0 to 5 or more.")
    nothing = _HIGH * (1 - math.log(10) / _TOP)
    marks = "".join(
        f'<text x="16" y="{_HIGH * (1 - value / _TOP) + 4:.0f}" text-anchor="end">{value}</text>'
        for value in (0, 2, 4)
    )
    return (
        f'<svg role="img" aria-label="{label}" viewBox="0 -8 {_WIDE} {_HIGH + 20}" '
        f'style="max-width:{_WIDE * 1.5:.0f}px;width:100%;fill:currentColor;font-size:11px">{marks}'
        f'<path d="M24,{_HIGH}H{_WIDE}M24,{nothing:.0f}H{_WIDE}" '
        'style="stroke:var(--bp-muted);stroke-width:0.8;fill:none"/>'
        f'<text x="{_WIDE}" y="{nothing - 4:.0f}" text-anchor="end">ln(10)</text>'
        '<path style="fill:none;stroke:var(--bp-c1);stroke-width:2" data-set="d:curve"/></svg>'
    )
