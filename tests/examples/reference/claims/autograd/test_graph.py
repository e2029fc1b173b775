"""The claims about the graph get the verdicts that the chapter states."""

from __future__ import annotations

from collections import Counter

from examples.reference.claims import FALSE, HALF, TRUE, run
from examples.reference.claims.autograd.graph import CLAIMS


def test_claims_about_the_graph_get_the_verdicts_of_the_chapter() -> None:
    """A backward pass that is free is the false one, how a node prints half true, the rest true."""
    findings = run(CLAIMS.all)
    verdicts = {claim.text: verdict for claim, (verdict, _) in findings}
    assert [text for text, v in verdicts.items() if v == FALSE] == [
        "The backward pass costs nothing extra."
    ]
    assert Counter(verdicts.values())[HALF] == 1
    assert Counter(verdicts.values())[TRUE] == len(verdicts) - 2
