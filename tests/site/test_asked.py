"""The places that answer what learners ask are in the built site."""

from __future__ import annotations

import tomllib
from pathlib import Path

ASKED = Path(__file__).with_name("asked.toml")


def test_each_answer_is_a_place_in_the_site(site: Path) -> None:
    """A heading that was renamed takes its answers along."""
    collection = tomllib.loads(ASKED.read_text("utf-8"))
    pages: dict[str, str] = {}
    missing = []
    for entry in collection["question"] + collection["message"]:
        for answer in entry["answers"]:
            page, _, heading = answer.partition("/#")
            if page not in pages:
                pages[page] = (site / f"{page}.html").read_text("utf-8")
            if f'id="{heading}"' not in pages[page]:
                missing.append(answer)
    assert not missing
