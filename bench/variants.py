"""The same pages under other settings: as plain listings, and run by markdown-exec itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from mkdocs.utils.yaml import yaml_load

from bookproof.parse.block import Block
from bookproof.parse.chapter import Chapter

from .books import Book

_KEPT_BY_A_LISTING = ("title", "linenums", "hl_lines")
_OURS = ("needs", "raises", "tol", "stderr", "limit", "session")
_OPEN = re.compile(r"^(?P<indent> *)(?P<fence>`{3,}|~{3,})")


def as_listings(book: Book, root: Path) -> Book:
    """Copy a book with its blocks as highlighted listings, and without the engine."""

    def plain(chapter: Chapter, block: Block) -> dict[str, str]:
        return {k: v for k, v in block.options.items() if k in _KEPT_BY_A_LISTING}

    return _without_engine(book, root, plain)


def under_markdown_exec(book: Book, root: Path) -> Book:
    """Copy a book so that markdown-exec runs its blocks, each page in a session of its own."""

    def executed(chapter: Chapter, block: Block) -> dict[str, str]:
        kept = {k: v for k, v in block.options.items() if k not in _OURS}
        return {**kept, "session": chapter.path}

    return _without_engine(book, root, executed)


def configure(book: Book, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the settings of the book's site."""
    file = book.root / "mkdocs.yml"
    with open(file, encoding="utf-8") as stream:
        settings = yaml_load(stream)
    change(settings)
    file.write_text(yaml.dump(settings, sort_keys=False, allow_unicode=True), "utf-8")


def _without_engine(
    book: Book, root: Path, options: Callable[[Chapter, Block], dict[str, str]]
) -> Book:
    copy = book.clone(root)
    for chapter in copy.chapters:
        if chapter.path.endswith(".py"):  # a lab has no fences, and no page without the engine
            (root / chapter.path).unlink()
            continue
        lines = chapter.text.split("\n")
        for block in chapter.blocks:
            opening = _OPEN.match(lines[block.line - 1])
            assert opening is not None
            words = [f'{k}="{v}"' for k, v in options(chapter, block).items()]
            lines[block.line - 1] = " ".join([f"{opening[0]}python", *words])
        (root / chapter.path).write_text("\n".join(lines), "utf-8")
    configure(copy, _drop_engine)
    return copy


def _drop_engine(settings: dict[str, Any]) -> None:
    settings["strict"] = False  # a page may link to what only the engine puts there
    for key in ("plugins", "hooks", "markdown_extensions"):
        settings[key] = [e for e in settings.get(key, []) if "bookproof" not in _name(e)]


def _name(entry: str | dict[str, Any]) -> str:
    return entry if isinstance(entry, str) else next(iter(entry))
