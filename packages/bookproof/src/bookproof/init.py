"""Set up a book that uses markdown-exec: the smallest change that makes the gate run."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from .builder import CONFIGURATIONS, read_builder
from .errors import BookError, SettingsError
from .files import write_text
from .parse.chapter import Parser
from .parse.unheld import unheld
from .settings import Settings, load

_FENCES = """
[project.markdown_extensions.bookproof]
"""


def init(folder: Path) -> int:
    """Write what is missing of the settings, and say what was found; return the exit status.

    Raises:
        BookError: There is no site's configuration, or it cannot be changed safely.
    """
    folder = folder.resolve()
    config = read_builder(folder, "").file
    if config is None:
        names = f"{', '.join(CONFIGURATIONS[:-1])} or {CONFIGURATIONS[-1]}"
        raise SettingsError(f"{folder}: no {names} is here; run this in the folder that has it")
    enter = _extension if config.suffix == ".toml" else _plugin
    said = [_settings(folder), enter(config), _ignored(folder), _kept(folder)]
    for line in said:
        if line:
            print(line)
    settings = load(folder)
    chapters = Parser(settings).chapters()
    blocks = sum(len(chapter.blocks) for chapter in chapters)
    pages = sum(bool(chapter.blocks) for chapter in chapters)
    print(f"found {blocks} executed python blocks on {pages} pages under {settings.docs}/")
    for note in unheld(settings, chapters):
        print(f"note: {note}")
    for chapter in chapters:
        for problem in chapter.problems:
            print(f"to mend: {problem}")
    print(
        "next: `bookproof record` runs them and writes what they print; `bookproof check` holds it"
    )
    return 0


def _settings(folder: Path) -> str:
    file = folder / "pyproject.toml"
    text = file.read_text("utf-8") if file.exists() else ""
    try:
        known = tomllib.loads(text).get("tool", {}).get("bookproof")
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"not valid TOML: {error}", file) from error
    if known is not None:
        return ""
    write_text(file, f"{text.rstrip()}\n\n" * bool(text.strip()) + "[tool.bookproof]\n")
    return (
        f"{file.name}: wrote [tool.bookproof]; `bookproof --help` and the README name its settings"
    )


def _plugin(config: Path) -> str:
    """Add the plugin after markdown-exec, where the file lists its plugins in the usual way."""
    builder = read_builder(config.parent, config.name)
    if "bookproof" in builder.plugins:
        return ""
    if "markdown-exec" not in builder.plugins:
        return (
            f"{config.name}: lists no markdown-exec among its plugins, so it was left alone: add\n"
            "    plugins:\n      - search\n      - markdown-exec\n      - bookproof\n"
            "and `pymdownx.superfences` to `markdown_extensions:`"
        )
    lines = config.read_text("utf-8").split("\n")
    at = next(
        (
            n
            for n, t in enumerate(lines)
            if re.match(r"""^\s*-\s+["']?markdown-exec["']?\s*:?\s*(#.*)?$""", t)
        ),
        None,
    )
    if at is None:
        return f"{config.name}: add `bookproof` to `plugins:`, below markdown-exec"
    indent = len(lines[at]) - len(lines[at].lstrip())
    end = at + 1
    while end < len(lines) and lines[end].strip() and _depth(lines[end]) > indent:
        end += 1
    lines.insert(end, f"{' ' * indent}- bookproof")
    write_text(config, "\n".join(lines))
    after = read_builder(config.parent, config.name)
    if list(after.plugins) == list(builder.plugins):
        raise BookError("could not add `bookproof` to `plugins:`; add it by hand", config, end + 1)
    return f"{config.name}:{end + 1}: added the plugin `bookproof`"


def _extension(config: Path) -> str:
    """Add the extension for Zensical, which knows no plugin of ours."""
    if "bookproof" in read_builder(config.parent, config.name).extensions:
        return ""
    text = config.read_text("utf-8").rstrip()
    write_text(config, f"{text}\n{_FENCES}")
    if "bookproof" not in read_builder(config.parent, config.name).extensions:
        write_text(config, f"{text}\n")
        return f"{config.name}: add the table [project.markdown_extensions.bookproof]"
    return f"{config.name}: added the Markdown extension `bookproof`"


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _kept(folder: Path) -> str:
    """Keep git from translating the line ends of recordings, which would be another output."""
    file = folder / ".gitattributes"
    line = f"{Settings(folder).recordings}/** text eol=lf"
    text = file.read_text("utf-8") if file.exists() else ""
    if line in text.split("\n"):
        return ""
    write_text(file, f"{text.rstrip()}\n{line}\n".lstrip())
    return f"{file.name}: the recordings keep their line ends on every machine"


def _ignored(folder: Path) -> str:
    """Keep the cache out of the repository."""
    file = folder / ".gitignore"
    cache = Settings(folder).cache
    text = file.read_text("utf-8") if file.exists() else ""
    if any(line.strip().strip("/") == cache for line in text.split("\n")):
        return ""
    write_text(file, f"{text.rstrip()}\n{cache}/\n".lstrip())
    return f"{file.name}: added {cache}/, the cache"
