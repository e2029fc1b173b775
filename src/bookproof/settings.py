"""The settings of a book: `[tool.bookproof]` in the `pyproject.toml` at its root."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any


class BookError(Exception):
    """Something the author must mend; the message says what, where and how."""


@dataclass(frozen=True)
class Settings:
    """What a book tells the engine about itself.

    Attributes:
        root: Folder of `pyproject.toml`; blocks run here.
        docs: Folder of the chapters, relative to `root`.
        recordings: Folder of the approved outputs, mirroring `docs`.
        cache: Folder of what earlier runs left; safe to delete.
        path: Folders that blocks can import from.
        preload: Modules to import once, before the chapters are forked.
        packages: Distributions whose versions make an output what it is.
        start: `module:function` called first in each chapter's process, or empty.
        describe: `module:function` returning what a page says of the machine, or empty.
        limit: Seconds that a block may run unless its fence says otherwise.
        env: Environment variables of every chapter.
        needs: For each name that `needs=` may use, the `module:function` that tests for it.
        shows: For each name that `as=` may use, the `module:function` that runs and shows the code.
    """

    root: Path
    docs: str = "docs"
    recordings: str = "tests/outputs"
    cache: str = ".bookproof"
    path: list[str] = field(default_factory=lambda: ["."])
    preload: list[str] = field(default_factory=list)
    packages: list[str] = field(default_factory=list)
    start: str = ""
    describe: str = ""
    limit: float = 120
    env: dict[str, str] = field(default_factory=dict)
    needs: dict[str, str] = field(default_factory=dict)
    shows: dict[str, str] = field(default_factory=dict)

    @property
    def docs_dir(self) -> Path:
        """Folder of the chapters."""
        return self.root / self.docs

    @property
    def recordings_dir(self) -> Path:
        """Folder of the recordings."""
        return self.root / self.recordings

    @property
    def cache_dir(self) -> Path:
        """Folder of the cache."""
        return self.root / self.cache

    def relative(self, path: Path) -> str:
        """Return `path` as the author would write it from the root, with forward slashes."""
        return Path(os.path.relpath(path, self.root)).as_posix()


def load(start: Path | None = None) -> Settings:
    """Read the settings of the book that `start` (default: the working directory) stands in.

    Raises:
        BookError: No `pyproject.toml` with `[tool.bookproof]` above `start`, or a wrong setting.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            try:
                table = tomllib.loads(file.read_text("utf-8")).get("tool", {}).get("bookproof")
            except tomllib.TOMLDecodeError as error:
                raise BookError(f"{file}: not valid TOML: {error}") from error
            if table is not None:
                return _checked(folder, file, table)
    raise BookError(f"{here}: no pyproject.toml with a [tool.bookproof] table here or above")


def _checked(root: Path, file: Path, table: dict[str, Any]) -> Settings:
    defaults = Settings(root)
    known = {f.name: getattr(defaults, f.name) for f in fields(Settings) if f.name != "root"}
    for name, value in table.items():
        if name not in known:
            raise BookError(
                f"{file}: [tool.bookproof] has no setting {name!r}; it knows {', '.join(known)}"
            )
        kind = (int, float) if isinstance(known[name], (int, float)) else type(known[name])
        if not isinstance(value, kind):
            raise BookError(
                f"{file}: [tool.bookproof] {name} must be like {known[name]!r}, not {value!r}"
            )
    return Settings(root, **table)
