"""The gate and the built page have the same blocks, whatever a page is made of."""

from __future__ import annotations

import pytest

from bookproof.page import render
from tests.bookproof import fuzz
from tests.bookproof.fuzz_pages import Fuzzed, pages_of


@pytest.mark.parametrize("seed", ["gate", "page"])
def test_gate_and_page_agree_on_pages_that_nobody_thought_of(seed: str) -> None:
    """A hundred pages: each block that was judged shows, with its output, and no other does."""
    pages = pages_of(seed, fuzz.BOOK)
    found = fuzz.hold(pages)
    assert not found, fuzz.told(seed, pages, found[0])


def test_the_fuzz_sees_a_page_that_shows_another_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no test if nothing could fail it: an output that is lost is found, and made small."""
    monkeypatch.setattr(render, "text_output", lambda *_: "")
    fence = '```python exec="1" result="text"\nprint("mk" + "0001")\n```'
    page = Fuzzed(f"# A\n\nText.\n\n{fence}", runs={"0001": True})
    found = fuzz.hold([page])
    assert {f.kind for f in found} == {"output", "text"}
    said = fuzz.told("a seed", [page], found[0])
    assert "seed a seed: output" in said
    assert "Text." not in said
    assert fence in said
