"""What the code imports is asked for by name, and does not just come along with something else."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENGINE = "packages/bookproof"
GROUPS = {  # code: the groups of pyproject.toml that are installed where it runs
    "book.py": (),  # it makes the environment
    "noxfile.py": ("tests",),
    "src": ("book",),
    "src/booksite/volumes": ("book", "site", "volumes"),
    "examples": ("book",),
    "exercises": ("book",),
    "bench": ("book",),
    "tests": ("book", "tests", "volumes"),
    "tests/site": ("book", "tests", "site", "volumes"),
    "tests/zensical": ("book", "tests", "zensical"),
}
OURS = {"bookproof", "examples", "exercises", "tests", "bench", "book"} | {
    folder.name for folder in (ROOT / "src").iterdir()
}
OURS |= {"pip", "reader"}  # an environment has the one, and the other is the package of *Ship it*
DISTRIBUTIONS = packages_distributions()


def _files(code: str) -> list[Path]:
    """List the modules of a file or folder, without the folders that have a row of their own."""
    if (ROOT / code).is_file():
        return [ROOT / code]
    inner = [ROOT / other for other in GROUPS if other.startswith(f"{code}/")]
    found = sorted((ROOT / code).rglob("*.py"))
    return [file for file in found if not any(file.is_relative_to(folder) for folder in inner)]


def _modules(source: str) -> Iterator[str]:
    """Name the packages that a module imports, wherever it does, or starts with `-m`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.List | ast.Tuple):
            words = [getattr(item, "value", None) for item in node.elts]
            started = [after for word, after in pairwise(words) if word == "-m"]
            yield from (str(name).partition(".")[0] for name in started if isinstance(name, str))
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _name(requirement: str) -> str:
    """Return the name of a distribution as packages are compared by it.

    >>> _name("markdown_exec[ansi]==1.12.6")
    'markdown-exec'
    """
    found = re.match(r"[\w.-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def _undeclared(code: str, requirements: Iterable[str]) -> set[str]:
    """Say which file imports what none of the requirements names."""
    declared = {_name(requirement) for requirement in requirements}
    known = {*sys.stdlib_module_names, *OURS}
    return {
        f"{file.relative_to(ROOT).as_posix()}: {module}"
        for file in _files(code)
        for module in _modules(file.read_text("utf-8"))
        # a module that is not installed here goes by its own name
        if module not in known
        and not declared & {_name(name) for name in DISTRIBUTIONS.get(module, [module])}
    }


def _groups() -> dict[str, list[str]]:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    found: dict[str, list[str]] = tomllib.loads(text)["dependency-groups"]
    return found


@pytest.mark.parametrize("code", GROUPS)
def test_what_is_imported_is_in_a_group_that_is_installed_there(code: str) -> None:
    """Else an upgrade of something else could take it away, or bring another version of it."""
    groups = _groups()
    assert _undeclared(code, [item for name in GROUPS[code] for item in groups[name]]) == set()


def test_what_the_engine_imports_stands_in_its_own_file() -> None:
    """A book that installs it has none of our groups."""
    project = tomllib.loads((ROOT / ENGINE / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [item for items in project["optional-dependencies"].values() for item in items]
    assert _undeclared(f"{ENGINE}/src", [*project["dependencies"], *extras]) == set()


def test_every_version_in_a_group_is_exact() -> None:
    """An upgrade is a change that is reviewed."""
    loose = [item for items in _groups().values() for item in items if "==" not in item]
    assert loose == []
