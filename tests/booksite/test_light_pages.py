"""A page that was made lighter looks and reads the same."""

import math
import re
from pathlib import Path

import pytest

from booksite.light_pages import lightened, relative

ROOT = Path(__file__).resolve().parents[2]


def corners(path: str) -> list[tuple[float, float]]:
    """Walk along a path of relative lines; return where it turns."""
    x = y = 0.0
    found = []
    for letter, text in re.findall(r"([mlhvz])([-\d. ]*)", path):
        numbers = [float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", text)]
        if letter in "hv":
            steps = [(n, 0.0) if letter == "h" else (0.0, n) for n in numbers]
        else:
            steps = list(zip(numbers[::2], numbers[1::2], strict=True))
        for across, down in steps:
            x, y = x + across, y + down
            found.append((round(x, 3), round(y, 3)))
    return found


def test_code_keeps_its_text_and_its_colors() -> None:
    """A name, an operator or a bracket has the color of the listing; a keyword has its own."""
    code = (
        "<pre><span></span><code>"
        '<span class="k">if</span><span class="w"> </span><span class="n">x</span> '
        '<span class="o">&lt;</span> <span class="mi">3</span><span class="p">:</span></code></pre>'
    )
    light = lightened(code)
    assert light == (
        '<pre><code><span class="k">if</span> x &lt; <span class="mi">3</span>:</code></pre>'
    )
    assert re.sub("<[^>]*>", "", light) == re.sub("<[^>]*>", "", code)


@pytest.mark.parametrize("kind", ["name", "operator", "punctuation"])
def test_what_has_no_span_has_the_color_of_the_listing(kind: str) -> None:
    """With or without the span, in both schemes: the style sheet says so once."""
    sheet = (ROOT / "docs/assets/stylesheets/colors.css").read_text("utf-8")
    assert re.findall(rf"--md-code-hl-{kind}-color: (.*);", sheet) == ["var(--bp-ink)"]
    assert re.findall(r"--md-code-fg-color: (.*);", sheet) == ["var(--bp-ink)"]


def test_only_the_theme_loses_its_indentation() -> None:
    article = "<article>\n<pre>if x:\n    y</pre></article>"
    page = f"<head>\n    <title>T</title>\n\n  \n</head>\n{article}\n  <p>"
    assert lightened(page) == f"<head>\n<title>T</title>\n</head>\n{article}\n<p>"


def test_a_line_of_a_figure_goes_where_it_went() -> None:
    """Errors do not add up: the last point of many is right to a tenth."""
    points = [(round(2.3 * n, 1), round(n * n % 11 * 1.7, 1)) for n in range(200)]
    path = "M " + " L ".join(f"{x} {y}" for x, y in points)
    assert corners(relative(path)) == points


def test_points_that_a_line_passes_anyway_are_left_out() -> None:
    """A curve keeps within 0.45 of its points with a third of them."""
    points = [(n, round(100 - 0.01 * n * n, 1)) for n in range(100)]
    kept = corners(relative("M " + " L ".join(f"{x} {y}" for x, y in points)))
    assert kept[0] == points[0] and kept[-1] == points[-1]
    assert len(kept) < len(points) / 3
    for x, y in points:
        after = next(n for n, (right, _) in enumerate(kept) if right >= x)
        (x0, y0), (x1, y1) = kept[max(0, after - 1)], kept[after]
        slope = (y1 - y0) / (x1 - x0) if x1 > x0 else 0
        assert abs(y0 + slope * (x - x0) - y) / math.hypot(1, slope) <= 0.45 + 1e-9


@pytest.mark.parametrize(
    ("path", "short"),
    [
        (
            "M 0 1.5 C 0.4 1.5 0.8 1.3 1.1 1.1 C 1.3 0.8 1.5 0.4 1.5 0 z",
            "m0 1.5c.4 0 .8-.2 1.1-.4 .2-.3 .4-.7 .4-1.1z",
        ),
        ("M 1 1 L 2 1 L 2 2 z M 5 5 L 6 6", "m1 1h1v1zm4 4l1 1"),
        ("M 1 1 Q 2 2 3 1", "m1 1q1 1 2 0"),
    ],
)
def test_curves_and_closed_lines_too(path: str, short: str) -> None:
    """After `z` a line is back where it began."""
    assert relative(path) == short


def test_a_table_stands_where_the_theme_would_put_it() -> None:
    """Once, also where an author has put it there; the theme's script leaves such a table alone."""
    wrapped = '<div class="md-typeset__scrollwrap"><div class="md-typeset__table">{}</div></div>'
    table = '<table class="bp-rows"><tr><td>1</td></tr></table>'
    plain = table.replace(' class="bp-rows"', "")
    assert lightened(plain) == wrapped.format(table)
    assert lightened(wrapped.format(plain)) == wrapped.format(table)
    grid = '<table class="bp-grid"><tr><td>1</td></tr></table>'
    assert lightened(grid) == grid


def test_what_is_no_drawing_of_a_figure_stays() -> None:
    icon = '<svg viewBox="0 0 24 24"><path d="M 3 6 L 21 6"/></svg>'
    assert lightened(icon) == icon
