"""How much memory a cold build needs at its peak."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from .books import BenchError, Book
from .table import Row

_MOST = 2 * 2**30
_EVERY = 0.1  # seconds between two looks


def measure(book: Book) -> Iterator[Row]:
    """Build from no cache, and sum the memory of all its processes while it runs."""
    side_by_side = min(os.cpu_count() or 1, len(book.chapters))
    what = f"peak memory of a cold build, {side_by_side} chapters at a time"
    if not Path("/proc/self/smaps_rollup").exists():
        yield Row(what, book.name, "not measured: this system has no /proc/…/smaps_rollup")
        return
    book.forget()
    process = subprocess.Popen(
        [sys.executable, "-m", "mkdocs", "build", "--strict"],
        cwd=book.root,
        env=book.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(_proportional, _tree(process.pid))))
        time.sleep(_EVERY)
    if process.returncode:
        raise BenchError(f"mkdocs build --strict failed on {book.name} from no cache")
    yield Row(what, book.name, f"{peak / 2**20:.0f} MiB", "< 2048 MiB", peak < _MOST)


def _tree(root: int) -> set[int]:
    """Return a process and all that descend from it."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int(
                (folder / "stat").read_text().rpartition(")")[2].split()[1]
            )
        except OSError:
            continue  # it ended meanwhile
    found, wave = {root}, {root}
    while wave:
        wave = {pid for pid, parent in parents.items() if parent in wave} - found
        found |= wave
    return found


def _proportional(pid: int) -> int:
    """Return the bytes of a process, with each shared page divided among those who share it."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss: +(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
