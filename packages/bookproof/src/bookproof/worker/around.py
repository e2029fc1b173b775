"""Find what stands below a folder, and what a pattern matches; a watch must be quiet meanwhile."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator


def below(folder: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Walk as `os.walk` does, also where links lead, through each folder once."""
    been: set[str] = set()
    for base, names, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(base)
        if real in been:
            names.clear()
            continue
        been.add(real)
        yield base, names, files


def is_pattern(path: str) -> bool:
    """Say whether a path has signs that stand for others."""
    return any(sign in path for sign in "*?[")


def matching(pattern: str) -> tuple[list[str], list[str]]:
    """Return what matches a pattern, and the folders where one more could; the last may lack."""
    found, place = sorted(glob.glob(pattern, recursive=True)), pattern
    folders: set[str] = set()
    while is_pattern(place):
        place = os.path.dirname(place)
        folders.update(filter(os.path.isdir, glob.glob(place, recursive=True)))
    return found, [*sorted(folders - {place}), place]
