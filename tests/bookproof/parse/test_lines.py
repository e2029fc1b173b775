"""What only looks like a line of the page stays the text that it is."""

from __future__ import annotations

import pytest

from tests.bookproof.small import Book

DIGITS = "9" * 5000
TEXTS = {
    "a line of many digits": "'docs/a' + f'.md:{LONG}: x'",
    "a place of many digits": "'docs/a' + '.md:{+' + LONG + '}: x'",
    "a line that begins with zeros": "'docs/a' + '.md:0004: x'",
    "a place that begins with zeros": "'docs/a' + '.md:{+0001}: x'",
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_number_that_no_page_has_is_no_line(small_book: Book, name: str) -> None:
    """It is recorded and compared as it was printed, wherever the block stands."""
    small_book.page(f"LONG = '9' * 5000\nprint({TEXTS[name]})")
    ran = small_book.run("record")
    assert ran.rc == 0, ran.out
    small_book.edit("docs/a.md", "# A title\n", "# A title\n\nMore.\n")
    assert small_book.check().rc == 0
    assert f"{DIGITS if 'many' in name else '0'}" in small_book.outputs()[0]


def test_a_place_of_many_digits_in_a_recording_is_a_text(small_book: Book) -> None:
    """That somebody wrote into it: it drifts, and no more."""
    small_book.page("print('docs/a' + '.md:4: x')")
    assert small_book.run("record").rc == 0
    assert small_book.outputs() == ["docs/a.md:{+1}: x"]
    small_book.edit("tests/outputs/a.txt", "{+1}", f"{{+{DIGITS}}}")
    ran = small_book.check()
    assert ran.rc == 1
    assert "the output drifted" in ran.out
