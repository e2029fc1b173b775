"""Expand the includes of a page (`--8<-- "path:section"`), and remember where each line stands.

The expanding is pymdownx's own, with the options that the book gives it, so that an include means
here what it means on the page.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from markdown import Markdown
from pymdownx.snippets import SnippetExtension, SnippetMissingError, SnippetPreprocessor

from ..files import relative
from ..settings import Settings, SettingsError


class Line(NamedTuple):
    """A line of a page: its text, the file and line that it comes from, the page's own line."""

    text: str
    origin: tuple[str, int]
    at: int


Standing = tuple[str | None, bytes | None]  # which file it is, and what is in it

_INCLUDE = re.compile(r"^[ \t]*-+8<-+(?![^ \t\"'-])")
_EXECUTED = re.compile(rb"^[ \t>]*(`{3,}|~{3,}).*\bexec\s*=", re.MULTILINE)
_MARK = re.compile(r"-+8<-+[ ]+\[[ ]*(?:start|end)[ ]*:", re.IGNORECASE)


class SnippetError(Exception):
    """An include that cannot be expanded."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class Snippets:
    """Expands the includes of pages, as the book's configuration asks for."""

    def __init__(self, settings: Settings) -> None:
        options = settings.builder.snippets
        if options is None and settings.builder.file is not None:
            self._reader = None  # the site does not expand them either
            return
        if options is None:
            options = {"check_paths": True, "dedent_subsections": True}
        bases = options.get("base_path", ["."])
        bases = [bases] if isinstance(bases, str) else bases
        known = {k: v for k, v in options.items() if k in SnippetExtension().config}
        known["base_path"] = [str(settings.root / str(base)) for base in bases]
        known |= {"url_download": False, "auto_append": []}  # the second may bring none
        try:
            "".encode(known.get("encoding") or "utf-8")
            configs = SnippetExtension(**known).getConfigs()
        except (LookupError, TypeError, ValueError) as error:
            said = f"markdown_extensions: an option of pymdownx.snippets is wrong: {error}"
            raise SettingsError(said, settings.builder.file or "") from error
        self._reader = _Reader(configs, Markdown(), settings.root)
        for name in options.get("auto_append") or []:
            data = self._reader.standing(str(name))[1]
            if data and _EXECUTED.search(data):
                said = (
                    f"pymdownx.snippets: auto_append {name!r} holds a block to execute, which "
                    "would stand on each page and be held on none; write --8<-- where it is wanted"
                )
                raise SettingsError(said, settings.builder.file or "")

    @contextmanager
    def looking(self) -> Iterator[dict[str, Standing]]:
        """Gather what is looked for meanwhile, by its name in the include, as it is then."""
        looked: dict[str, Standing] = {}
        if self._reader is None:
            yield looked
            return
        self._reader.looked = looked
        try:
            yield looked
        finally:
            self._reader.looked = {}

    def standing(self, name: str) -> Standing:
        """Return what an include's name stands for now."""
        return (None, None) if self._reader is None else self._reader.standing(name)

    def expand(self, path: str, first: int, lines: list[str]) -> list[Line]:
        """Replace include lines by what they name.

        Args:
            path: The chapter, for the places of its own lines.
            first: The chapter's line number of `lines[0]`.
            lines: Lines of the chapter.

        Raises:
            SnippetError: No such file or section, or an include written another way.
        """
        own = [Line(line, (path, first + n), first + n) for n, line in enumerate(lines)]
        if self._reader is None or not any("8<-" in line for line in lines):
            return own
        found: list[Line] = []
        number = 0
        while number < len(own):
            line = own[number]
            text = line.text
            number += 1
            if not _INCLUDE.match(text) or _MARK.search(text):
                found.append(
                    line._replace(text=text.replace(";", "", 1)) if _escaped(text) else line
                )
                continue
            include = [text]
            if text.strip().strip("-") == "8<":  # paths on lines of their own, up to another sign
                while number < len(own):
                    include.append(own[number].text)
                    number += 1
                    if include[-1].strip() == text.strip():
                        break
            found += self._reader.read(include, line)
        return found


def _escaped(text: str) -> bool:
    return re.match(r"^[ \t]*;+-+8<-+", text) is not None


class _Reader(SnippetPreprocessor):
    """Reads included files as the page does."""

    def __init__(self, config: dict[str, Any], md: Markdown, root: Path) -> None:
        super().__init__(config, md)
        self._root = root
        self.looked: dict[str, Standing] = {}

    def get_snippet_path(self, path: str) -> str | None:
        found = self._find(path)
        if found and not os.path.isfile(found) and not os.path.isdir(found):
            raise OSError(0, "it is no regular file")  # reading a pipe or a device may never end
        return found

    def _find(self, path: str) -> str | None:
        if path not in self.looked:
            self.looked[path] = self.standing(path)
        found: str | None = super().get_snippet_path(path)
        return found

    def standing(self, name: str) -> Standing:
        self.bases = None
        file = super().get_snippet_path(name)
        try:
            return file, Path(file).read_bytes() if file and os.path.isfile(file) else None
        except OSError:  # gone again
            return file, None

    def read(self, include: list[str], line: Line) -> list[Line]:
        place = line.origin
        self.bases = None
        if len(include) == 1 and not self.RE_ALL_SNIPPETS.match(include[0]):
            meant = include[0].split("8<")[1].strip("- \t\"'").partition(":")[0]
            if meant and self._find(meant):
                wrong = f'an include is written --8<-- "path:section", not {include[0].strip()!r}'
                raise SnippetError(place[1], wrong)
            return [line]
        try:
            lines = self.run(include)
        except SnippetMissingError as error:
            raise SnippetError(place[1], self._why(include[0], error)) from error
        except (OSError, ValueError) as error:
            named = include[0].strip()
            reason = error.strerror if isinstance(error, OSError) else str(error)
            reason = f"not UTF-8 text: {error}" if isinstance(error, UnicodeError) else reason
            raise SnippetError(place[1], f"cannot include {_path(named)!r}: {reason}") from error
        return [Line(text, origin, line.at) for text, origin in self._placed(include, lines, line)]

    def _placed(
        self, include: list[str], lines: list[str], line: Line
    ) -> Iterator[tuple[str, tuple[str, int]]]:
        """Say of each line that an include brought where in the file it stands.

        The lines are looked up in the file in their order. One that is not there, since the file
        includes another, stands for the include itself.
        """
        path, colon, rest = _path(include[0]).partition(":")
        file = self.get_snippet_path(path) if len(include) == 1 else None
        if file is None or not Path(file).is_file():
            yield from ((text, line.origin) for text in lines)
            return
        name = relative(file, self._root)
        there = Path(file).read_text("utf-8", errors="replace").expandtabs(4).split("\n")
        at = _beginning(there, rest) if colon else 0
        for text in lines:
            wanted = text.expandtabs(4).strip()
            found = next((n for n in range(at, len(there)) if there[n].strip() == wanted), None)
            if found is None:
                yield text, line.origin
            else:
                at = found + 1
                yield text, (name, at)

    def _why(self, include: str, error: Exception) -> str:
        section = re.search(r"section '([^']*)'", str(error))
        if section:
            return f"{_path(include).rpartition(':')[0]!r} has no section {section[1]!r}"
        return f"cannot include {_path(include)!r}: No such file or directory"


def _beginning(lines: list[str], rest: str) -> int:
    """Return the index of the first line of a section, or of lines by their numbers."""
    if rest[:1].isdigit():
        return max(0, int(re.match(r"\d+", rest)[0]) - 1)  # type: ignore[index]
    start = re.compile(rf"-+8<-+[ ]+\[[ ]*start[ ]*:[ ]*{re.escape(rest)}[ ]*\]", re.IGNORECASE)
    return next((n + 1 for n, text in enumerate(lines) if start.search(text)), 0)


def _path(include: str) -> str:
    found = re.search(r"([\"'])(.+)\1", include)
    return found[2] if found else include.strip()
