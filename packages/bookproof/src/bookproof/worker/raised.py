"""Tell what a block raised as Python does, but with the frames that stand in the book alone."""

from __future__ import annotations

import ast
import linecache
import os
import traceback
from collections import Counter
from typing import Any

from ..tracebacks import BEGINS, CAUSE, CONTEXT
from ..tracebacks import member as member_line
from .job import BlockJob, Job

UNPLACED = "<block>"  # file of a syntax error whose line is still the block's own
_ENGINE = os.path.join(os.path.dirname(__file__), "child.py")  # whose frames are no block's
_MOST_TOLD = 15  # exceptions that one came of, or that a group holds


def short_traceback(
    error: BaseException,
    job: Job,
    block: BlockJob | None = None,
    told: frozenset[int] = frozenset(),
) -> str:
    """Format what was raised, and what it came of, as Python does but for frames of others.

    `told` are those around it, which are not told again.
    """
    parts: list[str] = []
    one: BaseException | None = error
    while one is not None and id(one) not in told:
        told |= {id(one)}
        parts.insert(0, _one_traceback(one, job, block, told))
        cause = isinstance(one.__cause__, BaseException)
        one = one.__cause__ if cause else None if one.__suppress_context__ else one.__context__
        if len(parts) > 2 * _MOST_TOLD:
            parts[0] = parts[0].replace("\n", "\n  … it came of more\n", 1)
            break
        if one is not None and id(one) not in told:
            parts.insert(0, CAUSE if cause else CONTEXT)
    return "\n\n".join(parts)


def _one_traceback(
    error: BaseException, job: Job, block: BlockJob | None, told: frozenset[int]
) -> str:
    """Format one exception, with the frames that stand in the book and no others."""
    lines = [BEGINS]
    if block and isinstance(error, SyntaxError) and error.lineno and _is_the_blocks(error, block):
        file, line = error.filename or "", error.lineno
        if file == UNPLACED:
            file, line = block.origins[min(line, len(block.origins)) - 1]
        where = f"  {file}:{line}" if file == job.chapter else f"  {file}"
        source = (error.text or linecache.getline(file, line)).strip()
        return "\n".join([*lines, where, f"    {source}", f"{type(error).__name__}: {error.msg}"])
    lines += _frames(error, job)
    if isinstance(error, SystemExit):
        return "\n".join([*lines, f"SystemExit: {error.code}"])
    lines += (t.rstrip("\n") for t in traceback.format_exception_only(error))
    if isinstance(error, BaseExceptionGroup):
        lines += _members(error, job, told)
    return "\n".join(lines)


def _members(group: BaseExceptionGroup[Any], job: Job, told: frozenset[int]) -> list[str]:
    lines: list[str] = []
    for number, member in enumerate(group.exceptions, 1):
        lines.append(member_line(number))
        if number > _MOST_TOLD or len(told) > 2 * _MOST_TOLD:
            lines.append(f"  | … {len(group.exceptions) - number + 1} more")
            break
        lines += (f"  | {t}".rstrip() for t in short_traceback(member, job, None, told).split("\n"))
    return [*lines, "  +------------------------------------"]


def _frames(error: BaseException, job: Job) -> list[str]:
    lines: list[str] = []
    times: Counter[tuple[str, int | None, str]] = Counter()
    before, left = None, False
    for frame in traceback.extract_tb(error.__traceback__):
        name = frame.filename
        path = _from_root(name, job.root)
        ours = not path.startswith("..") and not any(path.startswith(i) for i in job.ignore)
        there = os.path.exists(os.path.join(job.root, path))
        if name == _ENGINE or path.startswith("<") or not ours or not there:
            continue
        place = (path, frame.lineno, frame.name)
        times[place] += 1
        if times[place] > 3:  # how deep a recursion came depends on the engine's own frames
            one = "call" if before == place else "calls"
            lines += [] if left else [f"    … the same {one}, again and again"]
            before, left = place, True
            continue
        before, left = place, False
        # elsewhere, a line number would move with every edit above it
        where = f"  {path}:{frame.lineno}" if path == job.chapter else f"  {path}"
        lines.append(where + (f", in {frame.name}" if frame.name != "<module>" else ""))
        if frame.line:
            lines.append(f"    {frame.line}")
    return lines


def _from_root(path: str, root: str) -> str:
    """Return a path as the book writes it; one on another drive of Windows stays as it is."""
    try:
        path = os.path.relpath(path, root) if os.path.isabs(path) else path
    except ValueError:
        path = os.path.join("..", path)
    return path.replace(os.sep, "/")


def _is_the_blocks(error: SyntaxError, block: BlockJob) -> bool:
    """Say whether the block itself cannot be compiled, rather than something that it compiles."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    compiling = last.filename in (_ENGINE, ast.__file__)
    return compiling and error.filename in (UNPLACED, *(file for file, _ in block.origins))
