"""What changed in a figure, in words."""

from __future__ import annotations

import random
import time

import pytest

from bookproof.judge import compare, drawings, drift

FIGURE = """<figure><svg viewBox="0 0 400 200" role="img" aria-label="A loss that falls to 0.25.">
<path d="M 10 10 L 20 20 L 30 15" style="fill: none; stroke:#1f5fa8; stroke-width: 0.8"/>
<circle cx="10" cy="10" r="2" fill="#b8430f"/>
<circle cx="20" cy="20" r="2" fill="#b8430f"/>
<text x="10" y="190">epoch</text><text x="200" y="190"><tspan>10</tspan>00</text>
</svg></figure>"""
CHANGES = {
    "a label": ("<tspan>10</tspan>00", "2000", ["label “1000” → “2000”"]),
    "a label gone": (
        '<text x="10" y="190">epoch</text>',
        "",
        ["label “epoch” is gone"],
    ),
    "what is said to those who do not see it": (
        "to 0.25",
        "to 0.126",
        ["description “A loss that falls to 0.25.” → “A loss that falls to 0.126.”"],
    ),
    "a shape less": (
        '<circle cx="20" cy="20" r="2" fill="#b8430f"/>',
        "",
        ["circles: 2 → 1"],
    ),
    "a point more": (" L 30 15", " L 30 15 L 40 15", ["points of paths: 3 → 4"]),
    "a color": (
        "stroke:#1f5fa8",
        "stroke:#ff0000",
        ["color (stroke) #1f5fa8 → #ff0000"],
    ),
    "a color of several": (
        'fill="#b8430f"',
        'fill="#00ff00"',
        ["color (fill) #b8430f → #00ff00, 2 times"],
    ),
    "a width": ("stroke-width: 0.8", "stroke-width: 2", ["stroke-width 0.8 → 2"]),
    "a place": (
        "L 20 20",
        "L 20 60",
        ["1 of 6 shapes moved; the farthest, a path, by 40 units, 10 % of the drawing's 400"],
    ),
    "a curve for a line": ("L 30 15", "T 30 15", ["drawn with M L L → M L T"]),
}


@pytest.mark.parametrize(("old", "new", "said"), CHANGES.values(), ids=CHANGES)
def test_a_figures_change_is_said_in_words(old: str, new: str, said: list[str]) -> None:
    """Which label, how many points, which color, how far: and no path is printed."""
    assert old in FIGURE
    text = drift.told(FIGURE, FIGURE.replace(old, new), "old", "new").split("\n")
    assert text[0] == "the figure drifted from its recording"
    assert [line.strip() for line in text[1 : 1 + len(said)]] == said
    assert not any("<path" in line for line in text)


def test_names_that_are_not_compared_are_not_told() -> None:
    """Another salt of the names is no change."""
    old = '<svg><path id="a1" d="M 0 0"/><use href="#a1" clip-path="url(#a2)"/><text>1</text></svg>'
    said = drawings.changes(
        old, old.replace("#a", "#b").replace('"a1"', '"b1"').replace("1<", "2<")
    )
    assert said == ["label “1” → “2”"]


def test_a_figure_that_is_another_is_told_in_few_lines() -> None:
    """However much of it changed."""
    many = "".join(f"<text>{n}</text>" for n in range(100))
    others = "".join(f"<text>{n}</text><circle/>" for n in range(100, 200))
    said = drawings.changes(f"<svg>{many}</svg>", f"<svg>{others}</svg>")
    assert said[6] == "… and 94 more labels"
    assert "circles: 0 → 100" in said
    assert len(said) < 12


def test_what_has_no_words_is_shown_as_source() -> None:
    """No difference of a figure is empty."""
    said = drawings.changes("<svg><!-- a --></svg>", "<svg><!-- b --></svg>")
    assert "  -<!-- a -->" in said
    assert "  +<!-- b -->" in said


def test_a_drawing_within_other_html_is_told_apart_from_its_text() -> None:
    """A table beside a figure is compared as text, the figure as a figure, one in another too."""
    inner = '<svg x="1"><text>deep</text></svg>'
    old = f"<p>old</p><svg><text>one</text>{inner}</svg><svg><text>two</text></svg>"
    told = drift.told(old, old.replace("two", "2").replace("<p>old", "<p>new"), "a", "b")
    assert told.split("\n") == [
        "the output drifted from its recording",
        "  drawing 2: label “two” → “2”",
        "--- a (recorded)",
        "+++ b (this run)",
        "@@ -1 +1 @@",
        "-<p>old</p>[drawing 1][drawing 2]",
        "+<p>new</p>[drawing 1][drawing 2]",
    ]
    assert compare.lift(old)[1][0].endswith(f"{inner}</svg>")


def test_an_end_without_its_begin_is_text() -> None:
    """However a block's HTML is written, no part of it is lost or taken for a figure."""
    text = "a</svg>b<svg/>c</svg><svg>d"
    assert compare.lift(text) == ("a</svg>b[drawing 1]c</svg><svg>d", ["<svg/>"])


def test_a_figure_in_place_of_text_is_told() -> None:
    """And so is one that is no longer drawn."""
    assert "  drawing 1 is new" in drift.told("text", FIGURE, "a", "b")
    assert "  drawing 1 is gone" in drift.told(FIGURE, "text", "a", "b")


UNREADABLE = {
    "a section that HTML does not know": "<![foo A]>",
    "a section that does not end": "<![",
    "a number too long for a character": f"<text>&#{'9' * 5000};</text>",
    "one in an attribute": f'<text a="&#{"9" * 5000};"/>',
}


@pytest.mark.parametrize("odd", UNREADABLE.values(), ids=UNREADABLE)
def test_a_drawing_that_cannot_be_read_is_shown_as_source(odd: str) -> None:
    """Whichever of the two it is, and no run ends by it."""
    plain = "<svg><text>a</text></svg>"
    wild = f"<svg>{odd}</svg>"
    for old, new, which in (
        (wild, plain, "the drawing that is recorded cannot be read"),
        (plain, wild, "the drawing of this run cannot be read"),
        (wild, wild.replace("<svg>", "<svg>b"), "neither drawing can be read"),
    ):
        first, second, *rows = drift.told(old, new, "old", "new").split("\n")
        assert first == "the figure drifted from its recording"
        assert second == f"  {which}; the source differs:"
        assert any(row.strip().startswith(("-<", "+<")) for row in rows)


def scatter(points: int, seed: int) -> str:
    """Draw a plot of many points, and a curve that has as many corners as the seed says."""
    at = random.Random(seed)
    dots = "".join(
        at.choice(['<circle cx="{}" cy="1" r="2"/>', '<rect x="{}" y="1"/>']).format(at.random())
        for _ in range(points)
    )
    return f'<svg viewBox="0 0 9 9"><path d="M 0 0{" L 1 1" * seed}"/>{dots}<path d="M 0 {seed}"/>'


def test_a_plot_of_thousands_of_points_is_told_at_once() -> None:
    """Also where its shapes stand in another order, which to search took a minute and more."""
    begun = time.monotonic()
    said = drawings.changes(scatter(15_000, 1), scatter(15_001, 2))
    assert any(line.startswith("circles: ") for line in said)
    assert any("shapes moved; the farthest" in line for line in said)
    assert time.monotonic() - begun < 10


def test_labels_in_thousands_are_told_at_once() -> None:
    """However often they say the same."""
    begun = time.monotonic()
    old, new = (
        "".join(
            f"<text>{random.Random(seed * 9999 + n).choice('ab')}</text>" for n in range(12_000)
        )
        for seed in (1, 2)
    )
    said = drawings.changes(f"<svg>{old}</svg>", f"<svg>{new}</svg>")
    assert len(said) == 7
    assert said[6].startswith("… and ")
    assert time.monotonic() - begun < 10
