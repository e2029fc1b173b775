"""The claims about the rules of autograd get the verdicts that the chapter states."""

from __future__ import annotations

from collections import Counter

from examples.reference.claims import HALF, TRUE, run
from examples.reference.claims.autograd.rules import CLAIMS


def test_claims_about_the_rules_get_the_verdicts_of_the_chapter() -> None:
    """Six hold with exceptions, `zero_grad` among them, and the rest is true."""
    verdicts = Counter(verdict for _, (verdict, _) in run(CLAIMS.all))
    assert verdicts == {HALF: 6, TRUE: len(CLAIMS.all) - 6}
