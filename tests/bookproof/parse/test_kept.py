"""A page that is read again and again while an author edits it never says what it said before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bookproof.parse.chapter import Parser
from bookproof.parse.scan import Scan
from bookproof.settings import load
from tests.bookproof.small import Book

PAGE = """
# A

```python exec="1"
--8<-- "examples/tools.py:double"
print(double(2))
```

```python exec="1"
--8<-- "extra.py"
```
"""
TOOLS = """
# --8<-- [start:double]
def double(x):
    return 2 * x
# --8<-- [end:double]
"""
EDITS: dict[str, Callable[[Book], object]] = {
    "the page": lambda book: book.write("docs/a.md", PAGE + "\nMore.\n"),
    "what it includes": lambda book: book.write("examples/tools.py", TOOLS.replace("2 *", "x +")),
    "the lines above what it includes": lambda book: book.write("examples/tools.py", "#\n" + TOOLS),
    "what an include includes": lambda book: book.write("inner.py", "print(2)\n"),
    "an included file that goes": lambda book: (book.root / "examples/tools.py").unlink(),
    "a section that goes": lambda book: book.write("examples/tools.py", "x = 1\n"),
    "a lacking file that comes": lambda book: book.write("extra.py", "print(3)\n"),
    "a file that becomes a folder": lambda book: (
        (book.root / "examples/tools.py").rename(book.root / "gone")
        and book.write("examples/tools.py/other.py", "x = 1\n")
    ),
}


@pytest.fixture
def book(small_book: Book) -> Book:
    """A page that includes a file, and another that is not there yet."""
    small_book.write("docs/a.md", PAGE)
    small_book.write("docs/b.md", '# B\n\n```python exec="1"\n--8<-- "outer.py"\n```\n')
    small_book.write("examples/tools.py", TOOLS)
    small_book.write("outer.py", '--8<-- "inner.py"\n')
    small_book.write("inner.py", "print(1)\n")
    return small_book


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_page_is_read_anew_when_it_or_what_it_includes_changes(
    book: Book, edit: Callable[[Book], object]
) -> None:
    """Blocks, lines and problems are those that somebody finds who reads it for the first time."""
    settings = load(book.root)
    parser = Parser(settings)
    before = parser.chapters()
    included = [parser.included(chapter) for chapter in before]
    edit(book)
    after, fresh = parser.chapters(), Parser(settings)
    assert after != before or [parser.included(c) for c in after] != included
    assert after == fresh.chapters()
    assert [parser.included(c) for c in after] == [fresh.included(c) for c in after]


def test_a_file_that_comes_to_stand_before_another_is_the_one_that_counts(book: Book) -> None:
    """Includes are looked for in several folders, in their order."""
    book.write(
        "mkdocs.yml",
        "markdown_extensions:\n  - pymdownx.snippets:\n      base_path: [first, .]\n",
    )
    parser = Parser(load(book.root))
    assert "2 * x" in parser.chapters()[0].blocks[0].code
    book.write("first/examples/tools.py", TOOLS.replace("2 * x", "x + x"))
    assert "x + x" in parser.chapters()[0].blocks[0].code


def test_a_page_that_is_as_it_was_costs_no_second_look(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edit is on its page at once, however many other pages there are."""
    read: list[str] = []
    run = Scan.run

    def told(scan: Scan) -> None:
        read.append(scan.path)
        run(scan)

    monkeypatch.setattr(Scan, "run", told)
    parser = Parser(load(book.root))
    parser.chapters()
    del read[:]
    book.write("docs/a.md", PAGE + "\nMore.\n")
    parser.chapters()
    assert read == ["docs/a.md"]
