"""Execute the Python blocks of a Markdown book, and hold every output to its recording.

The rooms, and the one way that the arrows run:
`parse` → `run` ⇄ `worker` → `judge` → `page` and `export`. At the door stand the settings
(`settings`, `builder`), the commands (`__main__`, `commands`) and what all rooms use (`files`,
`errors`). Nothing here knows what a book is about: its settings stand in `[tool.bookproof]` of its
`pyproject.toml`.

What a book may import is this, and no more:

- `Code`: what a function gets that runs and shows a block (`as="…"` on a fence);
- `same`: whether an output is the recorded one, by the rules of the gate;
- `load_settings`: what `[tool.bookproof]` of a folder's book says, for steps of `finish`;
- `environment`: the variables that a book's code sees, for what else of it is run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .judge.compare import same as same
    from .run.environment import environment as environment
    from .settings import load as load_settings
    from .worker.shown import Code as Code

__all__ = ["Code", "environment", "load_settings", "same"]
__version__ = "0.1.0"

_MODULES = {
    "Code": "worker.shown",
    "same": "judge.compare",
    "load_settings": "settings",
    "environment": "run.environment",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for, and nothing else: a chapter's process must stay small."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module = import_module(f".{_MODULES[name]}", __name__)
    return module.load if name == "load_settings" else getattr(module, name)
