"""Claims that the chapter `docs/models/data.md` checks."""

from __future__ import annotations

import warnings

from examples.models.data import Memory, Waiting, second_pass
from examples.reference.claims import HALF, OPEN, Claims, Finding, judge

CLAIMS = Claims()
_PAGE = "models/data"


@CLAIMS.on(_PAGE)
def four_workers() -> Finding:
    """Four loader workers alone can double the speed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of more workers than cores
        faster = {
            kind: second_pass(data, 0) > factor * second_pass(data, 4)
            for kind, data, factor in (("wait", Waiting(), 1.5), ("lie in memory", Memory(), 1.0))
        }
    text = f"faster where samples wait: {faster['wait']}; in memory: {faster['lie in memory']}"
    return judge(all(faster.values()), text, HALF)


@CLAIMS.on(_PAGE)
def mnist_files() -> Finding:
    """MNIST is four files: 60,000 images of 28 × 28 with labels to learn, 10,000 to test."""
    return OPEN, "needs the files; the chapter reads and counts them"
