"""What passes between the engine and the process that runs a chapter: plain files in one folder.

Files survive whatever a block does to its process. `job.json` goes in; for block N, `N.out`,
`N.err` and `N.json` come out while it runs, and `end.json` after the last.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ..files import write_json

UNTOLD = 74  # exit status of a chapter that cannot write what it did; EX_IOERR of sysexits.h


@dataclass(frozen=True)
class BlockJob:
    """One block to run.

    Attributes:
        index, line: Its place in the chapter.
        code: What runs.
        origins: For each line, the file and line that it stands in.
        session: Name of the namespace that it shares with others.
        alone: Whether it has a namespace of its own.
        last_value: Whether the value of its last line is printed, as a notebook shows it.
        stderr: Whether standard error is part of its output.
        raises: Name of the exception that it must raise, or empty.
        width: Columns of its terminal; 0 for the usual.
        workdir: Folder that it runs in, from the root; empty for the root.
        shows: `module:function` that runs and shows it, or empty.
        options: All that stands on its fence, for that function.
        reads: Files, from the root, that its fence says it reads; `*` stands for any.
    """

    index: int
    line: int
    code: str
    origins: list[tuple[str, int]]
    session: str = ""
    alone: bool = False
    last_value: bool = False
    stderr: bool = False
    raises: str = ""
    width: int = 0
    workdir: str = ""
    shows: str = ""
    options: dict[str, str] = field(default_factory=dict)
    reads: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Job:
    """One chapter to run, with all that its process needs to know.

    Attributes:
        chapter: Its page, from the root.
        root: Folder of the book.
        lines: How many the page has.
        path: Folders that its code imports from.
        preload: Modules to import before it, of which it imports the book's own.
        start, describe: `module:function` of the book, or empty.
        ignore: Folders whose frames are none of the book's.
        apart: Folders that no output follows from.
        blocks: What to run.
        keep_every: Seconds of run time after which a snapshot is taken; 0 for none at all.
        keep_before: Before which blocks one is worth more, by their places in `blocks`.
    """

    chapter: str
    root: str
    lines: int
    path: list[str]
    preload: list[str]
    start: str
    describe: str
    ignore: list[str]
    apart: list[str]
    blocks: list[BlockJob] = field(default_factory=list)
    keep_every: float = 0
    keep_before: list[int] = field(default_factory=list)

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
    files = [folder / f"{block}.{name}" for name in ("out", "err", "shown")]
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
    return as_on_a_terminal(data.decode("utf-8", "backslashreplace"))


def as_on_a_terminal(text: str) -> str:
    """Return text as a terminal leaves it: a line that was written over keeps its last state."""
    text = text.replace("\0", "\\x00")
    if "\r" not in text:
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)
