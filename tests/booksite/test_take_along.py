"""The site carries what a reader needs for the exercises."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from booksite.take_along import NAME, zipped


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a reader who has unpacked the file."""
    site = tmp_path_factory.mktemp("site")
    zipped(site)
    taken = tmp_path_factory.mktemp("taken")
    with zipfile.ZipFile(site / NAME) as archive:
        archive.extractall(taken)
    return taken / "pytorch-executed"


def test_the_exercises_can_be_checked_where_it_is_unpacked(folder: Path) -> None:
    """Nothing else of the book is there; an answer is judged, and what is missing is named."""
    tasks = folder / "exercises/start/first_ten_minutes/tasks.py"
    solutions = tasks.with_name("solutions.py").read_text("utf-8")
    tasks.write_text(solutions, "utf-8")
    program = (
        "import sys; sys.path[:0] = ['.', 'src', 'packages/bookproof/src'];"
        "from exercises.check import main; sys.exit(main(['first-ten-minutes']))"
    )
    env = {"PATH": "", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 of 4 right." in done.stdout
    assert str(Path.cwd()) not in done.stderr


def test_book_py_and_the_packages_that_it_installs_are_there(folder: Path) -> None:
    """The first command makes the environment from them."""
    done = subprocess.run(
        [sys.executable, "book.py", "help"], cwd=folder, capture_output=True, text=True, check=True
    )
    assert "book.py check" in done.stdout
    for name in ("pyproject.toml", "packages/bookproof/pyproject.toml", "src/bookparts/machine.py"):
        assert (folder / name).is_file()


def test_neither_pages_nor_recordings_nor_what_is_made_comes_along(folder: Path) -> None:
    """It stays small, and holds nobody's answers."""
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*")]
    assert not [name for name in names if name.startswith(("docs", "tests", ".git", ".venv"))]
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_the_same_book_gives_the_same_bytes(tmp_path: Path) -> None:
    """A host need not send again what did not change."""
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        zipped(tmp_path / name)
        made.append((tmp_path / name / NAME).read_bytes())
    assert made[0] == made[1]
