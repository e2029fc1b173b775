"""Which pages no longer say what they said when they were last built, while a book is served.

MkDocs's `serve --dirty` builds a page again if its file is newer than what was made of it. Ours
also say what their blocks printed and what they include: a page is made of more than its file.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ..export.take import copied
from ..files import EVERY_MODULE, content
from ..judge.gate import Judged
from ..parse.block import digest
from ..parse.chapter import Chapter, Parser
from ..run.world import World

_TITLE = {
    ".md": re.compile(r"^(?:title:|# )\s*(.*)$", re.MULTILINE),
    ".py": re.compile(r"^# # (.*)$", re.MULTILINE),
}


@dataclass
class Changes:
    """What the pages were made of at the last build of this process.

    Attributes:
        dirty: Whether only pages that changed are to be built.
        now: Paths of the chapters to be built this time; None for all.
        titles: What the pages are called that were built so far, by their place among the pages.
    """

    dirty: bool = False
    now: set[str] | None = None
    titles: dict[str, str] = field(default_factory=dict)
    _made: dict[str, str] = field(default_factory=dict)
    _copied: dict[str, tuple[str, str]] = field(default_factory=dict)  # of what, and what came

    def look(self, parser: Parser, judged: Iterable[Judged], shared: Iterable[Path]) -> None:
        """Find what changed since this was last asked.

        Args:
            parser: Reads the book's pages.
            judged: All its chapters, as they are now.
            shared: Files that every page depends on.
        """
        chapters = list(judged)
        names = [f"{j.chapter.path} {_title(j.chapter)}" for j in chapters]
        every = digest(*names, *(content(parser.settings.root, str(path)) for path in shared))
        modules = World(parser.settings).state(EVERY_MODULE)
        made = {
            j.chapter.path: digest(every, *_parts(parser, j), self._copy(parser, j, modules))
            for j in chapters
        }
        changed = {path for path, parts in made.items() if self._made.get(path) != parts}
        self.now = changed if self.dirty and self._made else None
        self._made = made

    def _copy(self, parser: Parser, judged: Judged, modules: str) -> str:
        """Name what the copy buttons of a page give; to find it takes long, so it is kept."""
        shown = [v.shown for v in judged.verdicts]
        source = digest(modules, judged.chapter.text, *parser.included(judged.chapter), *shown)
        known, name = self._copied.get(judged.chapter.path, ("", ""))
        if known != source:
            name = digest(*(one.text for one in copied(parser.settings, judged).values()))
            self._copied[judged.chapter.path] = source, name
        return name

    def concern(self, path: str) -> bool:
        """Say whether the page of a chapter is to be built this time."""
        return self.now is None or path in self.now


def _parts(parser: Parser, judged: Judged) -> list[str]:
    verdicts = (*judged.verdicts, *judged.orphans)
    return [
        judged.chapter.text,
        *parser.included(judged.chapter),
        *(f"{v.kind} {v.message} {v.live}" for v in verdicts),
        *judged.complaints,
    ]


def _title(chapter: Chapter) -> str:
    path = Path(chapter.path)
    found = _TITLE[path.suffix].search(chapter.text)
    return found[1] if found else path.stem


@cache
def open_changes() -> Changes:
    """Return what this process knows; MkDocs imports its hooks anew for each build."""
    logging.getLogger("mkdocs.commands.build").addFilter(_about_dirty_builds)
    return Changes()


def _about_dirty_builds(record: logging.LogRecord) -> bool:
    """Keep back MkDocs's warning at each rebuild that other pages may be stale: ours are not."""
    return not record.getMessage().startswith("A 'dirty' build")
