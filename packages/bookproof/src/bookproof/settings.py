"""The settings of a book: `[tool.bookproof]` in the `pyproject.toml` at its root."""

from __future__ import annotations

import os
import sys
import tomllib
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from .builder import Builder, read_builder
from .errors import BookError, SettingsError
from .files import relative

__all__ = ["BookError", "Settings", "SettingsError", "load"]

SESSIONS = ("block", "page")


@dataclass(frozen=True)
class Settings:
    """What a book tells the engine about itself.

    Attributes:
        root: Folder of `pyproject.toml`; blocks run here.
        config: The configuration of the site builder, which says what the pages are and how their
            Markdown is read; empty for `mkdocs.yml` or `zensical.toml`, whichever is there.
        docs: Folder of the chapters; empty for the `docs_dir` of the builder.
        recordings: Folder of the approved outputs, mirroring `docs`.
        cache: Folder of what earlier runs left; safe to delete.
        command: How the readers of messages start this program, as `python3 book.py`.
        path: Folders that blocks can import from.
        preload: Modules to import before the chapters: once, and the book's own in each chapter.
        packages: Distributions whose versions make an output what it is.
        start: `module:function` called first in each chapter's process, or empty.
        describe: `module:function` returning what a page says of the machine, or empty.
        session: Which blocks without `session=` share their names: `block`, each has its own, as
            in markdown-exec; or `page`, all of a page share them.
        limit: Seconds that a block may run unless its fence says otherwise.
        env: Environment variables of every chapter.
        pass_env: Names of variables of the caller's that reach the chapters; what they hold counts
            as code does. Others reach none, but for those that say where things stand (`PATH`,
            `HOME`, …); `TZ` is UTC.
        raw_html: Whether HTML in Markdown that a block prints is obeyed; else it is shown as text.
        facts: Whether a page says under its title how long it takes to read and to run, and with
            which version of the first of `packages`. 230 words or 80 lines of shown code a minute,
            9 seconds to think about each question, the steps of a walk by what is new in them; what
            closed folds hold is said beside it.
        footer: Whether a page ends with where its outputs come from.
        notebooks: Whether each page can be downloaded as a notebook.
        scripts: Whether the code of each page can be downloaded as a script.
        markdown: Whether each page stands beside itself as Markdown with its outputs, for programs
            that read.
        margin: Other machines for `margin` to try: for each the variables, as `NAME=VALUE`, with
            which this one computes as they do.
        snapshots: How many states of the edited chapters' processes `mkdocs serve` keeps, so that
            after an edit only the blocks from there on run again; 0 for none.
        snapshot_memory: GiB that they may take beside the running chapter.
        rebuild: What `mkdocs serve` makes anew after an edit: `all` pages, or only the `changed`.
        needs: For each name that `needs=` may use, the `module:function` that tests for it.
        where: For each name that `needs=` may use, where a reader runs what nobody has recorded
            yet, as in `cuda = "on your GPU"`.
        shows: For each name that `as=` may use, the `module:function` that runs and shows the code.
        own: Packages of the book's own, as `["examples"]`, which no reader has: what is taken along
            (a copied block, a script, a notebook) brings what it uses of them.
        aside: Modules whose calls are for the page alone, as the marking of answers: they are left
            out of what is taken along.
        takes: For names that `as=` may use, the `module:function` that returns what a reader takes
            along of such a block: its code, and Markdown that stands above it in a notebook.
        finish: `module:function`s called with the folder of a built site, in this order.
    """

    root: Path
    config: str = ""
    docs: str = ""
    recordings: str = "recordings"
    cache: str = ".bookproof"
    command: str = "bookproof"
    path: list[str] = field(default_factory=lambda: ["."])
    preload: list[str] = field(default_factory=list)
    packages: list[str] = field(default_factory=list)
    start: str = ""
    describe: str = ""
    session: str = "block"
    limit: float = 120
    env: dict[str, str] = field(default_factory=dict)
    pass_env: list[str] = field(default_factory=list)
    raw_html: bool = False
    facts: bool = False
    footer: bool = False
    notebooks: bool = False
    scripts: bool = False
    markdown: bool = False
    margin: list[str] = field(default_factory=list)
    snapshots: int = 8
    snapshot_memory: float = 1.5
    rebuild: str = "all"
    needs: dict[str, str] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    shows: dict[str, str] = field(default_factory=dict)
    own: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    takes: dict[str, str] = field(default_factory=dict)
    finish: list[str] = field(default_factory=list)

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

    @property
    def results_dir(self) -> Path:
        """Folder of the last results of each chapter, in the cache."""
        return self.cache_dir / "results"

    @cached_property
    def builder(self) -> Builder:
        """What the site builder's configuration says."""
        return read_builder(self.root, self.config)

    @cached_property
    def ignored(self) -> tuple[str, ...]:
        """Folders under the root that no output follows from, as `.git/`: made, or a tool's own."""
        inside = [self.cache_dir, self.root / self.builder.site, Path(sys.prefix)]
        inside += [made.parent for made in self.root.glob("*/sitemap.xml")]  # built elsewhere
        names = {self.relative(p) for p in inside if self.root in p.parents} - {self.docs}
        names |= {p.name for p in self.root.glob(".*") if p.is_dir()}
        return tuple(sorted(f"{name}/" for name in names))

    @cached_property
    def apart(self) -> tuple[str, ...]:
        """Folders under the root whose files no chapter is said to have read."""
        inside = [self.cache_dir, Path(sys.prefix)]
        names = {self.relative(p) for p in inside if self.root in p.parents}
        return tuple(sorted(f"{name}/" for name in names))

    def relative(self, path: Path) -> str:
        """Return `path` as the author would write it from the root, with forward slashes."""
        return relative(path, self.root)


def load(start: Path | None = None) -> Settings:
    """Read the settings of the book that `start` (default: the working directory) stands in.

    Raises:
        SettingsError: No `pyproject.toml` with `[tool.bookproof]` above `start`, or a wrong
            setting.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            try:
                tool = tomllib.loads(file.read_text("utf-8-sig")).get("tool", {})
            except (ValueError, RecursionError) as error:  # also digits or brackets without end
                raise SettingsError(f"not valid TOML: {error}", str(file)) from error
            table = tool.get("bookproof") if isinstance(tool, dict) else tool
            if table is not None:
                return _checked(folder, file, table)
    raise SettingsError(
        f"{here}: no pyproject.toml with a [tool.bookproof] table here or above; "
        "`bookproof init` writes one"
    )


def _checked(root: Path, file: Path, table: Any) -> Settings:
    if not isinstance(table, dict):
        raise SettingsError(f"[tool.bookproof] must be a table of settings, not {table!r}", file)
    known = {f.name for f in fields(Settings)} - {"root"}
    kinds = get_type_hints(Settings)
    for name, value in table.items():
        if name not in known:
            names = ", ".join(f.name for f in fields(Settings) if f.name != "root")
            raise SettingsError(f"[tool.bookproof] has no setting {name!r}; it knows {names}", file)
        if not _fits(value, kinds[name]):
            raise SettingsError(
                f"[tool.bookproof] {name} must be {_described(kinds[name])}, not {value!r}", file
            )
        if wrong := _unusable(name, value):
            raise SettingsError(f"[tool.bookproof] {name} {wrong}", file)
    settings = Settings(root, **table)
    for name, values in (("session", SESSIONS), ("rebuild", ("all", "changed"))):
        if getattr(settings, name) not in values:
            given = getattr(settings, name)
            choice = " or ".join(map(repr, values))
            raise SettingsError(f"[tool.bookproof] {name} is {choice}, not {given!r}", file)
    functions = [*settings.needs.values(), *settings.shows.values(), *settings.takes.values()]
    functions += settings.finish
    for function in (*functions, settings.start, settings.describe):
        if function and not all(function.partition(":")[::2]):
            raise SettingsError(
                f'[tool.bookproof] a function is written "module:function", not {function!r}', file
            )
    docs = settings.relative(root / (settings.docs or settings.builder.docs))
    if set(Path(docs).parts) == {".."}:  # what is read there would be the book's own files, too
        raise SettingsError(f"[tool.bookproof] docs is {docs!r}, which the book lies in", file)
    cache = Path(os.path.normpath(settings.cache_dir))
    for name, kept in (("docs", docs), ("recordings", settings.recordings)):
        inside = Path(os.path.normpath(root / kept))
        if cache in (inside, *inside.parents):
            raise SettingsError(
                f"[tool.bookproof] cache is {settings.cache!r}, where the {name} are, and it is a "
                "folder to be deleted",
                file,
            )
    return replace(settings, docs=docs)


def _unusable(name: str, value: Any) -> str:
    """Say why no system can take a value that is of its kind; nothing if it can."""
    names = list(value) if isinstance(value, (dict, list)) else []
    texts = [value, *names, *(value.values() if isinstance(value, dict) else ())]
    if any(isinstance(text, str) and "\0" in text for text in texts):
        return f"holds a NUL character: {value!r}"
    if "" in names:
        return f"holds an empty name: {value!r}"
    if name in ("env", "pass_env") and any("=" in one for one in names):
        return f"holds a name with an equals sign: {value!r}"
    return ""


def _fits(value: Any, kind: Any) -> bool:
    """Say whether a value of the file is of a kind: `list[str]` is one of strings alone."""
    if get_origin(kind) is dict:
        return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
    if get_origin(kind) is list:
        return isinstance(value, list) and all(isinstance(v, str) for v in value)
    if kind is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return isinstance(value, kind)


def _described(kind: Any) -> str:
    words = {
        str: "text",
        bool: "true or false",
        int: "a whole number from 0 on",
        float: "a number above 0",
    }
    if get_origin(kind) is list:
        return 'a list of texts, as ["a", "b"]'
    if get_origin(kind) is dict and get_args(kind):
        return 'a table of texts, as { a = "b" }'
    return words[kind]
