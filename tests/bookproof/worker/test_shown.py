"""Blocks with `as="…"`: a function of the book runs the code, once, and shows it in its own way."""

from __future__ import annotations

import json

import pytest

from bookproof.export import notebook
from bookproof.export.script import script
from bookproof.judge.gate import Gate, Judged, choose
from bookproof.settings import Settings, load
from tests.bookproof.small import Book

LOUD = '''
"""Shows a block's code in capitals, and what it printed."""


def show(code):
    return f"<p>{code.text.upper()} at {code.place} gave {code.run()!r}</p>"
'''
PAGE = (
    '# A\n\n```python exec="1" as="loud"\nx = 3\nprint("<", x)\n```\n\n'
    '```python exec="1"\nprint(x)\n```\n'
)


@pytest.fixture
def loud_book(small_book: Book) -> Book:
    """A book that knows one way of its own to show a block."""
    small_book.write("loud.py", LOUD)
    settings = small_book.root / "pyproject.toml"
    text = settings.read_text("utf-8") + '\n[tool.bookproof.shows]\nloud = "loud:show"\n'
    settings.write_text(text, "utf-8")
    small_book.write("docs/a.md", PAGE)
    return small_book


def test_the_books_function_shows_the_block_and_the_session_goes_on(loud_book: Book) -> None:
    """What it returns is the output, and the next block has the names that the code set."""
    loud_book.record()
    recorded = loud_book.read("tests/outputs/a.txt")
    assert "<p>X = 3" in recorded and "at docs/a.md:3 gave '< 3\\n'</p>" in recorded
    assert recorded.rstrip().endswith("3")


def test_an_edit_of_the_books_function_runs_the_chapter_again(loud_book: Book) -> None:
    """It is a file that the chapter depends on, like any module."""
    loud_book.record()
    loud_book.write("loud.py", LOUD.replace("gave", "printed"))
    ran = loud_book.check()
    assert ran.rc == 1 and "docs/a.md:3: the output drifted" in ran.out


def test_another_title_runs_the_chapter_again(loud_book: Book) -> None:
    """The function is told of it, so what it returns may be another."""
    loud_book.write("loud.py", LOUD.replace("{code.place}", "{code.options.get('title')}"))
    loud_book.record()
    loud_book.edit("docs/a.md", 'as="loud"', 'as="loud" title="Three"')
    ran = loud_book.check()
    assert ran.rc == 1 and "at Three gave" in ran.out


def test_what_the_code_raises_fails_the_gate_with_its_line(loud_book: Book) -> None:
    """The function is between, and does not hide it."""
    loud_book.write("docs/a.md", PAGE.replace('print("<", x)', 'print("so far")\n1 / 0'))
    ran = loud_book.check()
    assert ran.rc == 1 and "docs/a.md:6" in ran.out and "ZeroDivisionError" in ran.out


def judge(book: Book) -> tuple[Settings, Judged]:
    """Run the only chapter of a book."""
    settings = load(book.root)
    gate = Gate(settings)
    try:
        (judged,) = gate.judge(choose(settings, []))
    finally:
        gate.close()
    return settings, judged


def test_a_notebook_holds_what_the_code_printed(loud_book: Book) -> None:
    """There the code runs without the function."""
    loud_book.record()
    settings, judged = judge(loud_book)
    cells = json.loads(notebook.notebook(settings, judged))["cells"]
    (cell,) = [cell for cell in cells if cell["source"].startswith("x = 3")]
    assert cell["outputs"] == [{"name": "stdout", "output_type": "stream", "text": "< 3\n"}]


@pytest.mark.parametrize(
    ("fence", "said"),
    {
        'as="quiet"': "as='quiet' is not among [tool.bookproof.shows]: loud",
        'as="loud" source="above"': "source= has no meaning beside as=",
        'as="loud" raises="ValueError"': "raises= has no meaning beside as=",
    }.items(),
)
def test_a_wrong_fence_is_named_with_its_line(loud_book: Book, fence: str, said: str) -> None:
    """A name that the book does not know, and options that mean nothing here."""
    loud_book.write("docs/a.md", f'# A\n\n```python exec="1" {fence}\nprint(1)\n```\n')
    ran = loud_book.check()
    assert ran.rc == 1 and ran.said[0].startswith("docs/a.md:3: ") and said in ran.said[0]


def test_what_the_function_lets_pass_is_caught_in_the_notebook_and_the_script(
    loud_book: Book,
) -> None:
    """Both go on after it, and the notebook's cell holds what such a cell prints."""
    caught = "    try:\n        code.run()\n    except KeyError:\n        return '<p>no</p>'\n"
    calm = LOUD.replace("    return", caught + "    return")
    loud_book.write("loud.py", calm)
    loud_book.write("docs/a.md", PAGE.replace('print("<", x)', 'print("so far")\n{}["key"]'))
    loud_book.record()
    settings, judged = judge(loud_book)
    cells = json.loads(notebook.notebook(settings, judged))["cells"]
    (cell,) = [cell for cell in cells if "x = 3" in cell["source"]]
    assert cell["source"].startswith("try:\n    x = 3")
    assert cell["outputs"][0]["text"] == "so far\nKeyError: 'key'\n"
    exec(script(settings, judged), names := dict[str, object]())
    assert names["x"] == 3


@pytest.mark.parametrize("end", ["", "\\n"])
def test_a_line_that_is_written_over_keeps_its_last_state(loud_book: Book, end: str) -> None:
    """A progress bar leaves what a terminal shows, and takes no HTML of the function away."""
    code = f"for n in (10, 20):\n    print(f'{{n}}%', end='\\r')\nprint('done', end='{end}')"
    loud_book.write("docs/a.md", f'# A\n\n```python exec="1" as="loud"\n{code}\n```\n')
    assert loud_book.record().rc == 0
    recorded = loud_book.read("tests/outputs/a.txt")
    assert '<div class="bp-as" data-printed="done' in recorded
    assert "gave 'done" in recorded
    assert recorded.rstrip().endswith("</div>")
