"""Boxes and folds with a title of their own have an address."""

import re

import markdown
import pytest

EXTENSIONS = ["admonition", "pymdownx.details", "pymdownx.inlinehilite", "toc", "booksite.boxes"]


def ids(text: str) -> list[str]:
    """Return the addresses of a page's boxes."""
    page = markdown.markdown(text, extensions=EXTENSIONS)
    return re.findall(r'<(?:div|details)[^>]* id="([^"]*)"', page)


@pytest.mark.parametrize("kind", ["!!! confused", "??? note", "???+ example"])
def test_a_title_makes_the_address(kind: str) -> None:
    """Of a box as of a fold, code in the title included."""
    text = f'{kind} "Don\'t be confused: `x.view(-1)` may refuse"\n    Text.\n'
    assert ids(text) == ["box-dont-be-confused-xview-1-may-refuse"]


def test_a_single_word_is_no_title_of_its_own() -> None:
    """Every exercise has its solution."""
    assert ids('??? success "Solution"\n    Text.\n\n!!! note\n    Text.\n') == []


def test_no_two_boxes_share_an_address() -> None:
    """Nor a box and a heading that is called as it is."""
    box = '!!! note "The same words"\n    Text.\n'
    assert ids(f"# The same words\n\n{box}\n{box}") == [
        "box-the-same-words",
        "box-the-same-words_1",
    ]


def test_a_question_has_an_address() -> None:
    """From the name under which the browser remembers it; one that it has stays."""
    page = '<bp-quiz class="a" data-id="rules-mean"><p>How large?</p></bp-quiz>'
    once = markdown.markdown(page, extensions=EXTENSIONS)
    assert '<bp-quiz id="question-rules-mean" class="a" data-id="rules-mean">' in once
    assert markdown.markdown(once, extensions=EXTENSIONS).count("id=") == once.count("id=")
