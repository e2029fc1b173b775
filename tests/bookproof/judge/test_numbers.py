"""No number in a sentence that no block printed or asserted: `bookproof numbers`."""

from __future__ import annotations

import pytest

from tests.bookproof.small import Book, Ran


def said_of(book: Book, sentence: str, code: str = "print(1)", options: str = "") -> Ran:
    """Record a page of a block with a sentence below it, and ask for its numbers."""
    book.page(code, options=options)
    (book.root / "docs/a.md").open("a").write(f"\n{sentence}\n")
    assert book.record().rc == 0
    return book.run("numbers")


def test_a_number_that_nothing_holds_is_named_with_its_line(small_book: Book) -> None:
    """The file, the line, the number, words around it, and what to do."""
    ran = said_of(small_book, "Text.\nThe loss ended at 0.37, as expected.", "print(2 / 3)")
    assert ran.rc == 1
    said, todo = ran.out.splitlines()[0].split(" …): ")
    place = "docs/a.md:8: no block prints or holds 0.37"
    assert said == f"{place} (… # A title Text. The loss ended at 0.37, as expected."
    assert todo == (
        "print it, assert it in a hidden block, or say in tests/outputs/numbers.toml where it "
        "comes from"
    )
    assert ran.out.splitlines()[-1] == (
        "1 numbers in sentences · 0 held by blocks · 0 meant so · 1 held by nothing"
    )


HELD = {
    "as it was printed": ("0.37", "print(0.30 + 0.07)"),
    "rounded": ("0.67", "print(2 / 3)"),
    "a printed share": ("97 %", "print(f'{1 - 0.0288:.4f}')"),
    "a printed percentage": ("97.1%", "print(100 - 2.88)"),
    "with separators": ("16,777,216", "print(2.0 ** 24)"),
    "of a reckoned power": ("16,777,216", "x = 2**24"),
    "in millions": ("16 million", "print(4096 ** 2)"),
    "roughly": ("about 50,000", "print(50_321)"),
    "a fraction": ("2/3", "print(2 / 3)"),
    "below zero": ("−7", "print(3 - 10)"),
    "asserted": ("41", "x = 40 + 1\nassert x == 41"),
    "asserted as a text": ("0.33", "assert f'{1 / 3:.2f}' == '0.33'"),
    "in code for another function": ("41", "code = '''\n  y = 41\n  assert y\n'''"),
    "as code that is a number": ("`0.67`", "print(2 / 3)"),
}


@pytest.mark.parametrize(("number", "code"), HELD.values(), ids=HELD)
def test_a_number_is_held_as_authors_write_it(small_book: Book, number: str, code: str) -> None:
    """By what a block printed, or by a number in its code, at the sentence's own precision."""
    ran = said_of(small_book, f"It is {number} of them.", code)
    assert ran.rc == 0, ran.out
    assert "1 held by blocks" in ran.out


LOOSE = {
    "a number of the code that is near": ("0.67", "x = 0.6666"),
    "a tick of a drawing": ("88", "print(f'<svg><text>{sum([44, 44])}</text></svg>')"),
    "another digit": ("0.68", "print(2 / 3)"),
    "more places than were printed": ("0.66661", "print(f'{2 / 3:.4f}')"),
    "a small count that is near": ("4", "print(3.9)"),
    "a number that was typed to be printed": ("88", "print('88 of them')"),
    "a number in a remark": ("88", "x = 1  # 88"),
    "a number in a name": ("88", "x88 = 1"),
    "a number in a docstring": ("88", "def f():\n    '''Return 88.'''"),
    "another million": ("18 million", "print(4096 ** 2)"),
    "another share": ("96 %", "print(f'{1 - 0.0288:.4f}')"),
}


@pytest.mark.parametrize(("number", "code"), LOOSE.values(), ids=LOOSE)
def test_what_only_looks_like_it_holds_nothing(small_book: Book, number: str, code: str) -> None:
    """What an author typed proves nothing, whatever prints it."""
    ran = said_of(small_book, f"It is {number} of them.", code)
    assert ran.rc == 1, ran.out
    assert f"holds {number} (" in ran.out


NO_NUMBERS = {
    "a year": "So it was in 1998.",
    "a date": "Read on 12 May 2026, on May 12 and on 2026-05-12.",
    "a version": "Since Python 3.14, version 4.7 and 3.14.2, and mkdocs 5.5.",
    "something by its number": "See step 4, figure 7, sections 4 and 5, exercise 6, line 41.",
    "a name": "float32, resnet18, x86_64, conv-4, the 5th, 3D, v4 and H200.",
    "code": "Set `x = 41` or `(4, 5)`.",
    "an address": '[this](page.md#a-41 "title 41") and <https://a.example/41> and [that][41].',
    "an attribute": '## A heading {#a-41}\n\n<div width="41">\n</div>',
    "a formula": "Here $x = 41$ and\n\n$$y = 42$$",
    "a remark": "<!-- 41\n42 -->",
    "a listing": "```text\n41\n```",
    "the number of an item": "4. An item\n\n## 5. A heading",
    "a footnote": "Text[^41].\n\n[^41]: Text.",
    "none, one or two": "It is 0, 1 or 2.",
}


@pytest.mark.parametrize("text", NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_what_needs_no_proof(small_book: Book, text: str) -> None:
    """Dates, versions, names, and what is no sentence."""
    small_book.edit("pyproject.toml", "limit = 60", 'limit = 60\npackages = ["mkdocs"]')
    ran = said_of(small_book, text)
    assert ran.rc == 0, ran.out
    assert ran.out.startswith("0 numbers")


PLACES = {
    "a table": "| a | b |\n|---|---|\n| 41 | c |",
    "a title of a box": '!!! note "It was 41"\n\n    Text.',
    "a box in a list": "- One\n\n    !!! note\n\n        It was 41.",
    "a quotation": "> It was 41.",
    "a heading": "## Why 41?",
    "text of a link": "[it was 41](page.md)",
}


@pytest.mark.parametrize("text", PLACES.values(), ids=PLACES)
def test_sentences_stand_in_many_places(small_book: Book, text: str) -> None:
    """In tables, boxes, quotations and headings as well."""
    assert "holds 41 (" in said_of(small_book, text).out


def test_a_sentence_in_a_hidden_block_is_one(small_book: Book) -> None:
    """What a function makes a question or a figure of is read by readers, too."""
    code = "def ask(text): print(f'<p>{text}</p>')\nask('How many are 41 of them?')"
    ran = said_of(small_book, "Text.", code, 'html="1"')
    assert ran.out.startswith(
        "docs/a.md:5: no block prints or holds 41 (… How many are 41 of them?"
    )
    code = "def ask(text): print(f'<p>{text}</p>')\nask('x = 41; print(x)')"
    assert said_of(small_book, "It was 41.", code, 'html="1"').rc == 0  # that is code


def test_a_remark_that_readers_see_beside_a_shown_block_is_a_sentence(small_book: Book) -> None:
    """Where a function of the book shows a block, what its remarks say is read, too."""
    small_book.edit(
        "pyproject.toml",
        "[tool.bookproof.needs]",
        '[tool.bookproof.shows]\nx = "p:show"\n[tool.bookproof.needs]',
    )
    small_book.write("p.py", "def show(code):\n    return code.run()\n")
    ran = said_of(
        small_book, "Text.", "print(3 + 4)\n#= Of them 41 are left.\n#? 42 43 44", 'as="x"'
    )
    assert ran.out.count("no block") == 1
    assert "docs/a.md:5: no block prints or holds 41 (" in ran.out


def test_a_notebook_script_has_sentences(small_book: Book) -> None:
    """Its cells of text, at their own lines."""
    small_book.write("docs/lab.py", "# %% [markdown]\n# # Lab\n#\n# It was 41.\n\n# %%\nprint(1)\n")
    small_book.record()
    assert "docs/lab.py:4: no block prints or holds 41 " in small_book.run("numbers").out


def test_what_is_meant_so_stands_in_a_list_with_its_source(small_book: Book) -> None:
    """The words with the number, and where it comes from; what is not needed is named."""
    small_book.write(
        "tests/outputs/numbers.toml", '["docs/a.md"]\n"64 bytes" = "the manual of the processor"\n'
    )
    ran = said_of(small_book, "A line has 64\nbytes, and 64 is a power of two.")
    assert ran.out.count("no block") == 1
    assert "docs/a.md:8: no block prints or holds 64 " in ran.out
    assert "1 meant so" in ran.out
    ran = said_of(small_book, "Nothing.")
    assert ran.rc == 1
    assert "tests/outputs/numbers.toml:2: '64 bytes' excuses no number of docs/a.md" in ran.out
    ran = said_of(small_book, "A line has 64 bytes.", "print(4**3)")
    assert "'64 bytes' excuses no number" in ran.out


WRONG_LISTS = {
    "no TOML": ("x", "tests/outputs/numbers.toml:1: not valid TOML"),
    "no source": ('["docs/a.md"]\n"64" = ""\n', "numbers.toml:1: 'docs/a.md' must be a table"),
    "no such page": ('["docs/b.md"]\n"64" = "x"\n', "numbers.toml:1: the book has no page"),
}


@pytest.mark.parametrize(("text", "said"), WRONG_LISTS.values(), ids=WRONG_LISTS)
def test_a_wrong_list_is_named(small_book: Book, text: str, said: str) -> None:
    """With its file and line."""
    small_book.write("tests/outputs/numbers.toml", text)
    ran = said_of(small_book, "Text.")
    assert ran.rc == 1
    assert said in ran.out + ran.err


HUGE = ["1e999 %", "1e400", f"1e{'9' * 5000}", f"about 1{'0' * 400}", "0.5e999", "1e308 million"]


@pytest.mark.parametrize("number", HUGE, ids=lambda text: text[:9])
def test_a_number_that_no_float_can_be_is_held_by_nothing(small_book: Book, number: str) -> None:
    """Not by another of them either; and it is named as any other is."""
    ran = said_of(small_book, f"It is {number} of them.", "print('1e' + '777')")
    assert ran.rc == 1
    assert "docs/a.md:7: no block prints or holds" in ran.out
    assert "1 held by nothing" in ran.out


def test_a_number_that_is_next_to_nothing_is_a_number(small_book: Book) -> None:
    """Its last place is worth nothing."""
    ran = said_of(small_book, f"It is 1.5e-{'9' * 5000} of them.", "print(3 * 4)")
    assert "1 held by nothing" in ran.out


def test_a_sum_of_many_terms_is_no_trouble(small_book: Book) -> None:
    """The block may be too deep to run; what the others hold is held."""
    small_book.page(f"y = {'+'.join(['1'] * 900)}", f"y = {'+'.join(['1'] * 50_000)}", "x = 41")
    (small_book.root / "docs/a.md").open("a").write("\nIt is 41 of them.\n")
    ran = small_book.run("numbers")
    assert ran.rc == 0, ran.out
    assert "1 held by blocks" in ran.out


@pytest.mark.parametrize("text", [f"a = {'9' * 5000}", "a = " + "[" * 3000], ids=["digits", "deep"])
def test_a_list_that_toml_cannot_read_is_named(small_book: Book, text: str) -> None:
    """A sentence, and no traceback."""
    small_book.write("tests/outputs/numbers.toml", text)
    ran = said_of(small_book, "Text.")
    assert ran.rc == 1
    assert "tests/outputs/numbers.toml:1: not valid TOML" in ran.err


def test_some_pages_can_be_asked_for(small_book: Book) -> None:
    """A chapter by its name; the list may speak of others."""
    small_book.write("tests/outputs/numbers.toml", '["docs/b.md"]\n"41" = "x"\n')
    small_book.write("docs/b.md", "It was 41.\n")
    small_book.write("docs/a.md", "It was 42.\n")
    assert small_book.run("numbers", "b").rc == 0
    assert "docs/a.md:1: no block" in small_book.run("numbers", "a").out
    assert small_book.run("numbers", "c").rc == 1
