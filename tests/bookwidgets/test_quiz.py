"""A question's answer is what a run shows, and a question without such a run is refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch

from bookwidgets.quiz import quiz

WORDS = {"twice the first": "It adds.", "the second": "It would clear.", "nothing": "It keeps."}
LINES = {"y = x[:, None]": "A new axis.", "y = x.mT": "No axis.", "y = x[None]": "The other end."}
ADDED = """
    x = torch.ones(1, requires_grad=True)
    for _ in range(2):
        (3 * x).sum().backward()
    assert x.grad == 6
"""


def right(html: str) -> str:
    """Return the choice whose radio button stands for the first answer."""
    found = re.search(r'value="0" required> <(?:code|span)>(.*?)</(?:code|span)>', html, re.S)
    assert found
    return found[1]


def choices(*names: str) -> dict[str, str]:
    """Return choices with a reason each."""
    return {name: f"Reason {n}." for n, name in enumerate(names)}


def test_right_is_what_the_code_prints() -> None:
    """Whatever its place, and however its spaces and lines are typed."""
    given = choices("tensor([1])", "tensor([[1.],\n [2.]])", "tensor([1., 2.])")
    made = quiz("a-column", "What?", given, code="print(torch.tensor([[1.], [2.]]))")
    assert right(made) == "tensor([[1.],\n [2.]])"
    first = made.split("<li>")[1]
    assert "Reason 1." in first and "[2.]" in first


@pytest.mark.parametrize(
    "choice",
    ["RuntimeError", "RuntimeError: a view of a leaf Variable that requires grad is being used"],
)
def test_right_is_what_the_code_raises(choice: str) -> None:
    """By its name alone or with its message, which the answer shows."""
    code = 'raise RuntimeError("a view of a leaf Variable that requires grad is being used")'
    made = quiz("a-raise", "What?", choices("1", choice, "ValueError"), code=code)
    assert right(made) == choice
    assert "<pre>RuntimeError: a view of a leaf" in made.split("<details")[1]


def test_right_is_the_line_that_makes_the_expression_true() -> None:
    """A line that fails is a wrong one; what comes before them is shown."""
    made = quiz("a-axis", "Which?", LINES, setup="x = torch.zeros(3)", proves="y.shape == (3, 1)")
    assert right(made) == "y = x[:, None]"
    assert "zeros" in made.split("<label>")[0]


def test_right_is_what_the_asserts_prove() -> None:
    """The run that proves it stands with the answer."""
    made = quiz("a-twice", "What?", WORDS, right="twice the first", shows=ADDED)
    assert right(made) == "twice the first"
    assert '<span class="k">assert</span>' in made.split("<details")[1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "print(1)"}, "give one proof"),
        ({"right": None, "shows": None}, "give one proof"),
        ({"shows": None}, "give one proof"),
        ({"setup": "x = 1"}, "give one proof"),
        ({"right": "thrice"}, "right='thrice' is not among the choices"),
        ({"shows": "print(1)"}, "must assert what proves"),
        ({"shows": ADDED.replace("6", "7")}, "an assert of shows= does not hold"),
        ({"id": "Twice"}, "quiz 'Twice': the id must be like"),
        ({"choices": dict(list(WORDS.items())[:2])}, "three or four choices are needed, not 2"),
        ({"choices": {**WORDS, "the second": " "}}, "each reason need words"),
        ({"question": ""}, "need words"),
    ],
)
def test_a_question_without_its_proof_is_refused(change: dict[str, Any], said: str) -> None:
    """The message names the question and what is missing."""
    given = {"id": "a-twice", "question": "What?", "choices": WORDS, "right": "twice the first"}
    with pytest.raises(ValueError, match=re.escape(said)):
        quiz(**{**given, "shows": ADDED, **change})


@pytest.mark.parametrize(
    ("names", "code", "said"),
    [
        (("1", "2", "3"), "print(4)", "the code gives '4', and no choice fits"),
        (("0.3333", "0.3334", "3"), "print(f'{1 / 3:.4f}')", "these choices fit"),
        (("ValueError", "2", "3"), "1 / 0", "ZeroDivisionError: division by zero"),
        (("KeyError", "KeyError: 1", "3"), "{}[1]", "these choices fit"),
    ],
)
def test_exactly_one_choice_fits_the_output(names: tuple[str, ...], code: str, said: str) -> None:
    """None and two are mistakes; so is one that another processor's rounding could print."""
    with pytest.raises(ValueError, match=re.escape(said)):
        quiz("a-fit", "What?", choices(*names), code=code)


@pytest.mark.parametrize("proves", ["y.shape == (9,)", "y.sum() == 0", "y.nothing", "y"])
def test_exactly_one_line_makes_the_expression_true(proves: str) -> None:
    """None and all three are mistakes, and a mere value is not True."""
    with pytest.raises(ValueError, match="fit"):
        quiz("a-axis", "Which?", LINES, setup="x = torch.zeros(3)", proves=proves)


def test_a_mistake_in_the_setup_is_no_wrong_choice() -> None:
    """It would make every choice fail."""
    with pytest.raises(NameError):
        quiz("a-axis", "Which?", LINES, setup="x = zeros(3)", proves="True")


def test_a_run_leaves_the_page_as_it_was() -> None:
    """The generator, the grad mode and the default dtype are the page's; names are not shared."""
    torch.manual_seed(1)
    wanted = torch.rand(1)
    torch.manual_seed(1)
    code = "torch.manual_seed(5); torch.set_default_dtype(torch.float64); leak = torch.rand(1)\n"
    with torch.no_grad():
        code += "print(torch.is_grad_enabled())"
        quiz("a-run", "What?", choices("True", "False", "None"), code=code)
        assert not torch.is_grad_enabled()
    assert torch.get_default_dtype() == torch.float32
    assert torch.equal(torch.rand(1), wanted)
    with pytest.raises(ValueError, match="NameError"):
        quiz("a-run", "What?", choices("1", "2", "3"), code="print(leak)")


def test_the_order_depends_on_the_id_alone() -> None:
    """An author may write the right one first: it is not always first on the page."""

    def places(id: str, shown: str) -> list[str]:
        made = quiz(id, "What?", choices(shown, "x", "y"), code=f"print({shown})")
        return re.findall(r'value="(\d)"', made)

    assert places("a-one", "1") == places("a-one", "2")
    assert {places(f"a-{n}", "1").index("0") for n in range(20)} == {0, 1, 2}


def test_the_html_is_one_that_markdown_leaves_alone() -> None:
    """No empty line, every text escaped, no id that could come twice."""
    given = choices("<b>", "1\n\n2", "&")
    made = quiz("a-html", "Is `a < b` *so*?", given, code="print('<b>')\n\n\nx = 1")
    assert "\n\n" not in made and " id=" not in made
    assert "<code>a &lt; b</code> <em>so</em>?" in made
    assert "<code>&lt;b&gt;</code>" in made and "<code>1&#10;\n2</code>" in made
