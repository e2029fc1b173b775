"""An output is held to its recording: changed, moved, new, gone, and accepted on purpose only."""

from __future__ import annotations

import re

import pytest

from tests.bookproof.small import Book


def test_a_digit_changed_in_a_recording_fails_with_a_diff(small_book: Book) -> None:
    """The gate is red with the Markdown line and a unified diff from recording to run."""
    small_book.page("x = 1", "print('a line')\nprint('sum', 1234)")
    small_book.record()
    assert small_book.check().rc == 0
    small_book.edit("tests/outputs/a.txt", "1234", "1235")
    for cached in (True, False):
        ran = small_book.check()
        assert ran.rc == 1
        assert ran.said == [
            "docs/a.md:7: the output drifted from its recording",
            "--- tests/outputs/a.txt:1 (recorded)",
            "+++ docs/a.md:7 (this run)",
            "@@ -1,2 +1,2 @@",
            " a line",
            "-sum 1235",
            "+sum 1234",
        ]
        assert ran.summary["drifted"] == 1
        assert ran.summary["cached"] == cached
        small_book.clean()


def test_a_last_digit_that_moves_by_one_is_green_and_not_rewritten(small_book: Book) -> None:
    """What another processor's rounding does is no drift, and `record` leaves every byte."""
    small_book.page("print('loss', 0.1234)", "print('b', 7)")
    small_book.record()
    small_book.edit("tests/outputs/a.txt", "\nloss 0.1234", "\nloss 0.1235")
    before = small_book.recording()
    assert small_book.check().rc == 0
    ran = small_book.record()
    assert ran.rc == 0
    assert ran.said == ["nothing to record: every output is as it was"]
    assert small_book.recording() == before


def test_record_rewrites_just_the_output_that_changed(small_book: Book) -> None:
    """The git diff of an accepted change is that change, even where a neighbor moved a little."""
    small_book.page("print('loss', 0.1234)", "print('b', 7)")
    small_book.record()
    small_book.edit("tests/outputs/a.txt", "\nloss 0.1234", "\nloss 0.1235")
    small_book.edit("docs/a.md", "7", "8")
    assert small_book.check().rc == 1
    assert small_book.record().rc == 0
    assert small_book.outputs() == ["loss 0.1235", "b 8"]
    assert small_book.check().rc == 0


TOLERANCES = {
    "a number": ("0.02", "print('time', 0.51)", "time 0.52", "time 0.54"),
    "a share": ("5%", "print('time', 100.0)", "time 104.0", "time 110.0"),
    "any numbers": ("any", "print('12 ms, 3 runs')", "9.5 ms, 40 runs", "12 s, 3 runs"),
    "any words": ("words", "print('NVIDIA H200')", "Apple M4", ""),
    "addresses": (
        "",
        "print('<f at 0x7f0011223344>')",
        "<f at 0x55aabbccddee>",
        "<g at 0x7f0011223344>",
    ),
}


@pytest.mark.parametrize(("tolerance", "code", "near", "far"), TOLERANCES.values(), ids=TOLERANCES)
def test_a_tolerance_allows_what_it_says_and_no_more(
    small_book: Book, tolerance: str, code: str, near: str, far: str
) -> None:
    """`tol=` is green within its bounds and red beyond them."""
    small_book.page(code, options=f'tol="{tolerance}"' if tolerance else "")
    small_book.record()
    (printed,) = small_book.outputs()
    small_book.edit("tests/outputs/a.txt", f"\n{printed}\n", f"\n{near}\n")
    assert small_book.check().rc == 0
    small_book.edit("tests/outputs/a.txt", f"\n{near}\n", f"\n{far}\n")
    assert small_book.check().rc == 1


def test_a_tighter_tolerance_is_judged_at_once(small_book: Book) -> None:
    """The tolerance decides nothing about the run, so no run is needed to apply it."""
    small_book.page("print('time', 0.51)", options='tol="0.5"')
    small_book.record()
    small_book.edit("tests/outputs/a.txt", "0.51", "0.60")
    assert small_book.check().rc == 0
    small_book.edit("docs/a.md", 'tol="0.5"', 'tol="0.01"')
    ran = small_book.check()
    assert ran.rc == 1
    assert ran.summary["cached"] == 1


def test_a_removed_block_leaves_an_orphan_that_is_named(small_book: Book) -> None:
    """A recording without its block is an error until `record` drops it."""
    small_book.page("print('one')", "print('two')", "print('three')")
    small_book.record()
    small_book.page("print('one')", "print('three')")
    ran = small_book.check()
    assert ran.rc == 1
    assert ran.said == [
        "tests/outputs/a.txt:5: no block owns this output (its block began \"print('two')\"); "
        "`bookproof record` drops it"
    ]
    assert small_book.record().rc == 0
    assert small_book.outputs() == ["one", "three"]
    assert small_book.check().rc == 0


def test_the_last_block_removed_leaves_an_orphan_that_is_named(small_book: Book) -> None:
    """A page without blocks is still held to its recording."""
    small_book.page("print('one')")
    small_book.record()
    small_book.write("docs/a.md", "# Only prose\n")
    ran = small_book.check()
    assert ran.rc == 1
    assert ran.said[0].startswith("tests/outputs/a.txt:1: no block owns this output")
    small_book.record()
    assert "tests/outputs/a.txt" not in small_book.files()
    assert small_book.check().rc == 0


def test_a_removed_chapter_leaves_orphan_files_that_are_named(small_book: Book) -> None:
    """The recording of a page that is gone, and its figures, stay red until `record` drops them."""
    small_book.page("print('one')", name="a")
    small_book.page("print('<svg><path/></svg>')", name="b")
    small_book.record()
    kept = small_book.files()
    (small_book.root / "docs/b.md").unlink()
    ran = small_book.check()
    assert ran.rc == 1
    assert len(ran.said) == 2
    assert all(t.startswith("tests/outputs/b.") and "no chapter owns" in t for t in ran.said)
    assert ran.summary["other problems"] == 2
    assert small_book.record().rc == 0
    assert {f for f in kept if f.startswith("tests")} > {"tests/outputs/a.txt"}
    assert {f for f in small_book.files() if f.startswith("tests")} == {"tests/outputs/a.txt"}
    assert small_book.check().rc == 0


def test_a_figure_that_no_recording_names_is_named(small_book: Book) -> None:
    """A drawing left beside the recordings is an error: nobody would ever look at it again."""
    small_book.page("print('<svg><path/></svg>')")
    small_book.record()
    small_book.write("tests/outputs/a.0123456789.svg", "<svg/>")
    ran = small_book.check()
    assert ran.rc == 1
    assert ran.said[0].startswith("tests/outputs/a.0123456789.svg:1: ")
    assert small_book.record().rc == 0
    assert "tests/outputs/a.0123456789.svg" not in small_book.files()
    assert small_book.check().rc == 0


def test_a_new_block_is_named_with_its_output(small_book: Book) -> None:
    """What was never approved is red, and shown so that it can be judged."""
    small_book.page("print('one')")
    small_book.record()
    small_book.page("print('one')", "print('two')")
    ran = small_book.check()
    assert ran.rc == 1
    assert ran.said == ["docs/a.md:7: not recorded yet; it printed:", "    two"]


def test_a_block_that_stops_printing_drifts(small_book: Book) -> None:
    """An output that vanishes is a change like any other."""
    small_book.page("print('one')")
    small_book.record()
    small_book.page("pass  # print('one')")
    ran = small_book.check()
    assert ran.rc == 1
    assert "-one" in ran.out
    small_book.record()
    assert small_book.check().rc == 0


def test_a_block_without_output_needs_no_recording(small_book: Book) -> None:
    """A hidden assertion is judged by running alone."""
    small_book.page("assert 1 + 1 == 2")
    assert small_book.check().rc == 0
    small_book.record()
    assert not any(f.startswith("tests") for f in small_book.files())


def test_an_edited_block_is_compared_with_its_old_output(small_book: Book) -> None:
    """An edit shows as a diff, not as one output gone and another new."""
    small_book.page("print('one')", "x = 2", "print('two', x)", "print('three')")
    small_book.record()
    small_book.edit("docs/a.md", "print('two', x)", "print('two', x + 1)")
    ran = small_book.check()
    assert ran.rc == 1
    assert ran.said[0] == "docs/a.md:11: the output drifted from its recording"
    assert "-two 2" in ran.out
    assert "+two 3" in ran.out
    assert ran.summary["other problems"] == 0


def test_an_edit_that_changes_no_output_is_green(small_book: Book) -> None:
    """A recording approves outputs, not code."""
    small_book.page("print(1 + 1)", "print('b')")
    small_book.record()
    small_book.edit("docs/a.md", "1 + 1", "2")
    ran = small_book.check()
    assert ran.rc == 0
    assert ran.summary["run"] == 1


def test_two_blocks_with_the_same_code_keep_their_own_outputs(small_book: Book) -> None:
    """The same line may print another value further down, drawn or written."""
    small_book.page(
        "n = 1",
        "print(n)",
        "n = 2",
        "print(n)",
        "print(f'<svg><text>{n}</text></svg>')",
        "n = 3",
        "print(f'<svg><text>{n}</text></svg>')",
    )
    small_book.record()
    ran = small_book.check()
    assert ran.rc == 0, ran.out
    assert small_book.outputs()[:2] == ["1", "2"]


def test_figures_stand_beside_the_recording(small_book: Book) -> None:
    """A drawing is a file that a reviewer can open, replaced and removed with its block."""
    small_book.page("print('<svg><text>old</text></svg>')", "print('text')", options='html="1"')
    small_book.record()
    (figure,) = [f for f in small_book.files() if f.endswith(".svg")]
    assert figure.startswith("tests/outputs/a.")
    assert small_book.read(figure) == "<svg><text>old</text></svg>\n"
    assert small_book.outputs() == [f"[figure: {figure.rpartition('/')[2]}]", "text"]
    assert small_book.check().rc == 0
    small_book.edit("docs/a.md", "old", "new")
    ran = small_book.check()
    assert ran.rc == 1
    assert ran.said == [
        "docs/a.md:3: the figure drifted from its recording",
        "  label “old” → “new”",
    ]
    small_book.record()
    (figure,) = [f for f in small_book.files() if f.endswith(".svg")]
    assert small_book.read(figure) == "<svg><text>new</text></svg>\n"
    assert small_book.check().rc == 0


OUTPUTS = {
    "an entry's sign": "=== print(1)\n--- 0123456789 · torch",
    "a backslash": "\\ and \\=== ",
    "a figure's name": "[figure: a.svg]",
    "a diff": "--- a\n+++ b\n=======",
    "blank lines": "\n\na\n\n\nb",
    "leading space": "   a\n b",
    "what stands for a line": "{+3} {0123456789+3} docs/a.md:{+3}",
    "line separators": "a\x0bb\x0cc\x1cd\u2028e\x85f",
    "other scripts": "π ≈ 3,14 – 你好 🙂",
}


@pytest.mark.parametrize("text", OUTPUTS.values(), ids=OUTPUTS)
def test_any_text_comes_back_from_its_recording(small_book: Book, text: str) -> None:
    """An output that looks like the recording's own signs is recorded as it is, and can drift."""
    small_book.page(f"print({text!a})", "print('last')")
    small_book.record()
    ran = small_book.check()
    assert ran.rc == 0, ran.out
    assert small_book.record().said == ["nothing to record: every output is as it was"]
    small_book.edit("docs/a.md", f"print({text!a})", f"print({text!a} + '!')")
    assert small_book.check().rc == 1


def test_what_looks_like_a_line_number_is_shown_as_printed(small_book: Book) -> None:
    """Only the chapter's own line numbers move with the prose above them."""
    small_book.page("print('{+3}')")
    assert "    {+3}" in small_book.check().said


@pytest.mark.parametrize("place", ["{+1}", "{=+1}", "{==+1}", "{0123456789+1}", "{=}"])
def test_what_looks_like_a_place_of_the_recording_is_no_line(small_book: Book, place: str) -> None:
    """It is shown as printed; a line of the page that was recorded is not the same as its sign."""
    small_book.page(f"print('docs/a.md:{place}: careful')")
    assert f"    docs/a.md:{place}: careful" in small_book.check().said
    small_book.record()
    assert small_book.check().rc == 0
    small_book.edit("docs/a.md", place, "4")
    ran = small_book.record()
    assert ran.rc == 0
    assert "docs/a.md:{+1}: careful" in small_book.outputs()[0]
    small_book.edit("docs/a.md", "md:4", f"md:{place}")
    assert small_book.check().rc == 1


def test_record_takes_chapters_and_leaves_the_others(small_book: Book) -> None:
    """Accepting one page accepts nothing else."""
    small_book.page("print('a')", name="a")
    small_book.page("print('b')", name="part/b")
    assert small_book.record("part/b").rc == 0
    assert {f for f in small_book.files() if "outputs" in f} == {"tests/outputs/part/b.txt"}
    assert small_book.check("docs/part/b.md").rc == 0
    assert small_book.check("part/b", "part/b").rc == 0
    assert small_book.check("part").summary["chapters"] == 1
    assert small_book.check("docs/part/").rc == 0
    assert small_book.check("par").rc == 1
    ran = small_book.check()
    assert ran.rc == 1
    assert ran.summary["chapters"] == 2


def test_an_unknown_chapter_is_answered_with_those_there_are(small_book: Book) -> None:
    """A misspelt name never counts as nothing to do."""
    small_book.page("print('a')")
    ran = small_book.check("b")
    assert ran.rc == 1
    assert "no chapter or folder 'b'" in ran.err
    assert "docs/a.md" in ran.err


def test_settings_that_name_no_pages_are_an_error(small_book: Book) -> None:
    """A wrong `docs` must not make an empty book, which is green."""
    small_book.edit("pyproject.toml", "limit = 60", 'docs = "pages"')
    ran = small_book.check()
    assert ran.rc == 1
    assert "pages" in ran.err


def test_check_changes_no_file(small_book: Book) -> None:
    """The gate never writes but to its cache, whatever it finds."""
    small_book.page("print('one')", "print(2)")
    small_book.record()
    small_book.edit("tests/outputs/a.txt", "one", "two")
    small_book.page("print('one')", "print(3)", "print(4)")
    before = {f: small_book.read(f) for f in small_book.files()}
    assert small_book.check().rc == 1
    assert {f: small_book.read(f) for f in small_book.files()} == before


BROKEN_RECORDINGS = {
    "cut in its first line": "=== print('one')\n--- 53e66",
    "cut after its first line": "=== print('one')",
    "a conflict": "<<<<<<< HEAD\n=== print('one')\n--- 0123456789 · x\none\n",
    "another text": "Hello\n",
    "other bytes": "=== print('one')\n--- 0123456789 · x\nGr\udcfc\udcdf\n",
}


@pytest.mark.parametrize("text", BROKEN_RECORDINGS.values(), ids=BROKEN_RECORDINGS)
def test_a_broken_recording_is_named_and_the_other_chapters_are_judged(
    small_book: Book, text: str
) -> None:
    """A recording that cannot be read is red by its own name and line."""
    small_book.page("print('one')", name="a")
    small_book.page("print('two')", name="b")
    small_book.record()
    path = small_book.root / "tests/outputs/a.txt"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    for ran in (small_book.check(), small_book.record()):
        assert ran.rc == 1
        assert ran.said[0].startswith("tests/outputs/a.txt:")
        assert ran.summary["chapters"] == 2
        assert ran.summary["other problems"] == 1
    assert path.read_bytes() == text.encode("utf-8", "surrogateescape")
    path.unlink()
    assert small_book.record().rc == 0
    assert small_book.check().rc == 0


def test_a_recording_cut_short_is_red(small_book: Book) -> None:
    """Lines lost from the end of a recording are drift or outputs not recorded."""
    small_book.page("print('one')\nprint('more')", "print('two')")
    small_book.record()
    lines = small_book.recording().splitlines(keepends=True)
    for keep in range(len(lines)):
        small_book.write("tests/outputs/a.txt", "".join(lines[:keep]))
        assert small_book.check().rc == (1 if keep < 8 else 0), keep


def test_a_figure_gone_is_named(small_book: Book) -> None:
    """A recording whose drawing was deleted is red by its line."""
    small_book.page("print('<svg/>')")
    small_book.record()
    (figure,) = [f for f in small_book.files() if f.endswith(".svg")]
    (small_book.root / figure).unlink()
    ran = small_book.check()
    assert ran.rc == 1
    assert ran.said[0].startswith("tests/outputs/a.txt:3: ")
    assert figure.rpartition("/")[2] in ran.said[0]


RANDOM = "import random\nprint('first')\nprint('drawn', random.random())"


def test_what_differs_from_itself_is_named_when_it_is_recorded(small_book: Book) -> None:
    """`record` runs what is new twice: with the line, both outputs, and what to do."""
    small_book.page("print('steady')", RANDOM)
    ran = small_book.record()
    assert ran.rc == 1
    said = ran.about("docs/a.md")
    assert said.startswith("docs/a.md:7: prints something else each time it runs")
    assert 'tol="any"' in said
    assert re.search(r"line 2, first: drawn 0\.\d+\n  line 2, then:  drawn 0\.\d+", said)


def test_a_drift_that_is_chance_is_told_from_one_that_is_not(small_book: Book) -> None:
    """`check` says so in its first line, and never from the cache."""
    small_book.page("print('steady', 1)", RANDOM)
    small_book.record()
    small_book.edit("docs/a.md", "'steady', 1", "'steady', 2")
    ran = small_book.check()
    assert "docs/a.md:3: the output drifted" in ran.out
    assert "docs/a.md:7: prints something else each time it runs" in ran.out
    assert small_book.check().summary["cached"] == 0


def test_what_may_differ_and_what_is_seeded_is_steady(small_book: Book) -> None:
    """A tolerance is the author's word, and a seed makes a run repeat."""
    small_book.page(RANDOM, options='tol="any"')
    assert small_book.record().rc == 0
    small_book.page("import random\nrandom.seed(1)\nprint(random.random())")
    assert small_book.record().rc == 0
    assert small_book.check().rc == 0


def test_the_same_code_that_prints_once_is_green(small_book: Book) -> None:
    """Twice on a page, silent the second time, with another block below: the first is held."""
    code = "import json\nif not hasattr(json, 'asked'):\n    print('first')\njson.asked = True"
    small_book.page(code, code, "print(2)")
    assert small_book.record().rc == 0
    ran = small_book.check()
    assert ran.rc == 0, ran.out
    small_book.edit("docs/a.md", "print(2)", "print(3)")
    assert "docs/a.md:17: the output drifted" in small_book.check().out


def test_a_line_break_that_moved_is_told(small_book: Book) -> None:
    """Two blanks at the end of a line of Markdown are seen by nobody, and so are named."""
    small_book.page('print("rain  \\nsun")')
    small_book.record()
    small_book.edit("tests/outputs/a.txt", "rain  \n", "rain\n")
    ran = small_book.check()
    assert ran.rc == 1
    assert "the output drifted" in ran.out and "rain" in ran.out.partition("drifted")[2]
    small_book.edit("docs/a.md", 'source="above"', 'result="text"')
    assert small_book.check().rc == 0
