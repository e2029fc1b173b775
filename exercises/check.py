"""Check answers, in a process that sees what a chapter's own code sees."""

from __future__ import annotations

import argparse
import codecs
import contextlib
import io
import sys
from collections.abc import Sequence

from bookparts.practice import chapters, find, in_reading_order, tasks, verdicts

SIGNS = {"right": "#", "not started": "."}  # in the table of progress; all else is an x
PLAIN = str.maketrans(  # what a console may lack, as it can be written without
    {
        "−": "-",
        "–": "-",
        "·": "*",
        "×": "x",
        "←": "<-",
        "→": "->",
        "…": "...",
        "≈": "~",
        "²": "^2",
        "³": "^3",
        "√": "sqrt",
        "≤": "<=",
        "≥": ">=",
        "’": "'",
        "“": '"',
        "”": '"',
        "α": "alpha",
        "β": "beta",
        "γ": "gamma",
        "δ": "delta",
        "ε": "epsilon",
        "η": "eta",
        "θ": "theta",
        "λ": "lambda",
        "μ": "mu",
        "σ": "sigma",
        "Σ": "sum",
        "∂": "d",
        "∞": "inf",
    }
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the chapters that are named, or list them all; return 0 if all answers are right."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="plain")
    parser = argparse.ArgumentParser(
        prog="python3 book.py check",
        description="Check your answers to a chapter; no name shows how far you are.",
    )
    parser.add_argument("chapter", nargs="*", help="as in `shapes` or `tensors/shapes`")
    names = parser.parse_args(arguments).chapter
    if not names:
        return _list()
    try:
        found = [find(name) for name in names]
    except LookupError as error:
        print(error.args[0], file=sys.stderr)
        return 2
    return max(_check(chapter) for chapter in found)


def _check(chapter: str) -> int:
    """Print the verdict on every task of a chapter."""
    print(chapter, flush=True)
    file = f"exercises/{chapter.replace('-', '_')}/tasks.py"
    width = max((len(task) for task in tasks(chapter)), default=0)
    right = total = 0
    try:
        for verdict in verdicts(chapter, limited=True):
            print(f"  {verdict.task:<{width}}  {verdict}", flush=True)
            right += verdict.state == "right"
            total += 1
    except ImportError as error:
        print(f"  {error}")
        return 1
    print(
        f"{right} of {total} right." + ("" if right == total else f" Your answers are in {file}.")
    )
    return int(right < total)


def _list() -> int:
    """Print every chapter that has exercises, in reading order, and how its tasks stand."""
    known = in_reading_order(chapters())
    width = max((len(chapter.split("/")[1]) for chapter in known), default=0)
    part, done, total = "", 0, 0
    for chapter in known:
        if chapter.split("/")[0] != part:
            part = chapter.split("/")[0]
            print(part)
        names = tasks(chapter)
        total += len(names)
        print(f"  {chapter.split('/')[1]:<{width}}", end="  ", flush=True)
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # what answers print is for the chapter
                states = [verdict.state for verdict in verdicts(chapter, limited=True)]
        except ImportError as error:
            print(f"cannot be checked: {str(error).splitlines()[0]}")
            continue
        signs = "".join(SIGNS.get(state, "x") for state in states)
        print(f"{states.count('right')} of {len(names)}  {signs}", flush=True)
        done += states.count("right")
    if not known:
        print("No exercises yet.")
        return 0
    print(f"\n{done} of {total} right (# right, x not right yet, . not started).")
    print(f"Check one chapter with `python3 book.py check {known[0].split('/')[1]}`.")
    return 0 if done == total else 1


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Write what a console cannot show with letters that every console has."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(PLAIN)
    return "".join(sign if sign.isascii() else "?" for sign in text), error.end


codecs.register_error("plain", _plain)


if __name__ == "__main__":
    sys.exit(main())
