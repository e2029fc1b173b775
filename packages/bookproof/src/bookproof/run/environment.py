"""Say what of the caller's environment reaches the code of a book: a short list, and no more.

A variable that nobody thinks of (`PYTHONOPTIMIZE`, `TZ`, a locale) would otherwise decide what a
page shows. What a book names in `pass_env` is in the key of each result; what is passed because
programs would not start without it counts where a chapter reads it. A virtual environment counts
as activated, in whatever way its Python was started.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

from ..settings import Settings

FIXED = {
    "PYTHONHASHSEED": "0",  # the order of sets
    "PYTHONUTF8": "1",
    "TZ": "UTC",
    "LC_ALL": "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8",
}
MACHINE = (  # where things stand on this machine, and how it reaches the network
    *("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH"),
    *("DYLD_LIBRARY_PATH", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "VIRTUAL_ENV"),
    *("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE", "USERNAME"),
    *("APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES", "HOMEDRIVE", "HOMEPATH"),
    *("NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy", "REQUESTS_CA_BUNDLE"),
)


def environment(settings: Settings) -> dict[str, str]:
    """Return all variables that a chapter's process starts with."""
    names = (*MACHINE, *settings.pass_env)
    return {
        **{name: os.environ[name] for name in names if name in os.environ},
        **FIXED,
        **_activated(),
        **{name: os.environ[name] for name in settings.pass_env if name in os.environ},
        "PYTHONPATH": os.pathsep.join(_folders(settings)),
        **settings.env,
    }


def _activated() -> dict[str, str]:
    """Return what activating the virtual environment sets, if this Python is that of one."""
    if sys.prefix == sys.base_prefix:
        return {}
    programs = sysconfig.get_path("scripts")
    others = os.environ.get("PATH", os.defpath).split(os.pathsep)
    path = dict.fromkeys([programs, *others])
    return {"VIRTUAL_ENV": sys.prefix, "PATH": os.pathsep.join(path)}


def _folders(settings: Settings) -> list[str]:
    folders = [str(settings.root / p) for p in settings.path]
    engine = str(Path(__file__).resolve().parents[2])
    if engine not in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib")):
        folders.append(engine)  # where it is not installed, the processes would not find it
    return list(dict.fromkeys(folders))


def passed(settings: Settings) -> dict[str, str]:
    """Return the variables that the book lets through, as they are now."""
    return {name: os.environ[name] for name in settings.pass_env if name in os.environ}
