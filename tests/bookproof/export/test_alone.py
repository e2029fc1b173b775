"""What a reader copies runs where the book is not installed: each block brings what it needs."""

from __future__ import annotations

from importlib import import_module

import pytest

from bookproof.export.alone import Alone, alone
from bookproof.export.shorten import brief, docstring_tails
from bookproof.parse.block import Block
from bookproof.parse.chapter import Parser
from bookproof.settings import load
from tests.bookproof.small import Book

SHAPES = '''
"""Shapes."""

from __future__ import annotations

import math
from dataclasses import dataclass

UNIT = 2.0
SEEN: list[float] = []
SEEN.append(UNIT)


@dataclass
class Square:
    """A square.

    Attributes:
        side: Its side.
    """

    side: float
    inside: Square | None = None

    def area(self) -> float:
        """Return its area.

        >>> Square(2.0).area()
        4.0
        """
        return power(self.side)


def power(x: float, *, n: int = 2) -> float:
    """Raise.

    Args:
        x: A number.
    """
    return math.pow(x, n)  # noqa: X1


def size() -> float:
    """Say how large the unit is."""
    return f"{power(UNIT):g}"


def unused() -> None:
    """Nobody asks for this."""


# --8<-- [start:half]
def half(x):
    """Halve."""
    return x / UNIT
# --8<-- [end:half]


def halves(x):
    """Halve twice."""
    from helpers.shapes import half

    return half(half(x))
'''


def taken(book: Book, *blocks: str, hidden: int = -1, instead: str = "") -> list[Alone]:
    """Return the blocks of a page as a reader takes them; block `hidden` has other options."""
    book.edit_line("pyproject.toml", "own", 'own = ["helpers"]\naside = ["marks"]')
    book.write("helpers/__init__.py", "")
    book.write("helpers/shapes.py", SHAPES)
    book.write(
        "helpers/more.py",
        "from helpers import shapes\n\n\ndef four():\n    return shapes.power(2)\n",
    )
    book.write("marks.py", "def mark(x):\n    pass\n")
    options = [instead if n == hidden else 'source="above"' for n in range(len(blocks))]
    fences = [
        f'```python exec="1" {option}\n{code}\n```\n'
        for option, code in zip(options, blocks, strict=True)
    ]
    book.write("docs/a.md", "# A\n\n" + "\n".join(fences))
    settings = load(book.root)
    chapter = Parser(settings).parse(book.root / "docs/a.md")

    def shown(block: Block) -> str | None:
        return block.code if block.source else None

    return list(alone(settings, chapter, shown).values())


def run(*found: Alone) -> dict[str, object]:
    """Run blocks one after another as a reader would who pastes them, and return the names."""
    names: dict[str, object] = {"__name__": "__main__"}
    for one in found:
        assert "helpers" not in one.text and "marks" not in one.text
        exec(compile(one.text, "pasted", "exec"), names)
    return names


def test_a_function_comes_with_all_that_it_needs(small_book: Book) -> None:
    """Other functions, values, imports, in an order that runs; and nothing else."""
    (one,) = taken(small_book, "from helpers.shapes import Square\n\na = Square(3.0).area()")
    assert run(one)["a"] == 9.0
    assert one.names == ("Square",)
    assert "unused" not in one.text and "UNIT" not in one.text


def test_it_is_short(small_book: Book) -> None:
    """First lines of docstrings, no types of arguments, no remarks to checkers."""
    (one,) = taken(small_book, "from helpers.shapes import power\n\npower(2.0)")
    assert one.before == (
        'import math\n\n\ndef power(x, *, n=2):\n    """Raise."""\n    return math.pow(x, n)'
    )
    assert one.code == "power(2.0)"


def test_what_was_brought_once_is_not_brought_again(small_book: Book) -> None:
    """A later block relies on those above it, as its own code does."""
    imports = "from helpers.shapes import power"
    first, second = taken(small_book, f"{imports}\na = power(2.0)", f"{imports}\nb = power(a)")
    assert run(first, second)["b"] == 16.0
    assert second.before == ""


def test_a_name_that_the_page_uses_otherwise_is_left_to_the_page(small_book: Book) -> None:
    """The helper of a helper steps aside, in f-strings, too."""
    found = taken(
        small_book,
        "power = 7\nUNIT = 'm'",
        "from helpers.shapes import size\n\nsaid = size()",
    )
    names = run(*found)
    assert (names["said"], names["power"], names["UNIT"]) == ("4", 7, "m")


def test_what_hidden_code_made_comes_along(small_book: Book) -> None:
    """Its statements, and those that fill what they made; not what it prints or asserts."""
    hidden = "import json\nfound = {}\nfor n in range(2):\n    found[n] = 1\nassert found\nprint(1)"
    (one,) = taken(small_book, hidden, "text = json.dumps(found)", hidden=0)
    assert run(one)["text"] == '{"0": 1, "1": 1}'
    assert "assert" not in one.made and "print" not in one.made


def test_what_hidden_code_takes_away_it_puts_back(small_book: Book) -> None:
    """Each statement that changes a library comes along, in the order of the page."""
    hidden = (
        "import sys\n"
        "away = {name: sys.modules.pop(name) for name in ['colorsys']}\n"
        "sys.modules['colorsys'] = None\nsys.modules.update(away)"
    )
    (one,) = taken(small_book, hidden, "import colorsys\n\nx = 1", hidden=0)
    import_module("colorsys")
    assert run(one)["x"] == 1


def test_what_hidden_code_does_where_not_every_machine_can_comes_along_nowhere_else(
    small_book: Book,
) -> None:
    """A block that runs on any machine asks for nothing that only some have."""
    hidden = "import rare\nrare.seed(0)"
    (one,) = taken(small_book, hidden, "x = 1", hidden=0, instead='needs="gpu"')
    assert one.text == "x = 1"


def test_what_the_page_itself_includes_is_not_brought_again(small_book: Book) -> None:
    """The listing is the function; one that needs it finds it."""
    first, second = taken(
        small_book,
        'from helpers.shapes import UNIT\n\n--8<-- "helpers/shapes.py:half"',
        "from helpers.shapes import halves\n\nx = halves(8.0)",
    )
    assert run(first, second)["x"] == 2.0
    assert "def half(" not in second.before


def test_a_module_of_the_books_own_may_be_used_as_a_value(small_book: Book) -> None:
    """`shapes.power` becomes `power`."""
    (one,) = taken(small_book, "from helpers.more import four\n\nx = four()")
    assert run(one)["x"] == 4.0


def test_what_is_for_the_page_alone_is_left_out(small_book: Book) -> None:
    """The marking of an answer is no part of it."""
    (one,) = taken(small_book, "from marks import mark\n\ndef f():\n    return 1\n\nmark(f)")
    assert one.text == "def f():\n    return 1"


def test_a_name_that_nothing_gives_is_told(small_book: Book) -> None:
    """So that a test can find it; what a later block makes may be used in a function."""
    first, second = taken(small_book, "def f():\n    return later\n\nlost", "later = 1")
    assert (first.missing, second.missing) == (("lost",), ())


def test_a_page_shows_the_first_line_of_a_docstring() -> None:
    """Arguments and examples are for those who open the file; other code is as it was."""
    head, end = 'def f(x: int) -> int:\n    """Do it.', '"""\n    return x  # so'
    assert docstring_tails(f"{head}\n\n    Args:\n        x: A.\n    {end}") == head + end
    assert docstring_tails("x = = 1") == "x = = 1"


@pytest.mark.parametrize(
    ("code", "short"),
    [
        ("def f(a: int = 3, *b: str, c: int) -> None:\n    pass", "def f(a=3, *b, c):\n    pass"),
        ("@mark\ndef f(a: int): pass", "@mark\ndef f(a: int): pass"),  # it may read them
        ("A: Final = 3  # why", "A = 3  # why"),
        ("class A:\n    b: int = 3", "class A:\n    b: int = 3"),
        ("f = lambda x: {1: x}", "f = lambda x: {1: x}"),
    ],
)
def test_types_that_nothing_reads_are_left_out(code: str, short: str) -> None:
    """Those of a class's fields, and what a decorator may look at, stay."""
    assert brief(code) == short


def test_a_function_that_the_page_replaced_is_brought_again(small_book: Book) -> None:
    """An import after another definition of the name means the book's own."""
    found = taken(
        small_book,
        '--8<-- "helpers/shapes.py:half"',
        "def half(x):\n    return 0",
        "from helpers.shapes import half\n\ny = half(8.0)",
    )
    assert run(*found)["y"] == 4.0
