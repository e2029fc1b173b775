"""What running a chapter gave, and its place in the cache."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from dataclasses import asdict, dataclass, field
from functools import cache as memoize
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from .block import Block
from .chapter import Chapter
from .job import write_json
from .settings import BookError, Settings
from .watch import EVERY_MODULE, content

_RUN_SOURCES = (
    *(
        "block.py",
        "cells.py",
        "chapter.py",
        "child.py",
        "job.py",
        "options.py",
        "processes.py",
        "results.py",
        "runner.py",
        "scan.py",
        "shown.py",
        "snippets.py",
    ),
    *("watch.py", "zygote.py"),
)
_LINE = r"\{([0-9a-f]{10}|)\+(\d+)\}"


@dataclass(frozen=True)
class BlockResult:
    """What one block did.

    Attributes:
        state: `ran`, `raised` (as its fence expects), `failed`, `lacking` (this machine lacks what
            it needs) or `not-run` (an earlier block failed).
        output: What it printed, and the traceback that it was expected to raise. The chapter's own
            line numbers stand in it as `hide_lines` leaves them.
        problem: Why it failed, for people.
        problem_line: The Markdown line that is to blame.
        stderr: What it wrote to standard error, when that is no part of its output.
        seconds: How long it ran.
    """

    state: str
    output: str = ""
    problem: str = ""
    problem_line: int = 0
    stderr: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class ChapterResult:
    """What one run of a chapter gave, and with what."""

    key: str
    blocks: list[BlockResult]
    machine: dict[str, str]
    versions: dict[str, str]
    date: str
    files: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether every block did what its fence expects."""
        return all(b.state in ("ran", "raised", "lacking") for b in self.blocks)

    @property
    def seconds(self) -> float:
        """How long its code ran."""
        return sum(b.seconds for b in self.blocks)

    @property
    def origin(self) -> str:
        """Name what it ran with: versions, device, threads, date."""
        versions = [f"{name} {number}" for name, number in self.versions.items()]
        machine = [v if k != "threads" else f"threads {v}" for k, v in self.machine.items()]
        return " · ".join([*versions, *machine, self.date])


@memoize
def engine_id() -> str:
    """Name the engine's source that decides what a run gives."""
    digest = hashlib.sha256()
    for name in _RUN_SOURCES:
        digest.update(Path(__file__).with_name(name).read_bytes())
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
        own = {
            k: block.options.get(k)
            for k in ("needs", "raises", "session", "stderr", "limit", "width", "as", "id", "title")
        }
        files = [file for file, _ in block.origins]
        parts.append(
            json.dumps([block.code, own, sorted(set(files)), [has[n] for n in block.needs]])
        )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


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
        if result is None:
            return None
        files = result.files
        if (
            result.key != key
            or not isinstance(files, dict)
            or any(content(self.settings.root, f) != c for f, c in files.items())
        ):
            return None
        return result

    def keep(self, chapter: str, result: ChapterResult) -> None:
        """Remember the results of a chapter."""
        write_json(self._file(chapter), asdict(result))


def hide_lines(chapter: Chapter, block: Block, text: str) -> str:
    """Replace the chapter's own line numbers in `text` by places that edits of prose do not move.

    A line of the block that printed `text` becomes `{+N}`, N lines below its fence; a line of
    another block is named with that block's code.
    """
    owner = {n: b for b in chapter.blocks for f, n in b.origins if f == chapter.path}

    def place(match: re.Match[str]) -> str:
        at = owner.get(int(match[2]))
        if at is None:
            return match[0]
        name = "" if at is block else at.code_id
        return f"{match[1]}{{{name}+{int(match[2]) - at.line}}}"

    return re.sub(_before_line(chapter) + r"(\d+)", place, text)


def _before_line(chapter: Chapter) -> str:
    """Return the pattern of what stands before one of the chapter's line numbers."""
    name = re.escape(chapter.path)
    return rf'({name}:|File "{name}", line )'


def show_lines(chapter: Chapter, block: Block, text: str) -> str:
    """Put the chapter's line numbers back."""
    if "{" not in text:
        return text
    lines = {b.code_id: b.line for b in chapter.blocks} | {"": block.line}

    def line(match: re.Match[str]) -> str:
        known = match[2] in lines
        return f"{match[1]}{lines[match[2]] + int(match[3])}" if known else match[0]

    return re.sub(_before_line(chapter) + _LINE, line, text)


def book_key(settings: Settings, chapters: list[Chapter]) -> str:
    """Name all that decides the outputs of the whole book: its code, its versions, the engine."""
    digest = hashlib.sha256()
    for chapter in chapters:
        has = {need: False for block in chapter.blocks for need in block.needs}
        digest.update(key(settings, chapter, has).encode())
    digest.update(content(settings.root, EVERY_MODULE).encode())
    return digest.hexdigest()[:20]
