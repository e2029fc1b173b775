"""Run the blocks of some chapters one after another in this process: the yardstick of the gate.

It reads `[[{"code": …, "raises": …, "place": …}, …], …]`, one list a chapter, from the file it is
given, and knows nothing of the engine. The first block of a chapter that fails is named, unless it
may raise that, or `any`thing; the others run.
"""

from __future__ import annotations

import json
import linecache
import sys
from pathlib import Path
from types import ModuleType

FAILED = "bench: failed: "


def main(file: str) -> None:
    """Run the chapters in `file`, each in a fresh namespace."""
    for blocks in json.loads(Path(file).read_text("utf-8")):
        named = False
        page = ModuleType("__main__")
        sys.modules["__main__"] = page
        for block in blocks:
            place = block["place"]
            lines = block["code"].splitlines(keepends=True)
            linecache.cache[place] = (len(block["code"]), None, lines, place)
            page.__dict__["__file__"] = place
            try:
                exec(compile(block["code"], place, "exec"), page.__dict__)
            except BaseException as error:
                allowed = (type(error).__name__, "any")
                if block["raises"].rpartition(".")[2] not in allowed and not named:
                    named = True
                    print(f"\n{FAILED}{place} {error!r}", file=sys.__stderr__)


if __name__ == "__main__":
    main(sys.argv[1])
