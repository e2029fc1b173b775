"""What every test of usual wrong answers asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bookparts.practice import judge


def is_told(chapter: str, task: str, answer: Callable[..., Any], words: str, *states: str) -> None:
    """Assert that a wrong answer is found, and that its reader is told these words.

    Args:
        chapter: As in `"tensors/shapes"`.
        task: The task that is answered.
        answer: An answer as a reader may write it.
        words: A part of what the reader is told.
        states: What the answer may be found to be; `"wrong"` if none is given.
    """
    found = judge(chapter, task, answer)
    assert found.state in (states or ("wrong",)), str(found)
    assert words in found.text, found.text
