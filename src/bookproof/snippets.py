"""Expand the `--8<-- "path:section"` lines of a block, and remember where each line stands."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

_INCLUDE = re.compile(
    r'^(?P<indent>[ ]*)-+8<-+[ ]+(["\'])(?P<path>[^"\':]+)(?::(?P<section>[\w-]+))?\2[ ]*$'
)
_MARK = re.compile(
    r"-+8<-+[ ]+\[[ ]*(?P<kind>start|end)[ ]*:[ ]*(?P<name>[\w-]+)[ ]*\]", re.IGNORECASE
)


class SnippetError(Exception):
    """An include that cannot be expanded."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def expand(
    root: Path, path: str, first: int, lines: list[str]
) -> tuple[list[str], list[tuple[str, int]]]:
    """Replace include lines by what they name.

    Args:
        root: Folder that the included paths start from.
        path: The chapter, for the origins of its own lines.
        first: The chapter's line number of `lines[0]`.
        lines: The lines of the block.

    Returns:
        The expanded lines, and for each the file and line that it stands in.

    Raises:
        SnippetError: No such file or section, or an include written another way.
    """
    code: list[str] = []
    origins: list[tuple[str, int]] = []
    for number, line in enumerate(lines, first):
        if not re.search(r"^\s*-+8<-+", line):
            code.append(line)
            origins.append((path, number))
            continue
        match = _INCLUDE.match(line)
        if match is None:
            raise SnippetError(
                number, f'an include is written --8<-- "path:section", not {line.strip()!r}'
            )
        for at, text in _read(root, number, match["path"], match["section"]):
            code.append((match["indent"] + text).rstrip())
            origins.append((match["path"], at))
    return code, origins


def _read(root: Path, number: int, path: str, section: str | None) -> list[tuple[int, str]]:
    try:
        text = (root / path).read_text("utf-8")
    except OSError as error:
        raise SnippetError(number, f"cannot include {path!r}: {error.strerror}") from error
    numbered = list(enumerate(text.expandtabs(4).split("\n"), 1))
    if section is None:
        return [(at, line) for at, line in numbered if not _MARK.search(line)]
    chosen: list[tuple[int, str]] = []
    inside = found = False
    for at, line in numbered:
        mark = _MARK.search(line)
        if mark and mark["name"] == section:
            if mark["kind"].lower() == "end":
                break
            inside = found = True
        elif inside and not mark:
            chosen.append((at, line))
    if not found:
        raise SnippetError(number, f"{path!r} has no section {section!r}")
    if not chosen:
        return []
    dedented = textwrap.dedent("\n".join(line for _, line in chosen)).split("\n")
    return [(at, line) for (at, _), line in zip(chosen, dedented, strict=True)]
