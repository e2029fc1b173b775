"""All claims of the book, from every part, and how the page of claims lays them out."""

from __future__ import annotations

from collections.abc import Iterable

from examples.reference.claims import Claim, Finding, nowhere, table
from examples.reference.claims.autograd import engine, graph, rules
from examples.reference.claims.models import (
    data,
    digits,
    generalization,
    losses,
    many_starts,
    modules,
    optimizers,
    training_loop,
)
from examples.reference.claims.start import (
    by_hand_then_torch,
    first_ten_minutes,
    install,
    twenty_starts,
)
from examples.reference.claims.tensors import create, memory, randomness, shapes
from examples.reference.claims.work import devices, distributed, performance, saving, ship

MODULES = (
    *(install, first_ten_minutes, by_hand_then_torch, twenty_starts),
    *(create, shapes, memory, randomness),
    *(graph, rules, engine),
    *(modules, losses, optimizers, training_loop, many_starts, data, digits, generalization),
    *(devices, performance, saving, distributed, ship),
    nowhere,
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
    """Return a link and a table for each of the chapters, in this order; '' is for no chapter."""
    rows = list(findings)
    parts = []
    for page in pages:
        if page:
            parts.append(f"[{name(page)}](../{page}.md):")
        parts.append(table([row for row in rows if row[0].page == page]))
    return "\n\n".join(parts)
