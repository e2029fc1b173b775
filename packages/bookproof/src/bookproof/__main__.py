"""`bookproof`: the gate as a command of its own."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from . import __version__
from .errors import BookError, SettingsError
from .explain import explain
from .files import write_text
from .init import init
from .judge import accept, differs, drift_report, gate, margin, numbers, recording
from .judge.report import Report
from .page.finish import finish
from .parse.chapter import Chapter
from .parse.unheld import unheld
from .run.cache import book_key
from .run.results import ChapterResult
from .run.world import World
from .settings import Settings, load

_ROUNDS = 3  # a page may show what is recorded of another, and that one of a third

_EPILOG = """\
exit status: 0 all is well; 1 something is to be mended, each with its file and line;
2 wrong settings or arguments; 130 interrupted, with nothing half-written.
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bookproof",
        description="Run the Python blocks of a Markdown book, and hold every output to its "
        "recording.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"bookproof {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, said: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=said, description=f"{said[:1].upper()}{said[1:]}.")

    check = add("check", "run what changed and compare; change nothing")
    record = add("record", "accept the outputs that changed; review them with git diff")
    counted = add("numbers", "name the numbers in sentences that no block prints or asserts")
    for command in (check, record, counted):
        command.add_argument(
            "chapters",
            nargs="*",
            metavar="CHAPTER",
            help="guide/intro, or a folder; all by default",
        )
    check.add_argument(
        "--fresh", action="store_true", help="run everything, whatever the cache has"
    )
    check.add_argument(
        "--format",
        choices=("text", "github"),
        default="text",
        help="github: annotate the lines of a pull request, too",
    )
    record.add_argument("--needs", default="", metavar="NEED", help="only blocks that need this")
    near = add("margin", "run as other machines would, and list digits that are near a drift")
    near.add_argument("chapters", nargs="*", metavar="CHAPTER", help="all by default")
    near.add_argument(
        "--env",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="variables of one such machine, blanks between; again for the next; else `margin` "
        "of the settings",
    )
    told = add("report", "run with what is installed here, and write what it changes, for readers")
    told.add_argument("file", help="Markdown; links are as from a page in its folder")
    told.add_argument("chapters", nargs="*", metavar="CHAPTER", help="all by default")
    start = add("init", "set up a book that uses markdown-exec")
    start.add_argument("folder", nargs="?", default=".", help="of its mkdocs.yml; here by default")
    about = add("explain", "say what a block is, what it did and read, and what is recorded of it")
    about.add_argument("place", metavar="FILE:LINE", help="such as docs/guide/intro.md:41")
    done = add("finish", "add downloads, style and the book's own steps to a built site")
    done.add_argument("site", help="folder of the site")
    add("key", "print one name for all that decides the outputs, for a CI cache")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit status."""
    _fill_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        signal.signal(signal.SIGTERM, _terminate)
        if options.command == "init":
            return init(Path(options.folder))
        settings = load()
        if options.command == "key":
            print(book_key(settings, gate.choose(settings, [])))
            return 0
        if options.command == "explain":
            return explain(settings, options.place)
        if options.command == "finish":
            return _finish(settings, Path(options.site))
        if options.command == "numbers":
            return _numbers(settings, options.chapters)
        if options.command == "report":
            return _report(settings, Path(options.file), options.chapters)
        if options.command == "margin":
            return _margin(settings, options.chapters, options.env)
        if options.command == "record":
            return _record(settings, options.chapters, options.needs)
        return _check(settings, options.chapters, options.fresh, options.format == "github")
    except BookError as error:
        print(differs.fit(f"bookproof: {error}"), file=sys.stderr)
        return 2 if isinstance(error, SettingsError) else 1
    except OSError as error:
        print(f"bookproof: {error.filename or 'a file'}: {error.strerror}", file=sys.stderr)
        return 1
    except _Terminated:
        return 143
    except KeyboardInterrupt:
        print(
            "\nbookproof: interrupted; nothing is half-written, run it again to go on",
            file=sys.stderr,
        )
        return 130


def _fill_closed_streams() -> None:
    """Stand in for the streams that the caller closed, before a file takes their numbers."""
    while (number := os.open(os.devnull, os.O_RDWR)) < 3:
        os.set_inheritable(number, True)  # the blocks' processes need them, too
    os.close(number)
    for number, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w", closefd=False))


class _Terminated(BaseException):
    """Somebody asked this process to end: all that it began is ended, and nothing lies about."""


def _terminate(*_: object) -> None:
    raise _Terminated


def _check(settings: Settings, names: list[str], fresh: bool, annotate: bool) -> int:
    report = Report(settings, sys.stdout, annotate)
    with contextlib.closing(gate.Gate(settings, fresh)) as door:
        door.warm()  # while the book is read
        chosen = gate.choose(settings, names)
        judged = door.judge(chosen, report.progress, twice=True)
    stray, notes = ([], []) if names else _of_the_whole(settings, chosen)
    notes += door.cache.complaints
    return report.checked(judged, stray, notes, whole=not names)


def _record(settings: Settings, names: list[str], need: str) -> int:
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
    with contextlib.closing(gate.Gate(settings)) as door:
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


if __name__ == "__main__":
    sys.exit(main())
