"""Claims that the chapter `docs/work/devices.md` checks."""

from __future__ import annotations

import warnings
from unittest.mock import patch

import torch
from torch import nn

from examples.models.modes import kept
from examples.reference.claims import FALSE, HALF, OPEN, Claims, Finding, judge
from examples.start.first_ten_minutes import X, XorMLP, Y
from examples.tensors.create import slowdown
from examples.work.devices import best_device

CLAIMS = Claims()
_PAGE = "work/devices"


@CLAIMS.on(_PAGE, of="0.34", at="Ask once, then follow", shows="best_device")
def harmless_without_gpu() -> Finding:
    """Code that picks the device itself runs unchanged where there is no GPU."""
    x = torch.ones(3)
    same = x.to("cpu") is x
    total = x.to(best_device()).sum().item()
    return judge(same and total == 3, f"`.to` where it is already returns the same tensor: {same}")


@CLAIMS.on(
    _PAGE, of="3.18", at="Two places at once", shows='layer(torch.ones(2, 3, device="meta"))'
)
def one_device() -> Finding:
    """All tensors of an operation must be on one device, or an error is raised."""
    try:
        nn.Linear(3, 1)(torch.ones(2, 3, device="meta"))
        return judge(False, "no error")
    except RuntimeError as error:
        scalar = (torch.ones(3, device="meta") * torch.tensor(2.0)).device.type
        text = f"`{error}` But a tensor without dimensions may come along: {scalar == 'meta'}"
        return judge(scalar != "meta", text, HALF)


@CLAIMS.on(_PAGE, of="3.38", at="Sixteen bits", shows="half = kept(model, x)")
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


@CLAIMS.on(
    _PAGE,
    of="3.38 3.61",
    at="Sixteen bits",
    shows="with torch.autocast(cuda.type, dtype=torch.float16)",
)
def amp_doubles_speed() -> Finding:
    """Mixed precision doubles the speed on a GPU."""
    return OPEN, "needs a GPU; the chapter has the block that measures it"


@CLAIMS.on(_PAGE, of="0.33", at="Ask once, then follow", shows="x, y = x.to(device), y.to(device)")
def three_lines() -> Finding:
    """Three lines take a training program to another device."""
    names = ("the model", "the inputs", "the answers")
    needed = []
    for left in names:
        places = ["cpu" if name == left else "meta" for name in names]
        model, x, y = XorMLP().to(places[0]), X.to(places[1]), Y.to(places[2])
        try:
            nn.functional.binary_cross_entropy(model(x), y)
        except RuntimeError:
            needed.append(left)
    count = 1 + len(needed)
    text = f"{count}: one picks the device, and these must move: {', '.join(needed)}"
    return judge(count <= 3, text, HALF)


@CLAIMS.on(_PAGE, of="3.39", at="Sixteen bits", shows='torch.amp.GradScaler("cuda").is_enabled()')
def scaler_on_cpu() -> Finding:
    """The loop with `autocast` and `GradScaler` runs on a CPU as it is."""
    torch.manual_seed(0)
    model, losses = XorMLP(), []
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    no_gpu = patch("torch.cuda.is_available", return_value=False)
    with no_gpu, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        scaler = torch.amp.GradScaler("cuda")
        for _ in range(50):
            with torch.autocast("cuda"):
                loss = nn.functional.binary_cross_entropy(model(X), Y)
            optimizer.zero_grad()
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
            losses.append(loss.item())
    falls, on = losses[-1] < losses[0], scaler.is_enabled()
    told = len({str(warning.message) for warning in caught})
    text = (
        f"{len(losses)} rounds run, the loss falls: {falls}; "
        f"warnings: {told}; the scaler is on: {on}"
    )
    return judge(falls and on, text, HALF if falls else FALSE)


@CLAIMS.on(_PAGE, of="0.32")
def thousands_of_cores() -> Finding:
    """A CPU has 8 to 16 cores, a GPU several thousand."""
    return OPEN, "needs a GPU, and says little: the two kinds of core are not alike"


@CLAIMS.on(_PAGE, of="3.18", at="Two places at once", shows="layer = nn.Linear(3, 1).to(cuda)")
def gpu_error() -> Finding:
    """Mixing CPU and GPU raises “Expected all tensors to be on the same device”."""
    return OPEN, "needs a GPU; the chapter has the block"


@CLAIMS.on(
    _PAGE,
    of="4.17",
    at="Not the same numbers",
    shows="table([torch.float64, torch.float32, torch.bfloat16, torch.float16], cuda, 8192)",
)
def twice_as_fast() -> Finding:
    """32-bit math is twice as fast as 64-bit math on GPUs."""
    kinds = (torch.float32, torch.float64)
    large = {kind: torch.rand(256, 256, dtype=kind) for kind in kinds}
    tiny = {kind: torch.rand(8, dtype=kind) for kind in kinds}
    big = slowdown(lambda kind: large[kind] @ large[kind]) > 1.3
    small = slowdown(lambda kind: [tiny[kind] + tiny[kind] for _ in range(500)]) > 1.6
    return OPEN, f"needs a GPU; on a CPU: a large product {big}, adding eight numbers {small}"
