"""Claims that the chapters *Modules* and *Losses* check."""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional as F

from examples.models.gpt2 import GPT2Parts, gpt2_small
from examples.models.losses import at, floor, four_people, train
from examples.models.modules import LAYERS, MLP, Listed, Standardize, count
from examples.reference.claims import HALF, Claims, Finding, judge
from examples.tensors.create import people

CLAIMS = Claims()
_MODULES, _LOSSES = "models/modules", "models/losses"


@CLAIMS.on(_MODULES)
def thirty_three() -> Finding:
    """Counting by hand, 24 + 9, gives the parameters of a network 2-8-1."""
    layers = [nn.Linear(2, 8), nn.Linear(8, 1)]
    counts = [count(layer) for layer in layers]
    return judge(counts == [24, 9], f"{counts[0]} + {counts[1]} = {sum(counts)}")


@CLAIMS.on(_MODULES)
def digit_network() -> Finding:
    """The network 784-256-128-10 has 235,146 parameters."""
    counted = count(MLP(784, 256, 128, 10))
    return judge(counted == 235_146, f"{counted:,}")


@CLAIMS.on(_MODULES)
def gpt2() -> Finding:
    """GPT-2 small has 124 million parameters."""
    by_hand, counted = sum(gpt2_small().values()), count(GPT2Parts())
    text = f"{by_hand:,} by arithmetic, {counted:,} as modules"
    return judge(round(by_hand / 1e6) == round(counted / 1e6) == 124, text)


@CLAIMS.on(_MODULES)
def eight_formulas() -> Finding:
    """The parameters of eight common layers follow from simple formulas."""
    right = []
    for code, _, by_hand in LAYERS:
        with torch.device("meta"):
            right.append(count(eval(code, {"nn": nn})) == by_hand)
    return judge(all(right), f"{sum(right)} of {len(right)} as the formula says")


@CLAIMS.on(_MODULES)
def registered() -> Finding:
    """`nn.Module` registers layers, so that the optimizer finds them."""
    found = [count(nn.Sequential(nn.Linear(1, 16))), count(Listed())]
    text = f"assigned: {found[0]} parameters found; of 321 with two layers in a list: {found[1]}"
    return judge(found == [32, 17], text)


@CLAIMS.on(_MODULES)
def moves_all() -> Finding:
    """`.to()` moves every parameter and buffer, in all modules within."""
    model = nn.Sequential(Standardize(people()), nn.Sequential(nn.Linear(3, 1))).to("meta")
    gone = [tensor.is_meta for tensor in model.state_dict().values()]
    return judge(all(gone), f"to the meta device: {sum(gone)} of {len(gone)} tensors")


@CLAIMS.on(_MODULES)
def plain_python() -> Finding:
    """In `forward` you can print, branch and use a debugger."""

    class Fork(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * 2 if x.sum() > 0 else x * 3

    results = [Fork()(torch.tensor([v])).item() for v in (1.0, -1.0)]
    return judge(
        results == [2, -3],
        f"an `if` on the numbers: 1 gives {results[0]:g}, −1 gives {results[1]:g}".replace(
            "-", "−"
        ),
    )


@CLAIMS.on(_LOSSES)
def coin() -> Finding:
    """0.69 is −log 0.5, the loss of someone who always answers one half."""
    loss = F.binary_cross_entropy(torch.full((4,), 0.5), torch.tensor([0.0, 1, 1, 0])).item()
    return judge(f"{loss:.2f}" == f"{-math.log(0.5):.2f}" == "0.69", f"{loss:.4f}")


@CLAIMS.on(_LOSSES)
def float_precision() -> Finding:
    """An average of 1.0032 by hand instead of 1.0081 by program is float precision."""
    X, y, W = four_people()
    p = torch.sigmoid(X @ W)[:, 0]
    exact = F.binary_cross_entropy(p.double(), y.double()).item()
    rounded = F.binary_cross_entropy((p * 100).round() / 100, y).item()
    text = f"{exact:.4f} in float64, too; {rounded:.4f} if the probabilities are rounded first"
    return judge(abs(exact - 1.0081) > 0.001, text)


@CLAIMS.on(_LOSSES)
def overflow() -> Finding:
    """A sigmoid followed by `BCELoss` can overflow."""
    found = at(200.0, 0.0, "sigmoid, BCELoss")
    text = f"at logit 200: loss {found.loss:g}, gradient {found.gradient:g}"
    return judge(not math.isfinite(found.loss), f"{text}; no overflow, and no learning", HALF)


@CLAIMS.on(_LOSSES)
def bce_for_probabilities() -> Finding:
    """`BCELoss` is the right loss when the output is a probability."""
    logits, y = torch.tensor([-2.0, 3.0]), torch.tensor([0.0, 1.0])
    same = torch.allclose(
        F.binary_cross_entropy(logits.sigmoid(), y), F.binary_cross_entropy_with_logits(logits, y)
    )
    stuck = at(20.0, 0.0, "sigmoid, BCELoss").gradient == 0
    text = f"equal to the loss of small logits: {same}; gradient 0 at logit 20: {stuck}"
    return judge(same and not stuck, text, HALF)


@CLAIMS.on(_LOSSES)
def two_parts() -> Finding:
    """`CrossEntropyLoss` is `LogSoftmax` followed by `NLLLoss`."""
    torch.manual_seed(0)
    logits, labels = torch.randn(50, 10), torch.randint(10, (50,))
    both = F.nll_loss(F.log_softmax(logits, dim=1), labels)
    equal = torch.equal(F.cross_entropy(logits, labels), both)
    return judge(equal, f"50 rows of 10 classes, equal: {equal}")


@CLAIMS.on(_LOSSES)
def softmax_first() -> Finding:
    """A softmax before `CrossEntropyLoss` gives wrong gradients, silently."""
    right, wrong = train(False, lr=0.1, epochs=1), train(True, lr=0.1, epochs=1)
    ratio = right.first_gradient / wrong.first_gradient
    text = f"first gradient {ratio:.0f} times smaller; the loss cannot fall below {floor(10):.2f}"
    return judge(ratio > 2, text)
