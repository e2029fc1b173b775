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
