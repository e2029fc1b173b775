"""Run one chapter's blocks in this process, which is fresh and belongs to the chapter alone."""

from __future__ import annotations

import ast
import builtins
import contextlib
import ctypes
import importlib
import io
import json
import linecache
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from ..files import write_json
from . import places
from .job import UNTOLD, BlockJob, Job
from .raised import UNPLACED, short_traceback
from .shown import show
from .snapshot import Keeper
from .sources import believe_sources
from .spawned import Definitions
from .watch import Watch

_RICH = (
    "_repr_html_",
    "_repr_svg_",
    "_repr_png_",
    "_repr_jpeg_",
    "_repr_latex_",
    "_repr_markdown_",
)
_clock, _open = time.perf_counter, os.open  # a block may put others in their places
_write, _dumps = os.write, json.dumps


def run(keeper: Keeper) -> None:
    """Run the job in the keeper's folder, leaving there what each block did as soon as it is done.

    A snapshot that is asked to go on comes out of `keeper.before` with another job and folder.
    """
    folder = keeper.folder
    (folder / "begun").touch()
    job = Job.read(folder)
    os.chdir(job.root)
    sys.path[:] = [os.path.join(job.root, p) for p in job.path] + sys.path
    sys.argv[:] = [job.chapter]  # what the page is to its code, and not what the engine was given
    sys.orig_argv[:] = [sys.executable, job.chapter]
    believe_sources(job.root, job.ignore)
    watch = Watch(job.root, job.apart, folder / "noted", own=job.chapter)
    definitions = Definitions(folder / "page.py")
    definitions.begin()
    _Streams.begin()
    libc = _libc()
    sessions: dict[str, ModuleType] = {}
    _show_source(job)
    keeper.begin(job)
    watch.begin()
    _preload(job)
    (folder / "imported").touch()
    if job.start:
        _call("start", job)
    (folder / "started").touch()  # the first block's time begins
    at, ran = 0, 0.0
    while True:
        if keeper.before(job, at, ran, watch):
            folder = keeper.folder
            job = _resume(folder, watch, definitions)
        if at == len(job.blocks):
            break
        block, at = job.blocks[at], at + 1
        fresh = _main_module(job)
        module = fresh if block.alone else sessions.setdefault(block.session, fresh)
        sys.modules["__main__"] = module
        me, began = os.getpid(), _clock()
        with _surroundings(block), _Streams(folder, block, libc):
            watch.begins(block.code)
            error = _execute(block, job, module, folder, definitions)
            if os.getpid() != me:
                _leave(error)
        seconds = _clock() - began
        ran += seconds
        try:
            nothing = watch.declared(block.reads)
            watch.words(block.code)
            watch.values(module)
            error = error or _idle(nothing) or _unsound(folder, block, libc)
            with _room(error) as error:
                done = {"seconds": seconds, "error": error, "noted": watch.notes.size()}
                error = _note(folder / f"{block.index}.json", done)
        except Exception as broken:
            raise _BookError(_left_broken(broken)) from broken
        if error is not None and error["stops"]:
            break
    machine = _call("describe", job) if job.describe else {}
    watch.modules()
    write_json(folder / "end.json", {"machine": machine, "noted": watch.end()})


def _leave(error: dict[str, Any] | None) -> None:
    """End a process that a block has forked and that came out of it, as Python ends one."""
    status = 0
    if error is not None:
        status = error.get("status", 1)
        if "status" not in error:
            _write(2, f"{error['text']}\n".encode("utf-8", "backslashreplace"))
    os._exit(status)


def attempt(folder: Path) -> int:
    """Run the job in `folder`; where the engine or the book's own start fails, leave a `crash`.

    Returns:
        The exit status; `UNTOLD` where the crash cannot be written.
    """
    keeper = Keeper(folder)
    _settle()
    try:
        run(keeper)
    except BaseException as error:
        try:
            text = f"{error}" if type(error) is _BookError else traceback.format_exc()
        except BaseException as another:  # a block has broken that, too
            text = f"{type(error).__name__}: {error} ({type(another).__name__}: {another})"
        try:
            number = _open(f"{keeper.folder}/crash", os.O_WRONLY | os.O_CREAT, 0o600)
            _write(number, text.encode("utf-8", "backslashreplace"))
        except BaseException:  # a block has set a limit or a hook, or the disk is full
            return UNTOLD
        return 1
    return 0


def _settle() -> None:
    """Undo what a process has of whoever started the engine, and what code can see."""
    os.umask(0o022)
    if os.name == "posix":
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        pythons = {signal.SIGPIPE, signal.SIGXFSZ}  # ignored by each Python
        for number in signal.valid_signals() - pythons:
            if signal.getsignal(number) == signal.SIG_IGN:  # `nohup`, or a shell's background
                signal.signal(number, signal.SIG_DFL)


def _resume(folder: Path, watch: Watch, definitions: Definitions) -> Job:
    """Take up the job in `folder`, where the engine has put what its first blocks left."""
    with watch.quiet():
        (folder / "begun").touch()
        job = Job.read(folder)
        watch.move(folder / "noted")
        definitions.move(folder / "page.py")
        _show_source(job)
        (folder / "started").touch()
    return job


class _BookError(Exception):
    """What the book gave the engine to call does not do what it should."""


def _idle(nothing: list[str]) -> dict[str, Any] | None:
    """Say that a fence names files that are not there: it would hold nothing."""
    if not nothing:
        return None
    text = f"reads={' '.join(nothing)!r} names no file or folder of the book"
    return {"type": "FileNotFoundError", "text": text, "stops": True}


def _unsound(folder: Path, block: BlockJob, libc: ctypes.CDLL | None) -> dict[str, Any] | None:
    """Do what the engine will do for the next block; where that fails, it is this block's error.

    What a block puts in the place of a function of Python's is there for the engine, too.
    """
    try:
        eval(_compiled(ast.parse("0", mode="eval"), UNPLACED, "eval", 0))
        with _Streams(folder, block, libc):
            null = os.open(os.devnull, os.O_WRONLY)
            os.write(null, b"")
            os.close(null)
        importlib.import_module("sys")
        open(os.devnull, encoding="utf-8").close()
    except OSError:
        return None  # there is no room, which is told elsewhere, or a folder is gone
    except Exception as broken:
        return _broken(broken)
    return None


def _note(file: Path, done: dict[str, Any]) -> dict[str, Any] | None:
    """Write what a block did, in whatever way can be; return its error, maybe one that is new."""
    try:
        write_json(file, done)
    except OSError:
        raise
    except Exception as broken:
        done["error"] = done["error"] or _broken(broken)
        number = _open(f"{file}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        _write(number, _dumps(done).encode("utf-8", "surrogatepass"))
    error: dict[str, Any] | None = done["error"]
    return error


def _broken(error: Exception) -> dict[str, Any]:
    return {"type": type(error).__name__, "text": _left_broken(error), "stops": True}


def _left_broken(error: Exception) -> str:
    """Say that the engine cannot go on, with little that a block could have changed."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = "" if place is None else f" (in {place.tb_frame.f_code.co_qualname})"
    said = f"{type(error).__name__}: {error}{where}"
    return f"{said}\nthe block leaves something of Python's changed that all code needs"


_SPARE = 16  # descriptors that the engine itself needs between two blocks


@contextlib.contextmanager
def _room(error: dict[str, Any] | None) -> Iterator[dict[str, Any] | None]:
    """Let the engine go on where a block left no file to be opened; that is the block's error."""
    taken: list[int] = []
    try:
        taken.append(os.open(os.devnull, os.O_RDONLY))
        taken += (os.dup(taken[0]) for _ in range(_SPARE - 1))  # which Python's audit does not tell
    except OSError as full:
        if error is None:
            text = f"{type(full).__name__}: {full.strerror}: the block leaves its files open"
            error = {"type": type(full).__name__, "text": text, "stops": True}
        os.closerange(max(taken, default=64) + 1, 1 << 16)  # nothing of this page will run again
    for number in taken:
        os.close(number)
    yield error


@contextlib.contextmanager
def _surroundings(block: BlockJob) -> Iterator[None]:
    """Give a block the width and the folder that its fence asks for, and no other block."""
    usual, here = os.environ.get("COLUMNS"), ""
    try:
        if block.workdir:
            here = os.getcwd()
            os.chdir(block.workdir)
        if block.width:
            os.environ["COLUMNS"] = str(block.width)
        yield
    finally:
        if block.workdir:
            os.chdir(here)
        if block.width:
            os.environ.pop("COLUMNS", None)
            os.environ.update({} if usual is None else {"COLUMNS": usual})


def _preload(job: Job) -> None:
    """Import those of the modules to preload that are the book's own.

    Raises:
        _BookError: One cannot be imported.
    """
    for name in job.preload:
        if places.is_own(name, job.root):
            try:
                importlib.import_module(name)
            except BaseException as error:
                said = "".join(traceback.format_exception_only(error)).strip()
                raise _BookError(f"cannot import {name!r} (preload): {said}") from error


def _call(setting: str, job: Job) -> Any:
    """Call what a setting names.

    Raises:
        _BookError: It failed, or `describe` returned something else than a table of texts.
    """
    name = getattr(job, setting)
    module, _, function = name.partition(":")
    said = f"[tool.bookproof] {setting} = {name!r}"
    try:
        found = getattr(importlib.import_module(module), function)()
    except BaseException as error:
        raise _BookError(f"{said} failed\n{short_traceback(error, job)}") from error
    if setting != "describe":
        return None
    if not isinstance(found, dict) or not all(
        isinstance(part, str) for pair in found.items() for part in pair
    ):
        raise _BookError(f"{said} must return a table of texts, not {found!r}"[:500])
    return found


def _main_module(job: Job) -> ModuleType:
    module = ModuleType("__main__")
    module.__dict__.update(__file__=job.chapter, __builtins__=builtins, __spec__=None)
    return module


def _execute(
    block: BlockJob, job: Job, module: ModuleType, folder: Path, definitions: Definitions
) -> dict[str, Any] | None:
    """Run a block; return None, or what it raised."""
    expected = block.raises
    try:
        parts, flags = _parts(block)
        definitions.add(module, parts)
        if block.shows:
            place = f"{job.chapter}:{block.line}"
            known = {"parts": parts, "flags": flags, "namespace": module.__dict__, "place": place}
            caught = folder / f"{block.index}.shown"
            print(show(block.shows, block.code, caught, options=block.options, **known))
            return None
        last = _last_value(parts) if block.last_value else None
        for file, tree in parts:
            exec(_compiled(tree, file, "exec", flags), module.__dict__)
        if last is not None:
            _show_value(eval(_compiled(last, parts[-1][0], "eval", flags), module.__dict__))
    except BaseException as error:  # whatever a block raises is its own, SystemExit too
        name = type(error).__name__
        full = f"{type(error).__module__}.{type(error).__qualname__}"
        try:
            text = short_traceback(error, job, block)
        except BaseException as another:  # its class, or what the block has changed
            text = f"{name} (that cannot be shown: {type(another).__name__})"
        told = {
            "type": name,
            "text": text.encode("utf-8", "backslashreplace").decode(),
            "stops": not expected or expected not in (name, full),
        }
        if isinstance(error, SystemExit) and isinstance(error.code, int | None):
            told["status"] = error.code or 0
        return told
    return None


def _compiled(tree: ast.Module | ast.Expression, file: str, mode: str, flags: int) -> CodeType:
    """Compile with all assertions, whatever the environment says: hidden ones hold the book."""
    code: CodeType = compile(tree, file, mode, flags=flags, dont_inherit=True, optimize=0)
    return code


def _last_value(parts: list[tuple[str, ast.Module]]) -> ast.Expression | None:
    """Take the last statement out of a cell if it is an expression, whose value is then shown."""
    body = parts[-1][1].body if parts else []
    if body and isinstance(last := body[-1], ast.Expr):
        body.pop()
        return ast.Expression(last.value)
    return None


def _show_value(value: Any) -> None:
    """Print what a notebook shows of a value; refuse what it would draw.

    Raises:
        TypeError: The value is shown there as more than text.
    """
    rich = [name for name in _RICH if callable(getattr(value, name, None))]
    if rich and not isinstance(value, type):
        raise TypeError(
            f"the last line of this cell is a {type(value).__name__}, which a notebook shows as "
            f'more than text: print it, or print its HTML in a cell with html="1"'
        )
    if value is not None:
        print(repr(value))


def _parts(block: BlockJob) -> tuple[list[tuple[str, ast.Module]], int]:
    """Return a block's statements by the file they stand in, with their lines, and its flags."""
    tree = ast.parse(block.code, UNPLACED)
    parts: list[tuple[str, list[ast.stmt]]] = []
    flags = 0
    for statement in tree.body:
        first = min(
            [statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))]
        )
        file, line = block.origins[first - 1]
        ast.increment_lineno(statement, line - first)
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for alias in statement.names:
                flags |= getattr(importlib.import_module("__future__"), alias.name).compiler_flag
        if not parts or parts[-1][0] != file:
            parts.append((file, []))
        parts[-1][1].append(statement)
    return [(file, ast.Module(body, [])) for file, body in parts], flags


def _show_source(job: Job) -> None:
    """Let `inspect` and tracebacks find a block's code at the chapter's own lines.

    The lines of the prose are blank there, so that the whole is Python; included code, whose
    functions name their own file, follows after the last line for the classes among it.
    """
    lines = [""] * job.lines
    tail: list[str] = []
    for block in job.blocks:
        try:
            ast.parse(block.code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):  # told where it runs
            continue
        for text, (file, number) in zip(block.code.split("\n"), block.origins, strict=False):
            if file == job.chapter and number <= len(lines):
                lines[number - 1] = text
            else:
                tail.append(text)
    source = [f"{line}\n" for line in lines + tail]
    linecache.cache[job.chapter] = (sum(map(len, source)), None, source, job.chapter)


class _Streams:
    """Send what a block writes, from Python or from C, to its own files."""

    def __init__(self, folder: Path, block: BlockJob, libc: ctypes.CDLL | None) -> None:
        self.out = folder / f"{block.index}.out"
        self.err = self.out if block.stderr else folder / f"{block.index}.err"
        self.libc = libc

    @staticmethod
    def begin() -> None:
        """Give Python unbuffered streams on the descriptors 1 and 2, and an empty input.

        Whatever ends the process, and whatever C code prints between, each write is in its place.
        """
        null = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(null, number)
        os.close(null)
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), "utf-8")
        for name, number in (("stdout", 1), ("stderr", 2)):
            stream = io.TextIOWrapper(
                io.FileIO(number, "w", closefd=False),
                encoding="utf-8",
                errors="backslashreplace",
                newline="\n",  # Windows would write another
                write_through=True,
            )
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)

    def __enter__(self) -> None:
        for path, number in ((self.out, 1), (self.err, 2)):
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            if file != number:  # a block may have closed it
                os.dup2(file, number)
                os.close(file)

    def __exit__(self, *_: object) -> None:
        for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
            with contextlib.suppress(BaseException):  # a block may have closed or replaced it
                if stream is not None:
                    stream.flush()
        if self.libc is not None:
            self.libc.fflush(None)


def _libc() -> ctypes.CDLL | None:
    """Return the C library with unbuffered output, so that C and Python print in order."""
    if os.name == "nt":
        return None
    try:
        libc = ctypes.CDLL(None)
        symbol = "__stdoutp" if sys.platform == "darwin" else "stdout"
        libc.setvbuf(ctypes.c_void_p.in_dll(libc, symbol), None, 2, 0)
    except (OSError, ValueError, AttributeError):
        return None
    return libc


if __name__ == "__main__":  # where forking is not to be had
    os._exit(attempt(Path(sys.argv[1])))
