"""Fences that are wrong, or stand in an odd place: run, or named with their line; never skipped."""

from __future__ import annotations

import os

import pytest

from tests.bookproof.small import Book

TYPOS = {
    "no quotes": ("python exec=1", "exec=1"),
    "spaces around the sign": ('python exec = "1"', 'name="value"'),
    "an unclosed quote": ('python exec="1" source="above', 'source="above'),
    "a comma": ('python, exec="1"', 'name="value"'),
    "a misspelt exec": ('python excec="1"', "did you mean 'exec'?"),
    "a capital exec": ('python Exec="1"', "did you mean 'exec'?"),
    "a place that is none": ('python exec="1" source="abvoe"', "'abvoe' is no place"),
    "an option that is none": ('python exec="1" sauce="above"', "did you mean 'source'?"),
    "a language that is none": ('pyton exec="1"', "not 'pyton'"),
    "a capital language": ('Python exec="1"', "not 'Python'"),
    "no language": ('exec="1"', "no language"),
    "an unknown need": ('python exec="1" needs="gpus"', "gpu"),
    "a tolerance that is none": ('python exec="1" tol="2 percent"', "tol='2 percent'"),
    "a limit that is none": ('python exec="1" limit="a minute"', "must be a number"),
    "a limit of nothing": ('python exec="1" limit="0"', "must be a number of seconds above 0"),
    "a limit of less": ('python exec="1" limit="-3"', "must be a number of seconds above 0"),
    "a limit without end": ('python exec="1" limit="inf"', "must be a number of seconds above 0"),
    "a limit of many digits": (f'python exec="1" limit="{"9" * 400}"', "must be a number"),
    "a limit too small to be one": (f'python exec="1" limit="0.{"0" * 400}1"', "above 0"),
    "a width of many digits": (f'python exec="1" width="{"9" * 400}"', "must be a number"),
    "a folder that no system has": (f'python exec="1" workdir="{"n" * 300}"', "is no folder"),
    "an exception that is none": ('python exec="1" raises="a RuntimeError"', "one exception"),
    "an option of ours without exec": ('python tol="any"', "needs exec"),
    "a place without exec": ('python source="above"', "needs exec"),
}


@pytest.mark.parametrize(("info", "said"), TYPOS.values(), ids=TYPOS)
def test_a_typo_in_a_fence_is_named_with_its_line(small_book: Book, info: str, said: str) -> None:
    """A fence that cannot be read as it was meant fails the gate at its own line."""
    small_book.write("docs/a.md", f"# A\n\ntext\n\n```{info}\nprint(1)\n```\n")
    ran = small_book.check()
    assert ran.rc == 1
    assert ran.said[0].startswith("docs/a.md:5: ")
    assert said in ran.said[0]


ODD_PLACES = {
    "a list": '1. One\n\n    ```python exec="1"\n    print("here")\n    ```\n',
    "a nested list": (
        '- One\n    - Two\n\n        ```python exec="1"\n        print("here")\n        ```\n'
    ),
    "an admonition": '!!! note\n\n    ```python exec="1"\n    print("here")\n    ```\n',
    "details": '??? question "Why?"\n    ```python exec="1"\n    print("here")\n    ```\n',
    "a tab": '=== "One"\n\n    ```python exec="1"\n    print("here")\n    ```\n',
    "tab characters": '!!! note\n\n\t```python exec="1"\n\tif True:\n\t\tprint("here")\n\t```\n',
    "Windows line ends": (
        '# A\r\n\r\n```python exec="1"\r\nif True:\r\n    print("here")\r\n```\r\n'
    ),
    "a byte order mark": '\ufeff```python exec="1"\nprint("here")\n```\n',
    "tildes": '~~~python exec="1"\nprint("here")\n~~~\n',
    "a longer fence": '````python exec="1"\nprint("here", """\n```""")\n````\n',
    "the end of a page without a line end": '```python exec="1"\nprint("here")\n```',
    "single quotes": "```python exec='1' source='above'\nprint('here')\n```\n",
    "a title with a backtick": '```python exec="1" title="The `x`"\nprint("here")\n```\n',
    "a paragraph": 'text\n```python exec="1"\nprint("here")\n```\ntext\n',
    "a form feed and a line separator above": (
        'a\x0cb\u2028c\n\n```python exec="1"\nprint("here")\n```\n'
    ),
    "a quotation": '> ```python exec="1"\n> print("here")\n> ```\n',
    "an option without a value": '```python exec\nprint("here")\n```\n',
    "two options without a space": '```python exec="1"source="above"\nprint("here")\n```\n',
    "a comma between options": '```python exec="true", source="above"\nprint("here")\n```\n',
    "attributes in braces": '```{.python exec="1"}\nprint("here")\n```\n',
    "a language and braces": '```python {exec="1"}\nprint("here")\n```\n',
    "an option with another sign": '```python exec="yes" html="no"\nprint("here")\n```\n',
    "blank lines of another depth": (
        '!!! note\n\n    ```python exec="1"\n    if True:\n\n        print("here")\n    ```\n'
    ),
}


@pytest.fixture(scope="module")
def odd_places(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A recorded book with one page for each odd place."""
    book = Book(tmp_path_factory.mktemp("odd") / "book")
    for name, text in ODD_PLACES.items():
        (book.root / f"docs/{name}.md").write_bytes(text.encode())
    ran = book.record()
    assert (ran.rc, ran.summary["blocks"]) == (0, len(ODD_PLACES)), ran.out
    return book


@pytest.mark.parametrize("name", ODD_PLACES)
def test_a_block_in_an_odd_place_runs(odd_places: Book, name: str) -> None:
    """Lists, admonitions, tabs and the marks of other editors keep no block from running."""
    line = 1 + ODD_PLACES[name].replace("\r\n", "\n").split("exec")[0].count("\n")
    assert [output.split()[0] for output in odd_places.outputs(name)] == ["here"]
    assert (
        f"docs/{name}.md:{line}, block 1 of 1" in odd_places.run("explain", f"docs/{name}.md:1").out
    )


NAMED_PLACES = {
    "an HTML comment": ('<!--\n```python exec="1"\nprint(1)\n```\n-->\n', 2, "HTML comment"),
    "a shallow line": ('- a\n\n    ```python exec="1"\n  print(1)\n    ```\n', 3, "indented less"),
    "a shallow end": ('- a\n\n    ```python exec="1"\n    print(1)\n  ```\n', 3, "indented less"),
    "no end": ('text\n\n```python exec="1"\nprint(1)\n', 3, "never closed"),
    "an end in another sign": ('```python exec="1"\nprint(1)\n~~~\n', 1, "never closed"),
    "the line of a list's sign": ('- ```python exec="1"\n  print(1)\n  ```\n', 1, "its own line"),
    "the line of a number": ('1. ```python exec="1"\n   print(1)\n   ```\n', 1, "its own line"),
    "the middle of a line": ('So: ```python exec="1"\nprint(1)\n```\n', 1, "its own line"),
    "a space that is none": ('\u00a0```python exec="1"\nprint(1)\n```\n', 1, "its own line"),
    "a fence in braces that is none": ("```python x {\n1\n```\n", 1, "cannot read"),
    "a listing broken off": (
        '- a\n\n    ```text\n  broken\n    ```\n\n    ```python exec="1"\n    print(1)\n    ```\n',
        7,
        "inside of the listing that begins in line 5",
    ),
}


@pytest.mark.parametrize(("text", "line", "said"), NAMED_PLACES.values(), ids=NAMED_PLACES)
def test_a_block_that_no_page_would_show_is_named(
    small_book: Book, text: str, line: int, said: str
) -> None:
    """Where a site builder would show the source or nothing, the gate fails at the line."""
    small_book.write("docs/a.md", text)
    ran = small_book.check()
    assert ran.rc == 1
    assert ran.said[0].startswith(f"docs/a.md:{line}: ")
    assert said in ran.said[0]


def test_a_fence_that_is_only_shown_does_not_run(small_book: Book) -> None:
    """A longer fence around a fence, inline code, and a plain listing are text."""
    small_book.write(
        "docs/a.md",
        """
        ````md
        ```python exec="1"
        print("never")
        ```
        ````

        Write ```` ```python exec="1" ```` and `exec="1"`.

        ```python title="a.py"
        print("never")
        ```

        ```python exec="0"
        print("never")
        ```
        """,
    )
    ran = small_book.check()
    assert ran.rc == 0, ran.out
    assert ran.summary["blocks"] == 0


def test_a_block_after_a_comment_runs(small_book: Book) -> None:
    """A comment that ends, and one that is shown as code, hide nothing."""
    small_book.write(
        "docs/a.md",
        """
        <!-- one
        -->
        `<!--` begins a comment.

        ```python exec="1"
        print("here")  # <!--
        ```

        ```python exec="1"
        print("there")
        ```
        """,
    )
    ran = small_book.check()
    assert ran.summary["blocks"] == 2
    assert "here" in ran.out
    assert "there" in ran.out


def test_a_typo_leaves_the_other_blocks_and_recordings_alone(small_book: Book) -> None:
    """The other blocks run, and `record` does not drop the output of the block with the typo."""
    small_book.page("print('one')", "print('two')")
    small_book.record()
    before = small_book.recording()
    text = small_book.read("docs/a.md")
    small_book.write("docs/a.md", text.replace('exec="1"', "exec=1", 1))
    ran = small_book.record()
    assert ran.rc == 1
    assert "docs/a.md:3: " in ran.out
    assert small_book.recording() == before


EXAMPLE = '''
"""Things to show."""


# --8<-- [start:double]
def double(x):
    return 2 * x
# --8<-- [end:double]


# --8<-- [start:empty]
# --8<-- [end:empty]

# --8<-- [end:backwards]
'''


def test_a_block_includes_a_section_and_runs_it(small_book: Book) -> None:
    """The text that the page shows is the text that runs, with lines before and after it."""
    small_book.write("examples/tools.py", EXAMPLE)
    small_book.write(
        "docs/a.md",
        """
        !!! note

            ```python exec="1" source="above"
            start = 4
            --8<-- "examples/tools.py:double"
            print(double(start))
            ```
        """,
    )
    small_book.record()
    assert small_book.outputs() == ["8"]
    small_book.edit("examples/tools.py", "2 * x", "3 * x")
    ran = small_book.check()
    assert ran.rc == 1
    assert "+12" in ran.out


WRONG_INCLUDES = {
    "a section that is gone": ('--8<-- "examples/tools.py:gone"', "no section 'gone'"),
    "a section that only ends": ('--8<-- "examples/tools.py:backwards"', "no section 'backwards'"),
    "a file that is gone": ('--8<-- "examples/gone.py"', "cannot include 'examples/gone.py'"),
    "a folder": ('--8<-- "examples"', "cannot include 'examples'"),
    "a pipe": ('--8<-- "examples/pipe"', "cannot include 'examples/pipe': it is no regular file"),
    "a pipe without quotes": ("--8<-- examples/pipe", "an include is written"),
    "a line of many digits": (
        f'--8<-- "examples/tools.py:{"9" * 5000}"',
        "cannot include 'examples/tools.py:999",
    ),
    "no quotes": ("--8<-- examples/tools.py", "an include is written"),
    "one dash": ('-8<- "examples/gone.py"', "cannot include 'examples/gone.py'"),
}


@pytest.mark.parametrize(("line", "said"), WRONG_INCLUDES.values(), ids=WRONG_INCLUDES)
@pytest.mark.parametrize("fenced", [True, False], ids=["in a block", "in prose"])
def test_an_include_that_cannot_be_is_named(
    small_book: Book, line: str, said: str, fenced: bool
) -> None:
    """A missing file or section fails at the line of the include."""
    small_book.write("examples/tools.py", EXAMPLE)
    os.mkfifo(small_book.root / "examples/pipe")
    small_book.write(
        "docs/a.md",
        f'```python exec="1"\nx = 1\n{line}\n```\n'
        if fenced
        else f'# A\n\n{line}\n\n```python exec="1"\nx = 1\n```\n',
    )
    ran = small_book.check()
    assert ran.rc == 1
    assert ran.said[0].startswith("docs/a.md:3: ")
    assert said in ran.said[0]


def test_an_empty_section_is_no_trouble(small_book: Book) -> None:
    """A section without a line includes nothing."""
    small_book.write("examples/tools.py", EXAMPLE)
    small_book.page('--8<-- "examples/tools.py:empty"\nprint("ok")')
    assert "ok" in small_book.check().out


def test_blocks_of_a_page_that_is_included_run(small_book: Book) -> None:
    """An included page's blocks are the chapter's, named with the line of the include."""
    small_book.write("parts/more.md", 'More.\n\n```python exec="1"\nprint("from", "afar")\n```\n')
    small_book.write(
        "docs/a.md", '# A\n\n-8<- "parts/more.md"\n\n```python exec="1"\nprint("near")\n```\n'
    )
    ran = small_book.check()
    assert ran.rc == 1
    assert "docs/a.md:3: not recorded yet; it printed:\n    from afar" in ran.out
    assert "docs/a.md:5: not recorded yet; it printed:\n    near" in ran.out
    small_book.record()
    small_book.edit("parts/more.md", "afar", "abroad")
    assert small_book.check().about("docs/a.md").startswith("docs/a.md:3: the output drifted")


def test_an_include_of_lines_by_number_is_the_sites_own(small_book: Book) -> None:
    """Every way of including that the page knows, the gate knows too."""
    small_book.write("examples/tools.py", "a = 1\nb = 2\nc = 3\n")
    small_book.page('--8<-- "examples/tools.py:2:3"\nprint(b + c, "a" in globals())')
    assert small_book.record().rc == 0
    assert small_book.outputs() == ["5 False"]


def test_blocks_of_other_languages_are_left_alone_and_counted(small_book: Book) -> None:
    """markdown-exec runs them; the summary says that nobody holds what they print."""
    small_book.write(
        "docs/a.md",
        '```bash exec="1"\necho 1\n```\n\n```console exec="1"\n$ echo 2\n```\n\n'
        '```sh exec="1" title="docker exec -it"\necho 3\n```\n\n'
        '```python exec="1"\nprint("ours")\n```\n',
    )
    ran = small_book.check()
    assert ran.summary["blocks"] == 1
    assert "note: 3 blocks of other kinds are not held (1 bash, 1 console, 1 sh)" in ran.out
    assert small_book.record().rc == 0
    assert small_book.check().rc == 0


def test_a_page_that_is_not_utf_8_is_named(small_book: Book) -> None:
    """A page in another encoding fails by name instead of ending the run."""
    (small_book.root / "docs/a.md").write_bytes("# Größe\n".encode("latin-1"))
    small_book.page("print(1)", name="b")
    ran = small_book.check()
    assert ran.rc == 1
    assert "docs/a.md:1: not UTF-8 text" in ran.out
    assert "docs/b.md:3: not recorded yet" in ran.out
