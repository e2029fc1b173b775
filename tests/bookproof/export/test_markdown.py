"""A chapter as Markdown: its text, its code, and what the code gave."""

from __future__ import annotations

import pytest

from bookproof.export.markdown import markdown
from bookproof.export.plain import plain
from bookproof.judge.gate import Gate, choose
from bookproof.settings import load
from tests.bookproof.small import Book


def markdown_of(book: Book, page: str, name: str = "docs/a.md") -> str:
    """Write a page, judge it as the gate does, and return it with its outputs."""
    book.write(name, page)
    settings = load(book.root)
    gate = Gate(settings)
    try:
        return markdown(settings, gate.judge(choose(settings, ["a"]))[0])
    finally:
        gate.close()


def test_the_output_stands_below_its_code_and_links_are_kept(small_book: Book) -> None:
    """The page's head is no text, and the fence's options are for the builder alone."""
    page = (
        "---\ntitle: No\n---\n# Sums\n\nSee [b](b.md#c).\n\n"
        '```python exec="1" source="above" result="text"\nprint(1 + 1)\n```\n\nAfter it.\n'
    )
    assert markdown_of(small_book, page) == (
        "# Sums\n\nSee [b](b.md#c).\n\n```python\nprint(1 + 1)\n```\n\n"
        "```text\n2\n```\n\nAfter it.\n"
    )


def test_a_block_in_a_box_stays_in_it(small_book: Book) -> None:
    """What is printed is indented as the box's text is."""
    page = (
        '!!! note "Look"\n\n    Here:\n\n    ```python exec="1" source="above" result="text"\n'
        '    print("a\\nb")\n    ```\n\n    And on.\n'
    )
    text = markdown_of(small_book, page)
    assert "    ```text\n    a\n    b\n    ```\n\n    And on.\n" in text


def test_what_must_raise_shows_its_traceback(small_book: Book) -> None:
    """The real one, as the page shows it."""
    text = markdown_of(
        small_book,
        '```python exec="1" source="above" result="text" raises="ZeroDivisionError"\n1 / 0\n```\n',
    )
    assert text.rstrip().endswith("ZeroDivisionError: division by zero\n```")


def test_hidden_code_is_not_there_and_what_it_printed_is(small_book: Book) -> None:
    """An assertion leaves nothing."""
    text = markdown_of(
        small_book,
        '```python exec="1"\nassert 1 + 1 == 2\n```\n\n'
        '```python exec="1"\nprint("**7** jobs")\n```\n',
    )
    assert text == "**7** jobs\n"


def test_what_nobody_has_run_says_so(small_book: Book) -> None:
    """A program that reads must not take the missing output for none."""
    page = '```python exec="1" source="above" result="text" needs="gpu"\nprint(1)\n```\n'
    assert "(Not run yet: it needs gpu.)" in markdown_of(small_book, page)


def test_included_text_is_written_out(small_book: Book) -> None:
    """As on the page."""
    small_book.write("more.txt", "From elsewhere.\n")
    assert markdown_of(small_book, '# A\n\n--8<-- "more.txt"\n') == "# A\n\nFrom elsewhere.\n"


def test_a_listing_that_holds_fences_is_fenced_longer(small_book: Book) -> None:
    """What is printed cannot end its own listing."""
    text = markdown_of(
        small_book,
        '```python exec="1" source="above" result="text"\n'
        'print("`" * 3 + "\\nx\\n" + "`" * 3)\n```\n',
    )
    assert "````text\n```\nx\n```\n````" in text


SAID = {
    "a figure is its description": (
        '<svg role="img" aria-label="A line rises."><text>3</text></svg>',
        "(Figure: A line rises.)",
    ),
    "a picture, too": ('<p>See <img alt="a cat" src="c.png"> here</p>', "See (Figure: a cat) here"),
    "a figure without a description is silent": ("a<svg><title>x</title><p>b</p></svg>", "a"),
    "a table is its rows": (
        "<table><tr><th>a</th><th>b</th></tr>\n<tr><td>1</td><td>2</td></tr></table>",
        "a | b\n1 | 2",
    ),
    "a list has its marks": ("<ul>\n<li><p>one</p></li>\n<li>two</li></ul>", "- one\n- two"),
    "a listing keeps its lines": (
        "<pre><span></span><code>if x:\n    y</code></pre>",
        "```text\nif x:\n    y\n```",
    ),
    "code in a line is marked": ("<p>call <code>f(&lt;x&gt;)</code></p>", "call `f(<x>)`"),
    "scripts and what is hidden are not read": (
        "<script>a</script><style>b</style><p hidden>c</p><i aria-hidden='true'>d</i><b>e</b>",
        "e",
    ),
    "an element that is never closed loses nothing": ("<p>a<div>b<br>c", "a\nb\nc"),
    "a closing tag too many loses nothing": ("</div></svg>a", "a"),
}


@pytest.mark.parametrize(("html", "text"), SAID.values(), ids=SAID)
def test_html_is_said_in_words(html: str, text: str) -> None:
    """As a screen reader would."""
    assert plain(html) == text
