"""Claims that the chapter `docs/autograd/engine.md` checks."""

from __future__ import annotations

from random import Random

from examples.autograd.circles import accuracy, four_layers, train, two_rings
from examples.autograd.framework import DataLoader
from examples.autograd.seven_rows import run_rows
from examples.autograd.speed import band, rounds
from examples.reference.claims import HALF, OPEN, Claims, Finding, judge

CLAIMS = Claims()
_PAGE = "autograd/engine"


@CLAIMS.on(_PAGE)
def circles_in_plain_python() -> Finding:
    """A framework in plain Python can train a four-layer net to classify circles."""
    X, T = two_rings(400, Random(0))
    model = four_layers(16, Random(0))
    train(model, DataLoader(X, T, batch_size=32, rng=Random(0)), epochs=12)
    right = accuracy(model, *two_rings(400, Random(1)))
    return judge(right > 0.95, f"more than 95 % of fresh points right: {right > 0.95}")


@CLAIMS.on(_PAGE)
def one_to_one() -> Finding:
    """The pieces of a mini framework and of PyTorch correspond one to one."""
    counts = [len(numbers) for numbers in run_rows()]
    return judge(
        len(counts) == 7, f"{len(counts)} pieces, {sum(counts)} numbers, all equal to 1e-9"
    )


@CLAIMS.on(_PAGE)
def five_hundred_times() -> Finding:
    """A four-layer framework in pure Python is 500 times slower than PyTorch."""
    small, large = band(*rounds(8, 1), repeats=1)[0], band(*rounds(64, 64), repeats=1)[0]
    faster, slower = small < 1, large > 10
    text = (
        f"3 × 8 units, one sample: Python is faster: {faster}; "
        f"3 × 64 units, batch 64: torch is more than ten times as fast: {slower}"
    )
    return judge(not (faster and slower), text, HALF)


@CLAIMS.on(_PAGE)
def forty_five_minutes() -> Finding:
    """45 minutes by hand against 30 seconds in PyTorch: 500 times faster."""
    ratio = 45 * 60 / 30
    return judge(ratio == 500, f"by the claim's own numbers, {ratio:g} times")


@CLAIMS.on(_PAGE)
def epoch_times() -> Finding:
    """An epoch of MNIST takes 300 s by hand, 0.5 s in PyTorch and 0.3 s in JAX."""
    return OPEN, "needs JAX, a GPU, and the machine that was timed"
