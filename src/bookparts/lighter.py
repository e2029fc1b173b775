"""Figures on their way to a page: what no eye can see is left off, so that the page comes sooner.

A hook of MkDocs; pages are right without it, and heavier. The recordings keep figures as drawn.

>>> lighter('<figure class="bp-figure"><path d="M 12.34 5.678 L 0.5 1"/></figure>')
'<figure class="bp-figure"><path d="M12.3 5.7L.5 1"/></figure>'
"""

from __future__ import annotations

import base64
import io
import re
from functools import lru_cache
from typing import Any

from PIL import Image

_COLORS = 64  # of an image, of 256 that matplotlib has on a scale
_FIGURE = re.compile(r'<figure class="bp-figure".*?</figure>', re.DOTALL)


def on_page_content(html: str, **_: Any) -> str:
    """Make the figures of a page lighter."""
    return lighter(html)


def lighter(html: str) -> str:
    """Return a page with the same figures in fewer bytes.

    Coordinates of paths keep one decimal, a tenth of a point; an image keeps as many colors as one
    can tell apart on it. What has transforms, and numbers elsewhere, stay as they are.
    """
    return _FIGURE.sub(_figure, html)


def _figure(match: re.Match[str]) -> str:
    drawing = re.sub(r'(?<= d=")[^"]+', _path, match[0])
    return re.sub(r"(?<=data:image/png;base64,)[\w+/=\s]+", lambda found: _image(found[0]), drawing)


def _path(match: re.Match[str]) -> str:
    short = re.sub(r"\d*\.\d+", lambda number: _tenth(float(number[0])), match[0])
    return re.sub(r"\s*([A-Za-z])\s*", r"\1", short)


def _tenth(value: float) -> str:
    text = f"{value:.1f}".removesuffix(".0")
    return text.removeprefix("0") if text.startswith("0.") else text


@lru_cache(maxsize=512)
def _image(data: str) -> str:
    """Return a PNG with a palette, or the same one if that is not smaller."""
    image = Image.open(io.BytesIO(base64.b64decode(data)))
    if image.mode == "RGBA" and image.getextrema()[3] != (255, 255):
        return data
    small = image.convert("RGB").quantize(
        _COLORS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    file = io.BytesIO()
    small.save(file, "png", optimize=True)
    made = base64.b64encode(file.getvalue()).decode()
    return made if len(made) < len(data) else data
