"""Figures take fewer bytes on a page, and look the same."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
from PIL import Image

from bookparts.figures import figure, svg
from bookparts.lighter import lighter


def numbers(drawing: str) -> list[float]:
    """Read the coordinates of all paths."""
    paths = " ".join(re.findall(r' d="([^"]+)"', drawing))
    return [float(number) for number in re.findall(r"-?(?:\d*\.\d+|\d+)", paths)]


def test_a_curve_stays_where_it_was() -> None:
    """No coordinate moves by more than a twentieth of a point, and bytes are saved."""
    fig, ax = figure()
    ax.plot(np.linspace(0, 1, 50), np.random.default_rng(0).random(50))
    drawing = svg(fig, alt="a curve")
    light = lighter(drawing)
    assert len(light) < len(drawing)
    assert np.allclose(numbers(light), numbers(drawing), atol=0.0501)


def test_an_image_keeps_its_colors_nearly() -> None:
    """It has a palette now, and no pixel is far from what it was."""
    fig, ax = figure(2, 2)
    ax.imshow(np.random.default_rng(0).random((28, 28)))
    drawing = svg(fig, alt="an image")
    light = lighter(drawing)
    assert len(light) < len(drawing)
    before, after = (
        np.asarray(Image.open(io.BytesIO(base64.b64decode(found))).convert("RGB"), dtype=int)
        for text in (drawing, light)
        for found in re.findall(r"base64,([^\"]+)", text)
    )
    assert before.shape == after.shape
    assert np.abs(before - after).max() <= 24
    assert np.abs(before - after).mean() <= 4


def test_what_is_no_figure_of_ours_is_left_alone() -> None:
    """An author's own drawing, and the text around."""
    page = '<svg><path d="M 1.2345 2"/></svg><p>1.2345</p>'
    assert lighter(page) == page
