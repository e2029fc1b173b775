"""What another version changes, as readers see it."""

from __future__ import annotations

import markdown
import pytest

from tests.bookproof.small import Book

FILE = "docs/notes/report.txt"
PAGE = """# Slopes

At zero, *the* [slope](../x.md) is
a choice of `clamp`.

```python exec="1" source="above" result="text"
import os
NEW = os.environ.get("NEW", "")
print("slope", 0 if NEW else 1)
```

```python exec="1"
print(f"loss {0.1235 if NEW else 0.1234:.4f}")
```

```python exec="1" html="1"
print(f'<svg viewBox="0 0 400 300"><path d="M 0 {0.1 if NEW else 0}"/></svg>')
```

## A `section` of its own

It raises.

```python exec="1" raises="ValueError"
raise (TypeError if NEW else ValueError)("no minus")
```

```python exec="1"
print("after")
```
"""


@pytest.fixture
def book(small_book: Book) -> Book:
    """A recorded book that prints something else where NEW is set."""
    small_book.write("docs/part/slopes.md", PAGE)
    small_book.page("print('steady')")
    small_book.record()
    return small_book


def test_with_what_is_recorded_it_reports_nothing(book: Book) -> None:
    """The same versions change nothing."""
    assert book.run("report", FILE).rc == 0
    assert book.read(FILE).endswith("\n\nNothing drifted, and nothing moved.\n")


def test_what_differs_with_each_run_is_no_news(small_book: Book) -> None:
    """A time says nothing of a version."""
    small_book.page("import os\nprint(os.urandom(1)[0] / 7, 'seconds')", options='tol="any"')
    small_book.record()
    assert small_book.run("report", FILE).rc == 0
    assert small_book.read(FILE).endswith("\n\nNothing drifted, and nothing moved.\n")


def test_what_this_machine_moves_with_any_version_is_no_news(
    small_book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the gate has run here, a last digit that another processor flips is told apart."""
    small_book.page("import os\nprint(f\"loss {0.1235 if os.environ.get('NEW') else 0.1234:.4f}\")")
    small_book.record()
    monkeypatch.setenv("NEW", "1")
    small_book.run("report", FILE)
    assert "1 output moved within the tolerance:" in small_book.read(FILE)
    assert small_book.check().rc == 0
    small_book.run("report", FILE)
    text = small_book.read(FILE)
    assert "\n\nNothing drifted, and nothing moved.\n\n1 output moved within the tolerance" in text
    assert "0.1235" not in text


def test_what_drifted_comes_first_then_what_moved_then_figures(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each drift with its link, the paragraph before it, and both outputs."""
    monkeypatch.setenv("NEW", "1")
    assert book.run("report", FILE).rc == 0
    text = book.read(FILE)
    parts = [
        "2 outputs drifted.",
        "[docs/part/slopes.md:6](../part/slopes.md#slopes)",
        "<p>At zero, the slope is a choice of clamp.</p>",
        "<td><pre>slope 1</pre></td><td><pre>slope 0</pre></td>",
        "[docs/part/slopes.md:24](../part/slopes.md#a-section-of-its-own)",
        "<p>It raises.</p>",
        "TypeError",
        "1 block below one that failed did not run.",
        "1 output moved within the tolerance:",
        "- [docs/part/slopes.md:12](../part/slopes.md#slopes): "
        "<code>loss 0.1234</code> → <code>loss 0.1235</code>",
        "1 figure moved by less than an eye can see.",
    ]
    at = [text.find(part) for part in parts]
    assert -1 not in at, parts[at.index(-1)] + text
    assert at == sorted(at)
    assert "steady" not in text


def test_the_run_keeps_nothing(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the recordings nor the cache of the book know of it."""
    before = {f: book.read(f) for f in book.files()}
    results = book.results()
    monkeypatch.setenv("NEW", "1")
    book.run("report", FILE)
    assert {f: book.read(f) for f in book.files() if f != FILE} == before
    assert book.results() == results
    assert not (book.root / ".bookproof/drift").exists()


WICKED = {
    "a fence": '```python exec="1"\nprint(1)\n```',
    "a script": "<script>alert(1)</script>",
    "an include": '--8<-- "pyproject.toml"',
    "an end of the table": "</pre></td></table><img src=x onerror=alert(1)>",
    "Markdown": "[a](javascript:x) **b** `c` {.d}\n\n# Title\n\n    code",
}


@pytest.mark.parametrize("printed", WICKED.values(), ids=WICKED)
def test_what_was_printed_stands_in_a_page_as_text(small_book: Book, printed: str) -> None:
    """A page may include the report, whatever the book prints."""
    small_book.page(f"print({printed!r})", options='result="text"')
    small_book.record()
    name = "tests/outputs/a.txt"
    small_book.write(name, small_book.read(name).replace("\n" + printed.split("\n")[0], "\nOLD", 1))
    small_book.run("report", FILE)
    text = small_book.read(FILE)
    assert "```" not in text
    assert "--8<--" not in text
    made = markdown.markdown(text, extensions=["pymdownx.superfences", "pymdownx.snippets"])
    assert "<script" not in made and "<img" not in made and "javascript:" not in made
    assert made.count("<table>") == made.count("</table>") == 1
    assert "<h1" not in made and "<strong>" not in made
