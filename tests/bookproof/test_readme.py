"""The engine's README: its tables come from the code, its picture and its commands from a run.

`python -m tests.bookproof.test_readme` writes the tables and the picture anew.
"""

from __future__ import annotations

import re
import tempfile
from html import escape
from pathlib import Path

import bookproof
from bookproof import __main__, tables
from tests.bookproof.small import Book

PACKAGE = Path(__file__).resolve().parents[2] / "packages" / "bookproof"
README = PACKAGE / "README.md"
PICTURE = PACKAGE / "red.svg"
PAGE = """# Circles

```python exec="1" source="above" result="text"
import math

for radius in (1, 2, 3):
    print(f"radius {radius}: area {math.pi * radius**2:.4f}")
```
"""


def with_tables(text: str) -> str:
    """Return the README with its tables as the code makes them now."""
    for name in ("options", "settings"):
        begin, end = f"<!-- {name}: made by", f"\n<!-- end of {name} -->"
        start = text.index("\n", text.index(begin)) + 1
        text = text[:start] + getattr(tables, name)() + text[text.index(end) :]
    return text


def red_build(folder: Path) -> str:
    """Return what a drifted book's author sees."""
    book = Book(folder)
    book.write("pyproject.toml", "[tool.bookproof]\n")
    book.write("docs/circles.md", PAGE)
    assert book.record().rc == 0
    book.edit("docs/circles.md", "radius**2:", "(radius + 0.001) ** 2:")
    ran = book.check()
    assert ran.rc == 1
    return re.sub(r"\d+\.\d s$", "0.4 s", ran.out, flags=re.MULTILINE)


def picture(text: str) -> str:
    """Return a terminal that shows a text, as a drawing."""
    colors = {"-": "#ff9a94", "+": "#9be9a8", "@": "#a5c8ff"}
    rows = []
    for number, line in enumerate(["$ bookproof check", *text.rstrip().split("\n")]):
        color = "#9aa5b1" if line.startswith(("---", "+++")) else colors.get(line[:1], "#e6edf3")
        at = f'x="16" y="{30 + 20 * number}"'
        rows.append(f'<text {at} fill="{color}" xml:space="preserve">{escape(line)}</text>')
    width = 32 + round(7.9 * max(len(line) for line in text.split("\n")))
    height = 24 + 20 * (len(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="bookproof check, red" font-family="ui-monospace, monospace" font-size="13">\n'
        f'<rect width="{width}" height="{height}" rx="8" fill="#161b22"/>\n'
        + "\n".join(rows)
        + "\n</svg>\n"
    )


def test_the_tables_are_those_of_the_code() -> None:
    """Every option of a fence and every setting is there, none is missing and none is old."""
    text = README.read_text("utf-8")
    assert text == with_tables(text)
    assert text.count("| `raw_html` |") == text.count("| **`needs`** |") == 1


def test_the_picture_is_of_a_real_build(tmp_path: Path) -> None:
    """What it shows is what the gate says today."""
    assert PICTURE.read_text("utf-8") == picture(red_build(tmp_path / "book"))


def test_every_command_is_told_of() -> None:
    """The table names the commands of the program, and no others."""
    parser = __main__._parser()
    known = next(a.choices for a in parser._actions if isinstance(a.choices, dict))
    told = re.findall(r"^\| `bookproof (\w+)", README.read_text("utf-8"), re.MULTILINE)
    assert sorted(told) == sorted(known or [])
    assert "exit status: 0 all is well" in parser.format_help()


def test_what_a_book_may_import_is_told() -> None:
    """The public face, in the README as in the code."""
    said = re.search(r"may import of bookproof is (.*?);", README.read_text("utf-8"), re.DOTALL)
    assert said
    assert sorted(re.findall(r"`(\w+)`", said[1])) == sorted(bookproof.__all__)


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text("utf-8")), "utf-8")
    with tempfile.TemporaryDirectory() as made:
        PICTURE.write_text(picture(red_build(Path(made) / "book")), "utf-8")
