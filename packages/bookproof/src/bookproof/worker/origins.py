"""Say where the modules of this process came from, looking at each once."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from . import places

ENGINE = places.folder(str(Path(__file__).resolve().parents[1]))


class Origins:
    """Where modules came from.

    A chapter's process is forked from one that has imported thousands of them, and has looked at
    them for all chapters.

    Attributes:
        tops: The first names of all.
        installed: Of those that came from installed packages.
        files: The files of those that are neither installed nor Python's own, by name.
    """

    def __init__(self) -> None:
        self.tops: set[str] = set()
        self.installed: set[str] = set()
        self.files: dict[str, str] = {}
        self._known = {"__main__"}
        self._count = 0  # of modules at the last look
        self._marked = False
        self._packages = tuple(map(places.folder, places.packages()))
        self._apart = tuple(map(places.folder, places.apart()))

    def look(self, engine: bool = True) -> None:
        """Look at what was imported since the last look.

        Args:
            engine: Whether modules of the engine count: not those that it needs itself, whose
                sources are in the key.
        """
        if not engine and len(sys.modules) == self._count:
            return  # before the first block runs, modules are only added
        self._count = len(sys.modules)
        for name in self._new():
            self._known.add(name)
            if isinstance(name, str):
                self.tops.add(name.partition(".")[0])
            try:
                source = getattr(sys.modules.get(name), "__file__", None)
            except Exception:  # it may ask a function of the module's own
                continue
            if (
                not isinstance(name, str)
                or not isinstance(source, str)
                or not os.path.isabs(source)
            ):
                continue  # what says of itself that it came from nowhere
            if source.startswith(ENGINE) and not engine:
                continue
            if source.startswith(self._packages):
                self.installed.add(name.partition(".")[0])
            elif not os.path.normpath(source).startswith(self._apart):
                self.files[name] = source

    def mark(self) -> None:
        """Let looks from now on begin after the modules that are there.

        A look at a name writes to it, and a forked process has to copy what it writes to.
        """
        sys.modules[__name__] = sys.modules.pop(__name__)  # the last one of them
        self._marked = True

    def _new(self) -> list[str]:
        found = self._since() if self._marked else None
        return [n for n in (list(sys.modules) if found is None else found) if n not in self._known]

    @staticmethod
    def _since() -> list[str] | None:
        """Name what was imported after the mark; None where it is gone, or a thread imports."""
        found: list[str] = []
        with contextlib.suppress(RuntimeError):
            for name in reversed(sys.modules):
                if name == __name__:
                    return found
                found.append(name)
        return None


ORIGINS = Origins()
