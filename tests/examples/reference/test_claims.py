"""The claims state what they claim, and their verdicts follow from what was measured."""

import pytest

from examples.reference.claims import FALSE, HALF, OPEN, TRUE, Claims, judge, run, table, tally
from examples.reference.claims_start import CLAIMS as START
from examples.reference.claims_tensors import CLAIMS as TENSORS


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


def test_a_row_holds_claim_measurement_verdict_and_link() -> None:
    """A reader sees what was claimed, what came out, and where it is shown."""
    claims = Claims()

    @claims.on("tensors/create")
    def _() -> tuple[str, str]:
        """Seven is eight."""
        return FALSE, "7"

    row = table(run(claims.all)).splitlines()[-1]
    assert row == "| Seven is eight. | 7 | **false** | [tensors/create](../tensors/create.md) |"
    assert tally(run(claims.all)) == "Of 1 claims, 1 is false."


def test_cheap_claims_get_a_known_verdict() -> None:
    """Every claim about tensors runs, and gets one of the four verdicts."""
    assert {verdict for _, (verdict, _) in run(TENSORS.all)} <= {TRUE, HALF, FALSE, OPEN}


def test_each_claim_is_stated_once() -> None:
    """No claim stands twice in the table."""
    texts = [claim.text for claim in START.all + TENSORS.all]
    assert len(texts) == len(set(texts))
