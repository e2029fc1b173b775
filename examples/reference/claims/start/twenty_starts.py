"""Claims that the chapter `docs/start/twenty-starts.md` checks."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from examples.reference.claims import HALF, Claims, Finding, judge
from examples.start.twenty_starts import fate, stack_starts, train_stack

CLAIMS = Claims()
_PAGE = "start/twenty-starts"


@cache
def twenty() -> tuple[Tensor, Tensor]:
    """Return losses and lengths of gradients of 20 starts at every 100th epoch, (51, 20) each."""
    return train_stack(stack_starts(range(20)), epochs=5000)


def _ends() -> list[float]:
    ends: list[float] = twenty()[0][-1].tolist()
    return ends


@CLAIMS.on(_PAGE, of="2.23", at="Where the stalls really end", shows="Torch's seeds 0 to 19")
def sixteen_of_ends() -> Finding:
    """Of twenty random starts of the 2-2-1 net, 16 converge and 4 stall."""
    fates = [fate(loss) for loss in _ends()]
    counts = {name: fates.count(name) for name in ("solved", "on its way", "stalled")}
    text = ", ".join(f"{count} {name}" for name, count in counts.items())
    return judge(counts["solved"] == 16, f"torch's seeds 0 to 19, 5,000 epochs: {text}", HALF)


@CLAIMS.on(_PAGE, of="2.24", at="Where the stalls really end", shows="The stalled ended between")
def stuck_at_quarter() -> Finding:
    """A net that stalls gets stuck near 0.25."""
    stalled = [loss for loss in _ends() if fate(loss) == "stalled"]
    near = sum(abs(loss - 0.25) < 0.02 for loss in stalled)
    text = f"the {len(stalled)} that stall end between {min(stalled):.3f} and {max(stalled):.3f}"
    return judge(near == len(stalled), text)


@CLAIMS.on(_PAGE, of="2.25", at="How many learn?", shows="lengths")
def flat_ground() -> Finding:
    """A net that stalls sits on flat ground."""
    losses, lengths = twenty()
    stalled = torch.tensor([fate(loss) == "stalled" for loss in losses[-1].tolist()])
    flat = lengths[-1][stalled].max() < 0.02 * lengths.max()
    text = f"the gradients of all {int(stalled.sum())} are below 2 % of the steepest: {bool(flat)}"
    return judge(bool(flat), text)
