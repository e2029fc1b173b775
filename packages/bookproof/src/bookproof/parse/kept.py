"""Keep what was made of a page while its text, and each file that it includes, is the same.

While a book is served, each build asks for all its pages, of which an author edits one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from .snippets import Snippets, Standing

T = TypeVar("T")


class Kept:
    """What was made last, by what it is and of which text.

    Args:
        snippets: Reads the files that pages include.
    """

    def __init__(self, snippets: Snippets) -> None:
        self._snippets = snippets
        self._made: dict[str, tuple[str, dict[str, Standing], Any]] = {}

    def made(self, what: str, text: str, make: Callable[[], T]) -> T:
        """Return what `make` returned for this text the last time, or call it anew."""
        standing = self._snippets.standing
        known = self._made.get(what)
        if known and known[0] == text and all(standing(n) == was for n, was in known[1].items()):
            found: T = known[2]
            return found
        with self._snippets.looking() as looked:
            new = make()
        self._made[what] = text, looked, new
        return new
