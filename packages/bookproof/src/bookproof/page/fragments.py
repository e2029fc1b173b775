"""Remember how a block was rendered, since its own Markdown document costs more than the page."""

from __future__ import annotations

import hashlib
import json
from functools import cache as memoize
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..files import write_json
from ..settings import Settings
from .borrowed import markdown_config

_RENDERERS = ("Markdown", "markdown-exec", "pymdown-extensions", "Pygments", "pygments-ansi-color")


class Fragments:
    """The rendered blocks of one page: what the page used last, in one file of the cache."""

    def __init__(self, settings: Settings, chapter: str) -> None:
        self._file = settings.cache_dir / "fragments" / f"{chapter}.json"
        self._used: dict[str, str] = {}
        try:
            self._known: dict[str, str] = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            self._known = {}

    def find(self, key: str) -> str | None:
        """Return the HTML kept under `key`, if any."""
        html = self._known.get(key)
        if isinstance(html, str):
            self._used[key] = html
            return html
        return None

    def keep(self, key: str, html: str) -> None:
        """Keep HTML that does not depend on its place in the page or in the build."""
        self._used[key] = html

    def save(self) -> None:
        """Forget what the page did not use, and write the rest where it changed."""
        if self._used != self._known:
            write_json(self._file, self._used)


def name(*parts: Any) -> str:
    """Name all that decides a fragment: what it shows, the renderers, their configuration."""
    extensions = markdown_config.exts or []
    sources = [_source(e if isinstance(e, str) else type(e).__module__) for e in extensions]
    return _digest([*parts, _renderers(), sources, extensions, markdown_config.exts_config])


def _digest(value: Any) -> str:
    text = json.dumps(value, default=lambda o: getattr(o, "__qualname__", type(o).__qualname__))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


@memoize
def _renderers() -> list[str]:
    own = [file.read_text("utf-8") for file in sorted(Path(__file__).parent.glob("*.py"))]
    return [*own, *map(_version, _RENDERERS)]


@memoize
def _source(extension: str) -> str:
    """Return the code of an extension's module; empty for a short name, as of Markdown's own."""
    try:
        spec = find_spec(extension.partition(":")[0])
        return Path(spec.origin or "").read_text("utf-8") if spec else ""
    except (ImportError, OSError, ValueError):
        return ""


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # colors in outputs are an extra of markdown-exec's
        return ""
