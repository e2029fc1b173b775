"""Notebook scripts: read by their marks, held to their recording as a page of Markdown is."""

from __future__ import annotations

import pytest

from bookproof.parse.percent import is_script, read_cells
from tests.bookproof.small import Book

LAB = """
# %% [markdown]
# # A lab
#
# Text with `code`.

# %%
x = 6 * 7
print(x)

# %% [markdown]
# More text.

# %%
print(x + 1)
"""

MARKS = {
    "code": ("# %%", True),
    "no space": ("#%%", True),
    "text": ("# %% [markdown]", True),
    "text, shorter": ("# %% [md]", True),
    "options": ('# %% tol="any"', True),
    "a comment": ("# a comment", False),
    "indented": ("    # %%", False),
    "in a string": ("print('# %%')", False),
    "a shebang": ("#!/usr/bin/env python", False),
}


@pytest.mark.parametrize(("line", "marks"), MARKS.values(), ids=MARKS)
def test_a_script_is_known_by_its_marks(line: str, marks: bool) -> None:
    """A mark begins its line; any other Python file is left alone."""
    assert is_script(f"import os\n{line}\nx = 1\n") is marks


def test_cells_come_in_order_with_their_lines() -> None:
    """Text without its comment sign, code as it stands, each with the line of its mark."""
    cells = read_cells(LAB.lstrip("\n"))
    assert [(c.markdown, c.line) for c in cells] == [(True, 1), (False, 6), (True, 10), (False, 13)]
    assert cells[0].lines == ("# A lab", "", "Text with `code`.")
    assert cells[1].lines == ("x = 6 * 7", "print(x)")
    assert cells[2].lines == ("More text.",)


HEADS = {
    "nothing": ("", []),
    "empty lines": ("\n\n", []),
    "comments": ("#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n\n", []),
    "code": ("# why\nimport os\n\n", [("# why", "import os")]),
}


@pytest.mark.parametrize(("head", "cells"), HEADS.values(), ids=HEADS)
def test_what_stands_above_the_first_mark_is_code(head: str, cells: list[tuple[str, ...]]) -> None:
    """Comments alone are for the file's own readers; code there runs first."""
    found = read_cells(f"{head}# %%\nx = 1\n")
    assert [c.lines for c in found] == [*cells, ("x = 1",)]
    assert [c.line for c in found[:-1]] == [0] * len(cells)


def test_blank_lines_and_deeper_comments_of_a_text_stay() -> None:
    """A paragraph ends where the author ended it, and a listing keeps its depth."""
    (cell,) = read_cells("# %% [markdown]\n# One.\n#\n# - a\n#     - b\n#no space\n\n\n")
    assert cell.lines == ("One.", "", "- a", "    - b", "no space")


def test_an_empty_cell_is_no_block(small_book: Book) -> None:
    """An author leaves one for the reader to fill in."""
    small_book.write("docs/lab.py", "# %%\nprint(1)\n\n# %%\n\n# %%\nprint(2)\n")
    ran = small_book.record()
    assert ran.rc == 0, ran.out
    assert small_book.outputs("lab") == ["1", "2"]
    assert small_book.check("lab").summary["blocks"] == 2


def test_a_python_file_without_marks_is_no_chapter(small_book: Book) -> None:
    """A module that stands beside the pages is not run."""
    small_book.write("docs/helper.py", "print('never')\n")
    small_book.page("print(1)")
    assert small_book.check().summary["chapters"] == 1


def test_code_above_the_first_mark_runs_and_prints_at_its_own_line(small_book: Book) -> None:
    """An error there is named by the line that it stands in."""
    small_book.write("docs/lab.py", "import os\n1 / 0\n\n# %%\nprint(1)\n")
    ran = small_book.check()
    assert ran.rc == 1
    assert ran.said[0] == "docs/lab.py:2: ZeroDivisionError: division by zero"


OPTIONS = {
    "a typo": ('tole="any"', "did you mean 'tol'?"),
    "no quotes": ("tol=any", "tol=any"),
    "an unknown need": ('needs="gpus"', "gpu"),
    "a tolerance that is none": ('tol="2 percent"', "tol='2 percent'"),
    "tags of another tool": ("[raw]", "[raw]"),
    "a title in words": ("The data", "The data"),
}


@pytest.mark.parametrize(("options", "said"), OPTIONS.values(), ids=OPTIONS)
def test_a_wrong_option_is_named_with_its_line(small_book: Book, options: str, said: str) -> None:
    """The line of the mark, in the words that a wrong fence gets."""
    small_book.write("docs/lab.py", f"# %% [markdown]\n# # A\n\n# %% {options}\nprint(1)\n")
    for ran in (small_book.check(), small_book.record()):
        assert ran.rc == 1
        assert ran.said[0].startswith("docs/lab.py:4: ")
        assert said in ran.said[0]


def test_options_mean_what_they_mean_on_a_fence(small_book: Book) -> None:
    """Tolerance, expected errors, standard error, sessions."""
    small_book.write(
        "docs/lab.py",
        """
        # %% tol="any"
        import time
        print(time.perf_counter())

        # %% raises="ZeroDivisionError"
        1 / 0

        # %% stderr="1"
        import sys
        print("said", file=sys.stderr)

        # %% session="apart"
        print("time" in globals())
        """,
    )
    assert small_book.record().rc == 0
    assert small_book.outputs("lab")[1:] == [
        "Traceback (most recent call last):\n  docs/lab.py:{+1}\n    1 / 0\n"
        "ZeroDivisionError: division by zero",
        "said",
        "False",
    ]
    small_book.clean()
    assert small_book.check().rc == 0


def test_a_scripts_output_that_drifts_is_red_at_its_mark(small_book: Book) -> None:
    """A lab is held to its recording like any page; accepting is one command."""
    small_book.write("docs/lab.py", LAB)
    assert small_book.check().said[0].startswith("docs/lab.py:6: not recorded yet; it printed:")
    assert small_book.record().rc == 0
    assert small_book.outputs("lab") == ["42", "43"]
    assert small_book.check().rc == 0
    small_book.edit("docs/lab.py", "6 * 7", "6 * 8")
    ran = small_book.check()
    assert ran.rc == 1
    assert ran.summary["drifted"] == 2
    assert ran.said[0] == "docs/lab.py:6: the output drifted from its recording"
    assert {"-42", "+48"} <= {line.strip() for line in ran.said}
    assert small_book.record().rc == 0
    assert small_book.outputs("lab") == ["48", "49"]
    assert small_book.check().rc == 0


def test_an_edit_of_a_scripts_text_runs_nothing(small_book: Book) -> None:
    """Prose moves lines, and neither results nor recordings."""
    small_book.write("docs/lab.py", LAB)
    small_book.record()
    before = small_book.recording("lab")
    small_book.edit("docs/lab.py", "# More text.", "# More text,\n# and more.")
    ran = small_book.check()
    assert ran.rc == 0
    assert ran.summary["run"] == 0
    assert small_book.record().rc == 0
    assert small_book.recording("lab") == before


def test_a_lab_is_chosen_by_its_name(small_book: Book) -> None:
    """`check labs/one`, with or without the suffix."""
    small_book.write("docs/labs/one.py", LAB)
    small_book.page("print(1)")
    for name in ("labs/one", "docs/labs/one.py"):
        assert small_book.check(name).summary["chapters"] == 1
