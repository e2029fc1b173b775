"""Check answers, in a process that sees what a chapter's own code sees."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from bookparts.practice import chapters, find, tasks, verdicts


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the chapters that are named, or list them all; return 0 if all answers are right."""
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
    print(chapter)
    file = f"exercises/{chapter.replace('-', '_')}/tasks.py"
    width = max((len(task) for task in tasks(chapter)), default=0)
    right = total = 0
    try:
        for verdict in verdicts(chapter):
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
    """Print every chapter that has exercises, and how many of its tasks are done."""
    known = chapters()
    width = max((len(chapter) for chapter in known), default=0)
    done = True
    for chapter in known:
        total = len(tasks(chapter))
        try:
            right = sum(verdict.state == "right" for verdict in verdicts(chapter))
            print(f"{chapter:<{width}}  {right} of {total}", flush=True)
        except ImportError as error:
            right = -1
            print(f"{chapter:<{width}}  cannot be checked: {str(error).splitlines()[0]}")
        done = done and right == total
    print("\nCheck one with `python3 book.py check shapes`." if known else "No exercises yet.")
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
