"""Claims that the chapters *Generalization* and *Devices* check."""

from __future__ import annotations

import torch
from torch import nn

from examples.models.generalization import digits, evaluate, fit, net, seeded
from examples.models.modes import forgotten, kept
from examples.reference.claims import HALF, OPEN, Claims, Finding, judge
from examples.work.devices import best_device

CLAIMS = Claims()
_GENERAL, _DEVICES = "models/generalization", "work/devices"


@CLAIMS.on(_GENERAL)
def two_modes() -> Finding:
    """`train()` and `eval()` switch what dropout and batch norm do."""
    torch.manual_seed(0)
    x, same = torch.rand(8, 64), []
    for model in (net(dropout=0.5), net(norm=True)):
        same.append(torch.equal(model.train()(x), model.eval()(x)))
    return judge(not any(same), "the same input has another output in the other mode, for both")


@CLAIMS.on(_GENERAL)
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


@CLAIMS.on(_GENERAL)
def no_grad_saves() -> Finding:
    """`no_grad` saves memory when a model is evaluated."""
    x = torch.rand(1000, 64)
    recorded = kept(net(), x)
    with torch.no_grad():
        silent = kept(net(), x)
    return judge(silent == 0 < recorded, f"{recorded:,} bytes kept without it, {silent} with it")


@CLAIMS.on(_GENERAL)
def norm_is_faster() -> Finding:
    """With batch norm, a goal is reached in fewer epochs."""
    data, sooner = digits(1000, wrong=0), []
    for seed in range(3):
        first = []
        for norm in (True, False):
            torch.manual_seed(seed)
            right = fit(net(norm=norm), data, epochs=12).val_right
            first.append(next((n for n, value in enumerate(right) if value >= 96), 99))
        sooner.append(first[0] < first[1])
    text = f"96 % of the 8×8 digits sooner with it: {sum(sooner)} of {len(sooner)} seeds"
    return judge(all(sooner), text)


@CLAIMS.on(_DEVICES)
def harmless_without_gpu() -> Finding:
    """Code that picks the device itself runs unchanged where there is no GPU."""
    x = torch.ones(3)
    same = x.to("cpu") is x
    total = x.to(best_device()).sum().item()
    return judge(same and total == 3, f"`.to` where it is already returns the same tensor: {same}")


@CLAIMS.on(_DEVICES)
def one_device() -> Finding:
    """All tensors of an operation must be on one device, or an error is raised."""
    try:
        nn.Linear(3, 1)(torch.ones(2, 3, device="meta"))
        return judge(False, "no error")
    except RuntimeError as error:
        scalar = (torch.ones(3, device="meta") * torch.tensor(2.0)).device.type
        text = f"`{error}` But a tensor without dimensions may come along: {scalar == 'meta'}"
        return judge(scalar != "meta", text, HALF)


@CLAIMS.on(_DEVICES)
def amp_halves_memory() -> Finding:
    """Mixed precision halves the memory."""
    model = nn.Sequential(*[nn.Linear(256, 256) for _ in range(2)], nn.Linear(256, 10))
    factors = []
    for rows in (16, 4096):
        x = torch.rand(rows, 256)
        full = kept(model, x)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            factors.append(kept(model, x) / full)
    text = f"kept for backward: × {factors[1]:.2f} for 4,096 rows, × {factors[0]:.2f} for 16"
    return judge(all(factor < 0.6 for factor in factors), text, HALF)


@CLAIMS.on(_DEVICES)
def amp_doubles_speed() -> Finding:
    """Mixed precision doubles the speed on a GPU."""
    return OPEN, "needs a GPU; the chapter has the block that measures it"
