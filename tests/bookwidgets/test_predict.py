"""A prediction's answer is what its block really prints, in the page's own names."""

from __future__ import annotations

import ast
import html
import io
import re
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from bookproof.worker.shown import show
from bookwidgets.predict import read

CODE = """x = [1, 2]

x.append(3)
print(x)
#= It changes the list.
#? [1, 2]
#: That would be a copy.
#? [3,
#+  1, 2]
#: It adds at the end,
#: not at the beginning."""


def run(code: str, **options: str) -> tuple[str, dict[str, Any]]:
    """Run a prediction as the engine does; return its HTML and the page's names after it."""
    names: dict[str, Any] = {}
    tree = ast.parse(code)
    given = {"title": "What is `x` now?", **options}
    known: dict[str, Any] = {"parts": [("docs/a.md", tree)], "flags": 0, "place": "docs/a.md:3"}
    screen = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), "utf-8", write_through=True)
    known |= {"namespace": names, "options": given}
    with redirect_stdout(screen), tempfile.TemporaryDirectory() as folder:
        made = show("bookwidgets.predict:show", code, Path(folder, "caught"), **known)
    return made, names


def test_the_answer_is_the_real_output_and_the_names_are_the_pages() -> None:
    """It is typed nowhere, and the next block sees what the code has set."""
    made, names = run(CODE, id="a-list")
    assert "<legend>What is <code>x</code> now?</legend>" in made
    assert 'value="0" required> <code>[1, 2, 3]</code>' in made
    assert names["x"] == [1, 2, 3]
    answers = [re.sub("<.*?>", " ", item).split("\n")[0] for item in made.split("<li>")[1:]]
    assert "It changes the list." in answers[0]
    assert "That would be a copy." in answers[1]


def test_the_code_is_shown_without_its_answers() -> None:
    """Several lines of an answer, and of a reason, are put together."""
    code, right, wrong = read(CODE)
    assert code == "x = [1, 2]\n\nx.append(3)\nprint(x)"
    assert right == "It changes the list."
    assert wrong == {
        "[1, 2]": "That would be a copy.",
        "[3,\n 1, 2]": "It adds at the end, not at the beginning.",
    }


def test_an_error_is_an_output_to_predict() -> None:
    """Its name and the first line of its message; the page goes on."""
    made, names = run(CODE.replace("x.append(3)", "x.add(3)"), id="a-list")
    said = html.escape("AttributeError: 'list' object has no attribute 'add'", quote=False)
    assert f'value="0" required> <code>{said}</code>' in made
    assert names["x"] == [1, 2]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("#? [1, 2]", "#? [1,  2, 3]", "this wrong answer is what it prints"),
        ("#= It", "# It", "each reason need words"),
        ("#: That would be a copy.\n", "", "each reason need words"),
        ("#? [1, 2]\n#: That would be a copy.\n", "", "three or four choices are needed, not 2"),
        ("#? [3,\n#+  1, 2]", "#? [1, 2]", "two wrong answers are the same"),
        ("print(x)", "", "the code prints nothing"),
        ("#= It", "#+ It", "this has no meaning here: '#+ It changes the list.'"),
    ],
)
def test_a_wrong_prediction_fails_the_gate(old: str, new: str, said: str) -> None:
    """A wrong answer that is right, a missing reason, too few answers, or nothing to predict."""
    assert CODE.count(old) == 1
    with pytest.raises(ValueError, match=re.escape(said)):
        run(CODE.replace(old, new), id="a-list")


def test_a_prediction_needs_an_id() -> None:
    """Readers' browsers remember it by that."""
    with pytest.raises(ValueError, match="a prediction needs an id="):
        run(CODE)
