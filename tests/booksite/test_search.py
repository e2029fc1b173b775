"""What the search reads of a page."""

import pytest
from material.plugins.search.plugin import Parser  # type: ignore[import-untyped]

from booksite.search import read

PAGE = """<h1 id="page">Page</h1><p>Before.</p>
<div class="admonition ran" id="we-ran-it">
<p class="admonition-title">We ran it: <code>zero_grad</code></p>
<p>It sets nothing to zero.</p>
</div>
<p>Between.</p>
<details class="note" id="more-about-it"><summary>More about it</summary>
<p>In a fold.</p>
</details>
<bp-quiz data-search-exclude id="question-rules-mean" data-id="rules-mean"><form>
<legend>How large?</legend><label>4 times</label></form></bp-quiz>
<table><tr>
<td><strong id="epoch">epoch</strong>: "a round"</td>
<td>One pass over the data.</td>
</tr></table>
<figure data-search-exclude><svg><text>ticks</text></svg></figure>
<p>After.</p>"""


def sections(page: str, asked: dict[str, str] | None = None) -> dict[str, tuple[str, str]]:
    """Return title and text of the sections that the theme's search finds, by their address."""
    parser = Parser()
    parser.feed(read(page, asked))
    return {
        s.id or "": ("".join(s.title).strip(), " ".join("".join(s.text).split()))
        for s in parser.data
    }


def test_what_has_a_title_is_a_section_with_its_address() -> None:
    """A box, a fold, a question and a row of the glossary; what stands around is the page's."""
    found = sections(PAGE)
    assert found["we-ran-it"] == (
        "We ran it: <code>zero_grad</code>",
        "<p>It sets nothing to zero.</p>",
    )
    assert found["more-about-it"] == ("More about it", "<p>In a fold.</p>")
    assert found["question-rules-mean"] == ("How large?", "")
    assert found["epoch"] == ('epoch: "a round"', "One pass over the data.")
    assert found[""] == ("Page", "<p>Before.</p> <p>Between.</p> <p>After.</p>")


def test_the_words_in_which_people_ask_go_with_the_title() -> None:
    """Behind a sign that `search.js` knows, each asking by itself."""
    title, _ = sections(PAGE, {"page": "a < b; a round"})[""]
    assert title == "Page\u2063<p>a &lt; b</p><p>a round</p>"


def test_words_for_a_heading_that_is_not_there_are_an_error() -> None:
    """It was renamed, perhaps, and the words would be lost."""
    with pytest.raises(KeyError, match="gone"):
        read(PAGE, {"gone": "words"})
