"""The worked solutions of every chapter pass the reader's own checks."""

from __future__ import annotations

import importlib

import pytest

from bookparts.practice import chapters, tasks, verdicts


@pytest.mark.parametrize("chapter", chapters())
def test_solutions_are_right(chapter: str) -> None:
    """A solution that the page shows is accepted by the check that the reader runs."""
    found = list(verdicts(chapter, "solutions"))
    assert [str(verdict) for verdict in found] == ["right"] * len(found)


@pytest.mark.parametrize("chapter", chapters())
def test_tasks_wait_for_the_reader(chapter: str) -> None:
    """Each chapter has three tasks or more; each says what to do, and none is answered."""
    assert len(tasks(chapter)) >= 3
    module = importlib.import_module(
        f"exercises.{chapter.replace('-', '_').replace('/', '.')}.tasks"
    )
    for task in tasks(chapter):
        assert getattr(module, task).__doc__, f"{task} has no docstring"
    assert {verdict.state for verdict in verdicts(chapter)} == {"not started"}
