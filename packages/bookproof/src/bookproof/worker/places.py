"""Say which folders are not a book's own: of packages, of Python, of caches, of the system."""

from __future__ import annotations

import importlib.util
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


def is_own(module: str, root: str) -> bool:
    """Say whether a module is the book's own: it stands under the root, and not in a package."""
    try:
        spec = importlib.util.find_spec(module.partition(".")[0])
    except (ImportError, ValueError):
        return False
    where = [spec.origin or "", *(spec.submodule_search_locations or [])] if spec else []
    here, away = folder(root), tuple(map(folder, packages()))
    return any(path.startswith(here) and not path.startswith(away) for path in where)


def apart() -> list[str]:
    """Return the folders whose files say nothing that a version does not say, or never the same."""
    home = os.path.expanduser("~")
    caches = [os.path.join(home, ".cache"), os.path.join(home, "Library", "Caches")]
    named = (os.environ.get(name) for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"))
    caches += filter(None, named)
    python = [os.path.dirname(os.__file__)]
    for prefix in dict.fromkeys((sys.prefix, sys.exec_prefix, sys.base_prefix)):
        inside = ("lib", "lib64", "Lib", "bin", "Scripts", "include", "Include", "pyvenv.cfg")
        kept = ("lib",) if prefix == "/usr" else inside  # much more than Python stands there
        python += [os.path.join(prefix, name) for name in kept]
    system = ["/proc", "/sys", "/dev", "/run"] if os.name == "posix" else []
    return [*python, *packages(), *caches, *system]
