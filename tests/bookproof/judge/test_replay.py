"""Blocks that need what a machine lacks: shown from their recording, or named as stale."""

from __future__ import annotations

import pytest

from tests.bookproof.small import Book

PAGE = """
# A title

```python exec="1"
x = 1
print("before", x)
```

```python exec="1" needs="gpu"
print("on the gpu", x)
```

```python exec="1"
print("after")
```
"""
GPU = {"HAS_GPU": "1", "DEVICE": "a gpu"}


@pytest.fixture
def recorded(small_book: Book) -> Book:
    """A book recorded where the gpu is, with a cache of a machine that lacks it."""
    small_book.write("docs/a.md", PAGE)
    assert small_book.record(**GPU).rc == 0
    return small_book


def test_a_machine_that_lacks_a_need_replays(recorded: Book) -> None:
    """The recording stands for the block, and the other blocks run."""
    ran = recorded.check(HAS_GPU="")
    assert ran.rc == 0, ran.out
    assert ran.summary["replayed"] == 1
    assert recorded.check(HAS_GPU="").summary["cached"] == 1


def test_a_machine_that_has_the_need_runs_it(recorded: Book) -> None:
    """A cache of the other machine is not believed, and drift is seen."""
    recorded.check(HAS_GPU="")
    recorded.edit("tests/outputs/a.txt", "\non the gpu", "\non another")
    ran = recorded.check(**GPU)
    assert ran.rc == 1
    assert ran.summary["run"] == 1
    assert "+on the gpu 1" in ran.out


def test_the_recording_says_where_it_came_from(recorded: Book) -> None:
    """Each entry names the device of its own run."""
    text = recorded.recording()
    assert text.count("a gpu · threads 1 · ") == 3
    assert text.count(" after ") == 1 + text.count("=== print('after')")


def test_code_above_a_replay_makes_it_stale(recorded: Book) -> None:
    """The gate says what to do, and where the old output came from."""
    recorded.edit("docs/a.md", "x = 1", "x = 2")
    ran = recorded.check(HAS_GPU="")
    assert ran.rc == 1
    about = ran.out
    assert "docs/a.md:8: stale: it needs gpu, which this machine lacks" in about
    assert "a gpu" in about
    assert "bookproof record --needs gpu" in about


@pytest.mark.parametrize(
    ("old", "new", "stale"),
    [
        ("# A title", "# Another title", False),
        ('print("after")', 'print("later")', False),
        ('print("on the gpu", x)', 'print("on the gpu", x, 1)', True),
        ('exec="1" needs', 'exec="1" stderr="1" needs', True),
    ],
    ids=["prose", "code below", "its own code", "how it runs"],
)
def test_what_makes_a_replay_stale(recorded: Book, old: str, new: str, stale: bool) -> None:
    """Whatever could change its output does, and nothing else."""
    recorded.edit("docs/a.md", old, new)
    assert ("stale" in recorded.check(HAS_GPU="").out) == stale


def test_an_included_example_edited_makes_a_replay_stale(small_book: Book) -> None:
    """Code that the chapter shows from a file is its code."""
    small_book.write("examples/one.py", "x = 1\n")
    small_book.write("docs/a.md", PAGE)
    small_book.edit("docs/a.md", "x = 1\n", '--8<-- "examples/one.py"\n')
    small_book.record(**GPU)
    assert small_book.check(HAS_GPU="").rc == 0
    small_book.edit("examples/one.py", "x = 1", "x = 2 - 1")
    ran = small_book.check(HAS_GPU="")
    assert ran.rc == 1
    assert "docs/a.md:8: stale" in ran.out


def test_a_replay_that_would_be_stale_is_named_where_it_runs(recorded: Book) -> None:
    """An author who has the gpu hears of it before the machines that lack it do."""
    recorded.edit("docs/a.md", "x = 1", "x = 2 - 1")
    ran = recorded.check(**GPU)
    assert ran.rc == 1
    assert "docs/a.md:8: " in ran.out
    assert "bookproof record" in ran.out
    assert recorded.record(**GPU).rc == 0
    assert recorded.check(**GPU).rc == 0
    assert recorded.check(HAS_GPU="").rc == 0


def test_a_stale_chapter_is_still_recordable_in_its_other_blocks(recorded: Book) -> None:
    """What this machine can run it accepts; what it cannot stays as it was."""
    gpu = recorded.recording().split("=== ")[2]
    recorded.edit("docs/a.md", "x = 1", "x = 2")
    ran = recorded.record(HAS_GPU="")
    assert ran.rc == 1
    assert "stale" in ran.out
    assert "recorded docs/a.md" in ran.out
    assert recorded.outputs() == ["before 2", "on the gpu 1", "after"]
    assert recorded.recording().split("=== ")[2] == gpu
    ran = recorded.check(HAS_GPU="")
    assert [line for line in ran.said if line.startswith("docs/")] == [
        line for line in ran.said if "docs/a.md:8: stale" in line
    ]


def test_record_for_a_need_accepts_only_its_blocks(recorded: Book) -> None:
    """The machine with the gpu brings home its own blocks, and no other change."""
    recorded.edit("docs/a.md", "x = 1", "x = 2")
    ran = recorded.run_apart("record", "--needs", "gpu", **GPU)
    assert ran.rc == 0, ran.out
    assert recorded.outputs() == ["before 1", "on the gpu 2", "after"]
    assert recorded.record(HAS_GPU="").rc == 0
    assert recorded.outputs() == ["before 2", "on the gpu 2", "after"]
    assert recorded.check(HAS_GPU="").rc == 0


def test_record_for_a_need_on_a_machine_without_it_changes_nothing(recorded: Book) -> None:
    """It says that it could not."""
    recorded.edit("docs/a.md", "x = 1", "x = 2")
    before = recorded.recording()
    ran = recorded.run_apart("record", "--needs", "gpu", HAS_GPU="")
    assert ran.rc == 1
    assert "gpu" in ran.out + ran.err
    assert recorded.recording() == before


def test_an_unknown_need_is_named(recorded: Book) -> None:
    """A misspelt need records nothing silently."""
    ran = recorded.run("record", "--needs", "gpus")
    assert ran.rc == 1
    assert "--needs 'gpus': the book's needs are gpu" in ran.err


def test_what_was_never_recorded_is_a_note(small_book: Book) -> None:
    """Without the machine there is nothing to show yet, and nothing to mend here."""
    small_book.write("docs/a.md", PAGE)
    assert small_book.record(HAS_GPU="").rc == 0
    assert small_book.outputs() == ["before 1", "after"]
    ran = small_book.check(HAS_GPU="")
    assert ran.rc == 0
    assert ran.said == [
        "docs/a.md:8: note: needs gpu, which this machine lacks, and is not recorded yet"
    ]
    assert ran.summary["not recorded yet for want of a machine"] == 1
    assert small_book.check(**GPU).rc == 1


def test_a_need_that_cannot_be_tested_is_named(small_book: Book) -> None:
    """A setting that names no function fails by its own name."""
    small_book.edit("pyproject.toml", "parts:has_gpu", "parts:has_gpus")
    small_book.write("docs/a.md", PAGE)
    ran = small_book.run_apart("check")
    assert ran.rc == 1
    assert "'parts:has_gpus' failed" in ran.err


def test_the_same_code_with_and_without_a_need_are_two_blocks(small_book: Book) -> None:
    """What this machine printed is not taken for what another did, whatever stands below them."""
    blocks = [("", "print(1)"), (' needs="gpu"', "print(1)"), ("", "print(2)")]
    fences = [f'```python exec="1"{options}\n{code}\n```\n' for options, code in blocks]
    small_book.write("docs/a.md", "\n".join(fences))
    assert small_book.record().rc == 0
    ran = small_book.check()
    assert ran.rc == 0, ran.out
    assert "not recorded" in ran.about("docs/a.md")
