"""The difference of two texts: never empty, and no longer than what changed."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bookproof.judge import compare, differs


def shown(recorded: str, live: str, tolerance: str = "") -> list[str]:
    """Return the difference without the names of the two texts."""
    return differs.diff(recorded, live, "old", "new", tolerance).split("\n")[2:]


def test_a_change_far_down_a_long_line_is_shown_with_a_little_around_it() -> None:
    """What is left out is marked, with its length."""
    old = "a, " * 300 + "loss 0.5" + ", b" * 300
    removed, added = shown(old, old.replace("0.5", "0.7"))[1:]
    assert "loss 0.5, b" in removed and "loss 0.7, b" in added
    assert removed.startswith("-[… 86") and removed.endswith(" characters …]")
    assert max(len(removed), len(added)) < 160


def test_several_changes_in_a_long_line_are_all_shown() -> None:
    """Each with what stands around it."""
    old = "one " + "x " * 200 + "two " + "y " * 200 + "three"
    removed, added = shown(old, old.replace("one", "1").replace("two", "2").replace("three", "3"))[
        1:
    ]
    assert removed.count("[…") == 2
    assert all(word in removed for word in ("one", "two", "three"))
    assert all(word in added for word in ("-1 x", " 2 y", "y 3")) or added.startswith("+1 x")


def test_a_line_that_is_new_and_long_is_cut() -> None:
    """No terminal is filled by one line."""
    added = shown("a", "a\n" + "b" * 5000)[-1]
    assert added.startswith("+bbb") and added.endswith("[… 4840 characters …]")


UNSEEN = {
    "a trailing blank": ("a ", "a", "-a·", "+a"),
    "a tab for a blank": ("a\tb", "a b", "-a\\tb", "+a b"),
    "two blanks for one": ("a  b", "a b", "-a··b", "+a b"),
    "a carriage return": ("a\rb", "ab", "-a\\rb", "+ab"),
    "a line's other end": ("a\r\nb", "a\nb", "-a\\r", "+a"),
    "a form feed": ("a\x0cb", "ab", "-a\\x0cb", "+ab"),
    "a color": ("\x1b[31ma", "a", "-\\x1b[31ma", "+a"),
    "a blank that does not break": ("a\xa0b", "a b", "-a\\xa0b", "+a b"),
    "a character without width": ("a\u200bb", "ab", "-a\\u200bb", "+ab"),
    "an accent apart": ("e\u0301", "é", "-e\\u0301", "+\\xe9"),
    "what looks as if written out": ("a\x0cb", "a\\x0cb", "-a\\x0cb", "+a\\\\x0cb"),
}


@pytest.mark.parametrize(("old", "new", "removed", "added"), UNSEEN.values(), ids=UNSEEN)
def test_what_no_eye_sees_is_made_visible(old: str, new: str, removed: str, added: str) -> None:
    """A difference in blanks, ends of lines or control characters can be read."""
    found = shown(old, new)
    assert removed in found
    assert added in found


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_difference_is_empty_and_none_reaches_the_terminal_raw(a: str, b: str) -> None:
    """Whatever differs by the rules of the gate is shown, without a character it would obey."""
    assume(not compare.same(a, b))
    found = shown(a, b)
    removed = [line[1:] for line in found if line.startswith("-")]
    added = [line[1:] for line in found if line.startswith("+")]
    assert removed + added
    assert removed != added
    assert not any(ord(c) < 32 and c != "\t" for line in found for c in line)


def test_lines_that_may_move_so_far_are_no_difference() -> None:
    """What drifted is not lost among last decimals and addresses."""
    old = "loss 0.1234\n<f at 0x7f0011223344>\nepoch 7"
    new = "loss 0.1235\n<f at 0x55aabbccddee>\nepoch 8"
    assert [line for line in shown(old, new) if line[0] in "-+"] == ["-epoch 7", "+epoch 8"]
    assert "-0.51" not in shown("0.51\nx", "0.52\ny", tolerance="0.02")


def test_a_long_difference_says_how_much_is_left() -> None:
    """The rest stands in the page of the drift."""
    old, new = ("\n".join(f"{word} {n}" for n in range(200)) for word in ("cat", "dog"))
    found = shown(old, new)
    assert len(found) == 61
    assert found[-1] == "… 341 lines more"


def test_hunks_are_those_of_a_unified_diff() -> None:
    """The lines around a change and the places are as `diff -u` has them."""
    old = [str(n) for n in range(40)]
    new = [*old[:10], "new", *old[10:30], *old[31:]]
    assert shown("\n".join(old), "\n".join(new)) == [
        "@@ -8,6 +8,7 @@",
        *(" 7", " 8", " 9", "+new", " 10", " 11", " 12"),
        "@@ -28,7 +29,6 @@",
        *(" 27", " 28", " 29", "-30", " 31", " 32", " 33"),
    ]


def test_two_long_columns_are_cut_to_where_they_differ() -> None:
    """Side by side, too, the change is in view."""
    (row,) = differs.side_by_side("x" * 300 + " 0.1234", "x" * 300 + " 0.1235").split("\n")
    assert row.count("0.1234") == row.count("0.1235") == 1
    assert len(row) < 130
