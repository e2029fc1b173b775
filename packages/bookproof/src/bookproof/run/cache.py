"""Keep what running a chapter gave, for as long as it is true."""

from __future__ import annotations

import contextlib
import hashlib
import json
import platform
from dataclasses import asdict
from functools import cache as memoize
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..files import EVERY_MODULE, write_json
from ..parse.chapter import Chapter
from ..settings import BookError, Settings
from .environment import passed
from .results import BlockResult, ChapterResult
from .world import World, told

_DECIDE = (
    "parse/*.py",
    "worker/**/*.py",
    "run/*.py",
    "files.py",
    "definitions.py",
    "tracebacks.py",
)  # what a run gives


def decisive(root: Path) -> list[str]:
    """Name what of the engine its identity stands for, where it stands under a book's root."""
    engine = Path(__file__).parents[1]
    if root not in engine.parents:
        return []
    inside = engine.relative_to(root).as_posix()
    return sorted({f"{inside}/{pattern.partition('*')[0]}" for pattern in _DECIDE})


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


def versions(settings: Settings) -> dict[str, str]:
    """Return the versions that make an output what it is, Python's among them."""
    return {**{p: _version(p) for p in settings.packages}, "Python": platform.python_version()}


def key(settings: Settings, chapter: Chapter, has: dict[str, bool]) -> str:
    """Name all that decides a chapter's results, but for the files that it opens."""
    parts = [engine_id(), platform.system(), platform.machine(), json.dumps(versions(settings))]
    parts.append(json.dumps([settings.env, passed(settings), settings.path, settings.preload]))
    parts.append(json.dumps([settings.start, settings.describe, settings.shows]))
    for block in chapter.blocks:
        files = sorted({file for file, _ in block.origins})
        lacks = [has[n] for n in block.needs]
        own = [block.run_options, block.alone, block.last_value]
        parts.append(json.dumps([block.code, own, files, lacks]))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def stale(world: World, chapter: Chapter, result: ChapterResult | None, key: str) -> str:
    """Say why results of a chapter are no longer true of it; empty if they are."""
    if result is None:
        return "nothing is kept of an earlier run"
    if result.key != key:
        return "the page's code, the settings, the engine or a version changed"
    if not isinstance(result.asked, dict):
        return "what is kept of the last run cannot be read"
    if result.lines not in ("", chapter.lines):
        return "its code stands in other lines, of which it may speak"
    names = [told(name) for name in moved(world, result)]
    return f"changed since: {', '.join(names)}" if names else ""


def moved(world: World, result: ChapterResult) -> list[str]:
    """Name what a chapter asked of the world that has another answer now."""
    return [name for name, state in result.asked.items() if world.state(name) != state]


def reason(world: World, chapter: Chapter, result: ChapterResult | None, key: str) -> str:
    """Say whether a chapter has to run, and why."""
    why = stale(world, chapter, result, key)
    return (
        f"now: {why}"
        if why
        else f"on {result.date if result else ''}, and nothing has changed since"
    )


class Cache:
    """The last results of each chapter, in one file each."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.results_dir
        self.complaints: list[str] = []  # why nothing is kept

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

    def find(self, chapter: Chapter, key: str, world: World) -> ChapterResult | None:
        """Return the results that are still true of the chapter, if any."""
        result = self.last(chapter.path)
        if stale(world, chapter, result, key) or result is None:
            return None
        return result if len(result.blocks) == len(chapter.blocks) else None

    def drop(self, chapter: str) -> None:
        """Forget the results of a chapter."""
        with contextlib.suppress(OSError):
            self._file(chapter).unlink(missing_ok=True)

    def keep(self, chapter: str, result: ChapterResult) -> None:
        """Remember the results of a chapter; where that cannot be, it costs the next run's time."""
        try:
            write_json(self._file(chapter), asdict(result))
        except OSError as error:
            place = self.settings.relative(self.folder)
            said = f"{place}: nothing can be kept there ({error.strerror}): all runs again"
            self.complaints = [said]


def book_key(settings: Settings, chapters: list[Chapter]) -> str:
    """Name all that decides the outputs of the whole book: its code, its versions, the engine."""
    digest = hashlib.sha256()
    for chapter in chapters:
        has = {need: False for block in chapter.blocks for need in block.needs}
        digest.update(key(settings, chapter, has).encode())
    digest.update(World(settings).state(EVERY_MODULE).encode())
    return digest.hexdigest()[:20]
