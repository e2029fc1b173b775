"""How near outputs stand to a drift on another machine."""

from __future__ import annotations

import pytest

from bookproof.judge.margin import freedom, used
from tests.bookproof.small import Book

ELSEWHERE = "import os\nELSE = int(os.environ.get('ROUNDS', 0))\n"


@pytest.fixture
def rounding(small_book: Book) -> Book:
    """A book of which some digits follow a variable, as they follow a processor."""
    small_book.page(
        ELSEWHERE,
        "print(f'loss {0.1234 + ELSE / 10_000:.4f}, accuracy {92.3}%, epochs {3}')",
        "print(f'time {1.0 + ELSE / 1000:.3f}')",
        "print('chosen 0.50, steady 0.1234')",
        name="a",
    )
    small_book.page(ELSEWHERE, "print('fast' if ELSE == 2 else 'slow')", name="b")
    small_book.edit("docs/a.md", "above\"\nprint(f'time", 'above" tol="0.01"\nprint(f\'time')
    small_book.record()
    return small_book


def test_what_moved_is_listed_by_the_share_of_its_freedom(rounding: Book) -> None:
    """The nearest to a drift first, and beside it what may not move at all."""
    ran = rounding.run("margin", "--env", "ROUNDS=1", "a")
    assert ran.rc == 0
    assert ran.out.splitlines() == [
        "2 blocks moved within their tolerance, the nearest to a drift first:",
        "docs/a.md:8: 0.1234 → 0.1235 used 100 % of its freedom with ROUNDS=1",
        "    beside it, these may not move at all: 92.3",
        "docs/a.md:12: 1.000 → 1.001 used 10 % of its freedom with ROUNDS=1",
    ]


def test_what_would_drift_comes_last_and_is_red(rounding: Book) -> None:
    """With the variables that make it so; the settings may name them."""
    rounding.edit(
        "pyproject.toml", "limit = 60", 'limit = 60\nmargin = ["ROUNDS=1", "ROUNDS=2 X=1"]'
    )
    ran = rounding.run("margin")
    assert ran.rc == 1
    lines = ran.out.splitlines()
    assert "docs/a.md:12: 1.000 → 1.002 used 20 % of its freedom with ROUNDS=2 X=1" in lines
    assert lines.index("docs/a.md:8: would drift with ROUNDS=2 X=1:") > 1
    assert "docs/b.md:8: would drift with ROUNDS=2 X=1:" in lines
    assert not any(
        t.startswith("docs/a.md:8: 0.1234") for t in lines
    )  # said once, where it is worst
    assert lines[-1] == "  +fast"


def test_it_changes_neither_recordings_nor_the_cache(rounding: Book) -> None:
    """The next check is as the last."""
    rounding.check()
    files = {f: rounding.read(f) for f in rounding.files()}
    results = rounding.results()
    rounding.run("margin", "--env", "ROUNDS=2")
    assert {f: rounding.read(f) for f in rounding.files()} == files
    assert rounding.results() == results
    assert rounding.check().summary["cached"] == 2


def test_where_nothing_moves_it_says_so(small_book: Book) -> None:
    """That is an answer, too."""
    small_book.page("print(0.1234)")
    small_book.record()
    ran = small_book.run("margin", "--env", "ROUNDS=1")
    assert (ran.rc, ran.out) == (0, "every digit is the recorded one in each of them\n")


def test_figures_that_moved_are_counted(small_book: Book) -> None:
    """Where a point stands is for the eye, and within its reach no digit is at risk."""
    small_book.page(
        ELSEWHERE + 'print(f\'<svg viewBox="0 0 400 300"><path d="M 0 {ELSE / 10}"/></svg>\')'
    )
    small_book.edit("docs/a.md", 'source="above"', 'html="1"')
    small_book.record()
    out = small_book.run("margin", "--env", "ROUNDS=1").out
    assert out == "figures that moved by less than an eye can see: 1\n"


@pytest.mark.parametrize(
    ("named", "said"),
    [([], "no environment to try: name one with --env"), (["ROUNDS"], 'written "NAME=VALUE …"')],
)
def test_without_an_environment_it_says_how_to_name_one(
    small_book: Book, named: list[str], said: str
) -> None:
    """A run with the variables of this machine would show nothing."""
    small_book.page("print(1)")
    ran = small_book.run("margin", *(word for text in named for word in ("--env", text)))
    assert ran.rc == 2
    assert said in ran.err


FREEDOM = {
    "four decimals": ("0.1234", "", 1),
    "below zero": ("-0.1234", "", 1),
    "an exponent": ("1.2345e-05", "", 1),
    "few decimals": ("92.3", "", 0),
    "a whole tensor": ("3.", "", 0),
    "an integer": ("7", "", 0),
    "a tolerance": ("0.51", "0.02", 2),
    "a share": ("100.0", "5%", 50),
}


@pytest.mark.parametrize(("number", "tolerance", "steps"), FREEDOM.values(), ids=FREEDOM)
def test_freedom_is_what_the_comparison_gives(number: str, tolerance: str, steps: int) -> None:
    """In steps of the last printed place."""
    assert freedom(number, tolerance) == steps


def test_the_share_is_that_of_the_freedom() -> None:
    """From one width of a number to the next, too."""
    assert used("9.9999", "10.0000") == pytest.approx(1)
    assert used("100.0", "104.0", "5%") == pytest.approx(0.8)
    assert used("3.", "3.") == used("7", "8") == 1
