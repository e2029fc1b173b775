"""The claims about modules get the verdicts that the chapter states."""

from __future__ import annotations

from examples.reference.claims import TRUE, run
from examples.reference.claims.models.modules import CLAIMS


def test_claims_about_modules_get_the_verdicts_of_the_chapter() -> None:
    """All of them hold."""
    assert {verdict for _, (verdict, _) in run(CLAIMS.all)} == {TRUE}
