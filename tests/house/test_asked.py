"""What learners ask and paste, collected to test how well the book is found, is in good order."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def _asked() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    collection = tomllib.loads((ROOT / "tests" / "site" / "asked.toml").read_text("utf-8"))
    return collection["question"], collection["message"]


def test_there_is_enough_to_measure_with() -> None:
    """A share of a few dozen would say little."""
    questions, messages = _asked()
    assert len(questions) >= 150
    assert len(messages) >= 80
    assert sum("\n" in message["pasted"].strip() for message in messages) >= 10


def test_nothing_is_asked_twice() -> None:
    """It would count twice."""
    questions, messages = _asked()
    for texts in ([q["asked"].lower() for q in questions], [m["pasted"].strip() for m in messages]):
        assert sorted(set(texts)) == sorted(texts)


def test_each_was_asked_by_somebody() -> None:
    """In public, where it may be looked up."""
    questions, messages = _asked()
    for entry in questions + messages:
        assert re.fullmatch(r"https://[\w.-]+/\S+", entry["seen"]), entry


def test_each_answer_is_a_heading_on_a_page_of_the_book() -> None:
    """Written as `work/reuse/#swap-the-head`."""
    nav = (ROOT / "mkdocs.yml").read_text("utf-8").split("\nnav:")[1].split("\n\n")[0]
    pages = {page.rpartition(".")[0] for page in re.findall(r"[\w/-]+\.(?:md|ipynb)", nav)}
    questions, messages = _asked()
    for entry in questions + messages:
        for answer in entry["answers"]:
            page, _, heading = answer.partition("/#")
            assert page in pages, answer
            assert heading, answer
