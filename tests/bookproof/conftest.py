"""What the engine's tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bookproof.small import Book


@pytest.fixture
def small_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Book:
    """A book without a chapter, where Python keeps compiled copies as it usually does."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)  # whose runner the report speaks to
    return Book(tmp_path / "book")
