"""Two dozen drifts are told by what they have in common."""

from __future__ import annotations

import re

from tests.bookproof.small import Book


def summary(out: str) -> list[str]:
    """Return the lines of the summary, which come first."""
    lines = out.splitlines()
    assert re.fullmatch(r"\d+ to mend, by what they have in common:", lines[0]), lines[0]
    return [" ".join(line.split()) for line in lines[1 : lines.index("")]]


def test_drifts_are_grouped_by_the_words_that_changed(small_book: Book) -> None:
    """One line a group with the first places; of each, a few in full, then how many more."""
    small_book.page(*(f"print('page', {n}, 'RuntimeError')" for n in range(8)))
    small_book.page("print('<svg><text>old</text></svg>')", "print('<svg><text>2</text></svg>')",
                    name="b", options='html="1"')  # fmt: skip
    small_book.record()
    for name in [f for f in small_book.files() if f.startswith("tests/")]:
        text = small_book.read(name)
        text = re.sub(r"(?m)^(page \d) RuntimeError", r"\1 ValueError", text)
        small_book.write(name, text.replace("old</text", "new</text").replace("2</text", "3</text"))
    ran = small_book.check()
    assert summary(ran.out) == [
        "8 “ValueError” became “RuntimeError”: "
        "docs/a.md:3, docs/a.md:7, docs/a.md:11, docs/a.md:15 and 4 more",
        "2 figures alone: docs/b.md:3, docs/b.md:7",
    ]
    assert ran.out.count("the output drifted from its recording") == 3
    assert (
        "… 5 more of this kind: docs/a.md:15, docs/a.md:19, docs/a.md:23, docs/a.md:27 and 1 more"
        in ran.out
    )
    assert "side by side: .bookproof/drift/a.html, .bookproof/drift/b.html" in ran.out
    assert ran.summary["drifted"] == 10


def test_a_changed_file_is_named_as_the_cause(small_book: Book) -> None:
    """Also when the gate is asked again, and nothing has to run."""
    small_book.write("tools.py", "def f(n):\n    return n * 10\n")
    for name in "abcd":
        small_book.page(f"from tools import f\nprint('{name}', f({ord(name)}))", name=name)
    small_book.record()
    assert small_book.check().rc == 0
    small_book.edit("tools.py", "10", "20")
    for _ in range(2):
        assert summary(small_book.check().out) == [
            "4 tools.py changed: docs/a.md:3, docs/b.md:3, docs/c.md:3, docs/d.md:3"
        ]
    small_book.record()
    assert small_book.check().rc == 0


def test_failures_with_the_same_last_line_are_one_group(small_book: Book) -> None:
    """And new blocks are another."""
    for name in "abcd":
        small_book.page(f"print('{name}')", "missing", name=name)
    assert summary(small_book.check().out) == [
        "4 not recorded yet: docs/a.md:3, docs/b.md:3, docs/c.md:3, docs/d.md:3",
        "4 failed: NameError: name 'missing' is not defined: "
        "docs/a.md:8, docs/b.md:8, docs/c.md:8, docs/d.md:8",
    ]


def test_edited_blocks_are_named_as_edited(small_book: Book) -> None:
    """What the author did is no riddle."""
    small_book.page(*(f"print({n})" for n in range(4)))
    small_book.record()
    small_book.edit("docs/a.md", "print(", "print('now', ")
    (line,) = summary(small_book.check().out)
    assert line.startswith("4 the block was edited: docs/a.md:3, ")


def test_a_few_things_need_no_summary(small_book: Book) -> None:
    """Three are as quickly read as counted."""
    small_book.page("print(1)", "print(2)", "print(3)")
    assert small_book.check().out.startswith("docs/a.md:3: not recorded yet")
