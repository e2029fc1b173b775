"""What the site builder's configuration says of the book: its pages, and how they are read.

`mkdocs.yml` of MkDocs (and of Zensical), or `zensical.toml`.

It is read as data. The builder and the plugins that it names need not be installed, since a
machine that only records does not build; and nothing that the file names is imported.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import NoneType
from typing import Any

import pathspec
import yaml
from yaml.constructor import ConstructorError

from .errors import SettingsError
from .files import relative

CONFIGURATIONS = ("mkdocs.yml", "mkdocs.yaml", "zensical.toml")
PAGES = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")  # what MkDocs takes for a page
_SPACES = ("pymdownx", "blocks", "zensical", "extensions")  # names of packages, not of extensions
_NEVER = (".*", "/templates/")  # nor these, unless `exclude_docs` asks for them


@dataclass(frozen=True)
class Builder:
    """A configuration such as `mkdocs.yml`, as far as the engine needs it.

    Attributes:
        file: The file; None where there is none.
        docs: Folder of the pages, from the root.
        site: Folder of the built site, from the root.
        excluded: Patterns of files that are no pages, as in a `.gitignore`.
        plugins: The options of each plugin, by its name.
        extensions: The options of each Markdown extension, by its name, in their order.
        address: Where the site will be found; empty if the file does not say.
    """

    file: Path | None = None
    docs: str = "docs"
    site: str = "site"
    excluded: str = ""
    plugins: dict[str, dict[str, Any]] = field(default_factory=dict)
    extensions: dict[str, dict[str, Any]] = field(default_factory=dict)
    address: str = ""

    def pages(self, docs: Path) -> Iterator[Path]:
        """Find the pages in a folder as MkDocs does, in the order of their paths."""
        excluded = pathspec.GitIgnoreSpec.from_lines([*_NEVER, *self.excluded.splitlines()])
        found = []
        for folder, names, files in os.walk(docs, followlinks=True):
            names.sort()
            inside = Path(folder).relative_to(docs)
            for name in files:
                page = Path(name).suffix in PAGES
                readme = name.lower() == "readme.md" and "index.md" in files
                if page and not readme and not excluded.match_file((inside / name).as_posix()):
                    found.append(Path(folder, name))
        return iter(sorted(found))

    @property
    def snippets(self) -> dict[str, Any] | None:
        """How the pages include other files: options of `pymdownx.snippets`, if they do."""
        return self.extensions.get("pymdownx.snippets")

    @property
    def languages(self) -> list[str] | None:
        """What markdown-exec runs here; None where the file leaves that open."""
        languages = self.plugins.get("markdown-exec", {}).get("languages")
        if isinstance(languages, list):
            return [str(name) for name in languages]
        fences = self.extensions.get("pymdownx.superfences", {}).get("custom_fences") or []
        named = [
            str(fence["name"])
            for fence in fences
            if isinstance(fence, dict) and "markdown_exec" in str(fence.get("format"))
        ]
        return named if named and "markdown-exec" not in self.plugins else None


def read_builder(root: Path, name: str) -> Builder:
    """Read the configuration `name` in `root`, or the one that is there; none leaves the defaults.

    Raises:
        SettingsError: The file cannot be read, or is no configuration.
    """
    names = [name] if name else CONFIGURATIONS
    file = next((root / name for name in names if (root / name).is_file()), None)
    if file is None and name:
        raise SettingsError(f"[tool.bookproof] config: there is no file {name!r} in {root}")
    if file is None:
        return Builder()
    try:
        values = _load(file)
        plugins, extensions = map(_named, map(values.get, ("plugins", "markdown_extensions")))
    except RecursionError as error:
        raise SettingsError("its settings are nested too deep to be read", file) from error
    docs, site = (
        values.get(key) or usual for key, usual in (("docs_dir", "docs"), ("site_dir", "site"))
    )
    builder = Builder(
        file,
        _from(root, file, docs),
        _from(root, file, site),
        str(values.get("exclude_docs") or ""),
        plugins,
        extensions,
        str(values.get("site_url") or ""),
    )
    if wrong := _wrong(builder):
        raise SettingsError(wrong, file)
    return builder


def _wrong(builder: Builder) -> str:
    """Say what is wrong with the settings that the engine obeys, or nothing."""
    fences = builder.extensions.get("pymdownx.superfences", {}).get("custom_fences")
    if not isinstance(fences, (list, NoneType)):
        return f"pymdownx.superfences: custom_fences must be a list of fences, not {fences!r}"
    bases = builder.extensions.get("pymdownx.snippets", {}).get("base_path", ".")
    if not isinstance(bases, (list, str)):
        return f"pymdownx.snippets: base_path must be a folder or a list of them, not {bases!r}"
    appended = builder.extensions.get("pymdownx.snippets", {}).get("auto_append")
    if not isinstance(appended, (list, NoneType)):
        return f"pymdownx.snippets: auto_append must be a list of files, not {appended!r}"
    languages = builder.plugins.get("markdown-exec", {}).get("languages")
    if not isinstance(languages, (list, NoneType)):
        return f"markdown-exec: languages must be a list of names, not {languages!r}"
    try:
        pathspec.GitIgnoreSpec.from_lines(builder.excluded.splitlines())
    except ValueError as error:
        return f"exclude_docs holds a pattern that cannot be read: {error}"
    return ""


def _from(root: Path, file: Path, folder: Any) -> str:
    return relative(file.parent / str(folder), root)


def _load(file: Path, below: tuple[Path, ...] = ()) -> dict[str, Any]:
    """Read a file and those that it inherits from; `below` are the ones that inherit from it."""
    if file.suffix == ".toml":
        return _load_toml(file)
    if file.exists() and not file.is_file():  # reading a pipe or a device may never end
        raise SettingsError("cannot be read: it is no regular file", file)
    try:
        values = yaml.load(file.read_text("utf-8-sig"), Loader=_loader(file.parent))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"cannot be read: {error}", file) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        raise SettingsError(
            f"not valid YAML: {reason}", file, mark.line + 1 if mark else 0
        ) from error
    if not isinstance(values, dict):
        raise SettingsError("not a configuration: it holds no settings", file)
    parent = values.pop("INHERIT", None)
    if not parent:
        return values
    above, below = file.parent / str(parent), (*below, file.resolve())
    if above.resolve() in below:
        raise SettingsError(f"INHERIT names {parent!r}, which inherits from this file itself", file)
    return _merged(_load(above, below), values)


def _load_toml(file: Path) -> dict[str, Any]:
    try:
        project = tomllib.loads(file.read_text("utf-8")).get("project", {})
    except (OSError, ValueError) as error:  # as a number of too many digits
        raise SettingsError(f"not valid TOML: {error}", file) from error
    if not isinstance(project, dict):
        raise SettingsError(f"project must be a table of settings, not {project!r}", file)
    return project


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    both = {k: _merged(old[k], v) if _tables(old.get(k), v) else v for k, v in new.items()}
    return {**old, **both}


def _tables(*values: Any) -> bool:
    return all(isinstance(value, dict) for value in values)


def _named(items: Any) -> dict[str, dict[str, Any]]:
    """Return the options of plugins or extensions, which stand there in three ways."""
    named: dict[str, dict[str, Any]] = {}
    pairs = items.items() if isinstance(items, dict) else []
    for item in items if isinstance(items, list) else []:
        pairs = [*pairs, *(item.items() if isinstance(item, dict) else [(item, None)])]
    for name, options in pairs:
        if isinstance(options, dict) and name in _SPACES:  # tables of TOML within a table
            inner = _named(options)
            named |= {f"{name}.{key}": value for key, value in inner.items()}
        else:
            named[str(name)] = options if isinstance(options, dict) else {}
    return named


def _loader(folder: Path) -> type[yaml.SafeLoader]:
    """Return a loader that knows MkDocs's tags and takes any other for nothing."""

    class Loader(yaml.SafeLoader):
        def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
            try:
                return super().construct_object(node, deep)  # type: ignore[no-untyped-call]
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                what = node.value if isinstance(node, yaml.ScalarNode) else "this value"
                said = f"{what} cannot be read: {error}"  # as a date that no calendar has
                raise ConstructorError(None, None, said, node.start_mark) from error

    def environment(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
        if isinstance(node, yaml.ScalarNode):
            names, usual = [loader.construct_scalar(node)], None
        elif isinstance(node, yaml.SequenceNode):
            *names, usual = [loader.construct_object(n, deep=True) for n in node.value]  # type: ignore[no-untyped-call]
            names = names or [usual]
        else:
            return None
        found = [os.environ[str(name)] for name in names if str(name) in os.environ]
        return yaml.safe_load(found[0]) if found else usual

    def relative(loader: yaml.SafeLoader, node: yaml.Node) -> str:
        return str(folder)

    Loader.add_constructor("!ENV", environment)
    Loader.add_constructor("!relative", relative)
    Loader.add_multi_constructor("", lambda *_: None)  # type: ignore[no-untyped-call]
    return Loader
