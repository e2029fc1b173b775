"""`record` leaves nothing that the next `check` would not accept."""

from __future__ import annotations

import os
import re

import pytest

from tests.bookproof.small import Book

TELLS = """
from pathlib import Path

print("it was", Path("tests/outputs/{}.txt").read_text().splitlines()[-1])
"""


@pytest.mark.parametrize(("second", "third"), [("b", "a"), ("y", "z")])
def test_a_page_that_shows_what_is_recorded_of_another_is_recorded_after_it(
    small_book: Book, second: str, third: str
) -> None:
    """One command is enough, also for a page that shows the second's, whichever comes first."""
    small_book.page("print(1 + 1)", name="m")
    small_book.page(TELLS.format("m"), name=second)
    small_book.page(TELLS.format(second), name=third)
    assert small_book.record().rc == 0
    assert small_book.check().rc == 0
    small_book.page("print(1 + 2)", name="m")
    said = small_book.record()
    assert small_book.outputs(third) == ["it was it was 3"]
    assert said.out.count(f"recorded docs/{third}.md") == 1
    assert small_book.check().rc == 0


def test_a_page_that_was_not_asked_for_is_named(small_book: Book) -> None:
    """Where it shows what is recorded anew; a page that shows nothing of it is not."""
    small_book.page("print(1 + 1)", name="m")
    small_book.page(TELLS.format("m"), name="reader")
    small_book.page("print('alone')", name="other")
    small_book.record()
    small_book.page("print(1 + 2)", name="m")
    said = small_book.record("m")
    named = "note: docs/reader.md shows what is recorded of another page: record it, too"
    assert [line for line in said.said if line.startswith("note:")] == [named]
    assert "note:" not in small_book.record("m", "reader").out
    assert small_book.check().rc == 0


def test_a_page_that_shows_its_own_recording_ends(small_book: Book) -> None:
    """It can never be right, and the gate says so; `record` does not run for ever."""
    small_book.page(
        "from pathlib import Path\nfrom zlib import crc32\n"
        "print('sum', crc32(Path('tests/outputs/a.txt').read_bytes()))"
    )
    small_book.write("tests/outputs/a.txt", "")
    small_book.record()
    assert small_book.check().rc == 1


THEIRS = {
    "robots.txt": "User-agent: *\n",
    "requirements.txt": "=== not ours ===\nnumpy\n",
    "empty.txt": "",
    "gone.txt": "<<<<<<< HEAD\n=== print(1)\n--- 0123456789 · Python\n",
    "logo.0123456789.svg": "<svg/>\n",
    "index.0123456789.svg": "<?xml version='1.0'?>\n<svg/>\n",
}


@pytest.mark.parametrize("folder", ["docs", "."])
def test_a_file_that_is_no_recording_is_neither_named_nor_removed(
    small_book: Book, folder: str
) -> None:
    """Recordings may stand in a folder of the author's, among files of the same endings."""
    small_book.edit("pyproject.toml", '"tests/outputs"', f'"{folder}"')
    small_book.page("print('one')", name="index")
    small_book.write("docs/empty.md", "# Only prose\n")
    for name, text in THEIRS.items():
        small_book.write(f"{folder}/{name}", text)
    assert small_book.record().said == ["recorded docs/index.md"]
    assert small_book.check().rc == 0
    assert {name: small_book.read(f"{folder}/{name}") for name in THEIRS} == THEIRS


def test_a_recording_among_other_files_is_removed_with_its_page(small_book: Book) -> None:
    """It is ours by how it begins, and so are the figures beside it."""
    small_book.edit("pyproject.toml", '"tests/outputs"', '"docs"')
    small_book.write("docs/robots.txt", "User-agent: *\n")
    small_book.page("print('one')", "print('<svg><path/></svg>')", name="gone")
    small_book.record()
    (small_book.root / "docs/gone.md").unlink()
    said = small_book.check().said
    named = [t.partition(":")[0] for t in said if "no chapter owns this recording" in t]
    assert named == sorted(f for f in small_book.files() if f.startswith("docs/gone."))
    assert len(named) == 2
    small_book.record()
    assert [f for f in small_book.files() if f.startswith("docs/")] == ["docs/robots.txt"]


def test_an_output_that_moves_to_another_block_of_the_same_code_is_a_drift(
    small_book: Book,
) -> None:
    """Which of them spoke is part of what was recorded."""
    small_book.write(
        "counts.py",
        "n = 0\ndef step():\n    global n\n    n += 1\n    if n == 2:\n        print('done')\n",
    )
    small_book.page("import counts", "counts.step()", "counts.step()")
    small_book.record()
    assert small_book.check().rc == 0
    small_book.edit("counts.py", "n == 2", "n == 1")
    ran = small_book.check()
    assert ran.rc == 1
    assert small_book.record().rc == 0
    assert small_book.check().rc == 0
    small_book.edit("counts.py", "n == 1", "n > 0")
    assert small_book.record().rc == 0
    assert small_book.outputs() == ["done", "done"]


@pytest.mark.parametrize("name", ["my page", "c++", "a(1)", "R&D", "a[1]", "a\u2019b", "\u00fc"])
def test_a_page_may_have_any_name_and_a_figure(small_book: Book, name: str) -> None:
    """The recording names the figure's file by the page's own name."""
    drawing = '<svg viewBox="0 0 9 9"><rect x="1"/></svg>'
    small_book.page(f"print({drawing!r})", options='html="1"', name=name)
    assert small_book.record().rc == 0
    ran = small_book.check()
    assert ran.rc == 0, ran.out


def test_a_figure_that_is_no_text_is_named(small_book: Book) -> None:
    """The line that refers to it is, too."""
    small_book.page("print('<svg viewBox=\"0 0 9 9\"/>')", options='html="1"')
    small_book.record()
    [file] = (small_book.root / "tests/outputs").glob("a.*.svg")
    file.write_bytes(b"<svg>\xff</svg>")
    ran = small_book.check()
    assert ran.rc == 1
    assert re.search(r"tests/outputs/a\.txt:3: a\.\w+\.svg: not UTF-8 text", ran.out + ran.err)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_recording_that_never_ends_is_named(small_book: Book) -> None:
    """To read it would wait for ever."""
    small_book.page("print(1)")
    (small_book.root / "tests/outputs").mkdir(parents=True)
    os.mkfifo(small_book.root / "tests/outputs/a.txt")
    ran = small_book.check()
    assert ran.rc == 1
    assert "tests/outputs/a.txt:1: a recording is a regular file" in ran.out + ran.err


@pytest.mark.parametrize("text", ["10%\r20%", "a\0b"])
def test_the_text_of_an_error_is_recorded_as_a_terminal_shows_it(
    small_book: Book, text: str
) -> None:
    """What goes back to the line's beginning writes over it; the recording reads back the same."""
    small_book.page(f"raise ValueError({text!r})", options='source="above" raises="ValueError"')
    assert small_book.record().rc == 0
    assert small_book.check().rc == 0
    small_book.clean()
    assert small_book.check().rc == 0


def test_a_report_replaces_no_device(small_book: Book) -> None:
    """Nor a folder, nor a pipe."""
    small_book.page("print(1)")
    small_book.record()
    ran = small_book.run("report", "docs")
    assert ran.rc == 1
    assert "docs: a report is written to a regular file" in ran.err
