"""Each row of claims comes from somewhere, and its link leads to the run."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from examples.reference.claims import Claim, anchor, sources
from examples.reference.claims.page import ALL

SHOWN = [claim for claim in ALL if claim.at]

_FENCE = re.compile(r"\s*(```+|~~~+)(.*)")


@cache
def _executed(page: str) -> list[tuple[str, str]]:
    """Return the executed blocks of a page: the heading above each, and its code."""
    blocks: list[tuple[str, str]] = []
    heading, fence, info, code = "", "", "", list[str]()
    for line in Path(f"docs/{page}.md").read_text("utf-8").splitlines():
        mark = _FENCE.match(line)
        if mark and not fence:
            fence, info, code = mark[1], mark[2], []
        elif mark and mark[1] == fence and not mark[2].strip():
            if 'exec="1"' in info:
                blocks.append((heading, "\n".join(code)))
            fence = ""
        elif fence:
            code.append(line)
        elif line.startswith("#"):
            heading = line.lstrip("# ").replace("`", "")
    return blocks


def _blocks_of(claim: Claim) -> list[str]:
    """Return the executed blocks in a claim's section that hold the code which it names."""
    wanted = " ".join(claim.shows.split())
    return [
        code
        for heading, code in _executed(claim.page)
        if heading == claim.at and wanted in " ".join(code.split())
    ]


def _may_be_open(claim: Claim) -> bool:
    """Say whether a claim's function names the verdict `open`; few do."""
    return "OPEN" in claim.measure.__code__.co_names


def _numbers(text: str) -> set[str]:
    """Return the numbers of a text, written one way.

    >>> sorted(_numbers("60 000 images, .0993 and 97 %; 1,000 epochs"))
    ['.0993', '1000', '60000', '97']
    """
    joined = re.sub(r"(?<=\d)[ ,](?=\d{3}\b)", "", text)
    return {n.rstrip(".").removeprefix("0") or "0" for n in re.findall(r"\.?\d[\d.]*", joined)}


@pytest.mark.parametrize("claim", ALL, ids=lambda claim: claim.text)
def test_a_row_names_what_claims_it(claim: Claim) -> None:
    """Nobody is held to account for what nobody said."""
    assert claim.of and [item for item in claim.of if item not in sources.items()] == []


@pytest.mark.parametrize("claim", ALL, ids=lambda claim: claim.text)
def test_a_rows_numbers_are_those_of_its_source(claim: Claim) -> None:
    """A figure in a claim, if it has more than one digit, is the one that was published."""
    said = " ".join(sources.items()[item]["says"] for item in claim.of)
    missing = {number for number in _numbers(claim.text) - _numbers(said) if len(number) > 1}
    assert missing == set()


def test_what_is_claimed_has_a_row_or_a_reason() -> None:
    """An item that was forgotten would go unchecked, and one that is measured is not left out."""
    with_row = {item for claim in ALL for item in claim.of}
    left_out = {number for number, item in sources.items().items() if "left_out" in item}
    assert sorted(set(sources.items()) - with_row - left_out) == []
    assert sorted(with_row & left_out) == []


@pytest.mark.parametrize("claim", SHOWN, ids=lambda claim: claim.text)
def test_the_link_of_a_row_leads_to_the_run(claim: Claim) -> None:
    """In the section that the last column names, an executed block holds the code of the row."""
    assert claim.shows and _blocks_of(claim)


def test_a_heading_has_one_address() -> None:
    """The link of a row ends at one section, and not at another of the same name."""
    for page in {claim.page for claim in SHOWN}:
        headings = dict.fromkeys(heading for heading, _ in _executed(page))
        assert len({anchor(heading) for heading in headings}) == len(headings)


@pytest.mark.parametrize(
    "claim", [claim for claim in SHOWN if _may_be_open(claim)], ids=lambda claim: claim.text
)
def test_a_row_is_open_only_while_its_run_is_not_recorded(claim: Claim) -> None:
    """As soon as a chapter holds the output, the row has to read it from there."""
    for code in _blocks_of(claim):
        with pytest.raises(LookupError):
            sources.recorded(claim.page, code.splitlines()[0].strip())


def test_what_a_listing_has_is_counted() -> None:
    """Lines, and the blank ones among them."""
    assert sources.listing("0.17") == (43, 11)
