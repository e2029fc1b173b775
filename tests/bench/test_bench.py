"""The bench measures what it says: its pages, its edits and its table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench import bare
from bench.books import BenchError, Book, snapshot
from bench.edits import edits
from bench.gate import measure as measure_gate
from bench.generate import FIRST_UNIT, MODULE, generate
from bench.memory import _proportional, _tree
from bench.server import epoch, visible
from bench.table import Row, at_most, draw, under
from bench.untraced import untraced
from bench.variants import as_listings, under_markdown_exec
from bookproof.parse.chapter import Parser

_PAGE = """\
# A page

!!! note
    ```python exec="1" source="above" result="text" raises="ValueError" title="a.py"
    int("x")
    ```

```python exec="1"
from examples.shared import UNIT
print(UNIT)
```
"""


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A book of one page that needs nothing but Python."""
    root = tmp_path / "book"
    for folder in ("docs", "examples", "src"):
        (root / folder).mkdir(parents=True)
    settings = "[tool.bookproof]\npath = ['.', 'src']\nsession = 'page'\n"
    (root / "pyproject.toml").write_text(settings, "utf-8")
    (root / "mkdocs.yml").write_text(
        "site_name: Small\nstrict: true\nnav: [page.md]\nplugins: [markdown-exec, bookproof]\n"
        "markdown_extensions: [toc: {permalink: true}, pymdownx.superfences, pymdownx.snippets]\n",
        "utf-8",
    )
    (root / "docs" / "page.md").write_text(_PAGE, "utf-8")
    (root / "examples" / "__init__.py").write_text("", "utf-8")
    (root / MODULE).write_text(f"{FIRST_UNIT}\n", "utf-8")
    return Book("small", root)


def test_listings_keep_only_what_a_listing_has(book: Book, tmp_path: Path) -> None:
    """A block becomes a plain fence, where it stood, and the engine is left out of the settings."""
    plain = as_listings(book, tmp_path / "plain")
    text = (plain.root / "docs" / "page.md").read_text("utf-8")
    assert '    ```python title="a.py"\n    int("x")' in text
    assert "\n```python\nfrom examples" in text
    assert plain.chapters == []
    settings = (plain.root / "mkdocs.yml").read_text("utf-8")
    assert "bookproof" not in settings
    assert "permalink: true" in settings


def test_markdown_exec_gets_its_own_options_and_a_session_a_page(
    book: Book, tmp_path: Path
) -> None:
    """Options that only the engine knows are gone; blocks of a page share a session."""
    theirs = under_markdown_exec(book, tmp_path / "theirs")
    text = (theirs.root / "docs" / "page.md").read_text("utf-8")
    assert "raises" not in text
    assert '```python exec="1" session="docs/page.md"' in text


def test_a_generated_book_has_eight_blocks_a_chapter_and_no_problems(
    book: Book, tmp_path: Path
) -> None:
    """Its chapters parse, and every fourth imports the module that is edited."""
    made = generate(book, tmp_path / "made", chapters=5, steps=8)
    chapters = made.chapters
    assert [len(c.blocks) for c in chapters] == [8] * 5
    assert not any(c.problems for c in Parser(made.settings).chapters())
    importers = [c.path for c in chapters if "examples.shared" in c.text]
    assert importers == ["docs/part-1/chapter-04.md"]
    assert FIRST_UNIT in (made.root / MODULE).read_text("utf-8")


def test_the_gate_is_measured_on_a_book(book: Book) -> None:
    """It runs the pages in bare processes too; nothing runs when all is cached."""
    book.record()
    rows = {row.what: row for row in measure_gate(book, least=0)}
    assert rows["chapters that run when all is cached"].holds
    assert not [what for what in rows if "blocks that fail" in what]


def test_what_the_watch_costs_is_measured_against_an_engine_that_watches_nothing(
    book: Book, tmp_path: Path
) -> None:
    """The copy runs the same blocks, and has noted no file, where the engine itself has."""
    book.record()
    (chapter,) = book.chapters
    assert MODULE in book.results(chapter)["asked"]
    blind = replace(book, engine=untraced(tmp_path / "copy"))
    blind.forget()
    assert " 1 run " in blind.check().output
    assert not blind.results(chapter)["asked"]


def test_each_edit_changes_its_file_and_says_what_must_show(book: Book) -> None:
    """The page's listing of an edit does not hold the words that its output must have."""
    book.record()
    page = book.root / "docs" / "page.md"
    page.write_text(_PAGE.replace('exec="1"\n', 'exec="1" result="text"\n'), "utf-8")
    prose, code, late, module = edits(book)
    text = page.read_text("utf-8")
    assert prose.shows(3) in prose.change(text, 3)
    assert 'result="text"\nprint("edit number", 3 + 1)\nfrom' in code.change(text, 3)
    assert code.shows(3) == late.shows(3) == "edit number 4"
    assert late.change(text, 3) != text
    assert module.pages == ("docs/page.md",)
    assert module.change(f"{FIRST_UNIT}\n", 3) == 'UNIT = "unit 3"\n'


def test_a_bare_process_names_the_first_block_that_fails_and_goes_on(tmp_path: Path) -> None:
    """An exception that no fence expects is told; an expected one is not; what follows runs."""
    file = tmp_path / "work.json"
    chapters = [
        [{"code": "int('x')", "raises": "ValueError", "place": "a.md:1"}],
        [
            {"code": "1 / 0", "raises": "", "place": "b.md:5"},
            {"code": "print('next')\n1 / 0", "raises": "", "place": "b.md:9"},
        ],
        [{"code": "print('last')", "raises": "", "place": "c.md:9"}],
    ]
    file.write_text(json.dumps(chapters), "utf-8")
    done = subprocess.run(
        [sys.executable, "-P", bare.__file__, str(file)], capture_output=True, text=True
    )
    assert done.stdout == "next\nlast\n"
    assert done.stderr.split("\n")[1].startswith(f"{bare.FAILED}b.md:5 ZeroDivisionError")
    assert "a.md" not in done.stderr and "b.md:9" not in done.stderr


def test_the_table_tells_what_holds_and_what_fails() -> None:
    """A ratio above its target fails; a row without a target says nothing."""
    rows = [
        at_most("slow", "small", 3.0, 2.0, 1.1),
        under("soon", "small", 1.0, 1.5),
        Row("to know", "small", "2 s"),
    ]
    lines = draw(rows).split("\n")
    assert lines[2].endswith("FAILS")
    assert "1.50  (3.00 s ÷ 2.00 s)" in lines[2]
    assert lines[3].endswith("holds")
    assert lines[4].endswith("2 s")


def test_a_served_page_is_read_as_a_reader_sees_it() -> None:
    """Tags fall away, and the rebuild that it belongs to is known."""
    page = "<p><b>5.0</b> unit\n 3 &lt;</p><script>\nlivereload(1234, 5);</script>"
    assert "5.0 unit 3 <" in visible(page)
    assert epoch(page) == 1234


def test_a_folder_that_is_no_clone_is_refused(tmp_path: Path) -> None:
    """The message names the folder."""
    with pytest.raises(BenchError, match="must be a clone"):
        snapshot(tmp_path, tmp_path / "copy")


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="Linux tells it")
def test_memory_counts_the_processes_that_a_process_started() -> None:
    """A child is found under its parent, and each has some memory."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        found = _tree(os.getpid())
        assert {os.getpid(), child.pid} <= found
        assert _proportional(child.pid) > 0
