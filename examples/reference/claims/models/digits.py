"""Claims that the chapter `docs/models/digits.md` checks."""

from __future__ import annotations

import re

from examples.models.xor_to_digits import difference, digits, xor
from examples.reference.claims import FALSE, HALF, OPEN, Claims, Finding, judge
from examples.reference.claims.sources import percents, recorded

CLAIMS = Claims()
_PAGE = "models/digits"


@CLAIMS.on(_PAGE, of="0.36", at="From XOR to digits", shows="lines = difference(xor, digits)")
def from_xor_to_digits() -> Finding:
    """From XOR to digits only the data and the sizes change; the steps stay identical."""
    lines = difference(xor, digits)
    kept = [line for line in lines if line.startswith(" ")]
    same = all(any(word in line for line in kept) for word in ("zero_grad", "backward", "step()"))
    new = [line for line in lines if line.startswith("+")]
    loss, answer = (any(word in line for line in new) for word in ("loss_fn", "argmax"))
    text = f"the steps stay: {same}; the loss changes: {loss}, how answers are read: {answer}"
    return judge(same and not loss and not answer, text, HALF if same else FALSE)


def _seconds() -> int:
    """Return how long ten epochs of 784-256-128-10 took when they were recorded."""
    said = re.search(r"took (\d+) seconds", recorded(_PAGE, "mean = sum(percents) / 3"))
    assert said is not None
    return int(said[1])


@CLAIMS.on(_PAGE, of="0.35", at="MNIST", shows="whole = {}")
def mnist_97() -> Finding:
    """The code for XOR, with 784-128-10, gets 97 % on MNIST in 10 epochs, under a minute."""
    batches, whole = percents(recorded(_PAGE, "whole = {}"))
    text = (
        f"as recorded, {whole:.1f} % in one batch of all, as for XOR, {batches:.1f} % in batches "
        f"of 64; a larger network took {_seconds()} s on one thread"
    )
    soon = _seconds() < 60
    return judge(whole >= 97 and soon, text, HALF if batches >= 97 and soon else FALSE)


@CLAIMS.on(_PAGE, of="3.52", at="MNIST", shows="three = [writer]")
def mnist_978() -> Finding:
    """784-256-128-10 gets 97.8 % on MNIST after ten epochs, in about 30 s on a CPU."""
    found = percents(recorded(_PAGE, "three = [writer]"))
    took = _seconds()
    listed = ", ".join(f"{percent:.1f}" for percent in found)
    text = (
        f"as recorded, {listed} % from {len(found)} starts; the first took {took} s on one thread"
    )
    return judge(min(found) >= 97.8 and took < 60, text, HALF if min(found) >= 97.8 else FALSE)


@CLAIMS.on(_PAGE, of="3.52")
def five_seconds_on_a_gpu() -> Finding:
    """The same ten epochs take about 5 s on a GPU."""
    return OPEN, "needs a GPU"


@CLAIMS.on(_PAGE, of="3.62", at="Fashion-MNIST", shows='fashion = large("fashion-mnist")')
def fashion_88() -> Finding:
    """On Fashion-MNIST expect about 88 %, where MNIST gives about 98 %."""
    first = "clothes_right = accuracy(tailor, fashion.x_test, fashion.y_test)"
    (clothes,) = percents(recorded(_PAGE, first))
    digit_starts = percents(recorded(_PAGE, "three = [writer]"))
    mean = sum(digit_starts) / len(digit_starts)
    text = f"as recorded, {clothes:.1f} % of the clothes and {mean:.1f} % of the digits"
    return judge(abs(clothes - 88) < 1.5 and abs(mean - 98) < 0.5, text)
