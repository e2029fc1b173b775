"""Let what a chapter imports of the book be what stands in its files."""

from __future__ import annotations

import importlib.machinery
import os
from collections.abc import Iterable
from typing import Any


def believe_sources(root: str, ignore: Iterable[str]) -> None:
    """Compile the book's modules from their sources at each import.

    Python believes a compiled copy whose source has the same size and the same second, as after
    two quick edits of a digit.
    """
    loader = importlib.machinery.SourceFileLoader
    usual = loader.path_stats
    apart = tuple(os.path.join(root, i) for i in ignore)

    def path_stats(self: importlib.machinery.SourceFileLoader, path: str) -> Any:
        if path.startswith(root + os.sep) and not path.startswith(apart):
            raise OSError  # the import system then leaves compiled copies alone
        return usual(self, path)

    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"  # so that a script of the book finds none either
    loader.path_stats = path_stats  # type: ignore[method-assign]
