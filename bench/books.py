"""The books that are measured: copies in a temporary folder, and how commands run in them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bookproof.parse.chapter import Chapter, Parser
from bookproof.settings import Settings, load

_SET_BY_A_HOST = ("SITE_URL", "REPO_URL", "EDIT_URI")


class BenchError(Exception):
    """Something that stands in the way of a measurement."""


@dataclass(frozen=True)
class Run:
    """One command that ended: how long it took in seconds, and what it wrote."""

    seconds: float
    output: str


@dataclass(frozen=True)
class Book:
    """A book in a folder of its own.

    Attributes:
        name: What the table calls it.
        root: The folder of its `pyproject.toml`.
        engine: Where to import the engine from, if it is not the one that is installed.
    """

    name: str
    root: Path
    engine: Path | None = None

    @property
    def settings(self) -> Settings:
        """What the book tells the engine."""
        return load(self.root)

    @property
    def chapters(self) -> list[Chapter]:
        """Its pages that have executed blocks, as they stand now."""
        return [c for c in Parser(self.settings).chapters() if c.blocks]

    @property
    def environment(self) -> dict[str, str]:
        """The variables of the environment that the sessions of nox set."""
        kept = {k: v for k, v in os.environ.items() if k not in _SET_BY_A_HOST}
        path = [*filter(None, [self.engine]), self.root, self.root / "src"]
        return {**kept, "PYTHONPATH": os.pathsep.join(map(str, path)), "OMP_NUM_THREADS": "1"}

    def python(self, *arguments: str) -> Run:
        """Run Python in the book's folder.

        Raises:
            BenchError: It failed; the message ends with what it wrote.
        """
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        seconds = time.perf_counter() - began
        if done.returncode:
            tail = "\n".join(done.stdout.splitlines()[-30:])
            raise BenchError(f"{' '.join(arguments)} failed on {self.name}\n{tail}")
        return Run(seconds, done.stdout)

    def check(self) -> Run:
        """Run the gate."""
        return self.python("-m", "bookproof", "check")

    def record(self) -> Run:
        """Accept every output: what drifted is not the bench's to judge."""
        return self.python("-m", "bookproof", "record")

    def build(self, *options: str) -> Run:
        """Build the site."""
        return self.python("-m", "mkdocs", "build", *options)

    def forget(self) -> None:
        """Drop all that earlier runs left."""
        shutil.rmtree(self.settings.cache_dir, ignore_errors=True)

    @property
    def cached(self) -> Path:
        """The folder where the engine keeps the results of each chapter."""
        return self.settings.cache_dir / "results"

    def results(self, chapter: Chapter) -> dict[str, Any]:
        """Return what the engine's cache holds of a chapter."""
        found: dict[str, Any] = json.loads(
            (self.cached / f"{chapter.path}.json").read_text("utf-8")
        )
        return found

    def clone(self, root: Path) -> Book:
        """Copy the book, with its cache, to `root`."""
        shutil.copytree(self.root, root, ignore=shutil.ignore_patterns("site"))
        return Book(self.name, root)


def snapshot(source: Path, root: Path) -> Book:
    """Copy to `root` the files of the working tree that git knows or would add.

    Raises:
        BenchError: `source` is no working tree of git.
    """
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=source, capture_output=True)
    if listed.returncode:
        raise BenchError(f"{source} must be a clone: {listed.stderr.decode().strip()}")
    for name in os.fsdecode(listed.stdout).split("\0"):
        if name and (source / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, root / name)
    return Book("the book", root)
