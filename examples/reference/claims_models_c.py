"""Claims that the chapters *Data* and *Digits* check, where no download is needed."""

from __future__ import annotations

import warnings

from examples.models.data import Memory, Waiting, second_pass
from examples.models.xor_to_digits import difference, digits, xor
from examples.reference.claims import HALF, Claims, Finding, judge

CLAIMS = Claims()
_DATA, _DIGITS = "models/data", "models/digits"


@CLAIMS.on(_DATA)
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


@CLAIMS.on(_DIGITS)
def from_xor_to_digits() -> Finding:
    """From XOR to digits only the data and the sizes change; the steps stay identical."""
    lines = difference(xor, digits)
    kept = [line for line in lines if line.startswith(" ")]
    same = all(any(word in line for line in kept) for word in ("zero_grad", "backward", "step()"))
    loss = any(line.startswith("+loss_fn") for line in lines)
    text = f"the steps stay: {same}; the loss and the reading of answers change, too: {loss}"
    return judge(same and not loss, text, HALF)
