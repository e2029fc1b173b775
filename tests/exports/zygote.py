"""Run files of a reader, each in a process of its own: `python zygote.py MODULE…`.

Each process is forked from this one, which has imported the modules: importing torch a hundred
times would take minutes. It reads from standard input, a line for each file: `{"words": [FILE,
ARGUMENT…], "folder": …, "out": …, "err": …}`, and answers with the exit status.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import sys
from pathlib import Path


def serve() -> list[str] | None:
    """Fork for each line; return the words in the process that is to obey them, None at the end."""
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            os.chdir(asked["folder"])
            for number, name in ((0, os.devnull), (1, asked["out"]), (2, asked["err"])):
                file = os.open(name, os.O_RDWR | os.O_CREAT, 0o600)
                os.dup2(file, number)
                os.close(file)
            return list(asked["words"])
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    return None


if __name__ == "__main__":
    for module in sys.argv[1:]:
        importlib.import_module(module)
    if words := serve():
        sys.argv[:] = words
        sys.path[0] = str(Path(words[0]).parent)
        runpy.run_path(words[0], run_name="__main__")
