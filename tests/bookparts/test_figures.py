"""The drawings of the book: one string for both schemes, the same bytes each time."""

import base64
import io
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from bookparts.figures import COLORS, GRID, INK, MUTED, PAPER, figure, svg

ROOT = Path(__file__).resolve().parents[2]


def in_another_process(program: str) -> str:
    """Return what a program prints that a fresh Python runs."""
    run = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def waves(series: int = 3) -> str:
    fig, ax = figure(width=6, height=3)
    for n in range(series):
        ax.plot([0.1 * x for x in range(50)], [(x % 7) * n / 3 for x in range(50)], label=f"{n}")
    ax.set_xlabel("step $t$")
    ax.set_ylabel("loss < 1 & falling")
    ax.legend()
    return svg(fig, alt='Three "waves" <rising>')


def test_a_figure_is_one_block_of_well_formed_markup() -> None:
    """Markdown passes it through as a block, so it begins with one and has no empty line."""
    text = waves()
    assert text.startswith("<figure ")
    assert "\n\n" not in text
    root = ElementTree.fromstring(text.replace(" data-search-exclude", ""))
    assert [child.tag for child in root] == ["{http://www.w3.org/2000/svg}svg"]


def test_a_figure_tells_its_text_to_those_who_do_not_see_it() -> None:
    """The alternative text is the name of the image, with its quotes escaped."""
    assert 'role="img" aria-label="Three &quot;waves&quot; &lt;rising&gt;"' in waves()


@pytest.mark.parametrize("alt", ["", "  \n"])
def test_a_figure_without_an_alternative_text_is_refused(alt: str) -> None:
    """A picture that some readers cannot have is an error of the author."""
    fig, _ = figure()
    with pytest.raises(ValueError, match="alt"):
        svg(fig, alt=alt)


def test_the_same_drawing_gives_the_same_bytes_in_another_process() -> None:
    """Recordings of figures would drift otherwise."""
    program = "from tests.bookparts.test_figures import waves; print(waves())"
    assert in_another_process(program) == waves() + "\n"


def test_two_figures_of_a_page_share_no_id() -> None:
    """Clip paths and markers are found by id, and the first of a page wins."""
    first, second = (set(re.findall(r' id="([^"]+)"', waves(n))) for n in (2, 3))
    assert first and second and not first & second


def test_every_reference_of_a_figure_has_its_target() -> None:
    """An id may be dropped only where nothing points to it."""
    text = waves()
    targets = re.findall(r' id="([^"]+)"', text)
    assert set(re.findall(r'(?:url\(|href=")#([^")]+)', text)) == set(targets)
    assert len(targets) == len(set(targets))


def test_the_colors_of_a_figure_are_the_page_s_to_set() -> None:
    """Ink is the page's own, and the palette is made of variables with a fallback."""
    text = waves(len(COLORS))
    assert "currentColor" in text and INK not in text
    for n, color in enumerate(COLORS, 1):
        assert f"var(--bp-c{n},{color})" in text
    for color in (*COLORS, MUTED, GRID, PAPER):
        assert not re.search(rf"(fill|stroke): ?{color}", text)


def test_series_differ_by_dash_and_marker_too() -> None:
    """Color is never the only sign."""
    _, ax = figure()
    lines = [ax.plot([0, 1])[0] for _ in COLORS]
    assert len({line.get_color() for line in lines}) == len(COLORS)
    assert len({str(vars(line)["_dash_pattern"]) for line in lines}) == len(COLORS)
    assert len({line.get_marker() for line in lines}) == len(COLORS)


def test_the_palette_can_be_read_on_the_page() -> None:
    """Three to one is what the guidelines ask of graphics, and four and a half of text."""

    def luminance(color: str) -> float:
        parts = (int(color[n : n + 2], 16) / 255 for n in (1, 3, 5))
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for color in (*COLORS, MUTED, INK):
        assert (luminance(PAPER) + 0.05) / (luminance(color) + 0.05) >= 4.5


def test_a_figure_is_small_and_brings_no_font_style_or_date() -> None:
    """Two decimals are a hundredth of a point; a style rule would reach the whole page."""
    text = waves()
    assert len(text) < 20_000
    assert not re.search(r"-?\d+\.\d{3,}", text)
    assert 'style="fill: none"/>' not in text
    for unwanted in ("font-family", "<style", "<metadata", "<!--", "DOCTYPE", " href="):
        assert unwanted not in text


def test_words_that_look_like_colors_or_numbers_stay_as_written() -> None:
    """Only markup is rewritten, never what the author wrote."""
    fig, ax = figure()
    ax.set_title(f"fill: {INK} 3.14159265")
    assert f"fill: {INK} 3.14159265" in svg(fig, alt="A title")


def test_a_ring_is_closed_however_the_last_digits_fell() -> None:
    """A contour ends where it began; on another processor by one digit beside it; or is nowhere."""
    rng = np.random.default_rng(0)
    x, y = np.linspace(-4.6, 3.2, 61), np.linspace(-1.6, 1.6, 45)
    heights = (x**2 + 20 * y[:, None] ** 2) / 2
    drawn = set()
    for _ in range(20):
        fig, ax = figure(width=4, height=2)
        near = np.nextafter(heights, heights + rng.integers(-1, 2, heights.shape))
        ax.contour(x, y, near, levels=[0.4, 2.0, 5.0, 99.0])
        paths = re.findall(r' d="([^"]*)"', svg(fig, alt="rings"))
        drawn.add(tuple(re.sub(r"[^A-Za-z]", "", path) for path in paths))
    assert len(drawn) == 1
    assert sum(commands.count("z") for commands in drawn.pop()) == 3


def test_an_image_and_several_axes_draw_too() -> None:
    """`imshow` embeds pixels, and `subplots` may return many axes."""
    fig, axes = figure(width=6, height=2, ncols=2)
    axes[0].imshow([[0, 1], [2, 3]])
    axes[1].bar([1, 2], [3, 4])
    assert 'href="data:image/png;base64,' in svg(fig, alt="Pixels and bars")


def test_a_gray_image_takes_a_quarter_and_shows_the_same_pixels() -> None:
    """Four equal bytes a pixel are one; an image in color stays as it was drawn."""
    pixels = np.random.default_rng(0).integers(0, 256, (28, 28))
    for cmap, mode in (("gray", "L"), ("cividis", "RGBA")):
        fig, ax = figure(width=2, height=2)
        ax.imshow(pixels, cmap=cmap, interpolation="none")
        plain = io.StringIO()
        fig.savefig(plain, format="svg")
        drawn, small = (embedded(text) for text in (plain.getvalue(), svg(fig, alt="Noise")))
        assert small.mode == mode
        assert small.convert("RGBA").tobytes() == drawn.convert("RGBA").tobytes()


def embedded(text: str) -> Image.Image:
    """Return the image that a drawing holds."""
    found = re.search('base64,([^"]+)', text)
    assert found
    return Image.open(io.BytesIO(base64.b64decode(found[1])))


def test_drawing_a_figure_leaves_pyplot_alone() -> None:
    """Importing pyplot costs time, and its global state is nobody's."""
    program = "import sys, bookparts.figures; print('matplotlib.pyplot' in sys.modules)"
    assert in_another_process(program) == "False\n"
