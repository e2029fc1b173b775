"""The picture of the book: its first code, and what that printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PIL import Image

from booksite import preview


def drawn(folder: Path, printed: str) -> bytes:
    """Draw the picture of a book whose first code printed something."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "source": "# A book"},
        {"cell_type": "code", "source": "import torch", "outputs": []},
        {"cell_type": "code", "source": "print(x)", "outputs": [{"text": printed}]},
        {"cell_type": "code", "source": "print(y)", "outputs": [{"text": "never drawn"}]},
    ]
    folder.mkdir()
    (folder / "index.ipynb").write_text(json.dumps({"cells": cells}), "utf-8")
    preview.drawn(folder)
    return (folder / preview.NAME).read_bytes()


def test_it_has_the_size_that_messages_show(tmp_path: Path) -> None:
    """And weighs little."""
    data = drawn(tmp_path / "site", "tensor(7.)\n")
    with Image.open(tmp_path / "site" / preview.NAME) as image:
        assert image.size == (1200, 630)
    assert len(data) < 100 * 1024


def test_it_shows_what_the_first_code_printed(tmp_path: Path) -> None:
    """Another output is another picture, and the same is the same, byte by byte."""
    seven = drawn(tmp_path / "a", "tensor(7.)\n")
    assert drawn(tmp_path / "b", "tensor(7.)\n") == seven
    assert drawn(tmp_path / "c", "tensor(8.)\n") != seven


def test_a_site_without_code_on_its_first_page_has_none(tmp_path: Path) -> None:
    """Nothing is invented."""
    (tmp_path / "index.ipynb").write_text('{"cells": []}', "utf-8")
    preview.drawn(tmp_path)
    assert not (tmp_path / preview.NAME).exists()
