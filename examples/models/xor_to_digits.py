"""One program twice: XOR, and handwritten digits. What differs is all that changes.

Run it: `python -m examples.models.xor_to_digits`.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable

import torch
from torch import nn

from examples.models.digits import Batches, net, small


# --8<-- [start:xor]
def xor() -> float:
    """Learn XOR; return how many of 100 answers are right."""
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    epochs, size, lr = 300, 4, 0.01
    model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
    loss_fn = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr)
    for _ in range(epochs):
        for xb, yb in Batches(x, y, size):
            output = model(xb)
            loss = loss_fn(output, yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.eval()
    right = (model(x) > 0) == (y > 0.5)
    return 100 * float(right.float().mean())


# --8<-- [end:xor]


# --8<-- [start:digits]
def digits() -> float:
    """Learn handwritten digits; return how many of 100 new ones are right."""
    data = small()
    x, y = data.x, data.y
    epochs, size, lr = 20, 64, 0.001
    model = net(64)
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr)
    for _ in range(epochs):
        for xb, yb in Batches(x, y, size):
            output = model(xb)
            loss = loss_fn(output, yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.eval()
    right = model(data.x_test).argmax(dim=1) == data.y_test
    return 100 * float(right.float().mean())


# --8<-- [end:digits]


def difference(old: Callable[[], float], new: Callable[[], float]) -> list[str]:
    """Return the bodies of two functions as one diff: `-` only in the first, `+` in the second.

    >>> [line for line in difference(xor, digits) if "optimizer.step" in line]
    ['         optimizer.step()']
    """
    before, after = (inspect.getsource(program).splitlines()[2:] for program in (old, new))
    lines = difflib.unified_diff(before, after, n=99, lineterm="")
    return [line[:1] + line[5:] for line in lines if not line.startswith(("---", "+++", "@@"))]


if __name__ == "__main__":
    for program in (xor, digits):
        torch.manual_seed(0)
        print(f"{program.__name__}: {program():.1f} %")
