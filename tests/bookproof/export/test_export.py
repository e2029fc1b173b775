"""A chapter's code as a script: complete, in order, and it runs to its end."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from bookproof.export.script import indent, script
from bookproof.settings import load
from tests.bookproof.small import Book, judged


def script_of(book: Book, name: str = "a") -> str:
    """Return a chapter's script, which must be Python."""
    text = script(load(book.root), judged(book, name))
    ast.parse(text)
    return text


def printed(book: Book, name: str = "a") -> str:
    """Run a chapter's script in the book's root and return what it printed."""
    return subprocess.run(
        [sys.executable, "-c", script_of(book, name)],
        cwd=book.root,
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    ).stdout


def test_a_script_holds_the_code_under_its_headings(small_book: Book) -> None:
    """Its title at the top, each heading once, in the page's order."""
    small_book.write(
        "docs/a.md",
        "# A title\n\n## First {#first}\n\n"
        '```python exec="1" source="above"\nprint(1)\n```\n\n'
        '```python exec="1" source="above"\n# no heading\nprint(2)\n```\n\n'
        '## Empty\n\n## Last\n\n```python exec="1" source="above"\nprint(3)\n```\n',
    )
    text = script_of(small_book)
    assert text.startswith('"""A title: the code of a page')
    lines = [line for line in text.splitlines() if line.startswith(("#", "print"))]
    assert lines == [
        "# --- First",
        "print(1)",
        "# no heading",
        "print(2)",
        "# --- Last",
        "print(3)",
    ]
    assert printed(small_book) == "1\n2\n3\n"


def test_included_code_is_written_out(small_book: Book) -> None:
    """Nobody who takes the script along has the page's includes."""
    small_book.write("examples/f.py", "# --8<-- [start:f]\nx = 5\n# --8<-- [end:f]\n")
    small_book.page('--8<-- "examples/f.py:f"\nprint(x)')
    assert "x = 5\nprint(x)" in script_of(small_book)
    assert printed(small_book) == "5\n"


def test_what_a_page_does_not_show_is_not_in_its_script(small_book: Book) -> None:
    """An assertion about the page, or a figure's code, is none of the reader's."""
    small_book.write(
        "docs/a.md",
        '# A\n\n```python exec="1" source="above"\nx = 1\n```\n\n'
        '```python exec="1"\nassert x\n```\n',
    )
    assert "assert" not in script_of(small_book)


ERRORS = {
    "a built-in error": ("ZeroDivisionError", "1 / 0", "ZeroDivisionError: division by zero"),
    "of the page": ("Odd", "class Odd(Exception): pass\nraise Odd('so')", "Odd: so"),
    "not imported": ("JSONDecodeError", "import json\njson.loads('x')", "JSONDecodeError: Exp"),
    "by its full name": ("json.JSONDecodeError", "import json\njson.loads('x')", "JSONDecodeEr"),
    "the end of the program": ("SystemExit", "raise SystemExit(3)", "SystemExit: 3"),
}


@pytest.mark.parametrize(("name", "code", "said"), ERRORS.values(), ids=ERRORS)
def test_an_expected_error_is_printed_and_the_script_goes_on(
    small_book: Book, name: str, code: str, said: str
) -> None:
    """What the page shows as an error ends no script."""
    small_book.page(code, options=f'source="above" raises="{name}"')
    (small_book.root / "docs/a.md").open("a").write(
        '\n```python exec="1" source="above"\nprint("end")\n```\n'
    )
    first, *_, last = printed(small_book).splitlines()
    assert first.startswith(said)
    assert last == "end"


def test_another_error_than_the_expected_stops_the_script(small_book: Book) -> None:
    """A script must not hide what the page does not show."""
    small_book.page("1 / 0", options='source="above" raises="ValueError"')
    with pytest.raises(subprocess.CalledProcessError):
        printed(small_book)


def test_a_remark_that_must_raise_is_no_wrong_script(small_book: Book) -> None:
    """The gate says that it does not raise; the script can be read all the same."""
    small_book.page("# only a remark", options='source="above" raises="ValueError"')
    assert printed(small_book) == ""


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("x = = 1", 'source="above" raises="SyntaxError"'),
        ("print('far')\n\nif 1:\n    2", 'source="above" needs="gpu"'),
    ],
    ids=["no Python", "a machine that may be lacking"],
)
def test_what_cannot_run_everywhere_is_commented_out(
    small_book: Book, code: str, options: str
) -> None:
    """It is there to be read, and says what it is."""
    small_book.page(code, options=options)
    text = script_of(small_book)
    assert f"# {code.splitlines()[0]}" in text
    assert "# needs gpu:" in text or "# raises SyntaxError:" in text
    assert printed(small_book) == ""


STRINGS = {
    "a long string": 'x = """a\n  b\n\nc"""',
    "an f-string": 'y = 1\nx = f"""a\n{y}\n  {y + 1} b"""',
    "a string in a call": "x = str.upper('''a\n b''')",
    "a joined line": "x = 'a' + \\\n    'b'",
    "a comment": "# why\nx = 1  # here",
    "a function": 'def f():\n    """Say.\n\n    More.\n    """\n    return """\nx"""\n\nx = f()',
}


@pytest.mark.parametrize("code", STRINGS.values(), ids=STRINGS)
def test_indented_code_means_the_same(code: str) -> None:
    """The insides of strings are no indentation."""
    plain: dict[str, object] = {}
    deep: dict[str, object] = {}
    exec(code, plain)
    exec(f"if True:\n{indent(code)}", deep)
    assert plain["x"] == deep["x"]


def test_what_is_no_python_cannot_be_indented() -> None:
    """Neither what cannot be read nor what cannot be compiled."""
    assert indent("x = = 1") is None
    assert indent("x = (1") is None
    assert indent("return 1") is None
