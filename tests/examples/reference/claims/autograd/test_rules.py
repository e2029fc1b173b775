"""The claims about the rules of autograd get the verdicts that the chapter states."""

from __future__ import annotations

from collections import Counter

from examples.reference.claims import FALSE, HALF, TRUE, run
from examples.reference.claims.autograd.rules import CLAIMS


def test_claims_about_the_rules_get_the_verdicts_of_the_chapter() -> None:
    """`zero_grad` is the false one, five hold with exceptions, and the rest is true."""
    findings = run(CLAIMS.all)
    verdicts = {claim.text: verdict for claim, (verdict, _) in findings}
    assert [text for text, v in verdicts.items() if v == FALSE] == [
        "`zero_grad()` sets the gradients to zero."
    ]
    assert Counter(verdicts.values())[HALF] == 5
    assert Counter(verdicts.values())[TRUE] == len(verdicts) - 6
