"""The claims about losses get the verdicts that the chapter states."""

from __future__ import annotations

from collections import Counter

from examples.reference.claims import FALSE, HALF, TRUE, run
from examples.reference.claims.models.losses import CLAIMS


def test_claims_about_losses_get_the_verdicts_of_the_chapter() -> None:
    """Float precision is the false one, two about `BCELoss` are half true, the rest is true."""
    findings = run(CLAIMS.all)
    verdicts = {claim.text: verdict for claim, (verdict, _) in findings}
    assert [text for text, v in verdicts.items() if v == FALSE] == [
        "An average of 1.0032 by hand instead of 1.0081 by program is float precision."
    ]
    assert Counter(verdicts.values())[HALF] == 2
    assert Counter(verdicts.values())[TRUE] == len(verdicts) - 3
