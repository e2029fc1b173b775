"""What runs again and what does not: exactly where an output could have changed."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable

import pytest

from tests.bookproof.small import Book


@pytest.fixture
def two_chapters(small_book: Book) -> Book:
    """A recorded book: one chapter imports an example, which imports another; one does not."""
    one = "from examples.two import VALUE\n\n\ndef f():\n    return VALUE\n"
    small_book.write("examples/one.py", one)
    small_book.write("examples/two.py", "VALUE = 11\n")
    small_book.page("from examples.one import f\nprint(f())", name="imports")
    small_book.page("print('alone')", name="alone")
    small_book.write("docs/prose.md", "# Only prose\n")
    assert small_book.record().rc == 0
    return small_book


def test_nothing_runs_again_without_an_edit(two_chapters: Book) -> None:
    """Everything cached is believed as long as nothing it stands on has changed."""
    ran = two_chapters.check()
    assert ran.rc == 0
    assert (ran.summary["run"], ran.summary["cached"]) == (0, 2)


@pytest.mark.parametrize("example", ["one", "two"])
def test_an_edited_example_runs_only_the_chapters_that_import_it(
    two_chapters: Book, example: str
) -> None:
    """Imports count through other modules, too, and the new value is what is judged."""
    before = two_chapters.results()
    if example == "one":
        two_chapters.edit("examples/one.py", "return VALUE", "return VALUE + 1")
    else:
        two_chapters.edit("examples/two.py", "11", "12")
    ran = two_chapters.check()
    assert ran.rc == 1
    assert "+12" in ran.out
    assert two_chapters.ran_since(before) == {"imports"}


def test_an_edit_that_keeps_size_and_time_is_seen(two_chapters: Book) -> None:
    """Python would believe its compiled copy of a module edited within the same second."""
    path = two_chapters.root / "examples/two.py"
    at = path.stat().st_mtime_ns
    path.write_text("VALUE = 12\n", "utf-8")
    os.utime(path, ns=(at, at))
    ran = two_chapters.check()
    assert ran.rc == 1
    assert "+12" in ran.out


def test_an_example_that_is_deleted_runs_its_chapters(two_chapters: Book) -> None:
    """A chapter does not live on code that is gone."""
    (two_chapters.root / "examples/two.py").unlink()
    ran = two_chapters.check()
    assert ran.rc == 1
    assert "docs/imports.md:4: ModuleNotFoundError: No module named 'examples.two'" in ran.out
    assert ran.summary["run"] == 1


def test_an_example_that_is_renamed_back_is_cached(two_chapters: Book) -> None:
    """What counts is the content, not the time of the file."""
    path = two_chapters.root / "examples/two.py"
    path.write_text(path.read_text("utf-8"), "utf-8")
    os.utime(path, (0, 0))
    assert two_chapters.check().summary["cached"] == 2


DATA = {
    "open": "print(open('data/values.txt').read())",
    "another folder": "import os\nos.chdir('data')\nprint(open('values.txt').read())",
    "a descriptor": "import os\nprint(os.read(os.open('data/values.txt', os.O_RDONLY), 9))",
    "a forked process": (
        "import os\nif os.fork() == 0:\n    print(open('data/values.txt').read(), flush=True)\n"
        "    os._exit(0)\nos.wait()"
    ),
    "a command": "import subprocess\nsubprocess.run(['cat', 'data/values.txt'])",
    "a name that is listed": "import os\nprint(sorted(os.listdir('data')))",
    "names that are found": (
        "from pathlib import Path\nprint(sorted(p.name for p in Path('data').glob('v*')))"
    ),
    "a script's import": "import subprocess, sys\nsubprocess.run([sys.executable, 'script.py'])",
    "a module's import": (
        "import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'examples.main'])"
    ),
    "its own page": "print(open('docs/a.md').read().count('value'))",
    "its recording": (
        "from pathlib import Path\np = Path('tests/outputs/b.txt')\nprint(p.read_text().count('9'))"
    ),
}


@pytest.mark.parametrize("code", DATA.values(), ids=DATA)
def test_an_edited_file_that_a_chapter_reads_runs_it_again(small_book: Book, code: str) -> None:
    """Whatever a chapter reads of the book, in whatever way, decides its output."""
    small_book.write("data/values.txt", "1 2 3")
    small_book.write("examples/main.py", "from examples.more import VALUE\nprint(VALUE)\n")
    small_book.write("examples/more.py", "VALUE = 1\n")
    small_book.write("script.py", "from examples.more import VALUE\nprint(VALUE)\n")
    small_book.page("print(1)", name="b")
    small_book.page(code)
    small_book.record()
    small_book.record()
    assert small_book.check().summary["cached"] == 2
    small_book.write("data/values.txt", "1 2 4")
    small_book.write("data/values2.txt", "new")
    small_book.edit("examples/more.py", "1", "2")
    small_book.edit("docs/a.md", "# A title", "# A title with value")
    small_book.edit("tests/outputs/b.txt", "\n1", "\n9")
    ran = small_book.check("a")
    assert ran.summary["run"] == 1
    assert ran.rc == 1


def test_a_file_that_was_missing_runs_the_chapter_when_it_comes(small_book: Book) -> None:
    """A chapter that looked for a file in vain depends on it."""
    small_book.page("try:\n    print(open('data.txt').read())\nexcept OSError:\n    print('none')")
    small_book.record()
    assert small_book.check().summary["cached"] == 1
    small_book.write("data.txt", "here")
    ran = small_book.check()
    assert ran.rc == 1
    assert "+here" in ran.out


def test_what_a_chapter_writes_itself_does_not_run_it_again(small_book: Book) -> None:
    """A chapter that saves and loads a file stands on its own code, not on that file."""
    small_book.page(
        "import time\nfrom pathlib import Path\nPath('made.txt').write_text(str(time.time()))\n"
        "print(len(Path('made.txt').read_text()) > 3)"
    )
    small_book.record()
    assert small_book.check().summary["cached"] == 1
    small_book.write("made.txt", "again")
    assert small_book.check().summary["cached"] == 1


@pytest.mark.parametrize("edit", ["prose", "page"])
def test_prose_runs_nothing(two_chapters: Book, edit: str) -> None:
    """Words around the blocks, and pages without blocks, are not the gate's."""
    name = "docs/alone.md" if edit == "prose" else "docs/prose.md"
    (two_chapters.root / name).write_text("Before.\n\n" + two_chapters.read(name), "utf-8")
    ran = two_chapters.check()
    assert ran.rc == 0
    assert ran.summary["run"] == 0


def test_an_edited_block_runs_its_chapter_alone(two_chapters: Book) -> None:
    """A chapter is cached whole: its state runs through all its blocks."""
    before = two_chapters.results()
    two_chapters.edit("docs/alone.md", "'alone'", "'changed'")
    assert two_chapters.check().rc == 1
    assert two_chapters.ran_since(before) == {"alone"}


OPTIONS = ['stderr="1"', 'raises="ValueError"', 'session="x"', 'width="60"']


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_that_decides_the_run_runs_the_chapter(two_chapters: Book, option: str) -> None:
    """A fence says how its block runs, so a cached result of the other way is not believed."""
    two_chapters.edit("docs/alone.md", 'source="above"', option)
    assert two_chapters.check().summary["run"] == 1


WAITS = """
open("running", "w").close()
until = time.time() + 20
while not os.path.exists("edited") and time.time() < until:
    time.sleep(0.02)
"""


def check_while(book: Book, change: Callable[[], object]) -> None:
    """Run the gate, and change something while its chapter waits."""
    process = subprocess.Popen(
        book.command("check"),
        cwd=book.root,
        env=book.environment(),
        stdout=subprocess.DEVNULL,
    )
    while not (book.root / "running").exists():
        time.sleep(0.02)
    change()
    (book.root / "edited").touch()
    process.wait(30)


def test_an_edit_while_a_chapter_runs_is_not_lost(small_book: Book) -> None:
    """A module edited after its import, before the end of the run, makes the result an old one."""
    small_book.write("tools.py", "VALUE = 1\n")
    small_book.page(f"import os, time\nfrom tools import VALUE\n{WAITS}", "print('value', VALUE)")
    check_while(small_book, lambda: small_book.edit("tools.py", "1", "2"))
    ran = small_book.check()
    assert ran.summary["run"] == 1
    assert "    value 2" in ran.said


@pytest.mark.parametrize(
    ("asking", "file", "said"),
    [("os.path.exists('new')", "new", "True"), ("len(os.listdir('data'))", "data/b.csv", "2")],
)
def test_an_answer_that_changes_while_a_chapter_runs_is_not_lost(
    small_book: Book, asking: str, file: str, said: str
) -> None:
    """It holds what it heard, and not what somebody would hear when it ends."""
    small_book.write("data/a.csv", "")
    small_book.page(f"import os, time\nheard = {asking}\n{WAITS}", "print('heard', heard)")
    check_while(small_book, lambda: small_book.write(file, ""))
    ran = small_book.check()
    assert ran.summary["run"] == 1
    assert f"    heard {said}" in ran.said


def test_what_fails_is_no_longer_true_of_the_cache(small_book: Book) -> None:
    """A cause that nothing sees was found by a run that trusts no cache: the next one knows it."""
    small_book.write("flag", "")
    small_book.page("import os\nassert os.stat('flag').st_mtime > 9")
    assert small_book.record().rc == 0
    os.utime(small_book.root / "flag", (5, 5))
    assert small_book.check("--fresh").rc == 1
    assert small_book.check().rc == 1
    os.utime(small_book.root / "flag")
    assert small_book.check().rc == 0


def test_an_upgrade_runs_every_chapter_and_shows_what_moved(small_book: Book) -> None:
    """The report names both versions, what drifted, and old beside new of what moved a little."""
    for number in ("1.0", "2.0"):
        small_book.write(
            f"site{number}/fakelib-{number}.dist-info/METADATA",
            f"Metadata-Version: 2.1\nName: fakelib\nVersion: {number}\n",
        )
    small_book.edit("pyproject.toml", 'preload = ["json"]', 'packages = ["fakelib"]')
    code = "from importlib.metadata import version\nn = int(version('fakelib')[0])\n"
    small_book.page(code + "print('a word', n)\nprint('the same')", name="drifts")
    small_book.page(code + "print(f'{0.1233 + n / 10_000:.4f}')", name="moves")
    small_book.page("print('still')", name="still")
    small_book.write("docs/prose.md", "# Only prose\n")

    def environment(number: str) -> str:
        small_book.edit_line("pyproject.toml", "path = ", f'path = [".", "site{number}"]')
        return f"{small_book.engine}{os.pathsep}{small_book.root / f'site{number}'}"

    assert small_book.record(PYTHONPATH=environment("1.0")).rc == 0
    assert small_book.check(PYTHONPATH=environment("1.0")).summary["cached"] == 3
    ran = small_book.check(PYTHONPATH=environment("2.0"))
    assert ran.rc == 1
    assert ran.summary["run"] == 3
    text = "\n".join(ran.said)
    rows = [" ".join(line.split()) for line in ran.said]
    assert rows[rows.index("since the recording: fakelib 1.0 → 2.0") :] == [
        "since the recording: fakelib 1.0 → 2.0",
        "1 drifted: docs/drifts.md:3",
        "1 moved within their tolerance; old │ new:",
        "docs/moves.md:3",
        "0.1234 │ 0.1235",
    ]
    assert "docs/still.md" not in text


SETTINGS = {
    "a variable": ("[tool.bookproof.needs]", 'env = { MODE = "new" }\n[tool.bookproof.needs]'),
    "the start": ('start = "parts:start"', ""),
    "the preloaded modules": ('"json"', '"json", "decimal"'),
}


@pytest.mark.parametrize(("old", "new"), SETTINGS.values(), ids=SETTINGS)
def test_a_setting_that_decides_the_run_runs_every_chapter(
    two_chapters: Book, old: str, new: str
) -> None:
    """What all chapters start from is part of what each one stands on."""
    two_chapters.edit("pyproject.toml", old, new)
    assert two_chapters.check().summary["run"] == 2


SAYS_LINES = {
    "a frame": "import sys\nprint(sys._getframe().f_lineno)",
    "a disassembly": "import dis\ndis.dis(lambda: 1)",
    "a log": "import logging\nlogging.basicConfig(format='%(lineno)d')\nlogging.warning('x')",
    "a code object": "print(str((lambda: 1).__code__).partition('file')[2])",
    "a stack": "import inspect\nprint(inspect.stack()[0][2])",
}


@pytest.mark.parametrize("code", SAYS_LINES.values(), ids=SAYS_LINES)
def test_a_page_that_speaks_of_its_lines_runs_again_when_they_move(
    small_book: Book, code: str
) -> None:
    """The cache held the number of a line that is now another."""
    small_book.page(code, name="says")
    small_book.page("print(5)", name="other")
    small_book.record()
    for name in ("says", "other"):
        small_book.edit(f"docs/{name}.md", "# A title\n", "# A title\n\nMore.\n")
    assert small_book.check().summary["run"] == 1


def test_a_place_that_a_file_names_is_shown_as_it_stands_there(small_book: Book) -> None:
    """It is text, though it looks like one of the page's lines."""
    small_book.write("v.txt", "see docs/a.md:4\n")
    small_book.page("print(open('v.txt').read())")
    small_book.record()
    small_book.edit("docs/a.md", "# A title\n", "# A title\n\nMore.\n")
    assert small_book.check().rc == 0
    assert small_book.check("--fresh").rc == 0
    assert small_book.outputs() == ["see docs/a.md:4"]


BROKEN = ["", "{", "[]", "null", '{"key": 1}', '{"blocks": [1]}', "\0\0\0\0", "cut", "wrong types"]


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_cache_is_run_again(two_chapters: Book, content: str) -> None:
    """A cache that was cut short or overwritten is as none."""
    file = two_chapters.root / ".bookproof/results/docs/alone.md.json"
    text = file.read_text("utf-8")
    if content == "cut":
        content = text[: len(text) // 2]
    elif content == "wrong types":
        content = json.dumps({**json.loads(text), "files": ["a"]})
    file.write_text(content, "utf-8")
    ran = two_chapters.check()
    assert ran.rc == 0
    assert (ran.summary["run"], ran.summary["cached"]) == (1, 1)
    assert json.loads(file.read_text("utf-8")) | {"blocks": 0} == json.loads(text) | {"blocks": 0}


def test_the_key_names_everything_that_decides_the_outputs(two_chapters: Book) -> None:
    """One name for a CI cache: another for any edit of code, the same for prose."""
    first = two_chapters.run("key").out
    two_chapters.write("docs/prose.md", "# Other prose\n")
    assert two_chapters.run("key").out == first
    two_chapters.edit("examples/two.py", "11", "12")
    second = two_chapters.run("key").out
    two_chapters.edit("docs/alone.md", "'alone'", "'changed'")
    assert len({first, second, two_chapters.run("key").out}) == 3
