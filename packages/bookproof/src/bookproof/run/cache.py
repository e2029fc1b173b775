"""Keep what running a chapter gave, for as long as it is true."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from dataclasses import asdict
from functools import cache as memoize
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from ..files import EVERY_MODULE, content, write_json
from ..parse.chapter import Chapter
from ..settings import BookError, Settings
from .results import BlockResult, ChapterResult

_DECIDE = ("parse/*.py", "worker/*.py", "run/*.py", "files.py")  # what a run gives


@memoize
def engine_id() -> str:
    """Name the engine's source that decides what a run gives."""
    engine = Path(__file__).parents[1]
    rooms = sorted(file for room in _DECIDE for file in engine.glob(room))
    digest = hashlib.sha256()
    for file in rooms:
        digest.update(file.read_bytes())
    return digest.hexdigest()


@memoize
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError as error:
        raise BookError(f"[tool.bookproof] packages: {package!r} is not installed here") from error


@memoize
def _behind(packages: tuple[str, ...]) -> list[str]:
    """Name the packages and all that they require, with their versions.

    A chart is drawn by what no setting names; what tests and tools bring along draws none.
    """
    found: dict[str, str] = {}
    waiting = list(packages)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # required elsewhere, not here
            continue
        needed = (need for need in requires(name) or [] if "extra ==" not in need)
        waiting += [match[0] for need in needed if (match := re.match(r"[\w.-]+", need))]
    return sorted(f"{name} {number}" for name, number in found.items())


def versions(settings: Settings) -> dict[str, str]:
    """Return the versions that make an output what it is, Python's among them."""
    return {**{p: _version(p) for p in settings.packages}, "Python": platform.python_version()}


def key(settings: Settings, chapter: Chapter, has: dict[str, bool]) -> str:
    """Name all that decides a chapter's results, but for the files that it opens."""
    parts = [engine_id(), platform.system(), platform.machine(), json.dumps(versions(settings))]
    parts.append(json.dumps([settings.env, settings.path, settings.start, settings.describe]))
    parts.append(json.dumps([settings.shows, settings.preload, _behind(tuple(settings.packages))]))
    for block in chapter.blocks:
        files = sorted({file for file, _ in block.origins})
        lacks = [has[n] for n in block.needs]
        own = [block.run_options, block.alone, block.last_value]
        parts.append(json.dumps([block.code, own, files, lacks]))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _content(settings: Settings, name: str) -> str:
    return content(settings.root, name, settings.ignored)


def stale(settings: Settings, result: ChapterResult | None, key: str) -> str:
    """Say why results of a chapter are no longer true of it; empty if they are."""
    if result is None:
        return "nothing is kept of an earlier run"
    if result.key != key:
        return "the page's code, the settings, the engine or a version changed"
    if not isinstance(result.files, dict):
        return "what is kept of the last run cannot be read"
    moved = [f for f, c in result.files.items() if _content(settings, f) != c]
    return f"changed since: {', '.join(moved)}" if moved else ""


def reason(settings: Settings, result: ChapterResult | None, key: str) -> str:
    """Say whether a chapter has to run, and why."""
    why = stale(settings, result, key)
    return (
        f"now: {why}"
        if why
        else f"on {result.date if result else ''}, and nothing has changed since"
    )


class Cache:
    """The last results of each chapter, in one file each."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.cache_dir / "results"

    def _file(self, chapter: str) -> Path:
        return self.folder / f"{chapter}.json"

    def last(self, chapter: str) -> ChapterResult | None:
        """Return the results of the chapter's last run, true or not, if there are any."""
        try:
            values = json.loads(self._file(chapter).read_text("utf-8"))
            values["blocks"] = [BlockResult(**b) for b in values["blocks"]]
            return ChapterResult(**values)
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def find(self, chapter: str, key: str) -> ChapterResult | None:
        """Return the results that are still true of the chapter, if any."""
        result = self.last(chapter)
        return None if stale(self.settings, result, key) else result

    def drop(self, chapter: str) -> None:
        """Forget the results of a chapter."""
        self._file(chapter).unlink(missing_ok=True)

    def keep(self, chapter: str, result: ChapterResult) -> None:
        """Remember the results of a chapter."""
        write_json(self._file(chapter), asdict(result))


def book_key(settings: Settings, chapters: list[Chapter]) -> str:
    """Name all that decides the outputs of the whole book: its code, its versions, the engine."""
    digest = hashlib.sha256()
    for chapter in chapters:
        has = {need: False for block in chapter.blocks for need in block.needs}
        digest.update(key(settings, chapter, has).encode())
    digest.update(_content(settings, EVERY_MODULE).encode())
    return digest.hexdigest()[:20]
