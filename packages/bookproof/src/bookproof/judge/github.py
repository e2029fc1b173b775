"""Annotations of a pull request, as GitHub's runner reads them from a step's output.

The commands and their escapes: https://docs.github.com/actions/reference/workflow-commands and
`escapeData` and `escapeProperty` of actions/toolkit.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from ..settings import Settings
from . import differs
from .causes import Item

_LONGEST = 4000  # characters of one message
_TITLES = {
    "drift": "The output drifted",
    "new": "Not recorded yet",
    "failed": "The block failed",
    "unstable": "The output is another each time",
    "stale": "The replay no longer holds",
    "outdated": "The replay would be stale elsewhere",
    "orphan": "No block owns this output",
}


def errors(settings: Settings, groups: Iterable[list[Item]]) -> list[str]:
    """Return an annotation for each thing to be mended.

    GitHub shows ten of a step, so that of each group the first comes before all others.
    """
    parted = list(groups)
    ordered = [g[0] for g in parted if g] + [item for g in parted for item in g[1:]]
    return [_error(settings, item) for item in ordered]


def _error(settings: Settings, item: Item) -> str:
    title = _TITLES[item.verdict.kind] if item.verdict else "The book has a problem"
    properties = {
        "file": _from_checkout(settings, item.path),
        "line": str(item.line),
        "title": title,
    }
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::error {said}::{_data(differs.fit(item.message)[:_LONGEST])}"


def _from_checkout(settings: Settings, path: str) -> str:
    """Name a file from the root of the checkout, which the book may be a folder of."""
    checkout = os.environ.get("GITHUB_WORKSPACE", "")
    if not checkout:
        return path
    file = (settings.root / path).resolve()
    top = Path(checkout).resolve()
    return file.relative_to(top).as_posix() if top in file.parents else path


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
