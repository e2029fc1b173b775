"""How long a page takes to read, by what it holds."""

from types import SimpleNamespace
from typing import Any

import pytest

from bookproof.page.minutes import minutes
from bookproof.page.render import facts
from bookproof.parse.block import Block

WORDS = "word " * 230


def _page(text: str, *blocks: tuple[str, str, dict[str, str]], line: int = 1) -> Any:
    """Make a page of text and of blocks, each with its code, its output and its options."""
    made = [
        Block(n, line, code, (), options) for n, (code, _, options) in enumerate(blocks, start=1)
    ]
    results = [SimpleNamespace(output=output) for _, output, _ in blocks]
    result = SimpleNamespace(blocks=results, seconds=1.0, versions={})
    return SimpleNamespace(chapter=SimpleNamespace(text=text, blocks=made), result=result)


def test_the_head_of_a_page_is_not_read() -> None:
    """What stands there is for the builder and the search."""
    text = f"---\nasked: {'word ' * 5000}\n---\n# Title\n\nA rule:\n\n---\n\n{'word ' * 1000}\n"
    assert facts(_page(text)) == facts(_page(text.partition("---\n# ")[2]))


def test_prose_is_read_and_a_closed_fold_is_said_beside_it() -> None:
    """A reader sees how long the page is, and how much more there is for those who open it."""
    closed = f"??? note\n\n    {WORDS}\n\n    {WORDS}\n\n"
    text = f"{WORDS}\n\n{closed}{WORDS}\n\n???+ note\n\n    {WORDS}\n"
    assert minutes(_page(text)) == pytest.approx((3, 2), abs=0.05)
    assert "3 min to read · 2 more in folds" in facts(_page(text))


def test_code_counts_by_its_lines_if_it_is_shown() -> None:
    """Nobody reads what stands in no page."""
    code = "print(1)\n" * 80
    assert minutes(_page("", (code, "", {"source": "above"})))[0] == pytest.approx(1)
    assert minutes(_page("", (code, "", {})))[0] == 0


def test_code_in_a_fold_counts_there() -> None:
    """A solution is read by those who open it."""
    text = "??? note\n\n    ```python\n    code\n    ```\n"
    page = _page(text, ("print(1)\n" * 80, "", {"source": "above"}), line=3)
    assert minutes(page) == pytest.approx((0, 1), abs=0.01)


def test_a_question_takes_its_words_and_time_to_think() -> None:
    """Its answer is closed until the reader has chosen."""
    html = f"<form>{WORDS}</form><details>{WORDS}</details>"
    assert minutes(_page("", ("ask()", html, {"html": "1"})))[0] == pytest.approx(1.15)


def test_a_walk_takes_what_is_new_in_its_steps() -> None:
    """What stands there at each step is read at the first; numbers are looked at, not read."""
    steps = "".join(f"<p>{WORDS}</p><p>step {'abcd'[n]}</p><td>0.25</td>" for n in range(4))
    walk = _page("", ("walk()", steps, {"html": "1"}))
    assert minutes(walk)[0] == pytest.approx(1, abs=0.05)


def test_the_version_that_ran_the_code_is_named() -> None:
    """As a reader knows it, without what it was built for; a page without code names none."""
    page = _page("")
    page.result.versions = {"torch": "2.13.0+cpu", "Python": "3.11.7"}
    assert "its code ran in 1.0 s with torch 2.13.0</p>" in facts(page, "torch")
    assert facts(page).endswith("its code ran in 1.0 s</p>")
    page.result = None
    assert "torch" not in facts(page, "torch")
