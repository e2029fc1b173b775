"""Claims of published introductions, each measured when it is shown.

A claim is a function: its docstring is the claim in our words, what it returns is the verdict and
what was measured. No verdict is typed where a run can give it: `judge` turns a condition into one.
Each stands in the module of its chapter, or in `nowhere`; `page` lays them all out. It names the
items of `sources.toml` that claim it, and the section of the chapter that shows its run.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

TRUE, HALF, FALSE, OPEN = "true", "half true", "false", "open"
Finding = tuple[str, str]


@dataclass(frozen=True)
class Claim:
    """One claim, and where it comes from and is shown.

    Attributes:
        text: What is claimed.
        measure: How to measure it.
        page: The chapter that it belongs to, e.g. `tensors/create`; '' for none.
        of: The items in `sources.toml` that claim it.
        at: The heading of the section that shows the run; '' if none does.
        shows: Code of an executed block in that section.
    """

    text: str
    measure: Callable[[], Finding]
    page: str
    of: tuple[str, ...] = ()
    at: str = ""
    shows: str = ""


def judge(holds: bool, measured: str, otherwise: str = FALSE) -> Finding:
    """Return `true` with what was measured where the claim holds, else `otherwise`.

    >>> judge(1 + 1 == 2, "1 + 1 is 2")
    ('true', '1 + 1 is 2')
    """
    return (TRUE if holds else otherwise), measured


def refused(work: Callable[[], object], *words: str) -> Finding:
    """Return `true` and the first words of the message where `work` is refused in these words.

    >>> import torch
    >>> refused(lambda: torch.ones(2, 3).view(4), "invalid for input of size")[0]
    'true'
    """
    try:
        work()
    except RuntimeError as error:
        message = str(error).splitlines()[0]
        return judge(all(word in message for word in words), f"`{message}`")
    return FALSE, "no error"


class Claims:
    """The claims that one part of the book checks, in their order."""

    def __init__(self) -> None:
        self.all: list[Claim] = []

    def on(
        self, page: str, of: str = "", at: str = "", shows: str = ""
    ) -> Callable[[Callable[[], Finding]], Callable[[], Finding]]:
        """Register the decorated function as a claim of a chapter, e.g. `tensors/create`.

        Args:
            page: The chapter; '' for none.
            of: The items in `sources.toml` that claim it, with blanks between them.
            at: The heading of the section that shows the run; '' if it was run for the table alone.
            shows: Code of an executed block in that section.

        Raises:
            ValueError: The function has no docstring to state the claim.
        """

        def register(measure: Callable[[], Finding]) -> Callable[[], Finding]:
            if not measure.__doc__:
                raise ValueError(f"{measure.__name__} states no claim")
            text = " ".join(measure.__doc__.split())
            self.all.append(Claim(text, measure, page, tuple(of.split()), at, shows))
            return measure

        return register


def run(claims: Iterable[Claim]) -> list[tuple[Claim, Finding]]:
    """Measure every claim."""
    return [(claim, claim.measure()) for claim in claims]


def anchor(heading: str) -> str:
    """Return the address of a section, as the site makes it from its heading.

    >>> anchor("GPT-2 small, on the back of an envelope")
    'gpt-2-small-on-the-back-of-an-envelope'
    """
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


def table(findings: Iterable[tuple[Claim, Finding]]) -> str:
    """Return a Markdown table of claims, measurements, verdicts, and links to the runs."""
    rows = ["| claimed | measured | verdict | shown in |", "|---|---|---|---|"]
    for claim, (verdict, measured) in findings:
        link = f"[{claim.at}](../{claim.page}.md#{anchor(claim.at)})" if claim.at else "here alone"
        rows.append(f"| {claim.text} | {measured} | **{verdict}** | {link} |")
    return "\n".join(rows)


def tally(findings: Iterable[tuple[Claim, Finding]]) -> str:
    """Return how many claims got each verdict, as a sentence.

    >>> claim = Claim("Seven is eight.", lambda: (FALSE, "7"), "tensors/create")
    >>> tally([(claim, (TRUE, "8")), (claim, (FALSE, "7"))])
    'Of 2 claims, 1 is true and 1 is false.'
    """
    verdicts = [verdict for _, (verdict, _) in findings]
    counts = Counter(verdicts)
    parts = [
        f"{counts[v]} {'is' if counts[v] == 1 else 'are'} {v}"
        for v in (TRUE, HALF, FALSE, OPEN)
        if counts[v]
    ]
    listed = ", ".join(parts[:-1]) + (" and " if len(parts) > 1 else "") + parts[-1]
    return f"Of {len(verdicts)} claims, {listed}."
