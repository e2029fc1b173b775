"""What looks like it runs and is not held: said, so that a green gate is not taken for more."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ..settings import Settings
from .chapter import Chapter

_DOCSTRING_FENCE = re.compile(r"^\s+(?:```+|~~~+) *(?:python|py)\b[^\n]*\bexec=", re.MULTILINE)
_NOTEBOOKS = {".ipynb": "notebook", ".qmd": "Quarto page"}


def unheld(settings: Settings, chapters: list[Chapter]) -> list[str]:
    """Return sentences on the executed code of a book that the gate does not hold.

    Args:
        settings: The book.
        chapters: All its chapters.
    """
    others = sum((chapter.others for chapter in chapters), Counter[str]())
    notes = []
    if others:
        kinds = ", ".join(f"{number} {name}" for name, number in sorted(others.items()))
        said = "block of another kind is" if others.total() == 1 else "blocks of other kinds are"
        notes.append(f"{others.total()} {said} not held ({kinds}): markdown-exec runs them")
    if fences := sum(1 for _ in _docstring_fences(settings)):
        blocks = f"{fences} executed block{'s' * (fences != 1)}"
        notes.append(f"{blocks} in docstrings are not held: markdown-exec runs them")
    for suffix, name in _NOTEBOOKS.items():
        found = [
            p for p in settings.docs_dir.rglob(f"*{suffix}") if ".ipynb_checkpoints" not in p.parts
        ]
        if found:
            files = f"{len(found)} {name}{'s' * (len(found) != 1)}"
            notes.append(
                f"{files} ({suffix}) are not held, as {settings.relative(found[0])}: bookproof "
                f"runs Markdown pages and percent scripts (# %%)"
            )
    if not any(chapter.blocks for chapter in chapters):
        notes.append(
            f'nothing to hold: no page under {settings.docs}/ has a python fence with exec="1"'
        )
    return notes


def _docstring_fences(settings: Settings) -> Iterator[str]:
    """Find the executed fences in the modules that mkdocstrings shows."""
    plugin = settings.builder.plugins.get("mkdocstrings")
    if plugin is None:
        return
    handlers = plugin.get("handlers") or {}
    paths = (handlers.get("python") or {}).get("paths") or ["."]
    for part in dict.fromkeys(map(str, paths)):
        for folder, names, files in os.walk(settings.root / part):
            names[:] = [n for n in names if not n.startswith(".") and n not in ("site", "build")]
            if "pyvenv.cfg" in files:
                names.clear()
                continue
            for name in files:
                if name.endswith(".py"):
                    text = Path(folder, name).read_text("utf-8", errors="replace")
                    yield from _DOCSTRING_FENCE.findall(text) if "exec=" in text else []
