"""Bad input of every kind: a sentence with its place, the other chapters judged, no traceback."""

from __future__ import annotations

import json
import os
from collections.abc import Callable

import pytest

from tests.bookproof.small import Book

LONG = "n" * 240


def block_that(code: str) -> Callable[[Book], object]:
    """Return what writes a chapter with one more block than it should have."""
    return lambda book: book.page("print('before')", code, name="bad")


def setting(line: str) -> Callable[[Book], object]:
    """Return what adds a setting in place of `start`."""
    return lambda book: book.edit("pyproject.toml", 'start = "parts:start"', line)


LIBRARY = '["broken"]\nenv = { PYTHONPATH = "../library" }'  # that is none of the book's
BAD: dict[str, tuple[Callable[[Book], object], str]] = {
    "stopping json": (
        block_that("import json\njson.dumps = None\nopen('x.txt', 'w').write('1')\n1 / 0"),
        "docs/bad.md:11: ZeroDivisionError",
    ),
    "stopping open": (
        block_that("import builtins\nbuiltins.open = None\n1 / 0"),
        "docs/bad.md:10: ZeroDivisionError",
    ),
    "nesting": (block_that("x = " + "-" * 5000 + "1"), "docs/bad.md:7: "),
    "adding": (block_that("x = " + "+".join(["1"] * 50_000)), "docs/bad.md:7: "),
    "a zero byte": (block_that("x = '\0'"), "docs/bad.md:7: "),
    "taking all files": (
        block_that("files = []\nwhile True:\n    files.append(open('parts.py'))"),
        "docs/bad.md:10: OSError",
    ),
    "keeping all files": (
        block_that(
            "files = []\ntry:\n    while True:\n        files.append(open('parts.py'))\n"
            "except OSError:\n    pass"
        ),
        "docs/bad.md:7: OSError: Too many open files: the block leaves its files open",
    ),
    "exiting": (block_that("import os\nos._exit(3)"), "docs/bad.md:7: its process ended by itself"),
    "raising without a name": (block_that("raise type('', (Exception,), {})"), "docs/bad.md:8: "),
    "an error that cannot be shown": (
        block_that("class E(Exception):\n    def __str__(self): 1 / 0\nraise E"),
        "docs/bad.md:10: E",
    ),
    "a file that is not UTF-8": (
        lambda book: (book.root / "docs" / "bad.md").write_bytes(b"# T\n\n\xff\n"),
        "docs/bad.md:3: not UTF-8",
    ),
    "an included file that is not UTF-8": (
        lambda book: (
            book.page('--8<-- "part.py"', name="bad"),
            (book.root / "part.py").write_bytes(b"x = 1\ny = '\xff'\n"),
        ),
        "docs/bad.md:4: ",
    ),
    "a folder that is called like a page": (
        lambda book: (book.root / "docs" / "bad.md").mkdir(),
        "",
    ),
    "a link to nowhere": (
        lambda book: (book.root / "docs" / "bad.md").symlink_to("nowhere.md"),
        "docs/bad.md:1: cannot be read: No such file or directory",
    ),
    "a long name": (
        lambda book: book.page("print('long')", name=LONG),
        "",  # its results cannot be kept, and that is no fault
    ),
    "describing nothing": (
        lambda book: book.edit("parts.py", "return {", "{"),
        "[tool.bookproof] describe = 'parts:describe' must return a table of texts, not None",
    ),
    "describing numbers": (
        lambda book: book.edit("parts.py", '"1"}', "1}"),
        "must return a table of texts, not {",
    ),
    "describing with an error": (
        lambda book: book.edit("parts.py", "return {", "1 / 0\n    return {"),
        "parts.py, in describe",
    ),
    "a start that is not there": (
        setting('start = "parts:begin"'),
        "[tool.bookproof] start = 'parts:begin' failed",
    ),
    "a preload that raises": (
        lambda book: (
            book.write("broken.py", "1 / 0\n"),
            book.edit("pyproject.toml", '["json"]', '["broken"]'),
        ),
        "cannot import 'broken' (preload): ZeroDivisionError: division by zero",
    ),
    "a preload that exits": (
        lambda book: (
            book.write("broken.py", "raise SystemExit(3)\n"),
            book.edit("pyproject.toml", '["json"]', '["broken"]'),
        ),
        "cannot import 'broken' (preload): SystemExit: 3",
    ),
    "a preload of a library that exits": (
        lambda book: (
            book.write("../library/broken.py", "raise SystemExit(3)\n"),
            book.edit("pyproject.toml", '["json"]', LIBRARY),
        ),
        "cannot import 'broken' (preload): SystemExit: 3",
    ),
    "a preload of a library that hangs": (
        lambda book: (
            book.write("../library/broken.py", "import time\ntime.sleep(600)\n"),
            book.edit("pyproject.toml", '["json"]', LIBRARY),
            book.edit("pyproject.toml", "limit = 60", "limit = 1.5"),
        ),
        "importing broken (preload) did not end in 1.5 seconds",
    ),
    "a preload that hangs": (
        lambda book: (
            book.write("broken.py", "import time\ntime.sleep(600)\n"),
            book.edit("pyproject.toml", '["json"]', '["broken"]'),
            book.edit("pyproject.toml", "limit = 60", "limit = 1.5"),
        ),
        "[tool.bookproof] preload did not end within 1.5 seconds",
    ),
    "a start that hangs": (
        lambda book: (
            book.edit("parts.py", "    pass", "    import time\n    time.sleep(600)"),
            book.edit("pyproject.toml", "limit = 60", "limit = 1.5"),
        ),
        "[tool.bookproof] start did not end within 1.5 seconds",
    ),
    "a description that hangs": (
        lambda book: (
            book.edit("parts.py", "return {", "import time; time.sleep(600)\n    return {"),
            book.edit("pyproject.toml", "limit = 60", "limit = 1.5"),
        ),
        "[tool.bookproof] describe did not end within 1.5 seconds",
    ),
    "a walk without end": (
        lambda book: (
            book.write("ways.py", "def show(code):\n    code.run()\n    return ''\n"),
            book.edit(
                "pyproject.toml",
                "[tool.bookproof.needs]",
                '[tool.bookproof.shows]\nwalk = "ways:show"\n[tool.bookproof.needs]',
            ),
            book.page("while True:\n    print('x' * 100_000)", name="bad", options='as="walk"'),
        ),
        "docs/bad.md:3: printed more than 20 MB",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_a_sentence_with_its_place(small_book: Book, name: str) -> None:
    """Exit 1, and what is good beside it is judged."""
    small_book.page("print('well')", name="good")
    spoil, said = BAD[name]
    spoil(small_book)
    ran = small_book.run_apart("record")
    everything = ran.out + ran.err
    assert "bookproof/src" not in everything, everything
    assert said in everything
    assert ran.rc == (1 if said else 0), everything
    about_all = ("descri", "start", "preload")
    if not any(word in name for word in about_all):
        assert small_book.outputs("good") == ["well"]
    assert not list(small_book.root.rglob("*.tmp"))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_cache_that_cannot_be_written_by_rights(small_book: Book) -> None:
    """It costs time, not the gate."""
    small_book.page("print('well')")
    small_book.record()
    (small_book.root / ".bookproof").chmod(0o500)
    assert small_book.check().rc == 0


@pytest.mark.parametrize("place", [".bookproof", ".bookproof/results"])
def test_a_cache_that_cannot_be_written_costs_time_and_not_the_gate(
    small_book: Book, place: str
) -> None:
    """It is said once."""
    small_book.page("print('well')", name="a")
    small_book.page("print('well')", name="b")
    assert small_book.record().rc == 0
    small_book.clean()
    small_book.write(place, "a file\n")
    for command in ("check", "record"):
        ran = small_book.run(command)
        assert ran.rc == 0, ran.out + ran.err
        assert ran.summary["run"] == 2
        assert ran.out.count("nothing can be kept there") == 1


def test_recordings_that_cannot_be_written_are_an_error(small_book: Book) -> None:
    """With the place."""
    small_book.page("print('well')")
    small_book.write("tests", "a file\n")
    ran = small_book.run_apart("record")
    assert ran.rc == 1
    assert "tests" in ran.err + ran.out
    assert "Traceback" not in ran.err + ran.out


def test_cached_results_of_another_number_of_blocks_are_not_believed(small_book: Book) -> None:
    """Somebody cut the file."""
    small_book.page("print('one')", "print('two')")
    small_book.record()
    [file] = (small_book.root / ".bookproof" / "results").rglob("a.md.json")
    values = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**values, "blocks": values["blocks"][:1]}), "utf-8")
    ran = small_book.check()
    assert (ran.rc, ran.summary["run"]) == (0, 1)


def test_the_same_code_twice_is_two_places(small_book: Book) -> None:
    """A traceback names the line of the one that was called."""
    twice = "def f():\n    raise ValueError('x')"
    small_book.page(twice, "g = f", twice, name="a")
    with open(small_book.root / "docs" / "a.md", "a", encoding="utf-8") as file:
        for call in ("g()", "f()"):
            file.write(f'\n```python exec="1" source="above" raises="ValueError"\n{call}\n```\n')
    small_book.write(
        "mkdocs.yml",
        "site_name: A book\nplugins: [markdown-exec, bookproof]\n"
        "markdown_extensions: [pymdownx.superfences]\n",
    )
    assert small_book.record().rc == 0
    code, said = small_book.mkdocs("--strict")
    assert code == 0, said
    page = small_book.read("site/a/index.html")
    lines = small_book.read("docs/a.md").split("\n")
    for number in (n for n, line in enumerate(lines, 1) if "raise ValueError" in line):
        assert f"docs/a.md:{number}, in f" in page
