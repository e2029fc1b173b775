"""What of the book a reader needs in order to do its exercises, as one file beside the first page.

It holds the exercises, the code that the chapters show, `book.py`, and what they need: no pages, no
recordings, no history. The same book gives the same bytes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority

from booksite.archives import put

NAME = "pytorch-executed.zip"
_ROOT = Path(__file__).resolve().parents[2]
_PARTS = (
    *("LICENSE", "LICENSE-TEXT", "book.py", "mkdocs.yml", "pyproject.toml"),
    *("exercises", "examples", "src"),
    *("packages/bookproof/pyproject.toml", "packages/bookproof/README.md"),
    *("packages/bookproof/LICENSE", "packages/bookproof/src"),
)
_KINDS = ("", ".css", ".md", ".py", ".toml", ".txt", ".typed", ".yml")  # and nothing that is made


def zipped(site: Path) -> None:
    """Write the file into a built site.

    Args:
        site: The folder of the site.
    """
    file = site / NAME
    with zipfile.ZipFile(file, "w") as archive:
        for path in _files(_ROOT):
            name = f"{Path(NAME).stem}/{path.relative_to(_ROOT).as_posix()}"
            put(archive, name, path.read_bytes())


@event_priority(-200)  # after a build is finished, which has it then
def on_post_build(*, config: MkDocsConfig) -> None:
    """Let the link to the file lead somewhere while the book is served, too."""
    site = Path(config.site_dir)
    if not (site / NAME).exists():
        zipped(site)


def _files(root: Path) -> Iterator[Path]:
    """Return the files of the parts, in an order of their own."""
    for part in _PARTS:
        found = [root / part] if (root / part).is_file() else sorted((root / part).rglob("*"))
        yield from (p for p in found if p.is_file() and p.suffix in _KINDS)
