"""Ask the system what is there, so that no watch hears it: a block may put others in their places.

Imported before the watch begins, it holds Python's own functions.
"""

from __future__ import annotations

import os
from stat import S_ISDIR, S_ISREG
from typing import Any

getcwd, getpid = os.getcwd, os.getpid
_join, _readlink, _stat, _lstat = os.path.join, os.readlink, os.stat, os.lstat


def is_there(path: str | bytes, folder: bool = False) -> bool:
    """Say whether something is there, or with `folder` whether that is one."""
    try:
        return S_ISDIR(_stat(path).st_mode) if folder else bool(_lstat(path))
    except (OSError, ValueError):
        return False


def is_file(path: str) -> bool:
    """Say whether a path is a file's, by way of links or not."""
    try:
        return S_ISREG(_stat(path).st_mode)
    except (OSError, ValueError):
        return False


def from_descriptor(folder: Any, path: str) -> str:
    """Return a path in a folder that is open by this number, as far as the system tells which."""
    if not isinstance(folder, int) or os.path.isabs(path):
        return path
    try:
        return _join(_readlink(f"/proc/self/fd/{folder}"), path)
    except OSError:
        return path
