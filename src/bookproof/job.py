"""What passes between the engine and the process that runs a chapter: plain files in one folder.

Files survive whatever a block does to its process. `job.json` goes in; for block N, `N.out`,
`N.err` and `N.json` come out while it runs, and `end.json` after the last.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class BlockJob:
    """One block to run: its place, code, the origin of each line, namespace and options."""

    index: int
    line: int
    code: str
    origins: list[tuple[str, int]]
    session: str
    stderr: bool
    raises: str
    width: int
    shows: str = ""
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """One chapter to run, with all that its process needs to know."""

    chapter: str
    root: str
    lines: int
    path: list[str]
    start: str
    describe: str
    ignore: list[str]
    blocks: list[BlockJob] = field(default_factory=list)

    def save(self, folder: Path) -> None:
        """Write the job into its folder."""
        write_json(folder / "job.json", asdict(self))

    @staticmethod
    def read(folder: Path) -> Job:
        """Read the job of a folder."""
        values = json.loads((folder / "job.json").read_text("utf-8"))
        values["blocks"] = [
            BlockJob(**{**b, "origins": [(f, n) for f, n in b["origins"]]})
            for b in values["blocks"]
        ]
        return Job(**values)


def printed_bytes(folder: Path, block: int) -> int:
    """Return how many bytes a block has written so far."""
    files = [folder / f"{block}.{name}" for name in ("out", "err")]
    return sum(file.stat().st_size for file in files if file.exists())


def read_output(path: Path, most: int) -> str:
    """Read what a block wrote, up to `most` bytes, as a terminal would have left it.

    Bytes that are not UTF-8 are shown by their numbers; a line that was written over keeps its
    last state.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(most)
    except OSError:
        return ""
    text = data.decode("utf-8", "backslashreplace").replace("\r\n", "\n").replace("\0", "\\x00")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))


def write_json(path: Path, value: Any) -> None:
    """Write `value` so that a reader sees the old file or the whole new one."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1))


def write_text(path: Path, text: str, lasting: bool = False) -> None:
    """Write `text` so that a reader sees the old file or the whole new one.

    With `lasting` that is so even after a crash of the machine; what can be made again need not
    pay for it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "w", encoding="utf-8", newline="\n", errors="surrogatepass") as file:
            file.write(text)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
