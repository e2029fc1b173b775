"""Files: written so that nobody sees half of one, and named by what is in them."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

EVERY_MODULE = "**/*.py"
_LARGEST_SEEN = 1 << 20  # bytes of a file whose content is read to tell it from another
_open, _dumps = open, json.dumps  # a block may put something else in their places


def stamp(path: str) -> str:
    """Return what an edit of the file changes, without reading it."""
    try:
        found = os.stat(path)
    except OSError:
        return "missing"
    return f"{found.st_mtime_ns}:{found.st_size}"


def seen(path: str) -> str:
    """Name the content of a file where that costs little, and else return its stamp."""
    found = stamp(path)
    if found == "missing" or int(found.partition(":")[2]) > _LARGEST_SEEN:
        return found
    return content(Path(path).parent, os.path.basename(path))


def unchanged(root: str, name: str, then: str) -> bool:
    """Say whether a place that `Watch` notes is what its mark, or what was `seen` there, says."""
    if then in ("", mark(root, name)):
        return True
    return name[:1] != "?" and then == content(Path(root), name)


def question(path: Path | str) -> str:
    """Say what somebody hears who asks of a path without opening it."""
    try:
        if stat.S_ISLNK(os.lstat(path).st_mode):
            leads = f"{os.readlink(path)}\0{_kind(path)}".encode("utf-8", "surrogatepass")
            return f"link-{_digest(leads)[:16]}"
    except (OSError, ValueError):
        return "missing"
    return _kind(path)


def _kind(path: Path | str) -> str:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return "missing"
    if stat.S_ISDIR(found.st_mode):
        return "folder"
    return f"{'program' if found.st_mode & stat.S_IXUSR else 'file'} of {found.st_size}"


def mark(root: str, name: str) -> str:
    """Return what tells whether a place that `Watch` notes is the same at another moment."""
    if name.startswith("?"):
        return question(os.path.join(root, name[1:]))
    return content(Path(root), name) if name.endswith("/") else stamp(os.path.join(root, name))


def standing(root: str, name: str) -> str:
    """Return what any change on disk at a place changes, named as by `Watch`.

    What begins with `!` was made by a chapter: of a folder, all that is in it counts.
    """
    path = os.path.join(root, name.lstrip("?!"))
    try:
        if name.endswith("/"):
            return "\n".join(_listing(Path(root), name, ()))
        if not os.path.isdir(path):
            return stamp(path)
        if not name.startswith("!"):
            return "folder"
        inside = [os.path.join(place, f) for place, _, files in os.walk(path) for f in files]
        folders = [place for place, _, _ in os.walk(path)]
        return _digest("\n".join([*folders, *(f"{f} {stamp(f)}" for f in sorted(inside))]).encode())
    except OSError:
        return "missing"


def content(root: Path, name: str, ignored: Sequence[str] = ()) -> str:
    """Name the content of what `Watch` calls `name`; `ignored` folders count for nothing in it."""
    try:
        if name == EVERY_MODULE:
            lines = [f"{file} {content(root, file)}" for file in sorted(_modules(root, ignored))]
            return _digest("\n".join(lines).encode())
        if name.endswith("/"):
            lines = _listing(root, name, ignored)
            return _digest("\n".join(lines).encode("utf-8", "surrogateescape"))
        mode = os.stat(root / name).st_mode
        if not stat.S_ISREG(mode):  # what is read from a device never ends
            return "folder" if stat.S_ISDIR(mode) else "special"
        with _open(root / name, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "missing"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _listing(root: Path, name: str, ignored: Sequence[str]) -> list[str]:
    """Return the names in a folder, a folder's with a slash.

    What tools leave in the book's own folder, and nobody sees there, counts for nothing.
    """
    inside = "" if name == "./" else name
    with os.scandir(root / name) as entries:
        return sorted(
            f"{entry.name}/" if entry.is_dir() else entry.name
            for entry in entries
            if not _left(inside, entry.name, ignored) and (inside or not _hidden(entry.name))
        )


def _left(folder: str, name: str, ignored: Sequence[str]) -> bool:
    """Say whether a name is none of the book's, but left there by running."""
    return name == "__pycache__" or f"{folder}{name}/" in ignored


def _hidden(name: str) -> bool:
    return name.startswith(".")


def _modules(root: Path, ignored: Sequence[str]) -> list[str]:
    found = []
    for folder, names, files in os.walk(root):
        inside = Path(folder).relative_to(root)
        above = "" if inside == Path() else f"{inside.as_posix()}/"
        names[:] = [n for n in names if not _hidden(n) and not _left(above, n, ignored)]
        found += [(inside / f).as_posix() for f in files if f.endswith(".py")]
    return found


def relative(path: Path | str, start: Path | str) -> str:
    """Return the way from a folder to a path, with forward slashes.

    No way leads from one drive of Windows to another: then it is the whole path.
    """
    try:
        return Path(os.path.relpath(path, start)).as_posix()
    except ValueError:
        return Path(path).as_posix()


def write_json(path: Path, value: Any) -> None:
    """Write `value` so that a reader sees the old file or the whole new one."""
    write_text(path, _dumps(value, indent=1))


def write_text(path: Path, text: str, lasting: bool = False) -> None:
    """Write `text` so that a reader sees the old file or the whole new one.

    With `lasting` that is so even after a crash of the machine; what can be made again need not
    pay for it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with _open(temporary, "w", encoding="utf-8", newline="\n", errors="surrogatepass") as file:
            file.write(text)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        if error.errno and error.filename in (None, str(temporary)):  # not of ours
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise
    finally:
        temporary.unlink(missing_ok=True)
