"""Check the answers to a chapter's exercises, on a page and at the reader's terminal.

An exercise is a function in `exercises/<part>/<chapter>/tasks.py`; `check_<task>` in
`checks.py` beside it calls the answer, and raises an `AssertionError` that says what is wrong.
A check gets a function that calls the reader's: `inspect.unwrap(answer)` is the reader's own. What
a task forbids is noticed by `bookparts.forbidden`.
"""

from __future__ import annotations

import difflib
import functools
import importlib
import inspect
import linecache
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from bookparts.answers import kind, same

__all__ = ["TaskResult", "chapters", "find", "judge", "mark", "same", "tasks", "verdicts"]

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class TaskResult:
    """What the check of one task found."""

    task: str
    state: str
    """`right`, `wrong`, `not started` or `raised`."""
    text: str = ""
    """What is wrong, in words; empty if the answer is right or not started."""

    def __str__(self) -> str:
        return self.state + (
            f": {self.text}" if self.state == "wrong" else self.text and f" {self.text}"
        )


def mark(chapter: str, *answers: Callable[..., Any]) -> None:
    """Print whether the answers to a chapter's tasks are right, one line for each.

    Args:
        chapter: the page, as in `"tensors/shapes"`.
        answers: functions (or classes) with the names of the tasks.

    Raises:
        LookupError: if there is no such chapter, or no check for an answer.
    """
    for answer in answers:
        print(f"{answer.__name__}: {judge(chapter, answer.__name__, answer)}")


def judge(chapter: str, task: str, answer: Callable[..., Any]) -> TaskResult:
    """Run the check of one task on an answer and return what it found.

    Raises:
        LookupError: if the chapter has no such task.
    """
    checks = _checks(chapter)
    if task not in checks:
        raise LookupError(f"no check for {task!r} in {chapter}{_near(task, checks)}")
    called = _Calls(answer)
    try:
        checks[task](called.answer)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a reader's function may do anything, exit included
        return _explain(task, error, called)
    return TaskResult(task, "right")


class _Calls:
    """Calls an answer for its check, and remembers how the last call ended."""

    def __init__(self, own: Callable[..., Any]) -> None:
        self.own = own
        self.answer: Callable[..., Any] = own
        self.returned: list[Any] = []
        self.error: BaseException | None = None
        if inspect.isclass(own):
            return

        @functools.wraps(own)
        def answer(*args: Any, **kwargs: Any) -> Any:
            self.returned, self.error = [], None
            try:
                result = own(*args, **kwargs)
            except BaseException as error:
                self.error = error
                raise
            self.returned = [result]
            return result

        self.answer = answer

    @property
    def file(self) -> str:
        """The file that the answer is written in, or nothing."""
        try:
            return inspect.getsourcefile(inspect.unwrap(self.own)) or ""
        except TypeError:
            return ""


def verdicts(chapter: str, source: str = "tasks") -> Iterator[TaskResult]:
    """Check every task of a chapter, in the order of `checks.py`.

    Args:
        chapter: as in `"tensors/shapes"`.
        source: the module that holds the answers, `"tasks"` or `"solutions"`.

    Raises:
        LookupError: if there is no such chapter.
        ImportError: if the module of the answers cannot be loaded; the message names the line.
    """
    checks = _checks(chapter)
    module = _answers(chapter, source)
    for task in checks:
        answer = getattr(module, task, None)
        if answer is None:
            name = _relative(module.__file__ or source)
            yield TaskResult(task, "wrong", f"{name} has no function of this name")
        else:
            yield judge(chapter, task, answer)


def chapters() -> list[str]:
    """List the chapters that have exercises, as in `"tensors/shapes"`."""
    found = (ROOT / "exercises").glob("*/*/checks.py")
    return sorted(f"{file.parts[-3]}/{file.parts[-2].replace('_', '-')}" for file in found)


def tasks(chapter: str) -> list[str]:
    """List the tasks of a chapter in the order of `checks.py`."""
    return list(_checks(chapter))


def find(name: str) -> str:
    """Return the chapter that a reader means by its name, its last part, or its path.

    Raises:
        LookupError: if no chapter has that name (the message offers near ones), or several have.
    """
    wanted = name.strip("/").replace("_", "-").removesuffix(".md").removeprefix("docs/")
    wanted = wanted.removeprefix("exercises/")
    known = chapters()
    if wanted in known:
        return wanted
    matches = [chapter for chapter in known if chapter.split("/")[-1] == wanted]
    if len(matches) > 1:
        raise LookupError(f"{name!r} may be {' or '.join(matches)}: which one?")
    if not matches:
        names = known if "/" in wanted else [chapter.split("/")[-1] for chapter in known]
        raise LookupError(f"no chapter is called {name!r}{_near(wanted, names)}")
    return matches[0]


def _near(name: str, known: Any) -> str:
    near = difflib.get_close_matches(name, list(known), n=3)
    return (
        f"; did you mean {' or '.join(near)}?" if near else f"; known: {', '.join(known) or 'none'}"
    )


def _package(chapter: str) -> str:
    return f"exercises.{find(chapter).replace('/', '.').replace('-', '_')}"


def _checks(chapter: str) -> dict[str, Callable[[Any], None]]:
    module = importlib.import_module(f"{_package(chapter)}.checks")
    return {
        name.removeprefix("check_"): function
        for name, function in vars(module).items()
        if name.startswith("check_") and getattr(function, "__module__", "") == module.__name__
    }


def _answers(chapter: str, source: str) -> ModuleType:
    package = _package(chapter)
    try:
        return importlib.import_module(f"{package}.{source}")
    except SyntaxError as error:
        where = f"{_relative(error.filename or source)}:{error.lineno}"
        line = (error.text or "").rstrip()
        raise ImportError(f"{where} is not valid Python: {error.msg}\n  {line.lstrip()}") from error
    except Exception as error:
        where = _where(error, str(ROOT / package.replace(".", "/") / f"{source}.py"))
        raise ImportError(f"{type(error).__name__} at {where}: {error}") from error


def _explain(task: str, error: BaseException, called: _Calls) -> TaskResult:
    """Turn what a check raised into the result of its task."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1]
    in_check = Path(last.filename).name in ("checks.py", "answers.py")
    if isinstance(error, AssertionError) and (in_check or _forbidden(error)):
        return TaskResult(task, "wrong", _indented(str(error) or f"`{last.line}` does not hold"))
    line = linecache.getline(last.filename, last.lineno or 0).strip()
    if isinstance(error, NotImplementedError) and (
        line.startswith("raise NotImplementedError") or not str(error)
    ):
        return TaskResult(task, "not started")
    message = f": {error}" if str(error) else ""
    if called.file and any(frame.filename == called.file for frame in frames):
        where = f"{type(error).__name__} at {_where(error, called.file)}"
        return TaskResult(task, "raised", _indented(where + message))
    if called.error is error:  # a function of no file, or one that takes other arguments
        return TaskResult(task, "raised", _indented(f"{type(error).__name__}{message}"))
    return TaskResult(task, "wrong", _indented(_unusable(called, error)))


def _unusable(called: _Calls, error: BaseException) -> str:
    """Say what an answer gave that its check could not go on with."""
    if not called.returned:
        return f"the check cannot go on with your answer: {type(error).__name__}: {error}"
    result = called.returned[0]
    if result is None:
        return "your function returned None (is a `return` missing?)"
    text = repr(result)
    text = text if len(text) <= 300 else f"{text[:299]}…"
    return f"the check cannot go on with what your function returned: {kind(result)}: {text}"


def _forbidden(error: BaseException) -> bool:
    """Say whether an answer took a way that its task rules out."""
    module = sys.modules.get("bookparts.forbidden")  # it is there if a check has used it
    return module is not None and isinstance(error, module.ForbiddenError)


def _where(error: BaseException, file: str) -> str:
    """Name the last line of `file` that an error passed through, or of the project."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if f.filename == file]
    project = [f for f in frames if not _relative(f.filename).startswith(("/", "."))]
    frame = (own or project or frames)[-1]
    return f"{_relative(frame.filename)}:{frame.lineno}"


def _relative(file: str) -> str:
    path = Path(file)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()


def _indented(text: str) -> str:
    return text.strip().replace("\n", "\n    ")
