"""Claims that the chapter `docs/tensors/randomness.md` checks."""

from __future__ import annotations

import torch
from torch import nn

from examples.reference.claims import Claims, Finding, judge

CLAIMS = Claims()
_PAGE = "tensors/randomness"


@CLAIMS.on(
    _PAGE,
    of="0.21",
    at="Five runs with a seed, five without",
    shows="different curves without a seed",
)
def seed_locks() -> Finding:
    """`manual_seed` fixes the start; without it, every run differs."""
    seeded, free = set(), set()
    for _ in range(5):
        torch.manual_seed(0)
        seeded.add(nn.Linear(2, 4).weight.sum().item())
        torch.seed()
        free.add(nn.Linear(2, 4).weight.sum().item())
    text = f"five starts: {len(seeded)} different with a seed, {len(free)} without"
    return judge(len(seeded) == 1 and len(free) == 5, text)
