"""The figures of the chapter *Ship it* (`docs/work/ship.md`), and models broken on purpose."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import nn

from bookparts.figures import COLORS, MUTED
from bookwidgets.dial import Stops, dial
from bookwidgets.element import table

from .ship import Reader, Split, fit, ink, off, pictures, squeezed


class _Changed(nn.Module):
    """A model whose images or scores are changed on the way."""

    def __init__(
        self,
        model: nn.Module,
        before: Callable[[torch.Tensor], torch.Tensor] = lambda x: x,
        after: Callable[[torch.Tensor], torch.Tensor] = lambda s: s,
    ) -> None:
        super().__init__()
        self.model, self.before, self.after = model, before, after

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.after(self.model(self.before(images)))
        return scores


class _OfTheBatch(Reader):
    """Takes mean and spread of whatever comes in, not those of the training."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        pixels = images / 255
        scores: torch.Tensor = self.layers((pixels - pixels.mean()) / (pixels.std() + 1e-6))
        return scores


def _batch(model: Reader) -> nn.Module:
    changed = _OfTheBatch()
    changed.load_state_dict(model.state_dict())
    return changed.eval()


def _retrained(model: Reader) -> nn.Module:
    torch.manual_seed(1)
    return fit(Reader(), *pictures()[0])


BROKEN: Mapping[str, Callable[[Reader], nn.Module]] = {
    "nothing": lambda model: model,
    "`eval()` forgotten": lambda model: model.train(),
    "divided by 255 twice": lambda model: _Changed(model, before=lambda x: x / 255).eval(),
    "mean and spread of the batch": _batch,
    "pixels made black or white": lambda model: _Changed(
        model, before=lambda x: x.gt(127) * 255
    ).eval(),
    "a class too few": lambda model: _Changed(model, after=lambda s: s[:, :9]).eval(),
    "names shifted by one": lambda model: _Changed(model, after=lambda s: s.roll(1, 1)).eval(),
    "a softmax at the end": lambda model: _Changed(model, after=lambda s: s.softmax(1)).eval(),
    "a `detach()` on the way": lambda model: _Changed(model, after=lambda s: s.detach()).eval(),
    "weights rounded to int8": lambda model: squeezed(model)[0],
    "trained anew, other seed": _retrained,
}
"""What is done to a good model, and the model that comes of it."""


def broken(model: Reader) -> dict[str, nn.Module]:
    """Return a model for each thing that can be done to it; the model is left as it is."""
    return {name: change(copy.deepcopy(model)) for name, change in BROKEN.items()}


def draw_bins(ax: Any, runs: Mapping[str, Sequence[tuple[int, float, float]]]) -> None:
    """Draw how often answers were right over how sure the model was.

    Args:
        ax: empty axes.
        runs: by name what `bins` returned.
    """
    ax.plot([0, 1], [0, 1], color=MUTED, marker="", linestyle=":", linewidth=1)
    ax.text(0.3, 0.33, "as sure as right", color=MUTED, rotation=0, ha="right")
    for k, (name, found) in enumerate(runs.items()):
        x, y = [row[1] for row in found], [row[2] for row in found]
        ax.plot(x, y, color=COLORS[k], marker="os"[k], linestyle=("-", (0, (5, 2)))[k], markevery=1)
        ax.plot([], [], color=COLORS[k], marker="os"[k], linestyle="-", label=name)
    ax.set(xlabel="the model's probability", ylabel="share that is right", xlim=(0, 1), ylim=(0, 1))
    ax.legend(loc="upper left")


def days(model: nn.Module, test: Split) -> list[tuple[float, float, float, float]]:
    """Serve ten days of a hundred images; from the sixth on, a lamp of the scanner fades in gray.

    Returns:
        For each day: percent right, mean probability in percent, how far the ink is off in standard
        errors, and the percent of answers under a probability of 0.6.
    """
    usual = ink(pictures()[0][0])
    found = []
    for day in range(10):
        part = slice(100 * day, 100 * day + 100)
        gray = max(0, day - 4) * 20
        images = (test[0][part] * ((255 - gray) / 255) + gray).to(torch.uint8)
        with torch.inference_mode():
            top, label = model(images).softmax(dim=1).max(dim=1)
        hit = (label == test[1][part]).float().mean().item()
        unsure = (top < 0.6).float().mean().item()
        row = 100 * hit, 100 * top.mean().item(), off(usual, ink(images)), 100 * unsure
        found.append(row)
    return found


def draw_days(axes: Any, found: Sequence[tuple[float, float, float, float]]) -> None:
    """Draw what `days` returned: on top right and sure, below how far the ink is off."""
    x = range(1, len(found) + 1)
    top, low = axes
    top.plot(x, [row[0] for row in found], color=COLORS[0], marker="o", markevery=1, label="right")
    top.plot(
        x,
        [row[1] for row in found],
        color=COLORS[1],
        marker="s",
        markevery=1,
        linestyle=(0, (5, 2)),
        label="mean probability",
    )
    top.axvline(5.5, color=MUTED, linewidth=0.8, linestyle=":")
    top.set(ylabel="%", ylim=(0, 105))
    top.legend(loc="lower left")
    low.bar(x, [row[2] for row in found], color=COLORS[2], width=0.6)
    low.axhline(4, color=MUTED, linewidth=0.8, linestyle=":")
    low.text(0.6, 5, "alarm at 4", color=MUTED)
    low.axvline(5.5, color=MUTED, linewidth=0.8, linestyle=":")
    low.set(xlabel="day", ylabel="ink, off by", xticks=list(x))


LIMITS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)


def refusals(chances: torch.Tensor, y: torch.Tensor) -> list[tuple[float, int, int]]:
    """Return, for each limit, how many images are answered and how many of these wrongly."""
    top, label = chances.max(dim=1)
    found = []
    for limit in LIMITS:
        told = top >= limit
        found.append((limit, int(told.sum()), int((told & (label != y)).sum())))
    return found


def refusal_dial(chances: torch.Tensor, y: torch.Tensor) -> str:
    """Return a dial over the probability under which the service says that it does not know."""
    found, n = refusals(chances, y), len(y)
    wide = [f"{300 * told / n:.1f}" for _, told, _ in found]
    bad = [f"{300 * wrong / n:.1f}" for _, _, wrong in found]
    drawing = (
        '<svg viewBox="0 0 300 22" role="img" aria-label="A bar of all images: those that are '
        'answered, and the wrong ones among them" style="width:100%;max-width:600px;height:auto">'
        '<rect x="0" y="2" width="300" height="18" fill="none" stroke="var(--bp-muted,#5c5a57)"/>'
        '<rect x="0" y="2" height="18" fill="var(--bp-c1,#1f5fa8)" data-set="width:wide" />'
        '<rect x="0" y="2" height="18" fill="var(--bp-c2,#b8430f)" data-set="width:bad" /></svg>'
    )
    body = (
        f'{drawing}\n<p>Of {n:,} images answered: <b data-text="told"></b><br>'
        'wrong among them: <b data-text="wrong"></b><br>'
        'left to a person: <b data-text="left"></b></p>'
    )
    slots = {
        "wide": wide,
        "bad": bad,
        "told": [f"{told:,}" for _, told, _ in found],
        "wrong": [str(wrong) for _, _, wrong in found],
        "left": [str(n - told) for _, told, _ in found],
    }
    rows = [[f"{limit:.2f}", f"{told:,}", str(wrong)] for limit, told, wrong in found]
    names = [f"{limit:.2f}" for limit in LIMITS]
    return dial(
        body,
        [Stops("answer only from a probability of", names)],
        slots,
        table(["from", "answered", "wrong"], rows, "All limits"),
    )


class _Without:
    """A finder of modules that does not find some of them, as if they had never been installed."""

    def __init__(self, finder: Any, names: Sequence[str]) -> None:
        self.finder, self.names = finder, names

    def __getattr__(self, name: str) -> Any:
        return getattr(self.finder, name)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Ask the finder, unless the module is one of those."""
        hidden = name.split(".")[0] in self.names
        return None if hidden else self.finder.find_spec(name, path, target)


def without(*names: str) -> list[Any]:
    """Return what to set `sys.meta_path` to, so that these packages are not found."""
    return [_Without(finder, names) for finder in sys.meta_path]
