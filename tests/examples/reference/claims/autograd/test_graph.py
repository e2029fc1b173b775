"""The claims about the graph get the verdicts that the chapter states."""

from __future__ import annotations

from collections import Counter

from examples.reference.claims import HALF, TRUE, run
from examples.reference.claims.autograd.graph import CLAIMS


def test_claims_about_the_graph_get_the_verdicts_of_the_chapter() -> None:
    """How a node prints is half true, and the rest is true."""
    verdicts = Counter(verdict for _, (verdict, _) in run(CLAIMS.all))
    assert verdicts == {HALF: 1, TRUE: len(CLAIMS.all) - 1}
