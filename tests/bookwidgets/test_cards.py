"""A card shows code, and beside it what the very same code gave."""

from __future__ import annotations

import ast
import html
import io
import re
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from bookproof.worker.shown import show
from bookwidgets.cards import beside, outcome


def card(code: str, names: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    """Run a card as the engine does; return its rows as they are read: code, and what is beside."""
    known: dict[str, Any] = {"parts": [("docs/a.md", ast.parse(code))], "flags": 0}
    known |= {"namespace": {} if names is None else names, "options": {}, "place": "docs/a.md:3"}
    screen = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), "utf-8", write_through=True)
    with redirect_stdout(screen), tempfile.TemporaryDirectory() as folder:
        made = show("bookwidgets.cards:show", code, Path(folder, "caught"), **known)
    rows = re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", made, re.DOTALL)
    return [(_read(left), _read(right)) for left, right in rows]


def _read(markup: str) -> str:
    return html.unescape(re.sub("<.*?>", "", markup))


def test_a_value_stands_beside_its_line() -> None:
    """So does what is said of it, which is no part of the code."""
    assert card("1 + 1\n[3] * 2  #: Twice `3`.") == [("1 + 1", "2"), ("[3] * 2", "[3, 3] Twice 3.")]


def test_lines_without_a_value_belong_to_the_next_that_has_one() -> None:
    """An assignment, a loop and a comment do; what is printed ends a row as a value does."""
    code = "x = 1\n# twice\nx += 1\nx\nfor n in range(2):\n    print(n)\nx"
    assert card(code) == [
        ("x = 1\n# twice\nx += 1\nx", "2"),
        ("for n in range(2):\n    print(n)", "0\n1"),
        ("x", "2"),
    ]


def test_a_comment_at_the_end_is_kept() -> None:
    """Nothing that the author wrote is lost, and blank lines are no part of a row."""
    assert card("x = 1\n# and so on\n\n") == [("x = 1\n# and so on", "")]


def test_a_blank_line_or_a_remark_ends_a_row() -> None:
    """A remark may go on in a line of its own, and stand inside of a statement."""
    code = "x = 1\n\ny = 2  #: Two,\n#: or more.\nif y:\n    z = 3  #: Here."
    assert card(code) == [
        ("x = 1", ""),
        ("y = 2", "Two, or more."),
        ("if y:\n    z = 3", "Here."),
    ]


def test_the_names_are_the_pages() -> None:
    """A card uses what was made above it, and leaves what it makes."""
    names = {"x": 20}
    assert card("y = x + 1\ny", names) == [("y = x + 1\ny", "21")]
    assert names["y"] == 21


def test_what_has_only_an_address_to_show_shows_nothing() -> None:
    """It would be another one tomorrow, and says nothing today."""
    assert card("object()  #: An object.\n'at 0x1'") == [
        ("object()", "An object."),
        ("'at 0x1'", "'at 0x1'"),
    ]


def test_several_statements_on_a_line_are_one_row() -> None:
    """What each gave stands under the other."""
    assert card("1; 2\n3") == [("1; 2", "1\n2"), ("3", "3")]


def test_what_the_code_raises_is_raised() -> None:
    """A card with an error is a mistake, and does not hide it."""
    with pytest.raises(ZeroDivisionError):
        card("1 / 0")


def test_a_card_without_code_is_refused() -> None:
    """It says where it stands."""
    with pytest.raises(ValueError, match=r"docs/a.md:3: .* needs a line of code"):
        card("# nothing")


def test_two_sides_are_run_and_an_error_is_what_a_side_gave() -> None:
    """It is marked, so that a reader sees at once which side refuses."""
    made = beside({"x": [1, 2]}, [("Its *length*", "len(x)", "x / 2"), ("Later", "", "y = 1; y")])
    assert 'rowgroup">Its <em>length</em></th>' in made
    texts = [_read(cell).strip() for cell in re.findall("<td.*?>(.*?)</td>", made, re.DOTALL)]
    assert texts == [
        "len(x) 2",
        "x / 2 TypeError: unsupported operand type(s) for /: 'list' and 'int'",
        "–",
        "y = 1\ny 1",
    ]
    assert made.count('<samp class="bp-failed">') == 1
    assert made.count('data-side="NumPy"') == made.count('data-side="PyTorch"') == 2


def test_a_warning_stands_before_the_value() -> None:
    """Each time, also where Python would show it once."""
    code = "import warnings; warnings.warn('look out'); 3"
    assert outcome(code, {}) == outcome(code, {}) == ("UserWarning: look out\n3", False)
