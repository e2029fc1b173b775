"""`python -m bookproof check|record|key`: the gate as a command of its own."""

from __future__ import annotations

import argparse
import sys

from . import accept, gate, recording, results
from .report import Report
from .settings import BookError, Settings, load


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 0 when all is well, 1 when not, 130 on Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="bookproof", description="Hold every output of a book to its recording."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="run and compare; change nothing")
    record = commands.add_parser(
        "record", help="accept the outputs that changed; review them with git diff"
    )
    commands.add_parser(
        "key", help="print one name for all that decides the outputs, for a CI cache"
    )
    for command in (check, record):
        command.add_argument("chapters", nargs="*", help="such as tensors/shapes; all by default")
    record.add_argument(
        "--needs", default="", metavar="NEED", help="accept only blocks that need this"
    )
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        settings = load()
        if options.command == "key":
            print(results.book_key(settings, gate.choose(settings, [])))
            return 0
        need = options.needs if options.command == "record" else ""
        return _run(settings, options.chapters, options.command == "record", need)
    except BookError as error:
        print(f"bookproof: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "\nbookproof: interrupted; nothing is half-written, run it again to go on",
            file=sys.stderr,
        )
        return 130


def _run(settings: Settings, names: list[str], recording_too: bool, need: str) -> int:
    if need and need not in settings.needs:
        raise BookError(
            f"--needs {need!r}: the book's needs are {', '.join(settings.needs) or 'none'}"
        )
    chosen = gate.choose(settings, names)
    if need:
        chosen = [c for c in chosen if any(need in b.needs for b in c.blocks)]
    report = Report(settings, sys.stdout)
    door = gate.Gate(settings)
    try:
        if need and not door.has(need):
            raise BookError(f"--needs {need!r}: this machine lacks it")
        judged = door.judge(chosen, report.progress)
    finally:
        door.close()
    stray = [] if names or need else recording.orphans(settings, chosen)
    if recording_too:
        changed = [j.chapter.path for j in judged if accept.record(settings, j, need)]
        for name in stray:
            (settings.root / name).unlink(missing_ok=True)
            changed.append(f"{name} (removed)")
        return report.recorded(judged, changed, need)
    return report.checked(judged, stray)


if __name__ == "__main__":
    sys.exit(main())
