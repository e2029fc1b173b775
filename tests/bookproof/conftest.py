"""What the engine's tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bookproof.small import Book


@pytest.fixture
def small_book(tmp_path: Path) -> Book:
    """A book without a chapter."""
    return Book(tmp_path / "book")
