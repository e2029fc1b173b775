"""A match: each job done by hand, and the reader says which line of torch replaces it.

Without its script it is the table of the answers.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .element import element, text


@dataclass(frozen=True)
class Pair:
    """Two ways of doing one job.

    Attributes:
        job: What is done, in a few words.
        by_hand: The code that does it by hand.
        in_torch: The line that replaces it.
        why: Why they are the same job: a sentence.
    """

    job: str
    by_hand: str
    in_torch: str
    why: str


def match(pairs: Sequence[Pair], results: Sequence[tuple[list[Any], list[Any]]]) -> str:
    """Return a match of pairs whose two sides were run.

    Args:
        pairs: two or more, each line of torch once.
        results: for each pair what its code by hand gave, and what its line of torch gave, as
            lists; floats may differ by 1e-6.

    Raises:
        ValueError: if the sides of a pair gave different results, or a line or a reason is
            missing or stands twice.
    """
    if len(pairs) < 2 or len({pair.in_torch for pair in pairs}) != len(pairs):
        raise ValueError("a match needs two or more pairs, each with a line of its own")
    if len(pairs) != len(results):
        raise ValueError(f"{len(pairs)} pairs, and results of {len(results)}")
    for pair, (a, b) in zip(pairs, results, strict=True):
        if len(a) != len(b) or not all(map(_agree, a, b)):
            raise ValueError(f"{pair.job}: by hand gives {a!r}, torch {b!r}")
        if not pair.why:
            raise ValueError(f"{pair.job}: no reason")
    order = sorted(range(len(pairs)), key=lambda n: pairs[n].in_torch)
    options = "".join(
        f'<option value="{n}">{html.escape(pairs[n].in_torch)}</option>' for n in order
    )
    rows = "\n".join(_row(n, pair, options) for n, pair in enumerate(pairs))
    head = "".join(f'<th scope="col">{name}</th>' for name in ("by hand", "in torch", "why"))
    table = (
        f'<table class="bp-pairs"><thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>'
    )
    count = f'<p class="bp-count"><output>0 of {len(pairs)} found</output></p>'
    return element("bp-match", f"{table}\n{count}")


def _agree(a: Any, b: Any) -> bool:
    return abs(a - b) <= 1e-6 if isinstance(a, float) and isinstance(b, float) else bool(a == b)


def _row(number: int, pair: Pair, options: str) -> str:
    choose = (
        f'<label class="bp-pick"><span>In torch, {html.escape(pair.job)}:</span> '
        f'<select autocomplete="off"><option value="">choose a line</option>{options}</select>'
        "</label>"
    )
    return (
        f'<tr data-job="{html.escape(pair.job)}"><th scope="row">{html.escape(pair.job)}'
        f"<br><code>{html.escape(pair.by_hand)}</code></th>"
        f'<td>{choose}<code class="bp-answer">{html.escape(pair.in_torch)}</code></td>'
        f'<td><span class="bp-answer">{text(pair.why)}</span><output></output></td></tr>'
    )
