"""CONTRIBUTING.md is followed to the letter, so that what it tells an author works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
ANSWER = '''"""The worked solution."""

import torch


# --8<-- [start:half_squared]
def half_squared(got: torch.Tensor, want: torch.Tensor) -> torch.Tensor:
    return ((got - want) ** 2).mean() / 2


# --8<-- [end:half_squared]
'''
IMPORTS = """from collections.abc import Callable

import torch

from bookparts.practice import same


"""
STUB = '''def half_squared(got, want):
    """Return half of the mean squared difference."""
    raise NotImplementedError
'''


def _guide(pattern: str) -> str:
    found = re.search(pattern, GUIDE, re.S)
    assert found, pattern
    return found[1]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return a book with the one chapter that the guide makes."""
    files = {
        "docs/models/losses.md": _guide(r"`````markdown\n(.*?)`````"),
        "examples/models/losses.py": _guide(r'```python\n("""Losses.*?)```\n'),
        "exercises/models/losses/checks.py": IMPORTS + _guide(r"```python\n(def check.*?)```\n"),
        "exercises/models/losses/solutions.py": ANSWER,
        "exercises/models/losses/tasks.py": STUB,
        "exercises/models/losses/__init__.py": "",
        "exercises/models/__init__.py": "",
        "examples/models/__init__.py": "",
        "examples/__init__.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    for name in (
        "pyproject.toml",
        "exercises/__init__.py",
        "exercises/__main__.py",
        "exercises/check.py",
    ):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def _run(book: Path, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=book,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(book), str(book / "src")])},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_an_author_who_follows_the_guide_gets_a_green_gate(book: Path) -> None:
    """The chapter runs, is recorded, passes, and its exercise can be checked."""
    code, text = _run(book, "bookproof", "record", "models/losses")
    assert code == 0, text
    recording = (book / "tests/outputs/models/losses.txt").read_text("utf-8")
    assert "\ntensor(2.)\n" in recording
    assert "\nhalf_squared: right\n" in recording
    code, text = _run(book, "bookproof", "check")
    assert code == 0, text
    code, text = _run(book, "exercises", "losses")
    assert code == 1
    assert "half_squared  not started" in text
