"""The claims state what they claim, and their verdicts follow from what was measured."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from examples.reference import claims_all
from examples.reference.claims import FALSE, HALF, OPEN, TRUE, Claims, judge, run, table, tally
from examples.reference.claims_all import ALL, MODULES, chapters, name
from examples.reference.claims_beyond import CLAIMS as BEYOND
from examples.reference.claims_tensors import CLAIMS as TENSORS
from examples.reference.claims_tensors_b import CLAIMS as MORE_TENSORS
from examples.reference.claims_tensors_b import refused

PAGE = Path("docs/reference/claims.md")


def _pages_of_the_tables() -> list[str]:
    """Return the pages that the page of claims names in its calls of `chapters`."""
    calls = [line for line in PAGE.read_text().splitlines() if line.startswith("print(chapters(")]
    trees = [ast.parse(line) for line in calls]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def test_a_verdict_follows_from_the_measurement() -> None:
    """The same claim is true or false by what came out alone."""
    assert judge(True, "7") == (TRUE, "7")
    assert judge(False, "8") == (FALSE, "8")
    assert judge(False, "8", HALF) == (HALF, "8")


def test_a_claim_that_states_nothing_is_refused() -> None:
    """A function without a docstring cannot be a row of the table."""
    claims = Claims()
    with pytest.raises(ValueError, match="states no claim"):
        claims.on("tensors/create")(lambda: (TRUE, ""))


def test_a_row_holds_claim_measurement_and_verdict() -> None:
    """A reader sees what was claimed, what came out, and where it is shown."""
    claims = Claims()

    @claims.on("tensors/create")
    def _() -> tuple[str, str]:
        """Seven is eight."""
        return FALSE, "7"

    findings = run(claims.all)
    assert table(findings).splitlines()[-1] == "| Seven is eight. | 7 | **false** |"
    assert tally(findings) == "Of 1 claims, 1 is false."
    link = f"Shown in [{name('tensors/create')}](../tensors/create.md):"
    assert chapters(findings, "tensors/create").startswith(link)


@pytest.mark.parametrize("claims", [TENSORS, MORE_TENSORS, BEYOND])
def test_cheap_claims_get_a_known_verdict(claims: Claims) -> None:
    """Every cheap claim runs, gets one of the four verdicts, and says why."""
    findings = [finding for _, finding in run(claims.all)]
    assert {verdict for verdict, _ in findings} <= {TRUE, HALF, FALSE, OPEN}
    assert all(measured and "|" not in measured for _, measured in findings)


def test_what_is_not_refused_is_false() -> None:
    """A claim that something raises an error is false where nothing is raised."""
    assert refused(lambda: None, "anything") == (FALSE, "no error")


def test_each_claim_is_stated_once() -> None:
    """No claim stands twice in the book."""
    assert [text for text, count in Counter(c.text for c in ALL).items() if count > 1] == []


def test_each_claim_is_a_sentence_that_fits_a_cell() -> None:
    """A claim ends with a period and does not break the table."""
    odd = [c.text for c in ALL if not c.text.endswith(".") or "|" in c.text or len(c.text) > 120]
    assert odd == []


def test_every_module_of_claims_is_on_the_page() -> None:
    """A module of claims that nobody wired in would be a silent gap."""
    assert claims_all.__file__ is not None
    found = {path.stem for path in Path(claims_all.__file__).parent.glob("claims_*.py")}
    wired = {module.__name__.rsplit(".", 1)[1] for module in MODULES}
    assert found - {"claims_all"} == wired


def test_every_claim_has_a_table_and_every_page_exists() -> None:
    """Each claim's page is a page of the book, and the page of claims shows it once."""
    shown = _pages_of_the_tables()
    assert sorted(shown) == sorted({claim.page for claim in ALL})
    assert [page for page in shown if page and not Path(f"docs/{page}.md").is_file()] == []
