"""Checks of the answers in `tasks.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from bookparts.forbidden import no_autograd, no_optimizer, unchanged
from bookparts.practice import same


def check_step_by_hand(answer: Callable[..., Any]) -> None:
    """Compare two steps with those of autograd and SGD."""
    x = torch.tensor([[1.7, 6.5, 2.5], [1.6, 5.5, 3.0], [1.8, 8.0, 2.2], [1.5, 5.0, 3.5]])
    y = torch.tensor([[1.0], [0.0], [1.0], [0.0]])
    weight, bias = torch.tensor([[0.1], [-0.2], [0.3]]), torch.tensor([0.5])
    leaves = [weight.clone().requires_grad_(), bias.clone().requires_grad_()]
    optimizer = torch.optim.SGD(leaves, lr=0.3)
    slope = "The slope is the mean of (p − y) · x: write it with `@`, and step with a minus."
    for number in ("first", "second"):
        with (
            unchanged(weight=weight, bias=bias, x=x, y=y),
            no_autograd(slope),
            no_optimizer(slope),
        ):
            got = answer(weight, bias, x, y, 0.3)
        loss = nn.functional.binary_cross_entropy_with_logits(x @ leaves[0] + leaves[1], y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        want = (leaves[0].detach().clone(), leaves[1].detach().clone())
        same(got, want, f"after the {number} step; the gradient is the mean of (p − y) · x")
        weight, bias = (t.clone() for t in want)
    for rows, columns, lr in ((1, 2, 0.1), (7, 1, 1.0), (3, 3, 0.01)):
        generator = torch.Generator().manual_seed(rows)
        x = torch.randn(rows, columns, generator=generator)
        y = torch.randint(2, (rows, 1), generator=generator).float()
        weight, bias = torch.randn(columns, 1, generator=generator), torch.ones(1)
        error = torch.sigmoid(x @ weight + bias) - y
        want = (weight - lr * x.T @ error / rows, bias - lr * error.mean(0))
        with no_autograd(slope), no_optimizer(slope):
            got = answer(weight, bias, x, y, lr)
        same(got, want, f"for {rows} rows of {columns} values, and lr={lr}")


def _batches() -> list[tuple[Tensor, Tensor]]:
    x = torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.5, 0.5], [-1.0, 1.0], [2.0, 0.0]])
    y = torch.tensor([[1.0], [0.0], [1.0], [1.0], [1.0]])
    return [(x[:4], y[:4]), (x[4:], y[4:])]


def _model() -> nn.Linear:
    model = nn.Linear(2, 1)
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[0.3, -0.2]]))
        model.bias.copy_(torch.tensor([0.15]))
    return model


class _Mode(nn.Module):
    """Notes in which modes it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = _model()
        self.modes: list[bool] = []
        self.recorded: list[bool] = []

    def forward(self, x: Tensor) -> Tensor:
        """Answer, and note the mode and whether operations are recorded."""
        self.modes.append(self.training)
        self.recorded.append(torch.is_grad_enabled())
        out: Tensor = self.inner(x)
        return out


def check_train_one_epoch(answer: Callable[..., float]) -> None:
    """Compare two epochs over batches of four samples and of one with plain arithmetic."""
    _epochs(answer, nn.BCEWithLogitsLoss(), 0.1, "binary cross-entropy")
    _epochs(answer, nn.MSELoss(), 0.02, "squared errors, lr=0.02")


def _epochs(answer: Callable[..., float], loss_fn: nn.Module, lr: float, what: str) -> None:
    model, twin = _Mode(), _model()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    model(_batches()[0][0]).sum().backward()  # a gradient that is left over
    model.eval()
    model.modes.clear()
    for number in ("first", "second"):
        got = answer(model, iter(_batches()), loss_fn, optimizer)
        total = 0.0
        for x, y in _batches():
            loss = loss_fn(twin(x), y)
            slopes = torch.autograd.grad(loss, list(twin.parameters()))
            with torch.no_grad():
                for parameter, slope in zip(twin.parameters(), slopes, strict=True):
                    parameter.sub_(lr * slope)
            total += loss.item() * len(x)
        same(
            model.inner.weight.detach(),
            twin.weight.detach(),
            f"the weights after the {number} epoch ({what}): are all five steps taken for each "
            "batch, and in an order in which no old gradient is left?",
        )
        counts = "a batch of four counts four times"
        same(got, total / 5, f"the loss of the {number} epoch ({what}): {counts}")
    assert all(model.modes), "the model was asked in evaluation mode: call model.train() first"


def check_evaluate(answer: Callable[..., Any]) -> None:
    """Ask in both modes; look at what was recorded and what was left behind."""
    loss_fn = nn.BCEWithLogitsLoss()
    twin = _model()
    logits = torch.cat([twin(x) for x, _ in _batches()]).detach()
    y = torch.cat([y for _, y in _batches()])
    want = (loss_fn(logits, y).item(), ((logits > 0).float() == y).float().mean().item())
    for mode in (True, False):
        model = _Mode()
        model.train(mode)
        kept = model.inner.weight.detach().clone()
        got = answer(model, iter(_batches()), loss_fn)
        same(got, want, "the mean loss of a sample and the share of right answers")
        same(model.inner.weight.detach(), kept, "Evaluation trains nothing.")
        assert not any(model.modes), "the model was asked in training mode: call model.eval()"
        assert not any(model.recorded), "operations were recorded: ask under torch.no_grad()"
        assert model.training is mode, (
            f"the model came with training={mode} and went with training={model.training}: "
            "remember model.training, and give it back with model.train(…)"
        )
