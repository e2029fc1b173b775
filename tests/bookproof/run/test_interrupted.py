"""Ctrl-C, sudden death, two runs at once, and machines that cannot fork."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from functools import partial
from pathlib import Path

import pytest

from bookproof.files import write_text
from bookproof.run import processes, runner
from tests.bookproof.small import Book

SLOW = """
import subprocess
from pathlib import Path

Path("running").touch()
sleeper = subprocess.Popen(["sleep", "{seconds}"])
sleeper.wait()
"""


def begin(book: Book, *arguments: str) -> subprocess.Popen[str]:
    """Start a command that will wait in its chapter `b`, with chapter `a` done."""
    process = subprocess.Popen(
        book.command(*arguments),
        cwd=book.root,
        env=book.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # so that a signal can go to all, as a terminal's does
        # a shell's background job ignores Ctrl-C, and so would all that it starts
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    until = time.monotonic() + 30
    while not ((book.root / "running").exists() and book.results()):
        assert time.monotonic() < until
        time.sleep(0.02)
    return process


def whole(book: Book) -> None:
    """Assert that no file is cut short or left over."""
    names = [p for p in book.root.rglob("*") if p.is_file()]
    assert not [p for p in names if p.name.endswith(".tmp")]
    for path in (book.root / ".bookproof").rglob("*.json"):
        json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("command", ["check", "record"])
def test_control_c_leaves_nothing_half_done(small_book: Book, command: str) -> None:
    """It ends at once with 130, kills what it started, and the next run goes on where it was."""
    small_book.page("print('quick')", name="a")
    small_book.page(SLOW.format(seconds=small_book.nap), name="b")
    process = begin(small_book, command)
    os.killpg(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "interrupted" in out
    assert "Traceback" not in out
    assert not small_book.leaves(small_book.nap)
    whole(small_book)
    assert not any(f.startswith("tests") for f in small_book.files())
    small_book.page("print('b')", name="b")
    ran = small_book.record()
    assert ran.rc == 0
    assert (ran.summary["run"], ran.summary["cached"]) == (1, 1)
    assert small_book.check().rc == 0


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM], ids=["kill", "term"])
def test_sudden_death_leaves_nothing_half_done(small_book: Book, sign: signal.Signals) -> None:
    """The chapters end with the engine, and what was done before is whole."""
    small_book.page("print('quick')", name="a")
    small_book.page(SLOW.format(seconds=small_book.nap), name="b")
    process = begin(small_book, "record")
    process.send_signal(sign)
    process.communicate(timeout=20)
    assert not small_book.leaves(small_book.nap)
    whole(small_book)
    small_book.page("print('b')", name="b")
    ran = small_book.record()
    assert (ran.summary["run"], ran.summary["cached"]) == (1, 1)
    assert small_book.check().rc == 0


def test_a_wrong_name_does_not_wait_for_imports(small_book: Book) -> None:
    """What all chapters share is being imported by then, which may take long."""
    small_book.page("print(1)")
    small_book.write(
        "broken.py", f"import subprocess\nsubprocess.run(['sleep', '{small_book.nap}'])\n"
    )
    small_book.edit("pyproject.toml", '["json"]', '["broken"]')
    began = time.monotonic()
    ran = small_book.check("b")
    assert time.monotonic() - began < float(small_book.nap) / 2
    assert ran.rc == 1
    assert "no chapter or folder 'b'" in ran.err
    assert not small_book.leaves(small_book.nap)


def test_what_was_begun_for_nothing_ends(small_book: Book) -> None:
    """Where all will run, the import of what chapters share begins before the book is read."""
    small_book.page("print(1)")
    waiting = f"waits_{small_book.nap.replace('.', '_')}"
    library = small_book.root.parent / "library"
    library.mkdir()
    (library / f"{waiting}.py").write_text("import time\ntime.sleep(60)\n")
    small_book.edit(
        "pyproject.toml", '["json"]', f'["{waiting}"]\nenv = {{ PYTHONPATH = "{library}" }}'
    )
    for command in ("check", "record"):
        assert "no chapter or folder 'b'" in small_book.run(command, "b").err
        assert not small_book.leaves(waiting)
    small_book.write("docs/a.md", "# A\n")
    assert small_book.check().rc == 0
    assert not small_book.leaves(waiting)


def test_what_a_shared_import_makes_is_removed_by_it(small_book: Book) -> None:
    """The process that imported it ends as Python does, as far as anybody can see."""
    small_book.page("print(1)")
    library = small_book.root.parent / "library"
    library.mkdir()
    (library / "making.py").write_text(
        "import atexit\nfrom pathlib import Path\n\n"
        "Path('made').touch()\natexit.register(Path('made').unlink)\n"
    )
    small_book.edit(
        "pyproject.toml", '["json"]', f'["making"]\nenv = {{ PYTHONPATH = "{library}" }}'
    )
    assert small_book.record().rc == 0
    assert not (small_book.root / "made").exists()


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, or a crash before the last step, costs the new text and not the old."""
    file = tmp_path / "a.txt"
    write_text(file, "old")

    def fail(*_: object) -> None:
        raise OSError("No space left on device")

    for step in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, step, fail)
            with pytest.raises(OSError, match="No space"):
                write_text(file, "new", lasting=True)
        assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
        assert file.read_text("utf-8") == "old"


def test_two_checks_at_once_are_both_right(small_book: Book) -> None:
    """Neither reads what the other is writing, and both caches are whole."""
    for n in range(6):
        small_book.page(
            f"import time\ntime.sleep(0.05)\nprint({n})", f"print({n} + 1)", name=f"c{n}"
        )
    assert small_book.record().rc == 0
    small_book.clean()
    both = [
        subprocess.Popen(
            small_book.command("check"), cwd=small_book.root, env=small_book.environment()
        )
        for _ in range(2)
    ]
    assert [process.wait(60) for process in both] == [0, 0]
    whole(small_book)
    assert small_book.check().summary["cached"] == 6


def test_a_chapter_that_kills_its_parent_loses_itself_alone(small_book: Book) -> None:
    """It is named with its block; the chapters that ran beside it run again, and are judged."""
    small_book.page(
        "print('before')",
        "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nimport time\n"
        f"import subprocess\nsubprocess.run(['sleep', '{small_book.nap}'])",
        name="kills",
    )
    for name in ("b", "c", "d"):
        small_book.page("import time\ntime.sleep(0.3)\nprint('well')", name=name)
    ran = small_book.record()
    assert ran.rc == 1
    place = "docs/kills.md:7: ended the process that chapters are started from"
    assert place in ran.about("docs/kills.md")
    assert [small_book.outputs(name) for name in "bcd"] == [["well"]] * 3
    assert not small_book.leaves(small_book.nap)


def test_a_block_that_stops_its_parent_holds_nobody_up(small_book: Book) -> None:
    """The process that chapters are started from is woken again."""
    small_book.page("import os, signal\nos.kill(os.getppid(), signal.SIGSTOP)\nprint('done')")
    assert small_book.record().rc == 0
    assert small_book.outputs() == ["done"]


def test_what_made_a_session_of_its_own_ends_with_its_chapter(small_book: Book) -> None:
    """A daemon is found though it left the chapter's group, and its parent is gone."""
    nap = small_book.nap
    small_book.page(
        f"import subprocess\nsubprocess.Popen(['setsid', 'sleep', '{nap}'])\n"
        f"subprocess.run(['sh', '-c', 'setsid sleep {nap} & exit 0'])"
    )
    assert small_book.record().rc == 0
    assert not small_book.leaves(nap)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGHUP], ids=["term", "hup"])
def test_being_ended_leaves_no_folder_and_no_process(
    small_book: Book, tmp_path: Path, sign: signal.Signals
) -> None:
    """A CI that gives up, or a terminal that is closed, is answered in order."""
    small_book.page(f"import subprocess\nsubprocess.run(['sleep', '{small_book.nap}'])")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        small_book.command("check"),
        cwd=small_book.root,
        env=small_book.environment(TMPDIR=str(temporary)),
        preexec_fn=partial(signal.signal, signal.SIGHUP, signal.SIG_DFL),  # `nohup` ignores it
    )
    until = time.monotonic() + 30
    while not list(temporary.glob("*/*/begun")) and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(sign)
    assert process.wait(30) == 128 + sign
    assert list(temporary.iterdir()) == []
    assert not small_book.leaves(small_book.nap)


@pytest.fixture
def fresh(small_book: Book, monkeypatch: pytest.MonkeyPatch) -> Book:
    """A book on a machine that starts a new Python for each chapter."""
    monkeypatch.setattr(runner, "open_processes", processes.Fresh)
    return small_book


def test_fresh_processes_give_the_same_outputs(fresh: Book) -> None:
    """Where forking is not to be had, the results are those of forked chapters."""
    fresh.write("tools.py", "VALUE = 3\n")
    fresh.page(
        "import ctypes, sys\nprint(1, 2, sep='-')\nctypes.CDLL(None).puts(b'from C')",
        "import inspect\nfrom tools import VALUE\n\n\ndef f():\n    return VALUE\n\n"
        "print(inspect.getsource(f), __name__)",
        name="a",
    )
    fresh.page("1 / 0", options='raises="ZeroDivisionError"', name="b")
    assert fresh.record().rc == 0
    assert fresh.outputs("a")[0] == "1-2\nfrom C"
    assert "docs/b.md:{+1}" in fresh.outputs("b")[0]
    assert fresh.run_apart("check").rc == 0
    fresh.clean()
    ran = fresh.run_apart("check")
    assert ran.rc == 0
    assert ran.summary["run"] == 2
    fresh.edit("tools.py", "3", "4")
    assert fresh.check().summary["run"] == 1


def test_fresh_processes_end_as_forked_ones_do(fresh: Book) -> None:
    """Death, a hang and a failed start are named with the same words."""
    fresh.page("import os\nos._exit(3)", name="dies")
    fresh.page("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", name="killed")
    fresh.page(
        f"import subprocess\nsubprocess.run(['sleep', '{fresh.nap}'])",
        name="hangs",
        options='limit="1"',
    )
    fresh.page("print('well')", name="well")
    ran = fresh.check()
    assert ran.rc == 1
    assert "docs/dies.md:3: its process ended by itself, with exit status 3" in ran.out
    assert "docs/killed.md:3: its process was killed by signal SIGKILL" in ran.out
    assert "docs/hangs.md:3: did not end within 1 seconds" in ran.out
    assert "docs/well.md:3: not recorded yet" in ran.out
    assert not fresh.leaves(fresh.nap)
    fresh.edit("parts.py", "    pass", "    raise RuntimeError('no start')")
    assert "no start" in fresh.check("well").out
