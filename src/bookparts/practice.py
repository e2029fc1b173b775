"""Check the answers to a chapter's exercises, on a page and at the reader's terminal.

An exercise is a function in `exercises/<part>/<chapter>/tasks.py`; `check_<task>` in
`checks.py` beside it calls the answer, and raises an `AssertionError` that says what is wrong.
A check gets a function that calls the reader's: `inspect.unwrap(answer)` is the reader's own. What
a task forbids is noticed by `bookparts.forbidden`.
"""

from __future__ import annotations

import contextlib
import difflib
import functools
import importlib
import inspect
import linecache
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from bookparts.answers import described, same
from bookparts.watchdog import Watchdog

__all__ = ["TaskResult", "chapters", "find", "judge", "mark", "same", "tasks", "verdicts"]

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 15.0  # that an answer may compute; right ones take one, and imports a few on slow disks
_PRINTED = "\nIt printed something: `print` only shows a value, `return` gives it to the caller."


@dataclass(frozen=True)
class TaskResult:
    """What the check of one task found."""

    task: str
    state: str
    """`right`, `wrong`, `not started`, `raised` or `stopped`."""
    text: str = ""
    """What is wrong, in words; empty if the answer is right or not started."""

    def __str__(self) -> str:
        sign = ":" if self.state == "wrong" else ""
        return f"{self.state}{sign} {self.text}" if self.text else self.state


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


def judge(
    chapter: str, task: str, answer: Callable[..., Any], *, limited: bool = False
) -> TaskResult:
    """Run the check of one task on an answer and return what it found.

    Args:
        chapter: as in `"tensors/shapes"`.
        task: the name of the task.
        answer: a function or class.
        limited: whether to stop an answer that takes too long; only in the main thread.

    Raises:
        LookupError: if the chapter has no such task.
    """
    checks = _checks(chapter)
    if task not in checks:
        raise LookupError(f"no check for {task!r} in {chapter}{_near(task, checks)}")
    called = _Calls(answer)
    written: Any = _Written(sys.stdout)
    seconds = _seconds(chapter, task)

    def give_up(place: str) -> None:
        _say_last(f"{task}  {_stopped(task, watchdog, _relative(place))}")

    watchdog = Watchdog(seconds, give_up)
    try:
        with watchdog if limited else contextlib.nullcontext(), contextlib.redirect_stdout(written):
            checks[task](called.answer)
    except KeyboardInterrupt as error:
        if not watchdog.fired:
            raise
        return _stopped(task, watchdog, _where(error, called.file))
    except BaseException as error:  # a reader's function may do anything, exit included
        return _explain(task, error, called, printed=bool(written.text))
    return TaskResult(task, "right")


def _seconds(chapter: str, task: str) -> float:
    """Return how long an answer may compute; `SECONDS` in `checks.py` names those with more."""
    more: dict[str, float] = getattr(_module(chapter), "SECONDS", {})
    return more.get(task, SECONDS)


def _stopped(task: str, watchdog: Watchdog, place: str) -> TaskResult:
    at = f"after {watchdog.fired}" + (f" at {place}" if place else "")
    return TaskResult(task, "stopped", f"{at}: is there a loop without end?")


def _say_last(text: str) -> None:
    """Print, from another thread, what is said before the process ends."""
    text = f"  {text}\nIt could not be interrupted, and what follows was not checked."
    print(text, file=sys.__stdout__, flush=True)


class _Written:
    """Passes on what an answer prints, and keeps the beginning."""

    def __init__(self, out: Any) -> None:
        self.out, self.text = out, ""

    def write(self, text: str) -> int:
        self.text = (self.text + text)[:100]
        return int(self.out.write(text) or 0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.out, name)


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


def verdicts(chapter: str, source: str = "tasks", *, limited: bool = False) -> Iterator[TaskResult]:
    """Check every task of a chapter, in the order of `checks.py`.

    Args:
        chapter: as in `"tensors/shapes"`.
        source: the module that holds the answers, `"tasks"` or `"solutions"`.
        limited: as in `judge`.

    Raises:
        LookupError: if there is no such chapter.
        ImportError: if the module of the answers cannot be loaded; the message names the line.
    """
    checks = _checks(chapter)
    module = _answers(chapter, source, limited)
    for task in checks:
        answer = getattr(module, task, None)
        if answer is None:
            name = _relative(module.__file__ or source)
            yield TaskResult(task, "wrong", f"{name} has no function of this name")
        else:
            yield judge(chapter, task, answer, limited=limited)


def chapters() -> list[str]:
    """List the chapters that have exercises, as in `"tensors/shapes"`, by the alphabet."""
    found = (ROOT / "exercises").glob("*/*/checks.py")
    return sorted(f"{file.parts[-3]}/{file.parts[-2].replace('_', '-')}" for file in found)


def in_reading_order(names: Iterable[str]) -> list[str]:
    """Sort chapters as the book's navigation does; those that it lacks come last.

    It reads `mkdocs.yml`, on which no chapter's output may depend: only the list of progress asks.
    """
    book = ROOT / "mkdocs.yml"
    nav = book.read_text("utf-8") if book.exists() else ""
    return sorted(names, key=lambda name: nav.find(f"{name}.md") % (len(nav) + 1))


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
    place = ROOT / "exercises" / wanted.replace("-", "_")
    if wanted.islower() and wanted.count("/") == 1 and (place / "checks.py").exists():
        return wanted  # without a look at the others, on which no chapter's output may depend
    known = chapters()
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


def _module(chapter: str) -> ModuleType:
    return importlib.import_module(f"{_package(chapter)}.checks")


def _checks(chapter: str) -> dict[str, Callable[[Any], None]]:
    module = _module(chapter)
    return {
        name.removeprefix("check_"): function
        for name, function in vars(module).items()
        if name.startswith("check_") and getattr(function, "__module__", "") == module.__name__
    }


def _answers(chapter: str, source: str, limited: bool) -> ModuleType:
    package = _package(chapter)
    file = str(ROOT / package.replace(".", "/") / f"{source}.py")
    endless = f"was still being loaded after {SECONDS:g} seconds: is there a loop without end?"
    watchdog = Watchdog(SECONDS, lambda place: _say_last(f"{_relative(place)} {endless}"))
    try:
        with watchdog if limited else contextlib.nullcontext():
            return importlib.import_module(f"{package}.{source}")
    except SyntaxError as error:
        where = f"{_relative(error.filename or source)}:{error.lineno}"
        line = (error.text or "").rstrip()
        raise ImportError(f"{where} is not valid Python: {error.msg}\n  {line.lstrip()}") from error
    except KeyboardInterrupt as error:
        if not watchdog.fired:
            raise
        raise ImportError(f"{_where(error, file)} {endless}") from None
    except BaseException as error:  # exit included
        raise ImportError(f"{type(error).__name__} at {_where(error, file)}: {error}") from error


def _explain(task: str, error: BaseException, called: _Calls, *, printed: bool) -> TaskResult:
    """Turn what a check raised into the result of its task."""
    printed = printed and called.returned == [None]
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1]
    in_check = Path(last.filename).name in ("checks.py", "answers.py")
    if isinstance(error, AssertionError) and (in_check or _forbidden(error)):
        text = str(error) or f"`{last.line}` does not hold"
        return TaskResult(task, "wrong", _indented(text + (_PRINTED if printed else "")))
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
    text = _unusable(called, error) + (_PRINTED if printed else "")
    return TaskResult(task, "wrong", _indented(text))


def _unusable(called: _Calls, error: BaseException) -> str:
    """Say what an answer gave that its check could not go on with."""
    if not called.returned:
        return f"the check cannot go on with your answer: {type(error).__name__}: {error}"
    result = called.returned[0]
    if result is None:
        return f"your function returned {described(result)}"
    return f"the check cannot go on with what your function returned: {described(result)}"


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
