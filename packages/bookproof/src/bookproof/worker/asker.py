"""Say who asks: a block or other code of the book, a library, Python itself."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from typing import Any

from . import places
from .origins import ENGINE

PYTHON = (places.folder(os.path.dirname(os.__file__)), "<frozen ")
IMPORTING = ("<frozen importlib", places.folder(os.path.dirname(importlib.__file__)))


def asker() -> Any:
    """Return the frame that asks; none where Python itself opens its script."""
    frame: Any = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(ENGINE):
        frame = frame.f_back
    return frame


def stands_in(frame: Any, begins: tuple[str, ...]) -> bool:
    """Say whether a frame's code is in files whose names begin so."""
    return frame is not None and frame.f_code.co_filename.startswith(begins)


def by_removal(frame: Any) -> bool:
    """Say whether a folder is opened to be removed."""
    return (
        frame is not None
        and "_rmtree" in frame.f_code.co_name
        and frame.f_code.co_filename == shutil.__file__
    )


def by_library(packages: tuple[str, ...]) -> bool:
    """Say whether an installed package asks, by way of Python's own modules or not.

    Args:
        packages: The folders that packages are installed in.
    """
    frame: Any = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(packages) and not file.startswith(ENGINE):
            return True
        if not file.startswith((ENGINE, *PYTHON)):
            return False
        frame = frame.f_back
    return False
