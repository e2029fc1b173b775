"""The claims state what they claim, and their verdicts follow from what was measured."""

from __future__ import annotations

import pytest

from examples.reference.claims import (
    FALSE,
    HALF,
    OPEN,
    TRUE,
    Claims,
    judge,
    nowhere,
    refused,
    run,
    table,
    tally,
)
from examples.reference.claims.tensors import create, memory, randomness, shapes
from examples.reference.claims.work import devices, distributed, performance, saving

CHEAP = (create, shapes, memory, randomness, devices, performance, saving, distributed, nowhere)


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
    assert table(findings).splitlines()[-1] == "| Seven is eight. | 7 | **false** | here alone |"
    assert tally(findings) == "Of 1 claims, 1 is false."


@pytest.mark.parametrize("claims", [module.CLAIMS for module in CHEAP])
def test_cheap_claims_get_a_known_verdict(claims: Claims) -> None:
    """Every cheap claim runs, gets one of the four verdicts, and says why."""
    findings = [finding for _, finding in run(claims.all)]
    assert {verdict for verdict, _ in findings} <= {TRUE, HALF, FALSE, OPEN}
    assert all(measured and "|" not in measured for _, measured in findings)


def test_a_row_leads_to_the_section_that_shows_the_run() -> None:
    """The last column is a link to the heading, or says that there is none."""
    claims = Claims()

    @claims.on("tensors/create", at="Which dtype?", shows="finfo")
    def _() -> tuple[str, str]:
        """Seven is eight."""
        return FALSE, "7"

    link = "[Which dtype?](../tensors/create.md#which-dtype)"
    assert table(run(claims.all)).endswith(f"| **false** | {link} |")


def test_what_is_not_refused_is_false() -> None:
    """A claim that something raises an error is false where nothing is raised."""
    assert refused(lambda: None, "anything") == (FALSE, "no error")
