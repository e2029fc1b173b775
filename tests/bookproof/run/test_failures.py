"""Blocks that fail in every way: red at their line, and the other chapters are judged."""

from __future__ import annotations

import time

import pytest

from tests.bookproof.small import Book, Ran

FAILURES = {
    "raises": (
        "print('before')\nx = 1\n1 / 0",
        6,
        ["ZeroDivisionError: division by zero", "before"],
    ),
    "exits": ("import sys\nprint('before')\nsys.exit(3)", 6, ["SystemExit: 3", "before"]),
    "exits quietly": ("raise SystemExit", 4, ["SystemExit"]),
    "quits": ("quit()", 4, ["SystemExit"]),
    "ends its process": (
        "import os\nprint('before')\nos._exit(0)",
        3,
        ["its process ended by itself, with exit status 0", "before"],
    ),
    "kills its process": (
        "import os, signal\nprint('before')\nos.kill(os.getpid(), signal.SIGKILL)",
        3,
        ["its process was killed by signal SIGKILL", "before"],
    ),
    "crashes": (
        "import ctypes\nprint('before')\nctypes.string_at(0)",
        3,
        ["its process was killed by signal SIGSEGV", "before"],
    ),
    "prints half a line and dies": (
        "import os\nprint('half a li', end='')\nos._exit(7)",
        3,
        ["its process ended by itself, with exit status 7", "half a li"],
    ),
    "is interrupted": ("raise KeyboardInterrupt", 4, ["KeyboardInterrupt"]),
    "has a syntax error": ("x = 1\ny = = 2", 5, ["SyntaxError: invalid syntax", "y = = 2"]),
    "returns outside a function": (
        "x = 1\n\nreturn x\ny = 2\nz = 3",
        6,
        ["SyntaxError: 'return' outside function"],
    ),
    "cannot say what it raises": (
        "class Bad(Exception):\n    def __str__(self):\n        raise ValueError\n\nraise Bad",
        8,
        ["Bad: <exception str() failed>"],
    ),
    "fails in another folder": (
        "import os\nos.chdir('/')\n1 / 0",
        6,
        ["ZeroDivisionError: division by zero"],
    ),
    "fails an assertion": ("x = 3\nassert x == 4, f'x is {x}'", 5, ["AssertionError: x is 3"]),
    "closes the outputs": ("import os\nos.close(1)\nos.close(2)\n1 / 0", 7, ["ZeroDivisionError"]),
    "fails in a thread's wake": (
        "import threading\nthreading.Timer(60, print).start()\n1 / 0",
        6,
        ["ZeroDivisionError"],
    ),
}


ODD = {
    "has a stream that cannot flush": (
        "import sys\nclass Quiet:\n    def write(self, text):\n        pass\n"
        "sys.stdout = Quiet()\nraise OSError('quiet')",
        9,
        ["OSError: quiet"],
    ),
    "exits with what cannot be said": (
        "class C:\n    def __str__(self):\n        raise ValueError\nraise SystemExit(C())",
        3,
        ["SystemExit (that cannot be shown: ValueError)"],
    ),
    "raises a group in a circle": (
        "e = ExceptionGroup('g', [ValueError(1)])\ne.exceptions[0].__cause__ = e\nraise e",
        6,
        ["ExceptionGroup: g (1 sub-exception)"],
    ),
    "raises a long chain": (
        "e = None\nfor n in range(10_000):\n    new = ValueError(n)\n"
        "    new.__cause__, e = e, new\nraise e",
        8,
        ["ValueError: 9999"],
    ),
    "raises a deep group": (
        "e = ValueError(1)\nfor n in range(900):\n    e = ExceptionGroup(str(n), [e])\nraise e",
        7,
        ["ExceptionGroup: 899"],
    ),
    "says half a letter": ("raise ValueError('\\udcff')", 4, ["ValueError: \\udcff"]),
    "asks for half a name": (
        "import os\nos.path.exists(b'su\\xff')\nraise OSError('half')",
        6,
        ["OSError: half"],
    ),
    "keeps an odd module": (
        "import sys\nclass L(type(sys)):\n    def __getattr__(self, name):\n"
        "        raise RuntimeError\nsys.modules['lz'] = L('lz')\nsys.modules[5] = 7\n"
        "raise OSError('odd')",
        10,
        ["OSError: odd"],
    ),
}
FAILURES |= ODD
CHANGED = {
    "compile": "import builtins\nbuiltins.compile = None",
    "open": "import builtins\nbuiltins.open = None",
    "eval": "import builtins\nbuiltins.eval = None",
    "parse": "import ast\nast.parse = None",
    "unlink": "from pathlib import Path\nPath.unlink = None",
    "replace": "import os\nos.replace = None",
    "stat": "import os\nos.stat = None",
    "dup2": "import os\nos.dup2 = None",
    "write": "import os\nos.write = None",
    "close": "import os\nos.close = None",
}
FAILURES |= {
    f"leaves {name} changed": (
        f"print('before')\n{code}",
        3,
        ["the block leaves something of Python's changed that all code needs", "before"],
    )
    for name, code in CHANGED.items()
}
MUTED = {
    "limit": "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))",
    "hook": "import sys\nsys.addaudithook(lambda event, _: 1 / 0 if event == 'open' else None)",
}
FAILURES |= {
    f"stops all writing by a {name}": (
        code,
        3,
        ["exit status 74, and could not write why", "a block has set a limit or a hook"],
    )
    for name, code in MUTED.items()
}


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """What a check says of a book with one chapter for each failure, and a good one."""
    book = Book(tmp_path_factory.mktemp("failures") / "book")
    for name, (code, _, _) in FAILURES.items():
        book.page(code, "print('after')", name=name)
    book.page("print('well')", name="well")
    ran = book.check()
    assert ran.rc == 1
    return ran


@pytest.mark.parametrize("name", FAILURES)
def test_a_block_that_fails_is_named_with_its_line(failures: Ran, name: str) -> None:
    """The line, what went wrong, and what had been printed before it."""
    _, line, said = FAILURES[name]
    message = failures.about(f"docs/{name}.md")
    assert message.startswith(f"docs/{name}.md:{line}: "), message
    for text in said:
        assert text in message
    assert "after" not in message
    assert "bookproof/src" not in message


def test_the_other_chapters_are_judged(failures: Ran) -> None:
    """One failure hides nothing of the other chapters."""
    assert failures.about("docs/well.md") == (
        "docs/well.md:3: not recorded yet; it printed:\n    well"
    )
    assert failures.summary["chapters"] == len(FAILURES) + 1


def test_a_block_that_hangs_ends_at_its_limit(small_book: Book) -> None:
    """A limit of the fence ends the block alone; what it printed is shown, others are judged."""
    small_book.write(
        "docs/a.md",
        f"""
        ```python exec="1" limit="1"
        import subprocess, time
        sleeper = subprocess.Popen(["sleep", "{small_book.nap}"])
        print("begun")
        while True:
            try:
                time.sleep(60)
            except BaseException:
                pass
        ```
        """,
    )
    small_book.page("print('well')", name="b")
    began = time.monotonic()
    ran = small_book.check()
    assert time.monotonic() - began < 20
    assert ran.rc == 1
    assert 'docs/a.md:1: did not end within 1 seconds (limit="…" on its fence' in ran.out
    assert "begun" in ran.about("docs/a.md")
    assert "docs/b.md:3: not recorded yet" in ran.out
    assert not small_book.leaves(small_book.nap)


def test_the_book_sets_a_limit_for_all_blocks(small_book: Book) -> None:
    """Where a fence says nothing, the setting holds."""
    small_book.edit("pyproject.toml", "limit = 60", "limit = 0.5")
    small_book.page("while True: pass")
    ran = small_book.check()
    assert "docs/a.md:3: did not end within 0.5 seconds" in ran.out


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_block_that_prints_without_end_is_ended(small_book: Book, stream: str) -> None:
    """An endless loop of prints fills neither the disk nor the terminal."""
    small_book.page(f"import sys\nwhile True: print('again ' * 9999, file=sys.{stream})")
    ran = small_book.check()
    assert ran.rc == 1
    assert "docs/a.md:3: printed more than 20 MB" in ran.out
    assert len(ran.out) < 20_000


def test_a_block_that_prints_too_much_and_ends_is_red(small_book: Book) -> None:
    """Being quick about it does not make an output of this size one for a page."""
    small_book.page("print('x' * 21_000_000)")
    ran = small_book.check()
    assert ran.rc == 1
    assert "docs/a.md:3: printed more than 20 MB" in ran.out
    assert small_book.record().rc == 1
    assert not any(f.startswith("tests") for f in small_book.files())


def test_what_a_block_leaves_running_ends_with_its_chapter(small_book: Book) -> None:
    """A server that a block started does not outlive the check."""
    small_book.page(f"import subprocess\nsubprocess.Popen(['sleep', '{small_book.nap}'])")
    assert small_book.check().rc == 0
    assert not small_book.leaves(small_book.nap)


def test_a_failed_chapter_runs_again(small_book: Book) -> None:
    """A failure is never cached, and `record` keeps what was approved."""
    small_book.page("print(1)", "import os\nassert os.path.exists('fine'), 'missing'", "print(2)")
    (small_book.root / "fine").touch()
    small_book.record()
    before = small_book.recording()
    small_book.clean()
    (small_book.root / "fine").unlink()
    for _ in range(2):
        ran = small_book.check()
        assert ran.rc == 1
        assert ran.said[0] == "docs/a.md:9: AssertionError: missing"
        assert ran.summary["run"] == 1
    assert small_book.record().rc == 1
    assert small_book.recording() == before
    (small_book.root / "fine").touch()
    assert small_book.check().rc == 0


EXPECTED = {
    "as expected": ("RuntimeError", "raise RuntimeError('no')", ""),
    "by its full name": ("json.decoder.JSONDecodeError", "import json\njson.loads('{')", ""),
    "of the page": ("Mine", "class Mine(Exception): pass\nraise Mine", ""),
    "an exit": ("SystemExit", "raise SystemExit(2)", ""),
    "a syntax error": ("SyntaxError", "x = = 1", ""),
    "nothing": ("RuntimeError", "print('fine')", "did not raise RuntimeError"),
    "something else": ("RuntimeError", "1 / 0", "raised ZeroDivisionError, not RuntimeError"),
    "a subclass": ("Exception", "1 / 0", "raised ZeroDivisionError, not Exception"),
    "death": ("RuntimeError", "import os\nos._exit(1)", "its process ended by itself"),
}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> tuple[Book, Ran]:
    """A book with one chapter for each expectation, and what its recording says."""
    book = Book(tmp_path_factory.mktemp("expected") / "book")
    for name, (raises, code, _) in EXPECTED.items():
        book.page(code, "print('after')", name=name, options=f'raises="{raises}"')
        book.edit(f"docs/{name}.md", f'raises="{raises}"\nprint(\'after', "\nprint('after")
    return book, book.record()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_block_must_raise_what_its_fence_says(expected: tuple[Book, Ran], name: str) -> None:
    """Raising that is an output; raising nothing, something else or dying is a failure."""
    book, ran = expected
    _, _, problem = EXPECTED[name]
    message = ran.about(f"docs/{name}.md")
    recorded = f"tests/outputs/{name}.txt" in book.files()
    if problem:
        assert message.partition(": ")[2].startswith(problem), message
        assert "after" not in message
        assert not recorded
    else:
        assert message == ""
        raised, after = book.outputs(name)
        assert raised.startswith("Traceback (most recent call last):")
        assert after == "after"


def test_an_expected_error_is_part_of_the_output(small_book: Book) -> None:
    """What was printed, then the short traceback; a change of the message is drift."""
    small_book.page("print('before')\nraise ValueError('old')", options='raises="ValueError"')
    small_book.record()
    assert small_book.outputs() == [
        "before\nTraceback (most recent call last):\n  docs/a.md:{+2}\n"
        "    raise ValueError('old')\nValueError: old"
    ]
    small_book.edit("docs/a.md", "old", "new")
    ran = small_book.check()
    assert ran.rc == 1
    assert "-ValueError: old" in ran.out
    assert "   docs/a.md:5" in ran.out


def test_preloading_what_cannot_be_imported_is_named(small_book: Book) -> None:
    """A wrong setting is told as such, without a traceback."""
    small_book.edit("pyproject.toml", '"json"', '"jsn"')
    small_book.page("print(1)")
    ran = small_book.check()
    assert ran.rc == 1
    assert "cannot import 'jsn' (preload)" in ran.err


def test_a_start_that_fails_is_named(small_book: Book) -> None:
    """A failure before the first block is the chapter's, with what went wrong."""
    small_book.edit("parts.py", "    pass", "    raise RuntimeError('no start')")
    small_book.page("print(1)")
    ran = small_book.check()
    assert ran.rc == 1
    assert ran.said[0].startswith("docs/a.md:3: ")
    assert "no start" in ran.out


ORDINARY = {
    "a folder to work in that is gone": (
        "import os, tempfile\nwith tempfile.TemporaryDirectory() as folder:\n"
        "    os.chdir(folder)\nprint(os.path.exists('x'))"
    ),
    "a path that no file can have": (
        "import os\nprint(os.path.exists('a\\0b'), os.environ.get('a\\0b'))"
    ),
    "a question that is handed to a worker": (
        "import os\nfrom multiprocessing import Pool\nif __name__ == '__main__':\n"
        "    with Pool(1) as pool:\n        print(len(pool.map(os.stat, ['docs'])))"
    ),
    "all descriptors closed": "import os\nos.closerange(3, 200)\nprint(1)",
}


@pytest.mark.parametrize("code", ORDINARY.values(), ids=ORDINARY)
def test_what_works_in_python_works_in_a_block(small_book: Book, code: str) -> None:
    """The engine hears what a block asks, and stands in the way of none of it."""
    small_book.page(code, "print('next')")
    assert small_book.record().rc == 0, small_book.check().out
    assert "next" in small_book.outputs()


def test_a_device_that_never_ends_does_not_stop_the_gate(small_book: Book) -> None:
    """Its content is nobody's to compare."""
    (small_book.root / "zeros").symlink_to("/dev/zero")
    small_book.page("print(len(open('zeros', 'rb').read(5)))")
    assert small_book.record().rc == 0
    assert small_book.check().summary["cached"] == 1


def test_what_changes_a_clock_harms_nobody(small_book: Book) -> None:
    """A block may show what a program does with another time."""
    small_book.page(
        "import time\ntime.perf_counter = time.time = time.monotonic = lambda: 'noon'",
        "print(time.time())",
    )
    assert small_book.record().rc == 0
    assert small_book.outputs() == ["noon"]


def test_an_error_is_shown_with_what_it_came_of(small_book: Book) -> None:
    """As Python shows it: on purpose, by accident, or not at all; and another cause is seen."""
    for name, came in {"on purpose": "from error", "by accident": "", "alone": "from None"}.items():
        small_book.page(
            f"""
            try:
                {{}}["cat"]
            except KeyError as error:
                raise ValueError("no such animal") {came}
            """,
            name=name,
            options='raises="ValueError"',
        )
    small_book.record()
    said = {name: small_book.outputs(name)[0] for name in ("on purpose", "by accident", "alone")}
    last = said["alone"].splitlines()
    assert last[-1] == "ValueError: no such animal" and "KeyError" not in said["alone"]
    for name, between in {
        "on purpose": "The above exception was the direct cause of the following exception:",
        "by accident": "During handling of the above exception, another exception occurred:",
    }.items():
        before, _, after = said[name].partition(f"\n\n{between}\n\n")
        assert before.splitlines()[-1] == "KeyError: 'cat'"
        assert after.splitlines()[-1] == "ValueError: no such animal"
    small_book.edit("tests/outputs/on purpose.txt", "KeyError: 'cat'", "KeyError: 'dog'")
    assert small_book.check().rc == 1


def test_a_group_is_shown_with_its_members(small_book: Book) -> None:
    """Each with where it came from."""
    small_book.page(
        "raise ExceptionGroup('two', [ValueError('one'), TypeError('other')])",
        options='raises="ExceptionGroup"',
    )
    small_book.record()
    lines = small_book.outputs()[0].splitlines()
    assert lines[lines.index("ExceptionGroup: two (2 sub-exceptions)") :] == [
        "ExceptionGroup: two (2 sub-exceptions)",
        "  +---------------- 1 ----------------",
        "  | Traceback (most recent call last):",
        "  | ValueError: one",
        "  +---------------- 2 ----------------",
        "  | Traceback (most recent call last):",
        "  | TypeError: other",
        "  +------------------------------------",
    ]


def test_a_failure_begins_with_what_was_raised_last(small_book: Book) -> None:
    """And not with what it came of."""
    small_book.page("try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise ValueError('last')")
    assert small_book.check().about("docs/a.md").startswith("docs/a.md:7: ValueError: last")


def test_a_child_that_leaves_its_block_ends(small_book: Book) -> None:
    """As Python ends a program: it runs no other block, and what it raises is told."""
    small_book.page(
        """
        import os, sys
        pid = os.fork()
        if pid == 0:
            sys.exit(3)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """,
        """
        pid = os.fork()
        if pid == 0:
            1 / 0
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """,
        """
        pid = os.fork()
        if pid:
            print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """,
        """
        pid = os.fork()
        if pid == 0:
            sys.exit("why")
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """,
        "print('once')",
    )
    ran = small_book.record()
    assert ran.rc == 0
    assert small_book.outputs() == ["3", "1", "0", "1", "once"]
    assert ran.out.count("wrote to standard error: Traceback") == 2


def test_a_recursion_of_two_is_short(small_book: Book) -> None:
    """How deep it came depends on what is around it."""
    small_book.page(
        """
        def even(n):
            return odd(n)

        def odd(n):
            return even(n)

        even(1)
        """,
        options='raises="RecursionError"',
    )
    small_book.record()
    said = small_book.outputs()[0]
    assert "    … the same calls, again and again\nRecursionError" in said
    assert said.count("\n") < 20


def test_a_cause_that_counts_as_nothing_is_shown(small_book: Book) -> None:
    """What it is worth as a condition says nothing."""
    small_book.page(
        """
        class Empty(Exception):
            def __len__(self):
                return 0

        raise ValueError("outer") from Empty("inner")
        """,
        options='raises="ValueError"',
    )
    small_book.record()
    assert "Empty: inner\n\nThe above" in small_book.outputs()[0]
