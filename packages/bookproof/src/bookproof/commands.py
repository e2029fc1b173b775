"""What each command does; `__main__` reads the command line."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Mapping
from pathlib import Path

from .errors import BookError
from .explain import explain
from .files import write_text
from .judge import accept, drift_report, gate, margin, numbers, recording
from .judge.report import Report
from .page.finish import finish
from .parse.chapter import Chapter
from .parse.unheld import unheld
from .run.cache import book_key
from .run.processes import Processes
from .run.results import ChapterResult
from .run.world import World
from .settings import Settings

_ROUNDS = 3  # a page may show what is recorded of another, and that one of a third


def perform(
    settings: Settings, options: argparse.Namespace, processes: Processes | None = None
) -> int:
    """Do what the command line asks for, in a book; return the exit status.

    Args:
        settings: Those of the book.
        options: What the command line says.
        processes: Where chapters are to be run, if that was begun already.
    """
    match options.command:
        case "key":
            print(book_key(settings, gate.choose(settings, [])))
            return 0
        case "explain":
            return explain(settings, options.place)
        case "finish":
            return _finish(settings, Path(options.site))
        case "numbers":
            return _numbers(settings, options.chapters)
        case "report":
            return _report(settings, Path(options.file), options.chapters)
        case "margin":
            return _margin(settings, options.chapters, options.env)
        case "record":
            return _record(settings, options.chapters, options.needs, processes)
        case _:
            annotate = options.format == "github"
            return _check(settings, options.chapters, options.fresh, annotate, processes)


def _check(
    settings: Settings,
    names: list[str],
    fresh: bool,
    annotate: bool,
    processes: Processes | None,
) -> int:
    report = Report(settings, sys.stdout, annotate)
    with contextlib.closing(gate.Gate(settings, fresh, processes)) as door:
        chosen = gate.choose(settings, names)
        judged = door.judge(chosen, report.progress, twice=True)
    stray, notes = ([], []) if names else _of_the_whole(settings, chosen)
    notes += door.cache.complaints
    return report.checked(judged, stray, notes, whole=not names)


def _record(settings: Settings, names: list[str], need: str, processes: Processes | None) -> int:
    if need and need not in settings.needs:
        raise BookError(
            f"--needs {need!r}: the book's needs are {', '.join(settings.needs) or 'none'}"
        )
    chosen = gate.choose(settings, names)
    if need:
        chosen = [c for c in chosen if any(need in b.needs for b in c.blocks)]
    report = Report(settings, sys.stdout)
    judged: dict[str, gate.Judged] = {}
    changed: list[str] = []
    moved: set[str] = set()  # files of recordings
    with contextlib.closing(gate.Gate(settings, processes=processes)) as door:
        if need and not door.has(need):
            raise BookError(f"--needs {need!r}: this machine lacks it")
        todo = chosen
        for _ in range(_ROUNDS):
            found = door.judge(todo, report.progress, twice=True)
            judged |= {one.chapter.path: one for one in found}
            written = [one.chapter for one in found if accept.record(settings, one, need)]
            changed += [c.path for c in written if c.path not in changed]
            files = {settings.relative(recording.file_of(settings, c)) for c in written}
            moved |= files
            todo = [one.chapter for one in judged.values() if _has_read(one.result, files)]
    part = bool(names or need)
    stray, notes = ([], []) if part else _of_the_whole(settings, chosen)
    notes += [*door.cache.complaints, *(_left(settings, door, judged, moved) if part else [])]
    for name in stray:
        (settings.root / name).unlink(missing_ok=True)
        changed.append(f"{name} (removed)")
    return report.recorded(list(judged.values()), changed, need, notes)


def _has_read(result: ChapterResult | None, files: set[str]) -> bool:
    """Say whether a chapter's code has read one of these files, or looked for it in vain."""
    return result is not None and bool({name.removeprefix("?") for name in result.asked} & files)


def _left(
    settings: Settings, door: gate.Gate, judged: Mapping[str, gate.Judged], moved: set[str]
) -> list[str]:
    """Name the chapters that were not asked for, and have shown what is another recording now."""
    everything = {c.path: c for c in gate.choose(settings, [])}
    others = [c for path, c in everything.items() if path not in judged]
    behind = door.behind(others, everything, World(settings))
    found = [path for path, one in behind.items() if _has_read(one.result, moved)]
    return [f"{path} shows what is recorded of another page: record it, too" for path in found]


def _of_the_whole(settings: Settings, chapters: list[Chapter]) -> tuple[list[str], list[str]]:
    """Name the recordings that no chapter owns, and what nobody holds."""
    return recording.orphans(settings, chapters), unheld(settings, chapters)


def _numbers(settings: Settings, names: list[str]) -> int:
    counted, problems = numbers.check(settings, gate.choose(settings, names), whole=not names)
    for problem in problems:
        print(problem)
    print(counted)
    return int(bool(problems))


def _report(settings: Settings, file: Path, names: list[str]) -> int:
    if file.exists() and not file.is_file():
        raise BookError("a report is written to a regular file, and this is none", str(file))
    progress = Report(settings, sys.stderr)
    with contextlib.closing(gate.Gate(settings)) as door:
        judged = door.elsewhere(gate.choose(settings, names), {}, progress.progress)
        usual = {j.chapter.path: door.cache.last(j.chapter.path) for j in judged}
    progress.clear()
    write_text(file, drift_report.report(settings, judged, file, usual))
    print(f"wrote {file}")
    return 0


def _margin(settings: Settings, names: list[str], named: list[str]) -> int:
    chosen = gate.choose(settings, names)
    tried = []
    report = Report(settings, sys.stderr)
    with contextlib.closing(gate.Gate(settings)) as door:
        for env in margin.environments(settings, named):
            judged = door.elsewhere(chosen, env, report.progress)
            tried.append((margin.written(env), judged))
    report.clear()
    lines, drifts = margin.report(tried)
    print("\n".join(lines))
    return int(drifts)


def _finish(settings: Settings, site: Path) -> int:
    with contextlib.closing(gate.Gate(settings)) as door:
        judged = door.judge(gate.choose(settings, []), Report(settings, sys.stderr).progress)
    finish(settings, judged, site, settings.builder.address)
    print(f"finished {site}")
    return 0
