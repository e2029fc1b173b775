"""A dial holds each text once, and shows the start before any script runs."""

from __future__ import annotations

from itertools import product

import pytest

from bookwidgets.dial import Stops, dial
from tests.bookwidgets.held import held

TWO = [Stops("x", ["1", "2", "3"], start=1), Stops("y", ["10", "20"])]
PAIRS = [f"{x} {y}" for x, y in product("abc", "de")]


def test_every_stop_finds_its_text() -> None:
    """Whatever a slot follows, the step of each control leads to what the author gave."""
    given = {"both": PAIRS, "first": [p[0] for p in PAIRS], "last": ["p", "q"], "same": ["s"]}
    body = "".join(f'<p data-text="{name}"></p>' for name in given)
    slots = held(dial(body, TWO, given))["slots"]
    for at, (x, y) in enumerate(product(range(3), range(2))):
        for name, (steps, texts) in slots.items():
            assert texts[x * steps[0] + y * steps[1]] == given[name][at % len(given[name])]


def test_what_a_slot_does_not_follow_takes_no_room() -> None:
    """A slot that follows one control of two has as many texts as that one has stops."""
    slots = held(dial("<p></p>", TWO, {"x": [x for x, _ in product("abc", "de")]}))["slots"]
    assert slots["x"] == [[1, 0], ["a", "b", "c"]]


def test_the_body_shows_the_start() -> None:
    """Texts, attributes and single words of a slot stand in the page without a script."""
    body = '<p data-text="v"></p><i data-text="v.1">?</i><b class="old" data-set="class:v.0"></b>'
    made = dial(body, TWO, {"v": PAIRS})
    assert '<p data-text="v">b d</p><i data-text="v.1">d</i>' in made
    assert '<b class="b" data-set="class:v.0"></b>' in made


@pytest.mark.parametrize(
    ("body", "slots", "said"),
    [
        ('<p data-text="lost"></p>', {}, "no values for the slot 'lost'"),
        ("<p></p>", {"v": ["1", "2", "3"]}, "has 3 values for 6 stops"),
        ("<p></p>", {"a.b": ["1"]}, "letters, digits and hyphens"),
    ],
)
def test_what_an_author_gets_wrong_is_said(
    body: str, slots: dict[str, list[str]], said: str
) -> None:
    """A slot without values, with too few of them, or with a name that no element can say."""
    with pytest.raises(ValueError, match=said):
        dial(body, TWO, slots)
