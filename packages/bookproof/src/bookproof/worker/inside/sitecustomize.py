"""Watch a Python that a block started as the block itself is watched; the engine puts this first.

Python imports this by its name at its start. The module of that name that would have come is
imported after it, and nothing of this is to be seen.
"""

import importlib
import os
import sys


def _watch() -> None:
    import atexit
    import types
    from pathlib import Path

    handed = os.environ.get("BOOKPROOF_WATCH")
    if not handed:
        return
    package = types.ModuleType("_bookproof")  # the engine's watch alone, without its package
    package.__path__ = [str(Path(__file__).resolve().parents[2])]
    sys.modules["_bookproof"] = package
    watching = importlib.import_module("_bookproof.worker.watch")

    root, log, *ignore = handed.split("\x1f")
    try:
        watch = watching.Watch(root, ignore, log)
    except OSError:  # the chapter is over
        return
    watch.began()
    watch.begin()
    atexit.register(watch.modules)


if __name__ == "sitecustomize":  # and not where somebody only reads it
    _here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or ".") != _here]
    try:
        _watch()
    except Exception as error:
        print(f"bookproof cannot watch this Python: {error!r}", file=sys.stderr)
    _self = sys.modules.pop(__name__)
    try:
        importlib.import_module(__name__)
    except ImportError:
        sys.modules[__name__] = _self  # there is no other; who imports this one looks for it
