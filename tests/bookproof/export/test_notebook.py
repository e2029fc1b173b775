"""A chapter as a notebook: its text readable, its code runnable, its outputs those of the page."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from bookproof.export.notebook import notebook
from bookproof.settings import load
from tests.bookproof.small import Book, judged

AGAIN = Path(__file__).resolve().parents[2] / "exports/again.py"


def text_of(book: Book, name: str = "a", url: str = "") -> str:
    """Return a chapter's notebook, which must be a valid one."""
    text = notebook(load(book.root), judged(book, name), url)
    nbformat.validate(nbformat.reads(text, as_version=4))
    return text


def cells(book: Book, name: str = "a") -> list[dict[str, Any]]:
    """Return the cells of a chapter's notebook after the introduction."""
    return list(json.loads(text_of(book, name))["cells"][1:])


def code(book: Book, name: str = "a") -> list[dict[str, Any]]:
    """Return the cells of code."""
    return [cell for cell in cells(book, name) if cell["cell_type"] == "code"]


def prose(book: Book, text: str) -> str:
    """Return what a notebook makes of a page's text, with a block in front."""
    book.write("docs/a.md", f'```python exec="1" source="above"\n1\n```\n\n{text}')
    return "\n\n".join(c["source"] for c in cells(book) if c["cell_type"] == "markdown")


def again(book: Book, folder: Path, name: str = "a") -> list[dict[str, str]]:
    """Run a chapter's notebook in an empty folder; return what its cells of code did."""
    (folder / "book.ipynb").write_text(text_of(book, name), "utf-8")
    (folder / "empty").mkdir()
    subprocess.run(
        [sys.executable, str(AGAIN), "../book.ipynb", "../results.json"],
        cwd=folder / "empty",
        env={"PATH": "/usr/bin:/bin"},
        check=True,
        timeout=60,
    )
    results: list[dict[str, str]] = json.loads((folder / "results.json").read_text("utf-8"))
    return results


def test_the_same_book_gives_the_same_bytes(small_book: Book) -> None:
    """Nothing random and no date: a download changes only when the chapter does."""
    small_book.page("print('one')", "print('<b>2</b>')")
    first = text_of(small_book)
    small_book.clean()
    assert text_of(small_book) == first


@pytest.mark.parametrize("ending", [".html", "/"])
def test_links_to_other_pages_hold_where_the_notebook_is_taken(
    small_book: Book, ending: str
) -> None:
    """They become addresses of pages, or plain words where the site has no address."""
    links = "[b](../c/b.md#d), [lab](../labs/e.ipynb), [here](#f), [out](https://x.test/g.md)"
    small_book.write("docs/c/a.md", f'```python exec="1"\n1\n```\n\n{links}\n')
    last = json.loads(text_of(small_book, "c/a", f"https://x.test/book/c/a{ending}"))["cells"][-1]
    assert last["source"] == (
        f"[b](https://x.test/book/c/b{ending}#d), [lab](https://x.test/book/labs/e{ending}), "
        "[here](#f), [out](https://x.test/g.md)"
    )
    last = json.loads(text_of(small_book, "c/a"))["cells"][-1]
    assert last["source"] == "b, lab, [here](#f), [out](https://x.test/g.md)"


def test_text_and_code_come_in_the_pages_order(small_book: Book) -> None:
    """Above them what the notebook is, with the way back."""
    small_book.page("print('one')", "print('two')", options='source="above" result="text"')
    small_book.edit("docs/a.md", "# A title", "---\ntitle: A\n---\n# A title\n\nText.")
    intro, title, one, two = json.loads(text_of(small_book, url="https://book.example/a/"))["cells"]
    assert "[this page](https://book.example/a/)" in intro["source"]
    assert title["source"] == "# A title\n\nText."
    assert (one["source"], two["source"]) == ("print('one')", "print('two')")
    assert one["outputs"][0]["text"].strip() == "one"


READABLE = {
    "a box": ('!!! note "Mind this"\n\n    Text.\n\nEnd.', "**Mind this**\n\nText.\n\nEnd."),
    "a box without a title": ("!!! tip\n    Text.", "**Tip**\nText."),
    "a collapsed box": ('??? question "Why?"\n    Because.', "**Why?**\nBecause."),
    "an open box": ('???+ note "Open"\n    Text.', "**Open**\nText."),
    "a title with quotes": ('!!! note "The "real" one"\n    T.', '**The "real" one**\nT.'),
    "tabs": ('=== "A"\n\n    a\n\n=== "B"\n\n    b', "**A**\n\na\n\n**B**\n\nb"),
    "a box in a box": (
        '!!! note "A"\n    a\n\n    ??? tip "B"\n        b\n\n    c\n\nd',
        "**A**\na\n\n**B**\nb\n\nc\n\nd",
    ),
    "a box in a list": (
        '- a\n\n    !!! note "B"\n        b\n\n    c',
        "- a\n\n    **B**\n    b\n\n    c",
    ),
    "a list in a box": (
        "!!! note\n    - a\n        - b\n\n    c",
        "**Note**\n- a\n    - b\n\nc",
    ),
    "a listing in a box": (
        '!!! note "A"\n    ```python\n    def f():\n        return 1\n    ```\n    End.',
        "**A**\n```python\ndef f():\n    return 1\n```\nEnd.",
    ),
    "a listing at the margin": (
        "```python\nif x:\n    y[0](z)\n    !!! note\n```",
        "```python\nif x:\n    y[0](z)\n    !!! note\n```",
    ),
    "a fence in a longer fence": (
        '````text\n```\n!!! note "no box"\n```\n````\n\n!!! note "A"\n    b',
        '````text\n```\n!!! note "no box"\n```\n````\n\n**A**\nb',
    ),
    "a link to a page": ("See [shapes](../tensors/shapes.md#x).", "See shapes."),
    "a link with code": ("See [`a.b`](c.md) and [`d`](e.md).", "See `a.b` and `d`."),
    "a link out": ("See [it](https://x.example/a).", "See [it](https://x.example/a)."),
    "a link on the page": ("See [below](#below).", "See [below](#below)."),
    "code that looks like a link": (
        "`f[0](x)` and [a](b.md)",
        "`f[0](x)` and a",
    ),
    "code beside a link": ("`Y[m]` is a [copy](g.md#copy).", "`Y[m]` is a copy."),
    "a formula": ("$$\n\\frac{a}{b}\n$$", "$$\n\\frac{a}{b}\n$$"),
    "a heading over a line": ("Title\n=====\n\ntext", "Title\n=====\n\ntext"),
}


@pytest.mark.parametrize(("text", "shown"), READABLE.values(), ids=READABLE)
def test_a_pages_text_is_readable_in_a_notebook(small_book: Book, text: str, shown: str) -> None:
    """Plain Markdown says what the site's own elements said; listings stay as they are."""
    assert prose(small_book, f"{text}\n") == shown


def test_a_box_goes_on_after_a_block_in_it(small_book: Book) -> None:
    """The text below the block stands at the margin, and what follows the box, too."""
    small_book.write(
        "docs/a.md",
        '!!! note "A"\n\n    Above.\n\n    ```python exec="1"\n    print(1)\n    ```\n\n'
        "    - One\n        - Two\n\nEnd.\n",
    )
    assert [c["source"] for c in cells(small_book)] == [
        "**A**\n\nAbove.",
        "1",
        "- One\n    - Two\n\nEnd.",
    ]


def test_a_list_goes_on_after_a_block_in_it(small_book: Book) -> None:
    """What stands under the block in its item is text, not a listing."""
    small_book.write(
        "docs/a.md",
        '1. One\n\n    ```python exec="1" source="above" result="text"\n    print(1)\n    ```\n\n'
        "    Under it.\n\n2. Two\n",
    )
    first, _, last = cells(small_book)
    assert first["source"] == "1. One"
    assert last["source"] == "Under it.\n\n2. Two"


def test_a_longer_fence_ends_where_it_ends(small_book: Book) -> None:
    """Code that holds a shorter fence stays whole, and the text after it, too."""
    small_book.write(
        "docs/a.md",
        '````python exec="1" source="above" result="text"\nx = """\n```\n"""\nprint(len(x))\n'
        "````\n\nEnd.\n",
    )
    block, end = cells(small_book)
    assert block["source"] == 'x = """\n```\n"""\nprint(len(x))'
    assert block["outputs"][0]["text"].strip() == "5"
    assert end["source"] == "End."


def test_html_and_markdown_are_displayed(small_book: Book, tmp_path: Path) -> None:
    """What a page shows as a drawing or a sentence is one in the notebook, again when it runs."""
    small_book.page("print('<svg/>')", options='source="above" html="1"')
    small_book.page("print('a **word**')", options='source="above"', name="b")
    (drawing,) = code(small_book)
    assert "display(HTML(" in drawing["source"]
    assert drawing["outputs"][0]["data"]["text/html"].strip() == "<svg/>"
    (sentence,) = code(small_book, "b")
    assert sentence["outputs"][0]["data"]["text/markdown"].strip() == "a **word**"
    assert again(small_book, tmp_path, "b")[0]["shown"].strip() == "a **word**"


def test_of_hidden_code_a_notebook_keeps_what_the_page_shows(small_book: Book) -> None:
    """A sentence is a sentence, a printed text a listing; an assertion is not there."""
    small_book.page("print('a **word**')", options="")
    small_book.page("print('a text')", options='result="text"', name="b")
    small_book.page("assert True", options="", name="c")
    assert [cell["source"] for cell in cells(small_book)] == ["# A title", "a **word**"]
    assert cells(small_book, "b")[-1]["source"] == "```text\na text\n```"
    assert len(cells(small_book, "c")) == 1


def test_a_drawing_of_hidden_code_is_kept_as_a_picture(small_book: Book) -> None:
    """In the notebook's own file, with its words, and on white whatever the theme."""
    drawing = '<figure><svg aria-label="a [line]" viewBox="0 0 9 9"><path/></svg></figure>'
    small_book.page(f"print({drawing!r})", options='html="1"')
    picture = cells(small_book)[-1]
    assert picture["source"] == "![a \\[line\\]](attachment:figure-1.svg)"
    kept = picture["attachments"]["figure-1.svg"]["image/svg+xml"]
    assert base64.b64decode(kept).startswith(b"<svg")
    assert b'fill="#fff"' in base64.b64decode(kept)


def test_what_moves_on_the_page_is_left_to_the_page(small_book: Book) -> None:
    """An element of the book's own does nothing without its script."""
    small_book.page("print('<my-dial><table></table></my-dial>')", options='html="1"')
    assert len(cells(small_book)) == 1


def test_a_block_without_output_has_none(small_book: Book) -> None:
    """An assertion shows nothing, and is not wrapped."""
    small_book.page("assert True")
    assert code(small_book)[0]["outputs"] == []
    assert code(small_book)[0]["source"] == "assert True"


ERRORS = {
    "a built-in error": ("ValueError", "print('first')\nint('x')"),
    "its text over two lines": ("ValueError", "raise ValueError('a\\nb')"),
    "without a text": ("ValueError", "raise ValueError"),
    "of the page": ("Odd", "class Odd(Exception): pass\nraise Odd('so')"),
    "of a module that is not imported": ("JSONDecodeError", "import json\njson.loads('{')"),
    "by its full name": ("json.decoder.JSONDecodeError", "import json\njson.loads('{')"),
    "a key's": ("KeyError", "{}['a']"),
    "the end of the program": ("SystemExit", "raise SystemExit(3)"),
    "that came of another": (
        "ValueError",
        "print(1)\ntry:\n    {}['a']\nexcept KeyError:\n    int('x')",
    ),
    "a group": (
        "ExceptionGroup",
        "print(1)\nraise ExceptionGroup('two', [ValueError(1), KeyError(2)])",
    ),
    "with a long text in the code": ("ValueError", "int('''\n  x\n''')"),
}


@pytest.mark.parametrize(("name", "block"), ERRORS.values(), ids=ERRORS)
def test_an_expected_error_is_shown_and_the_notebook_goes_on(
    small_book: Book, tmp_path: Path, name: str, block: str
) -> None:
    """The cell prints what it holds: what came before the error, and the error's last line."""
    small_book.page(block, options=f'source="above" raises="{name}"')
    (small_book.root / "docs/a.md").open("a").write(
        '\n```python exec="1" source="above" result="text"\nprint("end")\n```\n'
    )
    raising, end = code(small_book)
    ran, after = again(small_book, tmp_path)
    assert ran["error"] == ""
    stored = [line.rstrip() for line in raising["outputs"][0]["text"].rstrip().split("\n")]
    assert [line.rstrip() for line in ran["shown"].rstrip().split("\n")] == stored
    assert after["shown"] == end["outputs"][0]["text"] == "end\n"


def test_code_that_is_no_python_stops_no_other_cell(small_book: Book) -> None:
    """It cannot be caught by code around it, so its tag says that an error is meant."""
    small_book.page("x = = 1", options='source="above" raises="SyntaxError"')
    (cell,) = code(small_book)
    assert cell["source"] == "x = = 1"
    assert cell["metadata"]["tags"] == ["raises-exception"]
    assert cell["outputs"][0]["text"].startswith("SyntaxError")


def test_what_needs_a_machine_says_so_and_carries_its_recording(small_book: Book) -> None:
    """Run where it is lacking, the cell fails, and the others go on."""
    small_book.page("print('from afar')", options='source="above" result="text" needs="gpu"')
    small_book.record(HAS_GPU="1")
    _, note, cell = cells(small_book)
    assert note["source"] == "*The next cell needs gpu.*"
    assert cell["source"] == "print('from afar')"
    assert cell["outputs"][0]["text"].strip() == "from afar"
    assert cell["metadata"]["tags"] == ["raises-exception"]


def test_what_no_machine_has_recorded_has_no_output(small_book: Book) -> None:
    """Its code is there for those who can run it; nothing is made up."""
    small_book.page("print('from afar')", options='source="above" result="text" needs="gpu"')
    options = 'source="above" needs="gpu" raises="ZeroDivisionError"'
    small_book.page("1 / 0", options=options, name="b")
    for name, source in (("a", "print('from afar')"), ("b", "    1 / 0")):
        (cell,) = code(small_book, name)
        assert source in cell["source"]
        assert cell["outputs"] == []


def test_a_block_that_failed_shows_no_output(small_book: Book) -> None:
    """The gate is red; a notebook must not look as if it were not."""
    small_book.page("print('half')\n1 / 0", "print('never')")
    assert [c["outputs"] for c in code(small_book)] == [[], []]


def test_a_script_becomes_the_same_kind_of_notebook(small_book: Book, tmp_path: Path) -> None:
    """A lab's cells are the notebook's."""
    small_book.write(
        "docs/lab.py",
        "# %% [markdown]\n# # A lab\n\n# %%\nx = 2\nprint(x)\n\n# %%\n\n"
        '# %% html="1"\nprint("<b>x</b>")\n',
    )
    text, number, drawing = cells(small_book, "lab")
    assert text["source"] == "# A lab"
    assert number["source"] == "x = 2\nprint(x)"
    assert drawing["outputs"][0]["data"]["text/html"].strip() == "<b>x</b>"
    assert [ran["shown"].strip() for ran in again(small_book, tmp_path, "lab")] == ["2", "<b>x</b>"]
