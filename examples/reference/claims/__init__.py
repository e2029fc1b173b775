"""Claims of published introductions, each measured when it is shown.

A claim is a function: its docstring is the claim in our words, what it returns is the verdict and
what was measured. No verdict is typed where a run can give it: `judge` turns a condition into one.
Each stands in the module of the chapter that shows it, or in `nowhere`; `page` lays them all out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

TRUE, HALF, FALSE, OPEN = "true", "half true", "false", "open"
Finding = tuple[str, str]


@dataclass(frozen=True)
class Claim:
    """One claim: what is claimed, how to measure it, and the page that shows it run ('': none)."""

    text: str
    measure: Callable[[], Finding]
    page: str


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

    def on(self, page: str) -> Callable[[Callable[[], Finding]], Callable[[], Finding]]:
        """Register the decorated function as a claim that `page` shows, e.g. `tensors/create`.

        Raises:
            ValueError: The function has no docstring to state the claim.
        """

        def register(measure: Callable[[], Finding]) -> Callable[[], Finding]:
            if not measure.__doc__:
                raise ValueError(f"{measure.__name__} states no claim")
            self.all.append(Claim(" ".join(measure.__doc__.split()), measure, page))
            return measure

        return register


def run(claims: Iterable[Claim]) -> list[tuple[Claim, Finding]]:
    """Measure every claim."""
    return [(claim, claim.measure()) for claim in claims]


def table(findings: Iterable[tuple[Claim, Finding]]) -> str:
    """Return a Markdown table of claims, measurements and verdicts."""
    rows = ["| claimed | measured | verdict |", "|---|---|---|"]
    for claim, (verdict, measured) in findings:
        rows.append(f"| {claim.text} | {measured} | **{verdict}** |")
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
