"""Claims that the chapters in `docs/start/` check."""

from __future__ import annotations

import contextlib
import io
import math
from functools import cache

import torch
from torch import Tensor, nn

from examples.reference.claims import HALF, Claims, Finding, judge
from examples.start.by_hand_then_torch import largest_difference, net, random_start, train_by_hand
from examples.start.first_ten_minutes import X, XorMLP, Y, count_parameters, train, train_many
from examples.start.twenty_starts import fate, stack_starts, train_stack

CLAIMS = Claims()
_TEN = "start/first-ten-minutes"
_HAND = "start/by-hand-then-torch"


@CLAIMS.on(_TEN)
def polynomial() -> Finding:
    """The gradient of a² + 2a + 1 at a = 3 is 8."""
    a = torch.tensor(3.0, requires_grad=True)
    (a**2 + 2 * a + 1).backward()
    assert a.grad is not None
    return judge(a.grad.item() == 8, f"{a.grad.item():g}")


@CLAIMS.on(_TEN)
def sum_of_squares() -> Finding:
    """The gradient of Σx² at [2, 3] is [4, 6], and the sum is 13."""
    x = torch.tensor([2.0, 3.0], requires_grad=True)
    y = (x**2).sum()
    y.backward()
    assert x.grad is not None
    return judge(
        y.item() == 13 and x.grad.tolist() == [4, 6], f"{y.item():g} and {x.grad.tolist()}"
    )


@CLAIMS.on(_TEN)
def small_matrix() -> Finding:
    """The 2 × 3 table of 1 to 6 has mean 3.5, and a @ a.T is [[14, 32], [32, 77]]."""
    a = torch.arange(1.0, 7.0).reshape(2, 3)
    product = (a @ a.T).tolist()
    return judge(
        a.mean().item() == 3.5 and product == [[14, 32], [32, 77]], f"{a.mean():g}, {product}"
    )


@CLAIMS.on(_TEN)
def seventeen() -> Finding:
    """The 2-4-1 net has 12 + 5 = 17 parameters."""
    count = count_parameters(XorMLP())
    return judge(count == 17, f"{count}")


@CLAIMS.on(_TEN)
def two_by_four() -> Finding:
    """The layer from 2 to 4 holds a 2 × 4 weight matrix."""
    shape = tuple(nn.Linear(2, 4).weight.shape)
    return judge(shape == (2, 4), f"{shape[0]} × {shape[1]}")


@cache
def seed_42() -> tuple[list[float], Tensor]:
    """Return the 2,000 losses of the XOR net of seed 42, and its answers (4, 1)."""
    torch.manual_seed(42)
    model = XorMLP()
    with contextlib.redirect_stdout(io.StringIO()):
        losses = train(model)
    return losses, model(X).detach()


@CLAIMS.on(_TEN)
def printed_log() -> Finding:
    """With seed 42 the XOR log goes 0.7156 (epoch 1) … 0.3242 (1750) … 0.0127 (2000)."""
    losses, _ = seed_42()
    shown = [f"{losses[epoch - 1]:.4f}" for epoch in (1, 1750, 2000)]
    return judge(shown == ["0.7156", "0.3242", "0.0127"], " … ".join(shown))


@CLAIMS.on(_TEN)
def within_two_percent() -> Finding:
    """After training, each of the four probabilities is within 2 % of the truth."""
    worst = (seed_42()[1] - Y).abs().max().item()
    return judge(worst < 0.02, f"none is off by more than {100 * worst:.2f} %")


@CLAIMS.on(_TEN)
def plateau() -> Finding:
    """Every start of the XOR net gets there in the end."""
    last = train_many(1000)[1]
    learned = int((last < 0.1).sum())
    return judge(
        learned == 1000,
        f"of 1,000 starts {learned} learn it in 2,000 epochs; the others never left",
    )


@CLAIMS.on(_HAND)
def nine_numbers() -> Finding:
    """The 2-2-1 net has 4 + 2 and 2 + 1 numbers: 9."""
    count = sum(p.numel() for p in net().parameters())
    return judge(count == 9, f"{count}")


@CLAIMS.on(_HAND)
def by_hand_is_torch() -> Finding:
    """The net trained by hand and the same net in PyTorch agree."""
    path = train_by_hand(random_start(0), 1000)
    wide, narrow = (largest_difference(path, dtype) for dtype in (torch.float64, torch.float32))
    holds = wide < 1e-10 and narrow < 1e-3
    return judge(
        holds, f"over 1,000 steps: within 1e-10 in float64, within 1e-3 in float32: {holds}"
    )


@CLAIMS.on(_HAND)
def initialization() -> Finding:
    """A linear layer starts with uniform numbers within ±1/√(number of inputs)."""
    torch.manual_seed(0)
    ratios = [nn.Linear(n, 1000).weight.abs().max().item() * math.sqrt(n) for n in (2, 16, 100)]
    holds = all(0.99 < ratio <= 1 for ratio in ratios)
    return judge(holds, "largest × √inputs: " + ", ".join(f"{ratio:.3f}" for ratio in ratios))


@CLAIMS.on(_HAND)
def quarter() -> Finding:
    """A net that answers 0.5 to every XOR question has a mean square error of 0.25."""
    loss = nn.functional.mse_loss(torch.full_like(Y, 0.5), Y).item()
    return judge(loss == 0.25, f"{loss}")


@cache
def twenty() -> tuple[Tensor, Tensor]:
    """Return losses and lengths of gradients of 20 starts at every 100th epoch, (51, 20) each."""
    return train_stack(stack_starts(range(20)), epochs=5000)


def _ends() -> list[float]:
    ends: list[float] = twenty()[0][-1].tolist()
    return ends


@CLAIMS.on(_HAND)
def sixteen_of_ends() -> Finding:
    """Of twenty random starts of the 2-2-1 net, 16 converge and 4 stall."""
    fates = [fate(loss) for loss in _ends()]
    counts = {name: fates.count(name) for name in ("solved", "on its way", "stalled")}
    text = ", ".join(f"{count} {name}" for name, count in counts.items())
    return judge(counts["solved"] == 16, f"torch's seeds 0 to 19, 5,000 epochs: {text}", HALF)


@CLAIMS.on(_HAND)
def stuck_at_quarter() -> Finding:
    """A net that stalls gets stuck near 0.25."""
    stalled = [loss for loss in _ends() if fate(loss) == "stalled"]
    near = sum(abs(loss - 0.25) < 0.02 for loss in stalled)
    text = f"the {len(stalled)} that stall end between {min(stalled):.3f} and {max(stalled):.3f}"
    return judge(near == len(stalled), text)
