"""Claims that the chapter `docs/models/digits.md` checks."""

from __future__ import annotations

from examples.models.xor_to_digits import difference, digits, xor
from examples.reference.claims import HALF, OPEN, Claims, Finding, judge

CLAIMS = Claims()
_PAGE = "models/digits"


@CLAIMS.on(_PAGE)
def from_xor_to_digits() -> Finding:
    """From XOR to digits only the data and the sizes change; the steps stay identical."""
    lines = difference(xor, digits)
    kept = [line for line in lines if line.startswith(" ")]
    same = all(any(word in line for line in kept) for word in ("zero_grad", "backward", "step()"))
    loss = any(line.startswith("+loss_fn") for line in lines)
    text = f"the steps stay: {same}; the loss and the reading of answers change, too: {loss}"
    return judge(same and not loss, text, HALF)


@CLAIMS.on(_PAGE)
def mnist_97() -> Finding:
    """A 784-128-10 net gets 97 % on MNIST after ten epochs, in under a minute on a laptop."""
    return OPEN, "needs the files and minutes; the chapter trains a larger net on them"


@CLAIMS.on(_PAGE)
def mnist_978() -> Finding:
    """784-256-128-10 gets 97.8 % on MNIST after ten epochs: 30 s on a CPU, 5 s on a GPU."""
    return OPEN, "needs the files and minutes, and a GPU for the 5 s; the chapter has three starts"
