"""Claims that the chapter `docs/models/losses.md` checks."""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional as F

from examples.models.losses import JOBS, at, floor, four_people, train
from examples.reference.claims import FALSE, HALF, Claims, Finding, judge

CLAIMS = Claims()
_PAGE = "models/losses"


@CLAIMS.on(_PAGE, of="0.29", at="Surprise", shows="math.log(2):.4f")
def coin() -> Finding:
    """0.69 is −log 0.5, the loss of someone who always answers one half."""
    loss = F.binary_cross_entropy(torch.full((4,), 0.5), torch.tensor([0.0, 1, 1, 0])).item()
    return judge(f"{loss:.2f}" == f"{-math.log(0.5):.2f}" == "0.69", f"{loss:.4f}")


@CLAIMS.on(_PAGE, of="4.51", at="Surprise", shows="rounded = (p * 100).round() / 100")
def float_precision() -> Finding:
    """An average of 1.0032 by hand instead of 1.0081 by program is float precision."""
    X, y, W = four_people()
    p = torch.sigmoid(X @ W)[:, 0]
    exact = F.binary_cross_entropy(p.double(), y.double()).item()
    rounded = F.binary_cross_entropy((p * 100).round() / 100, y).item()
    text = f"{exact:.4f} in float64, too; {rounded:.4f} if the probabilities are rounded first"
    return judge(abs(exact - 1.0081) > 0.001, text)


@CLAIMS.on(
    _PAGE, of="1.18", at="Logits: let the network say any number", shows="at(200.0, 0.0, way)"
)
def overflow() -> Finding:
    """A sigmoid followed by `BCELoss` can overflow."""
    found = at(200.0, 0.0, "sigmoid, BCELoss")
    by_hand = at(200.0, 0.0, "sigmoid, −log by hand")
    text = (
        f"at logit 200: loss {found.loss:g}, gradient {found.gradient:g}; "
        f"−log by hand: {by_hand.loss:g}"
    )
    stuck = found.gradient == 0
    return judge(not math.isfinite(found.loss), text, HALF if stuck else FALSE)


@CLAIMS.on(
    _PAGE,
    of="0.25",
    at="Logits: let the network say any number",
    shows='a = at(logit, 0.0, "sigmoid, BCELoss")',
)
def bce_for_probabilities() -> Finding:
    """`BCELoss` is the right loss when the output is a probability."""
    logits, y = torch.tensor([-2.0, 3.0]), torch.tensor([0.0, 1.0])
    same = torch.allclose(
        F.binary_cross_entropy(logits.sigmoid(), y), F.binary_cross_entropy_with_logits(logits, y)
    )
    stuck = at(20.0, 0.0, "sigmoid, BCELoss").gradient == 0
    text = f"equal to the loss of small logits: {same}; gradient 0 at logit 20: {stuck}"
    return judge(same and not stuck, text, HALF)


@CLAIMS.on(_PAGE, of="3.30", at="Softmax first: the mistake without a message", shows="log_softmax")
def two_parts() -> Finding:
    """`CrossEntropyLoss` is `LogSoftmax` followed by `NLLLoss`."""
    torch.manual_seed(0)
    logits, labels = torch.randn(50, 10), torch.randint(10, (50,))
    both = F.nll_loss(F.log_softmax(logits, dim=1), labels)
    equal = torch.equal(F.cross_entropy(logits, labels), both)
    return judge(equal, f"50 rows of 10 classes, equal: {equal}")


@CLAIMS.on(
    _PAGE,
    of="3.30",
    at="Softmax first: the mistake without a message",
    shows="run = runs[lr, softmax_first] = train(softmax_first, lr)",
)
def softmax_first() -> Finding:
    """A softmax before `CrossEntropyLoss` gives wrong gradients, silently."""
    right, wrong = train(False, lr=0.1, epochs=1), train(True, lr=0.1, epochs=1)
    ratio = right.first_gradient / wrong.first_gradient
    text = f"first gradient {ratio:.0f} times smaller; the loss cannot fall below {floor(10):.2f}"
    return judge(ratio > 2, text)


@CLAIMS.on(_PAGE, of="3.29", at="Which loss", shows="job_table")
def five_losses() -> Finding:
    """MSE, L1, BCE with logits, cross-entropy and CTC each want their kind of output and target."""
    torch.manual_seed(0)
    given = {code: (torch.randn(shape), target) for _, code, shape, target in JOBS}
    given["nn.CTCLoss()"] = (
        torch.randn(5, 1, 3).log_softmax(dim=2),  # five moments, one sample, three symbols
        "torch.tensor([[1, 2]]), torch.tensor([5]), torch.tensor([2])",
    )
    del given["nn.HuberLoss()"]
    single = []
    for code, (output, target) in given.items():
        targets = eval(target, {"torch": torch})
        more = targets if isinstance(targets, tuple) else (targets,)
        loss = eval(code, {"nn": nn})(output, *more)
        single.append(loss.shape == () and bool(loss.isfinite()))
    return judge(all(single), f"{sum(single)} of {len(single)} run and give one number")
