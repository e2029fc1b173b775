"""`bookproof`: the gate as a command of its own."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
from pathlib import Path

from . import __version__
from .errors import BookError, SettingsError
from .run.processes import open_processes
from .settings import load

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
    record.set_defaults(fresh=False)
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
        if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            signal.signal(signal.SIGHUP, _terminate)  # the terminal is gone
        if options.command == "init":
            from .init import init

            return init(Path(options.folder))
        return _in_a_book(options)
    except BookError as error:
        from .judge.differs import fit

        print(fit(f"bookproof: {error}"), file=sys.stderr)
        return 2 if isinstance(error, SettingsError) else 1
    except BrokenPipeError:  # whoever reads what this says has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except OSError as error:
        what = error.filename or "standard output, or the working folder"
        print(f"bookproof: {what}: {error.strerror}", file=sys.stderr)
        return 1
    except _Terminated as asked:
        return 128 + int(asked.args[0])
    except KeyboardInterrupt:
        print(
            "\nbookproof: interrupted; nothing is half-written, run it again to go on",
            file=sys.stderr,
        )
        return 130


def _in_a_book(options: argparse.Namespace) -> int:
    """Do what is asked for; where all chapters will run, begin that before anything else.

    To import what they share takes longer than to import what the commands need.
    """
    settings = load()
    nothing_kept = not settings.results_dir.is_dir()
    runs_all = options.command in ("check", "record") and (nothing_kept or options.fresh)
    processes = open_processes(settings) if runs_all else None
    try:
        from .commands import perform

        return perform(settings, options, processes)
    finally:
        if processes is not None:
            processes.close()


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


def _terminate(number: int, _: object) -> None:
    raise _Terminated(number)


if __name__ == "__main__":
    sys.exit(main())
