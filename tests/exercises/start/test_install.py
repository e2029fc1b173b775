"""The checks of `docs/start/install.md` find the mistakes that readers make."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.exercises.told import is_told


def _label_anywhere(version: str) -> str:
    return "cpu" if "cpu" in version else "cuda" if "c" in version else "unlabeled"


def _any_folder(folder: Path, names: list[str]) -> list[str]:
    return [n for n in names if (folder / n).exists() or (folder / f"{n}.py").exists()]


@pytest.mark.parametrize(
    ("task", "answer", "words"),
    [
        ("report", lambda: {"python": "2.7", "torch": "?", "threads": "1"}, "python"),
        ("report", lambda: None, "return"),
        ("wheel_kind", _label_anywhere, "2.14.0rc1"),
        ("on_best_device", lambda v: torch.tensor(v, dtype=torch.float64), "float32"),
        ("on_best_device", list, "tensor"),
        ("shadowed", _any_folder, "random"),
    ],
)
def test_a_usual_mistake_is_named(task: str, answer: Callable[..., Any], words: str) -> None:
    """The verdict is `wrong`, and its text has what the reader needs to look at."""
    is_told("start/install", task, answer, words)
