"""The engine without its watch over what a chapter asks of the world: what the watch costs."""

from __future__ import annotations

import shutil
from pathlib import Path

import bookproof

_DEAF = '''

def _nothing(*_):
    """Stand in for what watches."""


for name in ("begin", "declared", "words", "values", "modules"):
    setattr(Watch, name, _nothing)
'''


def untraced(folder: Path) -> Path:
    """Copy the engine to a folder, deaf and blind; return where it is imported from."""
    engine = folder / "engine"
    package = engine / "bookproof"
    shutil.copytree(Path(bookproof.__file__).parent, package, dirs_exist_ok=True)
    watch = package / "worker" / "watch.py"
    watch.write_text(watch.read_text("utf-8") + _DEAF, "utf-8")
    return engine
