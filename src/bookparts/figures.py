"""Figures as inline SVG: one drawing that serves the light and the dark page.

Draw with matplotlib's objects, then print the string that `svg` returns:

>>> fig, ax = figure(width=4, height=2)
>>> _ = ax.plot([0, 1, 2], [0, 1, 4])
>>> svg(fig, alt="A curve that rises faster and faster")[:25]
'<figure class="bp-figure"'

The ink of a figure is the page's own text color, and its other colors are CSS variables that the
style sheet of the site sets for both schemes; the colors named here are what a viewer without that
style sheet sees.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
import re
from typing import Any

import matplotlib
import numpy as np
from cycler import cycler
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.path import Path
from PIL import Image

INK = "#1c1b1a"  # text and lines: the color of the page's text
MUTED = "#5c5a57"  # axes, ticks, remarks
GRID = "#dedad3"  # grid lines and the borders of cells
PAPER = "#fffefb"  # the page behind the figure
COLORS = ("#1f5fa8", "#b8430f", "#0b7561", "#8a3f97", "#86610a", "#c02562")
"""The cycle of series, told apart also by those who see few colors, and by dash and marker."""

_VARIABLES = {
    INK: "currentColor",
    "#000000": "currentColor",
    MUTED: f"var(--bp-muted,{MUTED})",
    GRID: f"var(--bp-grid,{GRID})",
    PAPER: f"var(--bp-paper,{PAPER})",
    **{color: f"var(--bp-c{n},{color})" for n, color in enumerate(COLORS, 1)},
}
_DASHES = ("-", (0, (5, 2)), (0, (1.2, 1.6)), (0, (6, 2, 1.2, 2)), (0, (9, 2.5)), (0, (3, 1.5)))
_MARKERS = ("", "o", "s", "^", "D", "v")
_STYLE: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": MUTED,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.labelpad": 7,
    "axes.linewidth": 0.8,
    "axes.prop_cycle": cycler(color=COLORS, linestyle=_DASHES, marker=_MARKERS)
    + cycler(markevery=[0.12] * len(COLORS)),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11,
    "figure.facecolor": "none",
    "font.size": 11,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "image.cmap": "cividis",
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "path.simplify": True,
    "path.simplify_threshold": 0.5,
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "bookparts",
    "text.color": INK,
    "xtick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.color": MUTED,
    "ytick.labelcolor": INK,
}


def figure(width: float = 6, height: float = 3, **subplots_kw: Any) -> tuple[Figure, Any]:
    """Return an empty figure in the book's style, and its axes.

    Args:
        width: inches; six fill the text column, and the page shrinks what does not fit.
        height: inches.
        subplots_kw: passed to `Figure.subplots`: `nrows`, `ncols`, `sharex`, …

    Returns:
        The figure and its `Axes` (an array of them when more than one was asked for). Unlike
        pyplot's, the figure is known to nobody else, so nothing has to be closed.
    """
    matplotlib.rcParams.update(_STYLE)
    fig = Figure(figsize=(width, height), layout="constrained")
    return fig, fig.subplots(**subplots_kw)


def svg(fig: Figure, *, alt: str) -> str:
    """Return a figure as one HTML element, the same bytes for the same drawing.

    Args:
        fig: the figure; drawing it leaves it as it was.
        alt: what there is to see, for a reader who does not see it.

    Raises:
        ValueError: if `alt` is empty.
    """
    if not alt.strip():
        raise ValueError("svg(fig, alt=…) needs a text that says what the figure shows")
    _close_rings(fig)
    file = io.StringIO()
    with matplotlib.rc_context(_STYLE):
        fig.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    drawing = file.getvalue()
    body = drawing[drawing.index(">", drawing.index("<svg")) + 1 : drawing.rindex("</svg>")]
    body = _unique(_small(_named(_without_extras(body))))
    width, height = (72 * float(side) for side in fig.get_size_inches())
    label = html.escape(" ".join(alt.split()))
    return (
        f'<figure class="bp-figure" data-search-exclude style="max-width:{width / 0.75:.0f}px">\n'
        # `xlink:href`, not `href`: the theme sets every `href` of a page, and fails at an SVG's
        f'<svg role="img" aria-label="{label}" xmlns="http://www.w3.org/2000/svg" '
        'xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {_number(width)} {_number(height)}" '
        'style="width:100%;height:auto;stroke-linejoin:round;stroke-linecap:butt">\n'
        f"{body}</svg>\n</figure>"
    )


def _close_rings(fig: Figure) -> None:
    """Close each contour that ends where it began, whichever way the last digits fell.

    Matplotlib does where they agree, and draws what is closed with more points.
    """
    paths: list[Any] = [p for drawn in fig.findobj(ContourSet) for p in drawn.get_paths()]
    for path in paths:
        if path.codes is None:  # there is nothing at this level
            continue
        codes = path.codes.copy()
        begins = np.flatnonzero(codes == Path.MOVETO)
        for first, after in zip(begins, [*begins[1:], len(codes)], strict=True):
            ring = path.vertices[first:after]
            if np.abs(ring[0] - ring[-1]).max() <= 1e-9 * np.ptp(ring):
                codes[after - 1] = Path.CLOSEPOLY
        path.codes = codes  # set at once: the path then knows anew whether it may be simplified


def _without_extras(body: str) -> str:
    """Drop metadata, comments, and the style rule that would reach the whole page."""
    body = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", body, flags=re.DOTALL)
    return re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", body, flags=re.DOTALL)


def _small(body: str) -> str:
    """Write every tag on one short line, with the page's colors; drop what shows nothing."""
    kept: list[bool] = []

    def short(match: re.Match[str]) -> str:
        tag = _tag(match.group())
        if tag.startswith("<g"):
            kept.append(tag != "<g>")
            return tag if kept[-1] else ""
        unseen = re.fullmatch(r'<path d="[^"]*"( clip-path="[^"]*")? style="fill: none"/>', tag)
        return "" if unseen or (tag == "</g>" and not kept.pop()) else tag

    return re.sub(r">\s*\n\s*", ">\n", re.sub(r"<[^>]+>", short, body)).lstrip()


def _tag(tag: str) -> str:
    if tag.startswith("<image"):
        tag = re.sub(r"[ \t]*\n[ \t]*", "", tag)
        return re.sub(r"(?<=data:image/png;base64,)[^\"]*", lambda found: _gray(found[0]), tag)
    tag = " ".join(tag.split()).replace(' "', '"')
    tag = re.sub(r' transform="rotate\(-?0 [^"]*"', "", tag)
    tag = re.sub(
        r"(fill|stroke): ?(#[0-9a-f]{6})",
        lambda found: f"{found[1]}:{_VARIABLES.get(found[2], found[2])}",
        tag,
    )
    tag = re.sub(r"font: ([^;\"]*)", _font_rules, tag)
    tag = re.sub(r"font-family: [^;\"]*(?:; )?", "", tag)
    tag = re.sub(r"font-size: ([\d.]+px)", r"font-size:calc(\1*var(--bp-type,1))", tag)
    places = 4 if "matrix(" in tag else 2
    tag = re.sub(r'(?<= d=")[^"]*', lambda path: _rounded(path[0], 1), tag)  # a tenth of a point
    return _rounded(tag, places)


def _rounded(text: str, places: int) -> str:
    return re.sub(r"(?<![\w#.])-?\d+\.\d+", lambda found: _number(float(found[0]), places), text)


def _gray(png: str) -> str:
    """Write an image that holds nothing but grays with one byte a pixel, not with four."""
    image = Image.open(io.BytesIO(base64.b64decode(png)))
    gray = image.convert("L")
    if gray.convert("RGBA").tobytes() != image.convert("RGBA").tobytes():
        return png
    file = io.BytesIO()
    gray.save(file, "png", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def _font_rules(shorthand: re.Match[str]) -> str:
    """Spell out the size, slant and weight of a `font:` rule; its family is left to the page."""
    before, size = re.split(r"(?=\b[\d.]+px)", shorthand[1], maxsplit=1)
    rules = [f"font-size: {size.split()[0]}"]
    for word in before.split():
        rules.append(f"font-{'style' if word in ('italic', 'oblique') else 'weight'}: {word}")
    return "; ".join(rules)


def _number(value: float, places: int = 2) -> str:
    """Write a coordinate as short as it goes, and never as `-0`."""
    return f"{round(value, places) + 0.0:.{places}f}".rstrip("0").rstrip(".")


def _named(body: str) -> str:
    """Keep the ids that something refers to, numbered; the rest only takes room."""
    used = re.findall(r'(?:url\(|href=")#([^")]+)', body)
    body = re.sub(r' id="([^"]*)"', lambda found: found[0] if found[1] in used else "", body)
    for n, name in enumerate(dict.fromkeys(used)):
        body = re.sub(rf'(id="|#){re.escape(name)}(?=["\)])', rf"\g<1>bp-{n}", body)
    return body


def _unique(body: str) -> str:
    """Put a hash of the figure into its ids, which share the page with those of other figures."""
    digest = hashlib.sha256(body.encode()).hexdigest()[:8]
    return re.sub(r'(id="|#)bp-(\d+)(?=["\)])', rf"\g<1>f{digest}-\2", body)
