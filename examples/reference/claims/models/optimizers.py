"""Claims that the chapter `docs/models/optimizers.md` checks."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn

from examples.models.optimizers import arrival, crossings, descend, schedulers
from examples.reference.claims import Claims, Finding, judge
from examples.reference.claims.models.training_loop import first_step, losses_of
from examples.tensors.create import people

CLAIMS = Claims()
_PAGE = "models/optimizers"


@CLAIMS.on(_PAGE, of="4.62", at="One weight, one valley", shows="arrives after step")
def small_rates() -> Finding:
    """On (w − 3)², lr .01 takes hundreds of steps, and .1 about twenty."""
    steps = [arrival(descend(lr, 500)) or 0 for lr in (0.01, 0.1)]
    return judge(
        steps[0] > 200 and 15 <= steps[1] <= 30, f"within .01 after {steps[0]} and {steps[1]}"
    )


@CLAIMS.on(_PAGE, of="4.62", at="One weight, one valley", shows="arrives after step")
def half_overshoots() -> Finding:
    """On (w − 3)², lr .5 overshoots and oscillates or diverges."""
    path = descend(0.5, 50)
    return judge(
        crossings(path) > 0, f"arrives after {arrival(path)} step, crosses {crossings(path)} times"
    )


@CLAIMS.on(_PAGE, of="2.10", at="What an optimizer owns", shows="SGD's lr")
def default_rate() -> Finding:
    """SGD's default learning rate is 0.001."""
    rate = torch.optim.SGD([nn.Parameter(torch.zeros(1))]).defaults["lr"]
    return judge(rate == 0.001, f"{rate}")


@CLAIMS.on(
    _PAGE,
    of="2.12",
    at="What an optimizer owns",
    shows="by_hand = [torch.add(p.detach(), p.grad, alpha=-",
)
def step_is_subtraction() -> Finding:
    """`step()` of plain SGD is parameter minus rate times gradient."""
    unit = first_step()[2]
    assert unit.weight.grad is not None
    want = torch.add(unit.weight.detach(), unit.weight.grad, alpha=-1e-4)
    torch.optim.SGD(unit.parameters(), lr=1e-4).step()
    same = torch.equal(unit.weight, want)
    return judge(same, f"bit for bit: {same}")


@CLAIMS.on(_PAGE, of="3.56", at="Schedules", shows="found = schedulers()")
def fifteen_schedulers() -> Finding:
    """PyTorch has 15 or more learning-rate schedulers."""
    count = len(schedulers())
    return judge(count >= 15, f"{count}")


@CLAIMS.on(
    _PAGE, of="4.54", at="Features in different units", shows="print(unit.weight.grad / X.mean(0))"
)
def large_gradient() -> Finding:
    """The gradient of 40.7 means that the weight for height is far too high."""
    unit = first_step()[2]
    assert unit.weight.grad is not None
    share = (unit.weight.grad / people().mean(0)).flatten()
    text = "divided by each feature's mean: " + ", ".join(f"{v:.2f}" for v in share.tolist())
    return judge(bool(share[0] > 2 * share[1:].max()), text)


@CLAIMS.on(_PAGE, of="3.31", at="What an optimizer owns", shows="| optimizer | default lr |")
def default_rates() -> Finding:
    """Adam and AdamW begin with a rate of 0.001, LBFGS with 1."""
    w = [nn.Parameter(torch.zeros(1))]
    makers = (torch.optim.Adam, torch.optim.AdamW, torch.optim.LBFGS)
    rates = [make(w).defaults["lr"] for make in makers]
    return judge(rates == [0.001, 0.001, 1], ", ".join(f"{rate:g}" for rate in rates))


@CLAIMS.on(_PAGE, of="4.55", at="Features in different units", shows='("cm, kg, years", lr)')
def small_because_raw() -> Finding:
    """Data that is not normalized needs a rate as small as 0.0001."""
    x = people()
    scaled = (x - x.mean(0)) / x.std(0)
    small, large = losses_of(x, 1e-4, steps=2), losses_of(x, 1e-3, steps=2)
    falls, rises = small[1] < small[0], large[1] > large[0]
    tamed = all(b < a for a, b in pairwise(losses_of(scaled, 0.5)))
    text = (
        f"raw, the first step at 0.0001 lowers the loss: {falls}, at 0.001 raises it: {rises}; "
        f"scaled, each step at 0.5 lowers it: {tamed}"
    )
    return judge(falls and rises and tamed, text)
