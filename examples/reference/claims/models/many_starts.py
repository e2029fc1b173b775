"""Claims that the chapter `docs/models/many-starts.md` checks."""

from __future__ import annotations

import math
from functools import cache

import torch

from examples.models.many_starts import Runs, bending, starts, train_starts
from examples.reference.claims import FALSE, HALF, Claims, Finding, judge

CLAIMS = Claims()
_PAGE = "models/many-starts"


@cache
def _starts(*hidden: int) -> Runs:
    return train_starts(hidden, epochs=2000 if hidden == (4,) else 600)


@CLAIMS.on(_PAGE, of="0.28", at="A hundred starts", shows="leave 0.6 at epoch {typical}")
def plateau() -> Finding:
    """XOR with four ReLU units hangs at 0.69 for 500 epochs, then falls."""
    runs = _starts(4)
    leave = runs.below(0.6)[runs.learned]
    hang = (runs.losses[500] - math.log(2)).abs() < 0.01
    ends = runs.losses[-1][~runs.learned]
    shelves = {
        f"{v:.2f}": int(((ends - v).abs() < 0.01).sum()) for v in (math.log(2), 0.477, 0.347)
    }
    ended = ", ".join(f"{count} at {value}" for value, count in shelves.items())
    text = (
        f"of 100 starts {int(runs.learned.sum())} learn, and leave 0.6 by epoch {int(leave.max())} "
        f"at the latest; {int((~runs.learned).sum())} do not, and end near a shelf: {ended}; "
        f"of the {int(hang.sum())} that hang at epoch 500, {int((hang & runs.learned).sum())} learn"
    )
    return judge(bool(leave.median() > 400), text)


@CLAIMS.on(
    _PAGE, of="0.30", at="Watch them train", shows="begin_count, end_count = bending(four.begin)"
)
def symmetry() -> Finding:
    """XOR hangs at 0.69 until the symmetry between the hidden units is broken."""
    runs = _starts(4)
    weight = starts([4], 100)[0]
    pairs = torch.triu_indices(4, 4, offset=1)
    equal = (weight[:, pairs[0]] == weight[:, pairs[1]]).all(-1).any(1)
    hang = (runs.losses[-1] - math.log(2)).abs() < 0.01
    bent = bending(runs.end).sum(1)
    text = (
        f"starts with two equal units: {int(equal.sum())} of 100; of the {int(hang.sum())} that "
        f"end at 0.69, without a unit that bends: {int((bent[hang] == 0).sum())}, "
        f"of the {int(runs.learned.sum())} that learn: {int((bent[runs.learned] == 0).sum())}"
    )
    return judge(bool(equal[hang].all()), text)


@CLAIMS.on(_PAGE, of="0.28 0.30", at="A hundred starts", shows="print(shares_table(runs))")
def depth_escapes() -> Finding:
    """Deeper networks with more units leave the plateau in 50 epochs; one with 4 needs 500."""
    sizes = {"4 units": (4,), "4+4": (4, 4), "16": (16,), "16+16": (16, 16)}
    leave = {}
    for name, hidden in sizes.items():
        runs = _starts(*hidden)
        leave[name] = int(runs.below(0.6)[runs.learned].median())
    listed = ", ".join(f"{name} {epoch}" for name, epoch in leave.items())
    soon, late = leave["16+16"] <= 50, leave["4 units"] >= 250
    text = f"epoch at which 0.6 is left, median of those that learn: {listed}"
    return judge(soon and late, text, HALF if soon else FALSE)
