"""All claims of the book, from every part, and how the page of claims lays them out."""

from __future__ import annotations

from collections.abc import Iterable

from examples.reference import (
    claims_autograd,
    claims_autograd_b,
    claims_beyond,
    claims_engine,
    claims_models_a,
    claims_models_b,
    claims_models_c,
    claims_models_d,
    claims_models_e,
    claims_start,
    claims_start_b,
    claims_tensors,
    claims_tensors_b,
)
from examples.reference.claims import Claim, Finding, table

MODULES = (
    claims_start,
    claims_start_b,
    claims_tensors,
    claims_tensors_b,
    claims_autograd,
    claims_engine,
    claims_autograd_b,
    claims_models_a,
    claims_models_b,
    claims_models_c,
    claims_models_d,
    claims_models_e,
    claims_beyond,
)
ALL: list[Claim] = [claim for module in MODULES for claim in module.CLAIMS.all]
Findings = list[tuple[Claim, Finding]]


def name(page: str) -> str:
    """Return a page's name in words.

    >>> name("start/first-ten-minutes")
    'First ten minutes'
    """
    return page.rsplit("/", 1)[-1].replace("-", " ").capitalize()


def chapters(findings: Iterable[tuple[Claim, Finding]], *pages: str) -> str:
    """Return a link and a table for each of the pages, in this order; '' is for no page yet."""
    rows = list(findings)
    parts = []
    for page in pages:
        if page:
            parts.append(f"Shown in [{name(page)}](../{page}.md):")
        parts.append(table([row for row in rows if row[0].page == page]))
    return "\n\n".join(parts)
