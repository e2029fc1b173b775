"""All claims of the book, from every part, and how the page of claims lays them out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

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


def title(page: str, docs: Path = Path("docs")) -> str:
    """Return the title that a page's front matter gives it.

    >>> title("tensors/shapes")
    'Shapes'
    """
    text = (docs / f"{page}.md").read_text(encoding="utf-8")
    found = re.search(r"^title: (.+)$", text, re.MULTILINE)
    return found[1] if found else page


def chapters(findings: Iterable[tuple[Claim, Finding]], *pages: str) -> str:
    """Return a link and a table for each of the pages, in this order; '' is for no page yet."""
    rows = list(findings)
    parts = []
    for page in pages:
        if page:
            parts.append(f"Shown in [{title(page)}](../{page}.md):")
        parts.append(table([row for row in rows if row[0].page == page]))
    return "\n\n".join(parts)
