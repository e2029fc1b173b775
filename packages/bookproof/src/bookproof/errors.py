"""What the author must mend: said once, with its place."""

from __future__ import annotations

from pathlib import Path


class BookError(Exception):
    """Something the author must mend; the message says what and how.

    Attributes:
        path: The file, as the author would write it; empty where no one file is to blame.
        line: The line, from 1; 0 where none is.
        reason: What is wrong, without the place.
    """

    def __init__(self, reason: str, path: str | Path = "", line: int = 0) -> None:
        self.reason, self.path, self.line = reason, str(path), line
        place = f"{self.path}:{line}: " if line else f"{self.path}: " if self.path else ""
        super().__init__(f"{place}{reason}")


class SettingsError(BookError):
    """Wrong settings: nothing can be judged before they are mended."""
