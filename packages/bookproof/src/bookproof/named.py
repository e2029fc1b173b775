"""Import functions of the book that its settings name, such as those of `finish` and `takes`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .errors import BookError
from .settings import Settings


@contextmanager
def importable(settings: Settings) -> Iterator[None]:
    """Let functions of the book be imported for a while."""
    before = list(sys.path)
    paths = [str(settings.root / part) for part in settings.path]
    sys.path[:0] = [path for path in paths if path not in sys.path]
    try:
        yield
    finally:
        sys.path[:] = before


def function(settings: Settings, setting: str, name: str) -> Callable[..., Any]:
    """Return a function of the book, named in its settings as `module:function`.

    Raises:
        BookError: It cannot be imported.
    """
    module, _, attribute = name.partition(":")
    with importable(settings):
        try:
            found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
        except (ImportError, AttributeError) as error:
            raise BookError(f"[tool.bookproof] {setting}: {name!r}: {error}") from error
    return found
