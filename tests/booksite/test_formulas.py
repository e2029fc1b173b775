"""Formulas are shown as meant, or the build stops and names them."""

import pytest
from markdown import markdown
from pymdownx.superfences import SuperFencesException

from booksite.formulas import FormulaError, mathml


def render(text: str) -> str:
    return str(
        markdown(text, extensions=["booksite.formulas", "pymdownx.superfences", "admonition"])
    )


def test_a_formula_in_a_sentence_becomes_mathml_in_its_line() -> None:
    """The words around it stay in the same paragraph."""
    html = render("The sum $x_1 + x_2$ of two.")
    assert html.startswith('<p>The sum <math display="inline">')
    assert "<msub><mi>x</mi><mn>1</mn></msub>" in html
    assert html.endswith("of two.</p>")


def test_a_formula_between_double_dollars_is_a_block() -> None:
    """It may take several lines, and scrolls by itself where the page is narrow."""
    html = render("Before.\n\n$$\n\\frac{a}{b}\n= c\n$$\n\nAfter.")
    assert '<div class="bp-formula" tabindex="0"><math' in html
    assert 'display="block"' in html
    assert "<p><div" not in html


def test_a_formula_in_an_admonition_is_shown_too() -> None:
    """Blocks that stand indented are read as the others are."""
    html = render("!!! note\n    Inline $x$ here.\n\n    $$\n    y\n    $$\n")
    assert html.count("<math") == 2


@pytest.mark.parametrize(
    "text",
    [
        "from $5 to $10",
        "`$x$` in code",
        "```\n$x$ in a fence\n```",
        r"an escaped \$x$ and \$5",
        "US$x$ glued",
        "the variables $HOME and $PATH",
    ],
)
def test_dollars_that_are_no_formula_stay(text: str) -> None:
    """Prices, code and escaped dollars are text."""
    assert "<math" not in render(text)
    assert "$" in render(text)


def test_markdown_s_own_characters_mean_nothing_in_a_formula() -> None:
    """Underscores and stars would otherwise become emphasis."""
    html = render("$a_i * b_i$ and $c_i * d_i$")
    assert "<em>" not in html
    assert html.count("<math") == 2


@pytest.mark.parametrize(
    ("tex", "problem"),
    [
        (r"\fraq{1}{2}", r"unknown command `\fraq`"),
        (r"\frac{1}", "an argument is missing"),
        (r"\frac{1}{2", "a brace is not closed"),
        ("x}", "a brace too many"),
        ("x}{", "a brace too many"),
        ("x^", "missing super script"),
        ("x_1_2", "double subscripts"),
        (r"\left( x", "extra left or missing right"),
        (r"\begin{bmatrix}1", "missing end"),
        (r"\begin{matrx}1\end{matrx}", "unknown environment `matrx`"),
        ("a & b", "outside of a table"),
        (r"a \\ b", "outside of a table"),
        (r"\text{<script>}", "in a text"),
        (r"\href{https://example.com}{x}", "cannot be shown"),
        ("  ", "is empty"),
    ],
)
def test_a_formula_that_cannot_be_shown_stops_the_build(tex: str, problem: str) -> None:
    """The converter lets most of these pass; the message names the formula."""
    with pytest.raises(FormulaError, match="formula") as caught:
        mathml(tex)
    assert problem in str(caught.value)
    assert tex.strip() in str(caught.value)


def test_bad_tex_fails_the_page_even_inside_a_fence_of_another_extension() -> None:
    """The fences swallow every other error and would show the source instead."""
    with pytest.raises(SuperFencesException, match="oops"):
        render(r"A page with $\oops$ in it.")


def test_an_unclosed_display_formula_is_named() -> None:
    """Half a formula would otherwise be printed as dollars and backslashes."""
    with pytest.raises(FormulaError, match="begins with"):
        render("$$\nx + y\n")


@pytest.mark.parametrize(
    "tex",
    [
        r"\operatorname{softmax}(x)_i = \frac{e^{x_i}}{\sum_{j=1}^{n} e^{x_j}}",
        r"W \in \mathbb{R}^{n \times m}",
        r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
        r"\begin{cases} 1 & x > 0 \\ 0 & \text{otherwise} \end{cases}",
        r"\left[ \frac12 \right] \, \{ 1, 2 \} \; 5\,\%",
        r"\hat{y} = \mathbf{W} x + \boldsymbol{b}, \nabla_\theta \mathcal{L}, \lVert x \rVert",
        r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}",
    ],
)
def test_the_formulas_that_such_a_book_needs_are_known(tex: str) -> None:
    """Sums, matrices, cases, several lines, norms, and letters of other shapes."""
    assert mathml(tex, display=True).startswith("<math ")


def test_the_brackets_of_a_matrix_grow_with_it() -> None:
    """A browser stretches only an operator that is told its side."""
    formula = mathml(r"x = \begin{bmatrix} 1 \\ 2 \end{bmatrix} = [3]")
    assert formula.count('stretchy="true" form="prefix">[') == 1
    assert formula.count('stretchy="true" form="postfix">]') == 1
