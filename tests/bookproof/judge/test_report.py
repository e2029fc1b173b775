"""What the terminal says while chapters run, and in the end."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess

import pytest

from bookproof.judge import report
from bookproof.judge.report import Report
from bookproof.settings import BookError, Settings, load
from tests.bookproof.small import Book


def test_the_summary_counts_everything(small_book: Book) -> None:
    """Chapters, blocks, run, cached, replayed, drifted and seconds, before the advice."""
    small_book.page("print(1)", "print(2)", name="a")
    small_book.page("x = 1", name="b")
    small_book.page("print(3)", options='needs="gpu"', name="c")
    small_book.write("docs/prose.md", "# Prose\n")
    small_book.record(HAS_GPU="1")
    small_book.check(HAS_GPU="")
    small_book.edit("docs/a.md", "print(1)", "print(10)")
    ran = small_book.check(HAS_GPU="")
    *_, summary, advice = ran.out.splitlines()
    assert re.sub(r"[\d.]+ s$", "N s", summary) == (
        "3 chapters · 4 blocks · 1 run · 2 cached · 1 replayed · "
        "0 not recorded yet for want of a machine · 1 drifted · 0 other problems · N s"
    )
    assert "bookproof record" in advice


def test_a_green_run_says_one_line(small_book: Book) -> None:
    """Nothing to mend is nothing to read."""
    small_book.page("print(1)")
    small_book.record()
    assert len(small_book.check().out.splitlines()) == 1


def test_record_counts_no_problem_that_it_has_mended(small_book: Book) -> None:
    """After a recording, what was new or drifted is in order."""
    small_book.page("print(1)")
    ran = small_book.record()
    assert ran.rc == 0
    assert ran.said == ["recorded docs/a.md"]
    assert (ran.summary["drifted"], ran.summary["other problems"]) == (0, 0)
    small_book.edit("docs/a.md", "1", "2")
    assert small_book.record().summary["drifted"] == 0


def test_a_long_run_shows_its_progress_on_the_terminal(small_book: Book) -> None:
    """Chapter, line, block and seconds, in one line that is written over."""
    small_book.page("x = 1", "import time\ntime.sleep(1.2)\nprint('done')")
    small_book.page("print('well')", name="b")
    own, other = pty.openpty()
    process = subprocess.Popen(
        small_book.command("check"),
        cwd=small_book.root,
        env=small_book.environment(),
        stdout=other,
        stderr=other,
    )
    os.close(other)
    seen = b""
    while True:
        try:
            data = os.read(own, 4096)
        except OSError:
            break
        if not data:
            break
        seen += data
    os.close(own)
    assert process.wait(20) == 1
    text = seen.decode()
    assert "docs/a.md:7 block 2 1 s" in text
    last = text.split("\r\033[K")[-2:]
    assert "docs/" not in last[-1], "progress is wiped before the summary"
    assert "2 chapters" in text


class Terminal(io.StringIO):
    """A stream that can be redrawn."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_a_finished_chapter_leaves_the_progress_line(
    small_book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line names what runs now, not what ran last."""
    clock = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    stream = Terminal()
    told = Report(Settings(small_book.root), stream)
    told.progress("docs/long.md", 1, 3, 0.0)
    told.progress("docs/b.md", 1, 3, 0.0)
    told.progress("docs/c.md", 1, 3, 0.0)
    clock[0] += 5
    told.progress("docs/long.md", 1, 3, 5.0)
    assert stream.getvalue().split("\033[K")[-1] == "docs/long.md:3 block 1 5 s"


def test_a_long_run_is_told_in_a_log_now_and_then(
    small_book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing can be redrawn, a line every few seconds shows that it lives."""
    monkeypatch.setattr(report, "_PATIENCE", 0.3)
    small_book.page("import time\ntime.sleep(1)")
    ran = small_book.check()
    lines = [line for line in ran.said if "still running" in line]
    assert 1 <= len(lines) <= 4
    assert re.fullmatch(r"docs/a.md:3 block 1 \d s, still running", lines[0])


def drifted(book: Book) -> None:
    """Make one output differ from its recording."""
    book.page("print('100% of a, b: c')")
    book.record()
    book.edit("docs/a.md", "100%", "90%")


@pytest.mark.parametrize(
    ("env", "colored"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_color_is_for_terminals_and_where_it_is_asked_for(
    small_book: Book, monkeypatch: pytest.MonkeyPatch, env: dict[str, str], colored: bool
) -> None:
    """What is piped has none; recorded lines are red, those of this run green, places bold."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    drifted(small_book)
    out = small_book.check().out
    assert ("\033" in out) == colored
    if colored:
        assert "\033[1mdocs/a.md:3:\033[0m the output drifted" in out
        assert "\033[31m-100% of a, b: c\033[0m\n\033[32m+90% of a, b: c\033[0m" in out


def test_a_terminal_is_colored_unless_it_declines(
    small_book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As https://no-color.org has it."""
    monkeypatch.setenv("TERM", "xterm")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    settings = Settings(small_book.root)
    assert Report(settings, Terminal()).colored
    assert not Report(settings, io.StringIO()).colored
    monkeypatch.setenv("NO_COLOR", "1")
    assert not Report(settings, Terminal()).colored


def test_a_pull_request_is_annotated_on_its_lines(
    small_book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In GitHub's own escapes, besides what people read; a book in a folder names its files so."""
    monkeypatch.setenv("GITHUB_WORKSPACE", str(small_book.root.parent))
    drifted(small_book)
    ran = small_book.run("check", "--format", "github")
    assert ran.rc == 1
    assert "-100% of a, b: c\n+90% of a, b: c\n" in ran.out
    (line,) = [t for t in ran.out.splitlines() if t.startswith("::error ")]
    properties, _, message = line.removeprefix("::error ").partition("::")
    assert properties == "file=book/docs/a.md,line=3,title=The output drifted"
    assert message.startswith("the output drifted from its recording%0A---")
    assert message.endswith("%0A-100%25 of a, b: c%0A+90%25 of a, b: c")


def test_a_name_with_a_comma_is_escaped_in_an_annotation(small_book: Book) -> None:
    """It would end the name there."""
    small_book.page("print(1)", name="a,b: 100%")
    out = small_book.run("check", "--format", "github").out
    assert "::error file=docs/a%2Cb%3A 100%25.md,line=3,title=Not recorded yet::" in out


def test_what_a_block_prints_is_no_command_to_githubs_runner(small_book: Book) -> None:
    """The runner reads commands even from lines that are indented, so it is told to wait."""
    small_book.page("print('::add-mask::a')")
    lines = small_book.run("check", "--format", "github").out.splitlines()
    printed = next(n for n, t in enumerate(lines) if t.strip().startswith("::add-mask::"))
    begin = next(n for n, t in enumerate(lines) if t.startswith("::stop-commands::"))
    token = lines[begin].removeprefix("::stop-commands::")
    end = lines.index(f"::{token}::")
    assert begin < printed < end
    assert all(t.startswith("::error ") for t in lines[end + 1 :])
    assert len(token) == 32


def test_each_group_has_its_first_annotation_before_the_others(small_book: Book) -> None:
    """GitHub shows ten of a step."""
    small_book.page(*(f"print({n})" for n in range(12)))
    small_book.page("1 / 0", name="b")
    lines = small_book.run("check", "--format", "github").out.splitlines()
    errors = [t for t in lines if t.startswith("::error ")]
    assert len(errors) == 13
    assert "title=The block failed" in errors[1]


def test_what_a_passing_block_writes_to_standard_error_is_told(small_book: Book) -> None:
    """A warning that nobody expected is no output, and is not lost."""
    small_book.page("import warnings\nwarnings.warn('careful')", "print('out')")
    small_book.record()
    for _ in range(2):  # from the cache, too
        ran = small_book.check()
        assert ran.rc == 0
        assert ran.said == [
            "docs/a.md:3: note: wrote to standard error: UserWarning: careful (2 lines)"
        ]


def test_what_a_thread_raises_is_named_as_such(small_book: Book) -> None:
    """Python prints it and goes on, and the block passes."""
    small_book.page(
        "import threading\n\ndef work():\n    raise ValueError('lost')\n\n"
        "t = threading.Thread(target=work, name='loader')\nt.start()\nt.join()\nprint('done')"
    )
    said = small_book.record().said
    (note,) = [t for t in said if "note:" in t]
    assert re.fullmatch(
        r"docs/a\.md:3: note: thread loader raised ValueError: lost \(\d+ lines\)", note
    )


def test_many_notes_are_cut(small_book: Book) -> None:
    """The first are told, and the places of some others."""
    small_book.page(*(["import sys\nprint('hm', file=sys.stderr)"] * 13))
    said = small_book.check().said
    assert len(said) == 11
    assert said[-1] == (
        "note: 3 more wrote to standard error: docs/a.md:53, docs/a.md:58, docs/a.md:63"
    )


WRONG_SETTINGS = {
    "an unknown setting": ("limits = 3", "no setting 'limits'"),
    "a wrong kind": ('limit = "3"', "limit must be a number above 0, not '3'"),
    "a number that is none": ("limit = true", "limit must be a number above 0, not True"),
    "no limit at all": ("limit = 0", "limit must be a number above 0, not 0"),
    "a list of numbers": ("path = [1]", "path must be a list of texts"),
    "a table of numbers": ("env = { A = 1 }", "env must be a table of texts"),
    "a text for yes": ('footnote = "yes"', "no setting 'footnote'"),
    "a choice that is none": ('rebuild = "some"', "rebuild is 'all' or 'changed', not 'some'"),
    "a function without its module": ('finish = ["lighten"]', "\"module:function\", not 'lighten'"),
    "not TOML": ("limit = = 3", "not valid TOML"),
    "a number without end": (f"limit = {'9' * 5000}", "not valid TOML"),
    "brackets without end": (f"path = {'[' * 5000}", "not valid TOML"),
    "a variable that is two": ('env = { "A=B" = "1" }', "env holds a name with an equals sign"),
    "a variable with NUL": ('env = { "A\\u0000" = "1" }', "env holds a NUL character"),
    "a variable's value with NUL": ('env = { A = "\\u0000" }', "env holds a NUL character"),
    "a variable without a name": ('env = { "" = "1" }', "env holds an empty name"),
    "a path with NUL": ('path = ["a\\u0000"]', "path holds a NUL character: ['a\\x00']"),
    "a cache with NUL": ('cache = "a\\u0000"', "cache holds a NUL character: 'a\\x00'"),
    "docs with NUL": ('docs = "a\\u0000"', "docs holds a NUL character: 'a\\x00'"),
    "a package without a name": ('packages = [""]', "packages holds an empty name: ['']"),
    "a package of the book's without a name": ('own = [""]', "own holds an empty name: ['']"),
    "a cache that is the pages": ('cache = "docs"', "cache is 'docs', where the docs are"),
    "a cache around the book": ('cache = "../.."', "cache is '../..', where the docs are"),
    "a cache around the recordings": ('cache = "tests"', "where the recordings are"),
    "docs around the book": ('docs = "docs/../.."', "docs is '..', which the book lies in"),
}


@pytest.mark.parametrize(("line", "said"), WRONG_SETTINGS.values(), ids=WRONG_SETTINGS)
def test_a_wrong_setting_is_named(small_book: Book, line: str, said: str) -> None:
    """A typo in the settings never means the default."""
    small_book.edit("pyproject.toml", "limit = 60", line)
    ran = small_book.check()
    assert ran.rc == 2
    assert said in ran.err


def test_recordings_with_nul_are_named_before_anything_runs(small_book: Book) -> None:
    """No system has such a path."""
    small_book.edit("pyproject.toml", "tests/outputs", "a\\u0000")
    ran = small_book.record()
    assert ran.rc == 2
    assert "recordings holds a NUL character" in ran.err


@pytest.mark.parametrize(
    "text", ["tool = 1", "[tool]\nbookproof = 1", "[[tool.bookproof]]", "tool = [1]"]
)
def test_settings_that_are_no_table_are_named(small_book: Book, text: str) -> None:
    """TOML allows them."""
    small_book.write("pyproject.toml", text)
    ran = small_book.check()
    assert ran.rc == 2
    assert "[tool.bookproof] must be a table of settings, not " in ran.err


def test_settings_may_begin_with_a_mark_of_utf_8(small_book: Book) -> None:
    """As some editors write it, and as in pages."""
    small_book.write("pyproject.toml", f"\ufeff{small_book.read('pyproject.toml')}")
    small_book.page("print(1)")
    assert small_book.record().rc == 0


def test_docs_that_are_spelled_with_a_detour_are_the_same_folder(small_book: Book) -> None:
    """Pages are named by the short way, and found by it."""
    small_book.edit("pyproject.toml", "limit = 60", 'docs = "parts/../docs/"')
    small_book.page("print(1)")
    assert small_book.record().said == ["recorded docs/a.md"]


def test_without_a_book_the_command_says_so(small_book: Book) -> None:
    """Another project's settings are no book's."""
    small_book.write("pyproject.toml", "[project]\nname = 'other'\n")
    with pytest.raises(BookError, match=r"no pyproject.toml with a \[tool.bookproof\] table"):
        load(small_book.root)


def test_the_command_works_from_any_folder_of_the_book(small_book: Book) -> None:
    """The root is found above, and blocks run in it."""
    small_book.page("import os\nprint(os.path.exists('pyproject.toml'))")
    small_book.record()
    small_book.root = small_book.root / "docs"
    assert small_book.run("check").rc == 0


def test_each_command_is_explained() -> None:
    """`--help` of the whole and of each command says what it does."""
    for command in ("", "check", "record", "key"):
        done = subprocess.run(
            [*Book.command(*([command] if command else [])), "--help"],
            env={**os.environ, "PYTHONPATH": Book.engine},
            capture_output=True,
            text=True,
            check=True,
        )
        assert "usage: bookproof" in done.stdout


def test_explain_shows_all_that_a_block_wrote_to_standard_error(small_book: Book) -> None:
    """The note names the first line; this is where the others are."""
    small_book.page("import sys\nprint('one\\ntwo', file=sys.stderr)")
    assert "    one\n    two\n" in small_book.run("explain", "docs/a.md:3").out


SPOKEN = {
    "an output": "print('\\x1b]0;owned\\x07')",
    "an error": "raise ValueError('\\x1b]0;owned\\x07')",
    "what was printed before an error": "print('\\x1b]0;owned\\x07')\n1 / 0",
    "what was written before an error": (
        "import sys\nprint('\\x1b]0;owned\\x07', file=sys.stderr)\n1 / 0"
    ),
    "a warning": "import sys\nprint('\\x1b]0;owned\\x07', file=sys.stderr)",
    "a thread's name": (
        "import threading\nt = threading.Thread(target=print, args=[1 / 1], name='\\x1b]0;owned')\n"
        "t.run = lambda: 1 / 0\nt.start()\nt.join()"
    ),
}


@pytest.mark.parametrize("command", ["check", "record", "check --format github", "explain a:3"])
@pytest.mark.parametrize("code", SPOKEN.values(), ids=SPOKEN)
def test_a_terminal_obeys_nothing_that_a_block_says(
    small_book: Book, code: str, command: str
) -> None:
    """What it would obey is written out, whatever it is that is told."""
    small_book.page(code)
    ran = small_book.run(*command.replace("a:3", "docs/a.md:3").split())
    assert "\x1b" not in ran.out
    assert "\x07" not in ran.out
    if command != "record" or "raise" in code or "1 / 0" in code:
        assert "\\x1b]0;owned" in ran.out


LONG = {
    "an error": "raise ValueError('x' * 30_000_000)",
    "an error of many lines": "raise ValueError('x\\n' * 3_000_000 + 'y' * 3_000_000)",
    "an error that a terminal would obey": "raise ValueError('\\x1b' * 3_000_000)",
    "an output": "print('x' * 3_000_000)",
    "a warning": "import sys\nprint('x' * 3_000_000, file=sys.stderr)",
}


@pytest.mark.parametrize("code", LONG.values(), ids=LONG)
def test_no_line_that_is_told_is_long(small_book: Book, code: str) -> None:
    """The middle of what is long is left out, and how much."""
    small_book.page(code)
    said = small_book.check().said
    assert max(map(len, said)) < 500
    assert len(said) < 100
    assert re.search(r"characters …\]|…$|… \d+ lines more", "\n".join(said), re.MULTILINE)


def test_the_end_of_a_long_error_is_told(small_book: Book) -> None:
    """There often stands what was wrong."""
    small_book.page("raise ValueError('begin' + 'x' * 3000 + 'end')")
    first = small_book.check().said[0]
    assert re.fullmatch(r"docs/a.md:4: ValueError: beginx+\[… 28\d\d characters …\]x+end", first)


@pytest.mark.parametrize("command", ["check", "record"])
def test_what_a_block_prints_is_no_command_in_the_plain_format(
    small_book: Book, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """On GitHub the runner reads the log of every step."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    small_book.page("print('::stop-commands::x')\n1 / 0")
    lines = small_book.run(command).out.splitlines()
    assert re.fullmatch("::stop-commands::[0-9a-f]{32}", lines[0])
    assert lines[-1] == f"::{lines[0].rpartition(':')[2]}::"
    assert "    ::stop-commands::x" in lines


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["check", "record", "key"])
def test_a_command_without_a_stream_has_its_exit_status(
    small_book: Book, command: str, closed: str
) -> None:
    """`>&-` closes it, and a service may start without one."""
    small_book.page("print(1)")
    if command == "check":
        small_book.record()
    shell = ["sh", "-c", f'exec "$@" {command} {closed}', "sh", *small_book.command()]
    done = subprocess.run(
        shell, cwd=small_book.root, env=small_book.environment(), capture_output=True
    )
    assert done.returncode == 0
    assert command == "key" or small_book.outputs() == ["1"]
