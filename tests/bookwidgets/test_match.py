"""A match holds only pairs whose two sides gave the same, each with a reason."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bookwidgets.match import Pair, match
from examples.start.ten_jobs import JOBS, WHY, run_sides

PAIRS = [
    Pair("add", "a < b and sum(xs)", "x.sum()", "Both add `all` numbers."),
    Pair("count", "len(xs)", "x.numel()", "Both count them."),
]
RESULTS: list[tuple[list[object], list[object]]] = [([6.0], [6.0000005]), ([3], [3])]


def test_each_row_offers_every_line_once() -> None:
    """The select of a row has each line of torch, in the order of the alphabet, not of the jobs."""
    made = match(PAIRS[::-1], RESULTS[::-1])
    for select in re.findall(r"<select.*?</select>", made):
        assert re.findall(r'value="(\d)">([^<]*)<', select) == [
            ("0", "x.numel()"),
            ("1", "x.sum()"),
        ]
    assert made.count("<select") == made.count("<label") == 2


def test_without_a_script_it_is_a_table_of_answers() -> None:
    """A row holds the code by hand, the line, and the reason, as HTML."""
    made = match(PAIRS, RESULTS)
    assert "<code>a &lt; b and sum(xs)</code></th>" in made
    assert '<code class="bp-answer">x.sum()</code>' in made
    assert "Both add <code>all</code> numbers." in made
    assert made.startswith("<bp-match data-search-exclude>")
    assert "\n\n" not in made
    assert 'id="' not in made


def test_the_ten_jobs_make_a_match() -> None:
    """Each job has a reason, and its two sides agree."""
    pairs = [Pair(job.name, job.by_hand, job.in_torch, WHY[job.name]) for job in JOBS]
    assert match(pairs, run_sides()).count("<tr data-job=") == 10


def test_pairs_that_do_not_agree_are_refused() -> None:
    """Other results, another number of them, no reason, and one line for two jobs."""
    with pytest.raises(ValueError, match=r"count: by hand gives \[3\], torch \[4\]"):
        match(PAIRS, [RESULTS[0], ([3], [4])])
    with pytest.raises(ValueError, match="add: by hand gives"):
        match(PAIRS, [([6.0], [6.0, 1.0]), RESULTS[1]])
    with pytest.raises(ValueError, match="2 pairs, and results of 1"):
        match(PAIRS, RESULTS[:1])
    with pytest.raises(ValueError, match="count: no reason"):
        match([PAIRS[0], replace(PAIRS[1], why="")], RESULTS)
    with pytest.raises(ValueError, match="a line of its own"):
        match([PAIRS[0], PAIRS[0]], RESULTS)
