"""Checks of the exercises of *Losses*."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from bookparts.forbidden import no_call, unchanged
from bookparts.practice import same


def check_cross_entropy(answer: Callable[[Tensor, Tensor], Tensor]) -> None:
    """Against torch's own, for a table, a square one, and very large logits."""
    hint = "Pick with gather(1, labels[:, None]) from log_softmax(dim=1), and turn the sign."
    generator = torch.Generator().manual_seed(0)
    for n, classes in ((5, 3), (4, 4), (1, 10)):
        logits = torch.randn(n, classes, generator=generator)
        labels = torch.randint(classes, (n,), generator=generator)
        with unchanged(logits=logits, labels=labels):
            got = answer(logits, labels)
        same(got, F.cross_entropy(logits, labels, reduction="none"), hint)
    sure = torch.tensor([[1000.0, 0.0]])
    hint = "log_softmax keeps it finite; log of softmax does not."
    same(answer(sure, torch.tensor([1])), torch.tensor([1000.0]), hint)


def check_yes_or_no_loss(answer: Callable[[Tensor, Tensor], Tensor]) -> None:
    """Small and large logits."""
    outputs = torch.tensor([[2.0], [-1.0], [0.5]])
    targets = torch.tensor([1, 0, 0])
    want = F.binary_cross_entropy_with_logits(outputs[:, 0], targets.float())
    same(
        answer(outputs, targets), want, "Same shape, and float targets; then logits into the loss."
    )
    for seed in range(5):
        generator = torch.Generator().manual_seed(seed)
        outputs = 2 * torch.randn(seed + 2, 1, generator=generator)
        targets = torch.randint(2, (seed + 2,), generator=generator)
        want = F.binary_cross_entropy_with_logits(outputs[:, 0], targets.float())
        same(answer(outputs, targets), want, "Does each output meet its own target, and no other?")
    same(
        answer(torch.tensor([[200.0]]), torch.tensor([0])),
        torch.tensor(200.0),
        "A sigmoid before the loss saturates: use the loss that takes logits.",
    )


def check_lowest(answer: Callable[[int], float]) -> None:
    """Compare with what a perfect softmax really gets."""
    hint = "A perfect softmax gives 1 for the right class and 0 for the others; these are logits."
    for classes in (2, 10, 100):
        perfect = torch.zeros(1, classes, dtype=torch.float64)
        perfect[0, 0] = 1
        want = F.cross_entropy(perfect, torch.tensor([0])).item()
        same(answer(classes), want, hint)


_READY = (
    F.binary_cross_entropy_with_logits,
    F.binary_cross_entropy,
    F.cross_entropy,
    F.soft_margin_loss,
    F.multilabel_soft_margin_loss,
)
_BY_HAND = "Use no ready-made loss: `F.softplus(z)` is log(1 + e^z), for any z."


def check_bce_with_logits(answer: Callable[[Tensor, Tensor], Tensor]) -> None:
    """Small logits, and those at which a sigmoid would saturate."""
    generator = torch.Generator().manual_seed(0)
    for z, y in (
        (torch.tensor([-2.0, 0.0, 3.0]), torch.tensor([0.0, 1.0, 0.3])),
        (3 * torch.randn(4, 3, generator=generator), torch.rand(4, 3, generator=generator)),
        (torch.tensor([[0.5]]), torch.tensor([[1.0]])),
    ):
        with unchanged(logits=z, targets=y), no_call(*_READY, hint=_BY_HAND):
            got = answer(z, y)
        same(got, F.binary_cross_entropy_with_logits(z, y), "The mean of log(1 + e^z) − z·y.")
    for logit, target, slope in ((200.0, 0.0, 1.0), (-200.0, 1.0, -1.0), (200.0, 1.0, 0.0)):
        z = torch.tensor([logit], requires_grad=True)
        with no_call(*_READY, hint=_BY_HAND):
            loss = answer(z, torch.tensor([target]))
        what = f"logit {logit:g}, target {target:g}: e^{logit:g} does not fit into float32."
        same(loss, torch.tensor(200.0 if slope else 0.0), what)
        assert loss.requires_grad, "The loss should lead back to the logits: is there a `detach`?"
        loss.backward()
        assert z.grad is not None
        same(z.grad, torch.tensor([slope]), f"The gradient at logit {logit:g} is wrong.")


def check_known_mse(answer: Callable[[Tensor, Tensor], Tensor]) -> None:
    """Some known, all, and none; and the gradient."""
    nan = float("nan")
    predictions = torch.tensor([1.0, 2.0, 5.0], requires_grad=True)
    targets = torch.tensor([0.0, nan, 2.0])
    with unchanged(predictions=predictions, targets=targets):
        loss = answer(predictions, targets)
    same(loss, torch.tensor(5.0), "Only the first and the last are known: (1 + 9) / 2.")
    _backward(loss, "The result should lead back to the predictions.")
    assert predictions.grad is not None, "The result should depend on the predictions."
    want = torch.tensor([1.0, 0.0, 3.0])
    same(predictions.grad, want, "Pick the known ones before you compute: nan · 0 is nan.")
    full = torch.tensor([0.0, 0.0, 0.0])
    same(answer(torch.tensor([1.0, 2.0, 3.0]), full), torch.tensor(14 / 3), "All are known.")
    for seed in range(5):
        generator = torch.Generator().manual_seed(seed)
        predictions, targets = torch.randn(2, 6, generator=generator)
        targets[torch.rand(6, generator=generator) < 0.5] = nan
        targets[seed] = 1.0
        known = ~targets.isnan()
        want = F.mse_loss(predictions[known], targets[known])
        same(answer(predictions, targets), want, "Divide by the number of those that are known.")
    predictions = torch.tensor([1.0, 2.0], requires_grad=True)
    empty = answer(predictions, torch.tensor([nan, nan]))
    same(empty, torch.tensor(0.0), "Nothing is known: 0, not nan.")
    _backward(empty, "Nothing is known, and the 0 cannot be sent backward: make it of predictions.")
    if predictions.grad is not None:
        same(predictions.grad, torch.zeros(2), "Nothing is known: no prediction is to move.")


def _backward(loss: Tensor, hint: str) -> None:
    assert loss.requires_grad, hint
    loss.backward()
