"""The claims about autograd get the verdicts that the chapters state."""

from __future__ import annotations

from collections import Counter

from examples.reference.claims import FALSE, HALF, TRUE, run
from examples.reference.claims_autograd import CLAIMS


def test_claims_about_autograd_get_the_verdicts_of_the_chapters() -> None:
    """`zero_grad` is the false one, three hold with exceptions, and the rest is true."""
    findings = run(CLAIMS.all)
    verdicts = {claim.text: verdict for claim, (verdict, _) in findings}
    assert [text for text, v in verdicts.items() if v == FALSE] == [
        "`zero_grad()` sets the gradients to zero."
    ]
    assert Counter(verdicts.values())[HALF] == 3
    assert Counter(verdicts.values())[TRUE] == len(verdicts) - 4
