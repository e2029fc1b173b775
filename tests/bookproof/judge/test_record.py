"""`record` leaves nothing that the next `check` would not accept."""

from __future__ import annotations

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
