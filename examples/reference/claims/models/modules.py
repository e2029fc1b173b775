"""Claims that the chapter `docs/models/modules.md` checks."""

from __future__ import annotations

import contextlib
import io
import sys
from unittest.mock import patch

import torch
from torch import nn

from examples.models.gpt2 import GPT2Parts, gpt2_small
from examples.models.modules import LAYERS, MLP, Listed, Standardize, count
from examples.reference.claims import Claims, Finding, judge
from examples.tensors.create import people

CLAIMS = Claims()
_PAGE = "models/modules"


@CLAIMS.on(_PAGE, of="1.13", at="A class with two jobs", shows="nn.Linear(2, 8)")
def thirty_three() -> Finding:
    """Counting by hand, 24 + 9, gives the parameters of a network 2-8-1."""
    layers = [nn.Linear(2, 8), nn.Linear(8, 1)]
    counts = [count(layer) for layer in layers]
    return judge(counts == [24, 9], f"{counts[0]} + {counts[1]} = {sum(counts)}")


@CLAIMS.on(_PAGE, of="3.48", at="A class with two jobs", shows="MLP(784, 256, 128, 10)")
def digit_network() -> Finding:
    """The network 784-256-128-10 has 235,146 parameters."""
    counted = count(MLP(784, 256, 128, 10))
    return judge(counted == 235_146, f"{counted:,}")


@CLAIMS.on(_PAGE, of="3.48", at="GPT-2 small on the back of an envelope", shows="gpt2_small")
def gpt2() -> Finding:
    """GPT-2 small has 124 million parameters."""
    by_hand, counted = sum(gpt2_small().values()), count(GPT2Parts())
    text = f"{by_hand:,} by arithmetic, {counted:,} as modules"
    return judge(round(by_hand / 1e6) == round(counted / 1e6) == 124, text)


@CLAIMS.on(
    _PAGE,
    of="3.28",
    at="Eight layers, counted",
    shows="from examples.models.modules import layer_table",
)
def eight_formulas() -> Finding:
    """The parameters of eight common layers follow from simple formulas."""
    right = []
    for code, _, by_hand in LAYERS:
        with torch.device("meta"):
            right.append(count(eval(code, {"nn": nn})) == by_hand)
    return judge(all(right), f"{sum(right)} of {len(right)} as the formula says")


@CLAIMS.on(_PAGE, of="0.24 3.27", at="A network that half learns", shows="Listed")
def registered() -> Finding:
    """`nn.Module` registers layers, so that the optimizer finds them."""
    listed = Listed()
    found = [count(nn.Sequential(nn.Linear(1, 16))), count(listed)]
    whole = found[1] + sum(count(layer) for layer in listed.hidden)
    text = f"assigned: {found[0]} parameters found; two layers in a list: {found[1]} of {whole}"
    return judge(found == [32, 17], text)


@CLAIMS.on(_PAGE, of="3.37", at="Buffers: saved, not trained", shows="Standardize")
def moves_all() -> Finding:
    """`.to()` moves every parameter and buffer, in all modules within."""
    model = nn.Sequential(Standardize(people()), nn.Sequential(nn.Linear(3, 1))).to("meta")
    gone = [tensor.is_meta for tensor in model.state_dict().values()]
    return judge(all(gone), f"to the meta device: {sum(gone)} of {len(gone)} tensors")


@CLAIMS.on(
    _PAGE, of="0.05 3.10", at="forward is plain Python", shows="self.high(x) if x.mean() > 0"
)
def plain_python() -> Finding:
    """In `forward` you can print, branch and use a debugger."""

    class Fork(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            print(tuple(x.shape))
            breakpoint()  # noqa: T100 (a debugger stops here: ours is `stop`)
            return x * 2 if x.sum() > 0 else x * 3

    def stop() -> None:
        stopped.append(sys._getframe(1).f_locals["x"].item())

    stopped: list[float] = []
    printed = io.StringIO()
    with patch("sys.breakpointhook", stop), contextlib.redirect_stdout(printed):
        results = [Fork()(torch.tensor([v])).item() for v in (1.0, -1.0)]
    seen = printed.getvalue().split()
    text = (
        f"an `if`: 1 gives {results[0]:g}, −1 gives {results[1]:g}; printed: {' '.join(seen)}; "
        f"a debugger stops at {' and '.join(f'{x:g}' for x in stopped)}"
    ).replace("-", "−")
    shown = seen == ["(1,)", "(1,)"] and stopped == [1, -1]
    return judge(results == [2, -3] and shown, text)


@CLAIMS.on(_PAGE, of="3.25", at="Assignment registers", shows="list(twice.state_dict())")
def names_of_all() -> Finding:
    """The `state_dict` has every parameter by its name, at any depth."""
    model = nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.Linear(3, 1)))
    names = list(model.state_dict())
    return judge(names == [name for name, _ in model.named_parameters()], ", ".join(names))


@CLAIMS.on(_PAGE, of="3.06")
def resnet() -> Finding:
    """ResNet-50 has 25.6 million parameters."""
    total, before = 64 * 3 * 7 * 7 + 2 * 64, 64
    for width, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        total += before * 4 * width + 2 * 4 * width  # the first block's shortcut
        for _ in range(blocks):  # 1 × 1, 3 × 3 and 1 × 1, each with a batch norm
            total += before * width + 9 * width**2 + 4 * width**2 + 2 * (width + width + 4 * width)
            before = 4 * width
    total += before * 1000 + 1000
    return judge(round(total / 1e5) == 256, f"{total:,} by arithmetic")
