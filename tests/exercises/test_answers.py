"""Every check is held to answers as readers write them: right ones, and the usual wrong ones.

`answers/<part>/<chapter>.py` has three or more of each for every task. A function or class there is
called `right_<task>__<what it is>` or `wrong_<task>__<what it is>`; in the docstring of a wrong one
stand words of what its reader must be told, if it matters which.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bookparts.practice import TaskResult, chapters, judge, tasks

HERE = Path(__file__).resolve().parent / "answers"
OURS = ("checks.py", "practice.py", "Traceback", "cannot go on with")  # no sentence for a reader


def _file(chapter: str) -> Path:
    return HERE / f"{chapter.replace('-', '_')}.py"


def _names(chapter: str) -> list[str]:
    """List the answers of a chapter, without importing them."""
    if not _file(chapter).exists():
        return []
    nodes = ast.parse(_file(chapter).read_text("utf-8")).body
    defined = [n.name for n in nodes if isinstance(n, (ast.FunctionDef, ast.ClassDef))]
    return [name for name in defined if not name.startswith("_")]


def _split(name: str) -> tuple[str, str]:
    """Return the kind of an answer and its task."""
    kind, _, rest = name.partition("_")
    task, sign, what = rest.partition("__")
    assert kind in ("right", "wrong") and sign and what, (
        f"{name} is none of right_<task>__<what it is> and wrong_<task>__<what it is>"
    )
    return kind, task


def _judged(chapter: str, task: str, answer: Any) -> TaskResult:
    """Judge an answer in the way of a reader, whose function has the name of the task."""
    verdict = judge(chapter, task, answer)
    for words in OURS:
        assert words not in verdict.text, f"this is no sentence for a reader: {verdict.text}"
    return verdict


@pytest.mark.parametrize(
    ("chapter", "name"),
    [(chapter, name) for chapter in chapters() for name in _names(chapter)],
)
def test_an_answer_is_judged_rightly(chapter: str, name: str) -> None:
    """A right answer in another style is right; a wrong one is refused, with words that help."""
    kind, task = _split(name)
    module = f"tests.exercises.answers.{chapter.replace('-', '_').replace('/', '.')}"
    answer = getattr(importlib.import_module(module), name)
    words = inspect.cleandoc(answer.__doc__ or "")
    verdict = _judged(chapter, task, answer)
    if kind == "right":
        assert str(verdict) == "right"
    else:
        assert verdict.state in ("wrong", "raised"), f"{name} is called {verdict}"
        assert words in verdict.text, verdict.text


@pytest.mark.parametrize("chapter", chapters())
def test_each_task_has_three_right_answers_and_three_wrong_ones(chapter: str) -> None:
    """No task is without them, and no answer is without its task."""
    found = Counter(_split(name) for name in _names(chapter))
    few = [
        f"{kind}_{task}: {found[kind, task]}"
        for task in tasks(chapter)
        for kind in ("right", "wrong")
        if found[kind, task] < 3
    ]
    assert not few, f"fewer than three in {_file(chapter).relative_to(HERE.parents[2])}: {few}"
    assert {task for _, task in found} == set(tasks(chapter))


def _nothing(*args: Any, **kwargs: Any) -> None:
    """A function without a `return`."""


def _a_text(*args: Any, **kwargs: Any) -> str:
    return "a text"


def _a_list(*args: Any, **kwargs: Any) -> list[str]:
    return ["a", "list"]


def _a_tensor(*args: Any, **kwargs: Any) -> Any:
    import torch

    return torch.tensor([[[1.0]], [[2.0]]])


class _Empty:
    """A class without a method."""


@pytest.mark.parametrize("chapter", chapters())
@pytest.mark.parametrize("answer", [_nothing, _a_text, _a_list, _a_tensor])
def test_what_is_of_another_kind_altogether_is_refused_in_words(chapter: str, answer: Any) -> None:
    """None, a text, a list and a tensor of three dimensions: no check stumbles over one."""
    for task in tasks(chapter):
        a_class = task[0].isupper()  # is asked for; an empty one is tried, and a function once
        verdict = judge(chapter, task, _Empty if a_class and answer is not _nothing else answer)
        assert verdict.state == "wrong", f"{task}: {verdict}"
        assert "checks.py" not in verdict.text and "Traceback" not in verdict.text, verdict.text
