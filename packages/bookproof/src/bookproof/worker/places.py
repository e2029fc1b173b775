"""Say which folders are not a book's own: of packages, of Python, of caches, of the system."""

from __future__ import annotations

import os
import sys
import sysconfig


def folder(path: str) -> str:
    """Return a folder as the beginning of the paths in it."""
    return os.path.normpath(path).rstrip(os.sep) + os.sep


def packages() -> list[str]:
    """Return the folders that packages are installed in."""
    known = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    others = [p for p in sys.path if p.rstrip(os.sep).endswith(("site-packages", "dist-packages"))]
    return [*known, *others]


def apart() -> list[str]:
    """Return the folders whose files say nothing that a version does not say, or never the same."""
    home = os.path.expanduser("~")
    caches = [os.path.join(home, ".cache"), os.path.join(home, "Library", "Caches")]
    named = (os.environ.get(name) for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"))
    caches += filter(None, named)
    python = [sys.prefix, sys.exec_prefix, sys.base_prefix, os.path.dirname(os.__file__)]
    if sys.base_prefix == "/usr":  # much more than Python stands there
        python.remove(sys.base_prefix)
        python += ["/usr/lib"]
    system = ["/proc", "/sys", "/dev", "/run"] if os.name == "posix" else []
    return [*python, *packages(), *caches, *system]
