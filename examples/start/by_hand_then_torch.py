"""A net of nine numbers that learns XOR: by hand, then in torch from the same start.

The order of the nine numbers is the same everywhere, and it is that of `model.parameters()`:
`w11 w12 w21 w22` (weight of input j in hidden unit i), `b1 b2`, `v1 v2` (weights of the output),
`c` (its bias).
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable

import torch
from torch import Tensor, nn

# --8<-- [start:data]
INPUTS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
TARGETS = [0.0, 1.0, 1.0, 0.0]
# --8<-- [end:data]


# --8<-- [start:start]
def random_start(seed: int) -> list[float]:
    """Draw nine starting numbers, each uniform within ±1/√2.

    >>> [round(p, 2) for p in random_start(0)][:3]
    [0.49, 0.36, -0.11]
    """
    reach = 1 / math.sqrt(2)
    generator = random.Random(seed)
    return [generator.uniform(-reach, reach) for _ in range(9)]


# --8<-- [end:start]


# --8<-- [start:sigmoid]
def sigmoid(z: float) -> float:
    """Squash any number into the open interval from 0 to 1.

    >>> sigmoid(0.0)
    0.5
    """
    return 1 / (1 + math.exp(-z))


# --8<-- [end:sigmoid]


# --8<-- [start:forward]
def forward(theta: list[float], x: list[float]) -> tuple[float, float, float]:
    """Return both hidden values and the answer for one case.

    >>> forward([0.0] * 9, [1.0, 0.0])
    (0.5, 0.5, 0.5)
    """
    w11, w12, w21, w22, b1, b2, v1, v2, c = theta
    x1, x2 = x
    h1 = sigmoid(w11 * x1 + w12 * x2 + b1)
    h2 = sigmoid(w21 * x1 + w22 * x2 + b2)
    y = sigmoid(v1 * h1 + v2 * h2 + c)
    return h1, h2, y


# --8<-- [end:forward]


# --8<-- [start:loss]
def mean_square(answers: list[float]) -> float:
    """Average the squared errors of four answers.

    >>> mean_square([0.0, 1.0, 1.0, 0.0])
    0.0
    """
    pairs = zip(answers, TARGETS, strict=True)
    return sum((y - t) ** 2 for y, t in pairs) / 4


def loss_by_hand(theta: list[float]) -> float:
    """Return the loss of the net that has these nine numbers.

    >>> loss_by_hand([0.0] * 9)
    0.25
    """
    return mean_square([forward(theta, x)[2] for x in INPUTS])


# --8<-- [end:loss]


# --8<-- [start:slopes]
def slopes(theta: list[float]) -> list[float]:
    """Return the slopes of the loss along all nine numbers.

    >>> slopes([0.0] * 9)
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    v1, v2 = theta[6:8]
    total = [0.0] * 9
    for x, t in zip(INPUTS, TARGETS, strict=True):
        x1, x2 = x
        h1, h2, y = forward(theta, x)
        d_y = 2 * (y - t) / 4  # step 1
        d_o = d_y * y * (1 - y)  # step 2
        d_h1, d_h2 = d_o * v1, d_o * v2  # step 4
        d_z1 = d_h1 * h1 * (1 - h1)  # step 5
        d_z2 = d_h2 * h2 * (1 - h2)
        case = [d_z1 * x1, d_z1 * x2, d_z2 * x1, d_z2 * x2]  # step 6
        case += [d_z1, d_z2]
        case += [d_o * h1, d_o * h2, d_o]  # step 3
        total = [a + b for a, b in zip(total, case, strict=True)]
    return total


# --8<-- [end:slopes]


# --8<-- [start:update]
def update(theta: list[float], total: list[float], lr: float) -> list[float]:
    """Move every number a little against its slope.

    >>> update([1.0, 2.0], [0.5, -0.5], lr=1.0)
    [0.5, 2.5]
    """
    return [p - lr * g for p, g in zip(theta, total, strict=True)]


# --8<-- [end:update]


# --8<-- [start:train]
def train_by_hand(theta: list[float], epochs: int) -> list[list[float]]:
    """Return the nine numbers before the first step and after each one.

    >>> len(train_by_hand(random_start(0), epochs=3))
    4
    """
    path = [theta]
    for _ in range(epochs):
        path.append(update(path[-1], slopes(path[-1]), lr=1.0))
    return path


# --8<-- [end:train]


# --8<-- [start:net]
def net() -> nn.Sequential:
    """Build the same net from torch's parts, with a start of torch's own.

    >>> sum(p.numel() for p in net().parameters())
    9
    """
    return nn.Sequential(
        nn.Linear(2, 2),
        nn.Sigmoid(),
        nn.Linear(2, 1),
        nn.Sigmoid(),
    )


# --8<-- [end:net]


# --8<-- [start:load]
def load(model: nn.Module, theta: list[float]) -> None:
    """Copy nine numbers into a model, in the order of its parameters.

    >>> model = net()
    >>> load(model, [0.0] * 9)
    >>> model(torch.zeros(1, 2)).item()
    0.5
    """
    rest = torch.tensor(theta, dtype=torch.float64)
    with torch.no_grad():  # a copy is no part of what is learned
        for p in model.parameters():
            p.copy_(rest[: p.numel()].view_as(p))
            rest = rest[p.numel() :]


# --8<-- [end:load]


# --8<-- [start:flat]
def flat(tensors: Iterable[Tensor]) -> list[float]:
    """Return all numbers of some tensors as one plain list.

    >>> flat([torch.zeros(2), torch.ones(1, 1)])
    [0.0, 0.0, 1.0]
    """
    return [n for tensor in tensors for n in tensor.detach().flatten().tolist()]


# --8<-- [end:flat]


# --8<-- [start:beside]
def largest_difference(path: list[list[float]], dtype: torch.dtype) -> float:
    """Train beside a path made by hand; return how far any number ever was off.

    >>> path = train_by_hand(random_start(0), epochs=10)
    >>> largest_difference(path, torch.float64) < 1e-14
    True
    """
    X = torch.tensor(INPUTS, dtype=dtype)
    T = torch.tensor(TARGETS, dtype=dtype).reshape(4, 1)
    model = net().to(dtype)
    load(model, path[0])
    loss_fn = nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    worst = 0.0
    for numbers in path[1:]:
        Y = model(X)
        loss = loss_fn(Y, T)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        pairs = zip(flat(model.parameters()), numbers, strict=True)
        worst = max(worst, max(abs(a - b) for a, b in pairs))
    return worst


# --8<-- [end:beside]


if __name__ == "__main__":
    path = train_by_hand(random_start(0), epochs=5000)
    for epoch in range(0, 5001, 1000):
        print(f"{epoch:5} {loss_by_hand(path[epoch]):.4f}")
    print([round(forward(path[-1], x)[2], 3) for x in INPUTS])
