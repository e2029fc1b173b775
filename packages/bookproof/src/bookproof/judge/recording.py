r"""The approved outputs of a chapter: one readable file, mirroring the chapter's path.

    === let x = … the block's first line
    --- 4c1f02aa90 · numpy 2.4.6 · CPU (x86_64) · threads 1 · 2026-11-21
    what it printed

An entry begins with `===` and the first line of its block's code; the line after it names the
code (`4c1f02aa90-2` where it is of the second block with the same code) and says where the output
came from, and for a block that some machines cannot run (`needs=`) also names all the chapter's
code up to it (`after …`) and, in lines of their own, the files and folders that were read or asked
for till then (`--- read helper.py 4c1f02aa90`). An output's own lines that begin like these are
kept apart by a backslash. A figure stands in a file of its own beside it. Blocks that print nothing
have no entry.

The folder may be the author's for other things, too: what does not begin like these is none of
ours, whatever its name is, and it is neither named nor removed.
"""

from __future__ import annotations

import difflib
import io
import json
import re
from collections.abc import Container
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

from ..files import write_text
from ..parse.block import Block
from ..parse.chapter import Chapter
from ..settings import BookError, Settings

_HEAD = re.compile(
    r"^--- (?P<code>[0-9a-f]{10})(?:-(?P<nth>[0-9]{1,9}))?"
    r"(?: after (?P<after>[0-9a-f]{10}))? · (?P<origin>.*)$"
)
_READ = re.compile(
    r"^--- read (?P<file>.+?) "
    r"(?P<content>[0-9a-f]{10}|[a-z]+|link-[0-9a-f]{16}|(?:file|program) of [0-9]+)$"
)
_FIGURE = re.compile(r"^\[figure: (?P<file>[^/\\]+\.svg)\]$")
_DRAWN = re.compile(r"(?P<stem>.*)\.[0-9a-f]{10}(-\d+)?\.svg")
_UNREADABLE = (
    "cannot read this line of the recording; restore the file with git, or delete it and run record"
)
_KEPT_APART = re.compile(r"^(\\|===|---|\[figure: )")


@dataclass(frozen=True)
class Entry:
    """The approved output of one block.

    Attributes:
        label: First line of the block's code.
        code_id: Name of the block's code when it was recorded.
        after: Name of the chapter's code up to the block; only for a block with `needs=`.
        origin: Versions, device and date of the recording.
        output: What the block printed.
        line: Where the entry begins in its file.
        nth: Which of the blocks with the same code it is of, from 1; 0 where there is but one.
        reads: What of the book's files and folders was read or asked for up to it, as
            `worker.watch` names it, each with what it was then; only for a block with `needs=`.
    """

    label: str
    code_id: str
    after: str
    origin: str
    output: str
    line: int = 0
    reads: dict[str, str] = field(default_factory=dict)
    nth: int = 0


def file_of(settings: Settings, chapter: Chapter) -> Path:
    """Return the file of a chapter's recording."""
    return settings.recordings_dir / f"{chapter.place}.txt"


def read(settings: Settings, chapter: Chapter) -> list[Entry]:
    """Read a chapter's recording; an absent file is an empty one.

    Raises:
        BookError: The file is not a recording; the message says where.
    """
    file = file_of(settings, chapter)
    if not file.exists():
        return []
    name = settings.relative(file)
    if not file.is_file():  # to read it might never end
        raise BookError("a recording is a regular file, and this is none", name)
    try:
        lines = file.read_text("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise BookError(f"not UTF-8 text: {error}", name, 1) from error
    starts = [n for n, line in enumerate(lines) if line.startswith("=== ")]
    if lines != [""] and 0 not in starts:
        raise BookError(_UNREADABLE, name, 1)
    entries = []
    for start, end in zip(starts, [*starts, len(lines)][1:], strict=True):
        head = _HEAD.match(lines[start + 1]) if start + 1 < len(lines) else None
        if head is None:
            raise BookError(_UNREADABLE, name, start + 2)
        body = lines[start + 2 : end]
        reads = {}
        while body and (found := _READ.match(body[0])):
            reads[_unquoted(found["file"])] = found["content"]
            body = body[1:]
        output = "\n".join(line.removeprefix("\\") for line in body).rstrip("\n")
        figure = _FIGURE.match(body[0]) if body else None
        if figure:
            output = _drawn(file.parent / figure["file"], name, start + 3)
        entries.append(
            Entry(
                lines[start][4:],
                head["code"],
                head["after"] or "",
                head["origin"],
                output,
                start + 1,
                reads,
                int(head["nth"] or 0),
            )
        )
    return entries


def _drawn(file: Path, recorded_in: str, line: int) -> str:
    """Read the file of a figure.

    Raises:
        BookError: There is none, or it is not text.
    """
    try:
        if file.exists() and not file.is_file():
            raise BookError(f"{file.name}: no regular file", recorded_in, line)
        return file.read_text("utf-8").rstrip("\n")
    except OSError as error:
        raise BookError(f"{file.name}: {error.strerror}", recorded_in, line) from error
    except UnicodeDecodeError as error:
        raise BookError(f"{file.name}: not UTF-8 text: {error}", recorded_in, line) from error


def match(
    chapter: Chapter, entries: list[Entry], silent: Container[int] = ()
) -> tuple[dict[int, Entry], list[Entry]]:
    """Find each block's entry: by its code, else by its place between blocks that are known.

    Args:
        chapter: The chapter.
        entries: Its recording.
        silent: The blocks, by index, that printed nothing and are likely to have no entry.

    Returns:
        The entries by the blocks' index, and the entries that no block owns.
    """
    pairs: dict[int, Entry] = {}
    orphans: list[Entry] = []
    old = [(e.code_id, bool(e.after), e.nth) for e in entries]
    numbered = {code for code, _, nth in old if nth}
    keys = {
        b.index: (b.code_id, bool(b.needs), chapter.nth[b.index] if b.code_id in numbered else 0)
        for b in chapter.blocks
    }
    spoke = [keys[b.index] for b in chapter.blocks if b.index not in silent]
    known = [  # of blocks with the same code, the silent ones leave the entries to the others
        b
        for b in chapter.blocks
        for key in [keys[b.index]]
        if b.index not in silent
        or (key in old if key[2] else not 0 < spoke.count(key) >= old.count(key))
    ]
    new = [keys[b.index] for b in known]
    for tag, a0, a1, b0, b1 in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        left, blocks = entries[a0:a1], known[b0:b1]
        if tag == "equal":
            pairs |= {b.index: e for b, e in zip(blocks, left, strict=True)}
            continue
        loose: list[Block] = []
        for block in blocks:  # an edited block that kept its first line
            entry = next((e for e in left if e.label == block.label), None)
            if entry is None:
                loose.append(block)
            else:
                pairs[block.index] = entry
                left = [e for e in left if e is not entry]
        if len(loose) != len(left):
            loose = [b for b in loose if b.index not in silent]
        if len(loose) == len(left):
            pairs |= {b.index: e for b, e in zip(loose, left, strict=True)}
        else:
            orphans += left
    return pairs, orphans


def write(settings: Settings, chapter: Chapter, entries: list[Entry]) -> bool:
    """Write a chapter's recording where it differs; return whether it did.

    Figures are written before the file that names them, and those that it no longer names are
    removed after it.
    """
    file = file_of(settings, chapter)
    stem = file.name.removesuffix(".txt")
    text, figures = [], {}
    for entry in entries:
        after = f" after {entry.after}" if entry.after else ""
        code = f"{entry.code_id}-{entry.nth}" if entry.nth else entry.code_id
        text += [f"=== {entry.label}", f"--- {code}{after} · {entry.origin}"]
        reads = sorted(entry.reads.items())
        text += [f"--- read {_quoted(name)} {content}" for name, content in reads]
        if _draws(entry.output):
            name = f"{stem}.{entry.code_id}.svg"
            for again in range(2, len(entries) + 1):  # the same code may draw something else below
                if name in figures:
                    name = f"{stem}.{entry.code_id}-{again}.svg"
            figures[name] = entry.output.rstrip("\n") + "\n"
            text += [f"[figure: {name}]", ""]
        else:
            body = entry.output.rstrip("\n").split("\n")
            text += [f"\\{line}" if _KEPT_APART.match(line) else line for line in body] + [""]
    changed = False
    for name, drawing in figures.items():
        changed |= _write_new(file.parent / name, drawing)
    if entries:
        changed |= _write_new(file, "\n".join(text).rstrip("\n") + "\n")
    elif _is_recording(file):
        file.unlink()
        changed = True
    for stale in file.parent.glob(f"{stem}.*.svg"):
        owner = _DRAWN.fullmatch(stale.name)
        ours = owner and owner["stem"] == stem and _is_drawing(stale)
        if ours and stale.name not in figures:
            stale.unlink()
            changed = True
    return changed


def _write_new(path: Path, text: str) -> bool:
    if path.exists() and path.read_text("utf-8") == text:
        return False
    write_text(path, text, lasting=True)
    return True


def orphans(settings: Settings, chapters: list[Chapter]) -> list[str]:
    """Name the recordings that no chapter owns, and the figures that no recording names."""
    if not settings.recordings_dir.is_dir():
        return []
    owned = {file_of(settings, c) for c in chapters}
    stray = []
    for file in sorted(settings.recordings_dir.rglob("*.*")):
        if drawn := _DRAWN.fullmatch(file.name):
            owner = file.with_name(f"{drawn['stem']}.txt")
            ours = (owner in owned or _is_recording(owner)) and _is_drawing(file)
            named = owner in owned and owner.exists() and _names(owner, file.name)
            if ours and not named:
                stray.append(settings.relative(file))
        elif file.suffix == ".txt" and file not in owned and _is_recording(file):
            stray.append(settings.relative(file))
    return stray


def _quoted(name: str) -> str:
    """Write the name of a file on one line."""
    return name if name.isprintable() and name[:1] != '"' else json.dumps(name)


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text)) if text[:1] == '"' else text
    except ValueError:
        return text


def _is_recording(file: Path) -> bool:
    """Say whether a file begins as `write` begins one."""
    with _opened(file) as text:
        if text.read(4) != "=== ":
            return False
        text.readline()
        return bool(_HEAD.match(text.readline()))


def _is_drawing(file: Path) -> bool:
    with _opened(file) as text:
        return _draws(text.read(1000))


def _draws(output: str) -> bool:
    return output.lstrip().startswith(("<svg", "<figure"))


def _opened(file: Path) -> TextIO:
    """Open a file that may be anybody's; what cannot be read is as if it were empty."""
    try:
        if file.is_file():
            return file.open(encoding="utf-8", errors="replace")
    except OSError:
        pass
    return io.StringIO()


def _names(recording: Path, figure: str) -> bool:
    return f"\n[figure: {figure}]\n".encode() in recording.read_bytes() + b"\n"


def accepted(old: Entry | None, new: Entry, unchanged: bool) -> Entry:
    """Return the entry to write: the old output and origin where it still holds."""
    return replace(new, origin=old.origin, output=old.output) if old and unchanged else new
