"""The difference of two texts: never empty, and no longer than what changed."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import assume, given, settings
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
    "a Cyrillic letter": ("\u0430", "a", "-\\u0430", "+a"),
    "a Greek letter in a word": ("\u03bfne é", "one é", "-\\u03bfne é", "+one é"),
    "a letter of a rare script in a word": ("\u13aapple", "Apple", "-\\u13aapple", "+Apple"),
    "a letter of an old typewriter": ("\uff41b", "ab", "-\\uff41b", "+ab"),
    "a minus": ("\u22121", "-1", "-\\u22121", "+-1"),
    "a joiner without width": ("a\u034fb", "ab", "-a\\u034fb", "+ab"),
    "another style of a sign": ("\u2714\ufe0f", "\u2714", "-\u2714\\ufe0f", "+\u2714"),
    "a filler for nothing": ("a\n\u3164\nb", "a\n\nb", "-\\u3164", "+"),
    "no dots for nothing": ("a\n\u2800\nb", "a\n\nb", "-\\u2800", "+"),
    "no dots for a filler": ("a\n\u2800\nb", "a\n\u3164\nb", "-\\u2800", "+\\u3164"),
    "no dots for a word": ("a\n\u2800\nb", "a\nc\nb", "-\\u2800", "+c"),
    "a line more that looks empty": ("a\nb", "a\n\u200b\nb", " a", "+\\u200b"),
}
PLAIN = {
    "accents": ("Bjørn, naïve", "Bjorn, naive"),
    "powers": ("5 m²", "5 m2"),
    "words of two scripts": ("ответ: да", "ответ: no"),
    "a dash": ("a — b", "a - b"),
}


@pytest.mark.parametrize(("old", "new", "removed", "added"), UNSEEN.values(), ids=UNSEEN)
def test_what_no_eye_sees_is_made_visible(old: str, new: str, removed: str, added: str) -> None:
    """A difference in blanks, ends of lines or control characters can be read."""
    found = shown(old, new)
    assert removed in found
    assert added in found


@pytest.mark.parametrize(("old", "new"), PLAIN.values(), ids=PLAIN)
def test_what_every_eye_sees_is_shown_as_it_is(old: str, new: str) -> None:
    """Letters that no one takes for each other are not written out."""
    assert shown(old, new)[1:] == [f"-{old}", f"+{new}"]


def test_of_lines_that_look_alike_only_what_differs_is_written_out() -> None:
    """So that the rest can be read."""
    removed, added = shown("ответ \u0430 нет", "ответ a нет")[1:]
    assert (removed, added) == ("-ответ \\u0430 нет", "+ответ a нет")


def test_a_letter_that_looks_like_another_is_found_in_a_long_line() -> None:
    """Also where it is too long to be looked through."""
    for around in (100, 10_000):
        old = "x, " * around + "\u0430" + ", y" * around
        removed, added = shown(old, old.replace("\u0430", "a"))[1:]
        assert "x, \\u0430, y" in removed
        assert "x, a, y" in added
        assert max(len(removed), len(added)) < 210


@pytest.mark.parametrize("ends", ["\n", "", "\n\n"])
def test_a_break_of_markdown_that_is_gone_is_all_that_is_shown(ends: str) -> None:
    """The end of a text is no line of it, unless the texts differ in nothing else."""
    assert shown("a  \nb", f"a\nb{ends}")[1:] == ["-a··", "+a", " b"]
    assert shown(f"a  \nb{ends}", "a\nb")[1:] == ["-a··", "+a", " b"]
    assert shown("b", "b\n")[1:] == [" b", "+"]


def test_a_first_change_in_blanks_is_seen() -> None:
    """At an end of a line, too."""
    assert differs.first_change("x\na  \nb", "x\na\nb") == (2, "a··", "a")


def lines_of(words: str, count: int) -> str:
    """Return lines that are made of few letters by chance, and so repeat themselves."""
    at = random.Random(words)
    return "\n".join(at.choice(words) for _ in range(count))


REPETITIVE = {
    "lists": ("\n".join([str([0, 1] * 300)] * 20), "\n".join([str([0, 2] * 300)] * 20)),
    "many lists": ("\n".join([str([0, 1] * 300)] * 1500), "\n".join([str([0, 2] * 300)] * 1500)),
    "a rule": ("+" + "-+" * 900, "+" + "=+" * 900),
    "words": ("a b c " * 300, "a b d " * 300),
    "words moved": ("a b c " * 300, "d " + "a b d " * 299),
    "lines by chance": (lines_of("abc", 2000), lines_of("bca", 1999)),
    "two kinds of lines": ("\n".join("ab" * 1000), "\n".join("ac" * 999)),
}


@pytest.mark.parametrize(("old", "new"), REPETITIVE.values(), ids=REPETITIVE)
def test_texts_that_repeat_themselves_are_told_apart_at_once(old: str, new: str) -> None:
    """What they share may be searched for ever: these took from seven seconds to many minutes."""
    begun = time.monotonic()
    found = shown(old, new)
    assert [line for line in found if line[0] == "-"] != [line for line in found if line[0] == "+"]
    assert differs.columns(old, new)
    assert all(differs.first_words(old, new))
    assert time.monotonic() - begun < 5


def test_a_change_in_a_long_list_that_repeats_itself_is_pointed_at() -> None:
    """What little can be searched is enough for it."""
    old = ["0, 1"] * 400
    new = [*old[:100], "0, 2", *old[101:300], "0, 3", *old[301:]]
    removed, added = shown(", ".join(old), ", ".join(new))[1:]
    assert removed.count("[…") == added.count("[…") == 3
    assert "0, 2, 0" in added
    assert "0, 3, 0" in added


def test_blanks_at_the_end_of_a_long_line_are_seen() -> None:
    """Also where one of the two is cut, and the other is not."""
    old = "word " * 31 + "last"
    removed, added = shown(f"{old}\nb", f"{old}  \nb")[1:3]
    assert (removed, added[-6:]) == (f"-{old}", "last··")


MANY = [f"line {n}" for n in range(5000)]


def test_thousands_of_lines_that_moved_by_one_are_a_line_less_and_a_line_more() -> None:
    """However many they are."""
    found = shown("\n".join(MANY), "\n".join([*MANY[1:], "line 5000"]))
    assert [line for line in found if line[0] in "-+"] == ["-line 0", "+line 5000"]


def test_of_thousands_of_lines_those_that_changed_are_shown() -> None:
    """And not all that stand between."""
    new = [*MANY[:10], "ten", *MANY[11:4000], "more", *MANY[4001:]]
    found = [line for line in shown("\n".join(MANY), "\n".join(new)) if line[0] in "-+"]
    assert found == ["-line 10", "+ten", "-line 4000", "+more"]
    found = shown("\n".join(MANY), "\n".join(t.replace("line", "row") for t in MANY))
    assert found[1] == "-line 0"
    assert found[-1] == "… 9941 lines more"


def test_what_fills_a_disk_is_told_and_counted() -> None:
    """Of lines that none will read only the number is told."""
    found = differs.lines("a\n" * 300_000, "b\n" * 300_001)
    assert len(found) < 250_000
    assert sum(line.stands_for for line in found) == 1 + 600_001
    assert found[-1].text == "… 400001 lines more"
    found = differs.lines("a " * 5_000_000, "b " * 5_000_000)
    assert [line.text[:6] for line in found[1:]] == ["a a a ", "b b b "]


TOKENS = st.lists(st.sampled_from(["0", "1", ", ", " ", "-+", "é", "\u0430", "\n"]), max_size=4)
REPEATED = st.lists(
    st.tuples(TOKENS.map("".join), st.integers(0, 400)).map(lambda one: one[0] * one[1]), max_size=5
).map("".join)


@settings(max_examples=60, deadline=2000)
@given(REPEATED, REPEATED)
def test_no_difference_of_repetitive_texts_is_empty_or_takes_long(a: str, b: str) -> None:
    """It is shown within two seconds, and in words that can be told from each other."""
    assume(a != b)
    found = shown(a, b)
    removed = [line[1:] for line in found if line.startswith("-")]
    added = [line[1:] for line in found if line.startswith("+")]
    assert removed + added
    assert removed != added


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
