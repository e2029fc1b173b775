"""The picture that a message with a link to the book shows: its first code, and what that printed.

Both come from the notebook of the first page, as the engine has just made it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

NAME = "assets/preview.png"
SIZE = (1200, 630)
_PAPER, _SHADE, _INK, _MUTED, _TRUE = "#fffefb", "#f6f3ec", "#23211d", "#625d54", "#00796b"


def drawn(site: Path) -> None:
    """Draw the picture into a built site, if its first page has code.

    Args:
        site: The folder of the site.
    """
    notebook = site / "index.ipynb"
    if not notebook.is_file():
        return
    first = _first(json.loads(notebook.read_text("utf-8"))["cells"])
    if first is None:
        return
    code, output = first
    figure = Figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100, facecolor=_PAPER)
    say: Any = figure.text
    say(0.06, 0.87, "PyTorch, Executed", size=44, weight="bold", color=_INK, va="center")
    words = "An introduction in which no person typed what looks like output."
    say(0.06, 0.755, words, size=21.5, color=_MUTED, va="center")
    top, tall, below = 0.66, 0.072 * (code.count("\n") + 1) + 0.06, 0.12
    _box(figure, 0.06, top - tall, 0.88, tall, facecolor=_SHADE, edgecolor=_MUTED)
    _box(figure, 0.06, top - tall - below, 0.88, below, facecolor=_PAPER, edgecolor=_MUTED)
    _box(figure, 0.06, top - tall - below, 0.006, tall + below, facecolor=_TRUE)
    mono: dict[str, Any] = {"family": "monospace", "color": _INK, "linespacing": 1.6}
    say(0.09, top - 0.03, code, size=19, va="top", **mono)
    say(0.09, top - tall - below / 2, output, size=22, va="center", **mono, weight="bold")
    (site / NAME).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(site / NAME, facecolor=_PAPER, metadata={"Software": None})


def _box(figure: Figure, x: float, y: float, wide: float, tall: float, **look: Any) -> None:
    figure.add_artist(Rectangle((x, y), wide, tall, transform=figure.transFigure, **look))


def _first(cells: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
    """Return the first code that printed text, and the text."""
    for cell in cells:
        for output in cell.get("outputs", []):
            if "text" in output:
                return "".join(cell["source"]).strip(), "".join(output["text"]).strip()
    return None
