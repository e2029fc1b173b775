"""Claims that the chapter `docs/models/generalization.md` checks."""

from __future__ import annotations

import torch

from examples.models.generalization import digits, evaluate, fit, net, seeded
from examples.models.modes import forgotten, kept
from examples.reference.claims import HALF, Claims, Finding, judge

CLAIMS = Claims()
_PAGE = "models/generalization"


@CLAIMS.on(_PAGE, of="1.16", at="Two modes: train and eval", shows="two_minds.eval()(image)")
def two_modes() -> Finding:
    """`train()` and `eval()` switch what dropout and batch norm do."""
    torch.manual_seed(0)
    x, same = torch.rand(8, 64), []
    for model in (net(dropout=0.5), net(norm=True)):
        same.append(torch.equal(model.train()(x), model.eval()(x)))
    text = f"equal outputs in both modes: with dropout {same[0]}, with batch norm {same[1]}"
    return judge(not any(same), text)


@CLAIMS.on(_PAGE, of="1.17", at="Two modes: train and eval", shows="forgotten")
def forgetting_eval() -> Finding:
    """Forgetting `eval()` gives wrong validation numbers."""
    data = digits()
    lost = []
    for run, size in (
        (seeded(0, data, dropout=0.5), 400),
        (seeded(0, data, norm=True), 400),
        (seeded(0, data, norm=True), 4),
    ):
        torch.manual_seed(0)
        right = evaluate(run.model, data.x_val, data.y_val)[1]
        lost.append(right - forgotten(run.model, data.x_val, data.y_val, size) > 3)
    words = [("no harm", "worse")[worse] for worse in lost]
    text = (
        f"dropout: {words[0]}; batch norm on 400 at once: {words[1]}; in batches of 4: {words[2]}"
    )
    return judge(all(lost), text, HALF)


@CLAIMS.on(
    _PAGE, of="3.50", at="Another switch: no_grad", shows="bytes are kept for a backward pass"
)
def no_grad_saves() -> Finding:
    """`no_grad` saves memory when a model is evaluated."""
    x = torch.rand(1000, 64)
    recorded = kept(net(), x)
    with torch.no_grad():
        silent = kept(net(), x)
    return judge(silent == 0 < recorded, f"{recorded:,} bytes kept without it, {silent} with it")


@CLAIMS.on(
    _PAGE, of="3.59", at="Exercise 5: put batch norm in", shows="first epoch at 96 %, batch norm"
)
def norm_is_faster() -> Finding:
    """With batch norm, 98 % on MNIST is reached in fewer epochs."""
    data, sooner = digits(1000, wrong=0), []
    for seed in range(3):
        first = []
        for norm in (True, False):
            torch.manual_seed(seed)
            right = fit(net(norm=norm), data, epochs=12).val_right
            first.append(next((n for n, value in enumerate(right) if value >= 96), 99))
        sooner.append(first[0] < first[1])
    count = f"{sum(sooner)} of {len(sooner)}"
    text = f"on 8×8 digits in place of MNIST, 96 % is reached sooner for {count} seeds"
    return judge(all(sooner), text)
