"""What of the caller's surroundings reaches the code of a book, and what does not."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bookproof.small import Book


@pytest.mark.parametrize("name", ["PYTHONOPTIMIZE", "PYTHONDONTWRITEBYTECODE"])
def test_no_variable_turns_an_assertion_off(small_book: Book, name: str) -> None:
    """What a page asserts holds it; so do the book's modules."""
    small_book.write("helper.py", "def check(x):\n    assert x == 2\n")
    small_book.page("assert 1 == 2", name="a")
    small_book.page("import helper\nhelper.check(1)", name="b")
    ran = small_book.record(**{name: "1"})
    assert ran.rc == 1
    assert "docs/a.md:4: AssertionError" in ran.out
    assert "docs/b.md:5: AssertionError" in ran.out
    assert small_book.check(**{name: "1"}).rc == 1


def test_an_optimizing_python_turns_no_assertion_off(small_book: Book) -> None:
    """Neither does its option."""
    small_book.page("assert 1 == 2", "def f():\n    '''A docstring.'''\nprint(f.__doc__)")
    done = subprocess.run(
        [sys.executable, "-OO", "-m", "bookproof", "check"],
        cwd=small_book.root,
        env=small_book.environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "docs/a.md:4: AssertionError" in done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TZ", "Asia/Tokyo"),
        ("LC_ALL", "de_DE.UTF-8"),
        ("LANG", "de_DE"),
        ("PYTHONHASHSEED", "7"),
        ("PYTHONWARNINGS", "error"),
        ("PYTHONPATH", "elsewhere"),
        ("COLUMNS", "33"),
        ("NO_COLOR", "1"),
        ("SOME_TOKEN", "secret"),
    ],
)
def test_a_variable_that_the_book_does_not_name_reaches_nothing(
    small_book: Book, name: str, value: str
) -> None:
    """Recorded with one value and checked with another, a page is the same, live and cached."""
    small_book.write("elsewhere/helper.py", "")
    small_book.page(
        f"""
        import os, shutil, sys, time, warnings
        print({name!r} in os.environ and os.environ[{name!r}] == {value!r})
        print(time.strftime("%H", time.localtime(0)), shutil.get_terminal_size().columns)
        warnings.warn("said")
        print({{"one", "two", "three"}}, any("elsewhere" in p for p in sys.path))
        """
    )
    assert small_book.record(**{name: value}).rc == 0
    small_book.clean()
    ran = small_book.check()
    assert ran.rc == 0, ran.out


def test_a_variable_that_the_book_names_counts_as_code(small_book: Book) -> None:
    """Another value runs every chapter; a third-party's does not."""
    small_book.page("import os\nprint(os.environ.get('DEVICE'))")
    assert small_book.record(DEVICE="one").rc == 0
    assert small_book.check(DEVICE="one", OTHER="x").summary["cached"] == 1
    ran = small_book.check(DEVICE="two")
    assert (ran.rc, ran.summary["run"]) == (1, 1)
    assert "-one" in ran.out
    assert "+two" in ran.out


def test_a_variable_of_the_machine_counts_where_it_is_read(
    small_book: Book, tmp_path: Path
) -> None:
    """`HOME` is passed on, since programs need it, and a page that shows it is stale elsewhere."""
    small_book.page("import os\nprint(os.path.basename(os.path.expanduser('~')))", name="reads")
    small_book.page("print('well')", name="does-not")
    homes = {name: str(tmp_path / name) for name in ("one", "two")}
    assert small_book.record(HOME=homes["one"]).rc == 0
    before = small_book.results()
    ran = small_book.check(HOME=homes["two"])
    assert ran.rc == 1
    assert "+two" in ran.out
    assert small_book.ran_since(before) == {"reads"}


def test_a_page_is_what_its_code_was_started_with(small_book: Book) -> None:
    """The engine's own arguments are nobody's."""
    small_book.page(
        """
        import argparse, sys
        parser = argparse.ArgumentParser()
        parser.add_argument("--steps", type=int, default=3)
        print(parser.parse_args().steps, sys.argv, sys.orig_argv[1:])
        parser.print_usage()
        """
    )
    assert small_book.record().rc == 0, small_book.check().out
    assert small_book.outputs() == [
        "3 ['docs/a.md'] ['docs/a.md']\nusage: a.md [-h] [--steps STEPS]"
    ]


SPAWNED = """
import multiprocessing

FACTOR = 3


class Times:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        return x * self.factor * FACTOR
"""


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_spawned_process_finds_what_the_page_defines(small_book: Book, method: str) -> None:
    """As macOS and Windows start processes; a page is no Python that they could import."""
    small_book.page(
        SPAWNED,
        "print('once')",
        f"""
        with multiprocessing.get_context({method!r}).Pool(2) as pool:
            print(pool.map(Times(2), [1, 2, 3]))
        """,
    )
    ran = small_book.record()
    assert ran.rc == 0, ran.out
    assert small_book.outputs() == ["once", "[6, 12, 18]"]


def test_what_a_spawned_process_reads_is_whole_while_another_is_started(small_book: Book) -> None:
    """Two workers of a pool start at once; the first one reads while the second is prepared."""
    small_book.page(
        SPAWNED,
        """
        from multiprocessing.spawn import get_preparation_data
        from threading import Thread
        start = lambda: [get_preparation_data("worker") for _ in range(500)]
        path = get_preparation_data("worker")["init_main_from_path"]
        (starting := Thread(target=start)).start()
        found = set()
        while starting.is_alive():
            found.add("class Times" in open(path).read())
        print(found)
        """,
    )
    assert small_book.record().rc == 0, small_book.check().out
    assert small_book.outputs() == ["{True}"]


def test_a_page_has_a_file_for_those_who_ask(small_book: Book) -> None:
    """What spawned processes get is not what the page's code sees."""
    small_book.page("print(__file__, __name__)")
    small_book.record()
    assert small_book.outputs() == ["docs/a.md __main__"]


STARTS = """
import os, shutil, subprocess, sys
print(os.environ.get("VIRTUAL_ENV") == sys.prefix)
print(os.path.dirname(shutil.which("python")) == os.path.dirname(sys.executable))
print(subprocess.run(["true"], env=dict(os.environ)).returncode)
"""


@pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="there is no virtual environment")
def test_a_virtual_environment_need_not_be_activated(small_book: Book) -> None:
    """Two terminals, one with it activated, see the same; what one ran counts in the other."""
    inside = str(Path(sys.executable).parent)
    outside = os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep) if p != inside)
    small_book.page(STARTS)
    assert small_book.record(PATH=outside).rc == 0
    assert small_book.outputs() == ["True\nTrue\n0"]
    ran = small_book.check(PATH=os.pathsep.join([inside, outside]), VIRTUAL_ENV=sys.prefix)
    assert (ran.rc, ran.summary["cached"]) == (0, 1), ran.out


def test_what_else_a_process_inherits_is_not_the_callers(small_book: Book) -> None:
    """The rights of new files, and signals that a shell or `nohup` has told it to ignore."""
    small_book.page(
        """
        import os, signal
        print(oct(os.umask(0)), signal.getsignal(signal.SIGHUP), signal.getsignal(signal.SIGUSR1))
        print(signal.pthread_sigmask(signal.SIG_BLOCK, ()))
        """
    )
    assert small_book.record().rc == 0
    again = " ".join([*map(shlex.quote, small_book.command("check", "--fresh"))])
    done = subprocess.run(
        ["sh", "-c", f"umask 077; trap '' HUP USR1; exec {again}"],
        cwd=small_book.root,
        env=small_book.environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_what_a_machine_has_does_not_depend_on_where_the_gate_is_started(small_book: Book) -> None:
    """A test of the book's own counts from the root, as its blocks do."""
    small_book.write("docs/guide/b.md", "# B\n")
    small_book.write("big.csv", "")
    small_book.edit("pyproject.toml", '"parts:has_gpu"', '"files:has_big"')
    small_book.write(
        "files.py",
        "from pathlib import Path\ndef has_big():\n    return Path('big.csv').exists()\n",
    )
    small_book.page("print(1)", options='source="above" needs="gpu"')
    ran = subprocess.run(
        small_book.command("record"),
        cwd=small_book.root / "docs",
        env=small_book.environment(),
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0
    assert small_book.outputs() == ["1"]


def test_a_test_of_the_machine_that_ends_python_is_named(small_book: Book) -> None:
    """Else the gate would end with it, and with its status: green, for `sys.exit()`."""
    small_book.write("ends.py", "import sys\nsys.exit()\n")
    small_book.edit("pyproject.toml", '"parts:has_gpu"', '"ends:has"')
    small_book.page("print(1)", options='source="above" needs="gpu"')
    ran = small_book.check()
    assert ran.rc == 1
    assert "[tool.bookproof.needs] 'ends:has' failed: SystemExit()" in ran.err


def test_the_environment_is_not_the_callers(small_book: Book) -> None:
    """All that a chapter sees is on the list, which the documentation shows."""
    small_book.page("import os\nprint(*sorted(os.environ), sep='\\n')")
    small_book.record(ANYTHING="1")
    named = set(small_book.outputs()[0].split("\n"))
    assert "ANYTHING" not in named
    assert {"PATH", "TZ", "PYTHONHASHSEED"} <= named
    assert named <= set(os.environ) | {
        *("TZ", "LC_ALL", "PYTHONUTF8", "PYTHONHASHSEED", "PYTHONPATH"),
        *("BOOKPROOF_WATCH", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV"),
    }
