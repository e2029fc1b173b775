"""Checks of the exercises of *Digits*."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from bookparts.forbidden import unchanged
from bookparts.practice import same


def check_accuracy(answer: Callable[[Tensor, Tensor], float]) -> None:
    """Some right, all right, and scores below zero."""
    scores = torch.tensor([[0.1, 2.0], [3.0, -1.0], [-5.0, -4.0], [1.0, 0.0]])
    labels = torch.tensor([1, 0, 0, 0])
    same(answer(scores, labels), 75.0, "Of 100, as a Python float: .item().")
    same(
        answer(scores, torch.tensor([1, 0, 1, 0])), 100.0, "Also scores below zero have a largest."
    )
    for seed in range(5):
        generator = torch.Generator().manual_seed(seed)
        scores = torch.randn(seed + 3, 4, generator=generator)
        labels = torch.randint(4, (seed + 3,), generator=generator)
        want = 100 * int((scores.argmax(1) == labels).sum()) / len(labels)
        what = f"for {seed + 3} rows of four classes: each row has one answer"
        same(answer(scores, labels), want, what, rtol=1e-5)


def check_recall(answer: Callable[[Tensor], Tensor]) -> None:
    """A matrix that is not symmetric, and a class without images."""
    counts = torch.tensor([[8, 2, 0], [0, 5, 15], [0, 0, 0]])
    hint = "Rows are what the images show: divide the diagonal by the sum of each row."
    with unchanged(counts=counts):
        got = answer(counts)
    same(got, torch.tensor([0.8, 0.25, 0.0]), hint)
    for seed in range(5):
        generator = torch.Generator().manual_seed(seed)
        counts = torch.randint(9, (seed + 1, seed + 1), generator=generator)
        counts[seed // 2] = 0
        want = counts.diag() / counts.sum(1).clamp(min=1)
        same(answer(counts), want, hint)


def check_least_sure(answer: Callable[[Tensor, int], Tensor]) -> None:
    """High scores that are all alike are not sure; low ones that differ are."""
    scores = torch.tensor([[9.0, 8.9], [0.0, 5.0], [0.0, 1.0], [-9.0, -2.0]])
    hint = "By the largest probability of each row, after softmax, from the smallest on."
    same(answer(scores, 2), torch.tensor([0, 2]), hint)
    same(answer(scores, 4), torch.tensor([0, 2, 1, 3]), hint)
    for seed in range(10):
        generator = torch.Generator().manual_seed(seed)
        scores = 2 * torch.randn(8, 5, generator=generator)
        want = scores.softmax(1).amax(1).argsort()[: seed % 8 + 1]
        with unchanged(scores=scores):
            got = answer(scores, seed % 8 + 1)
        several = "With several classes neither the smallest probability nor the spread will do."
        same(got, want, f"{hint} {several}")


_SIDES = [(8, 32, 2), (28, 32, 2), (28, 16, 3), (9, 4, 1), (8, 3, 0), (15, 2, 2), (32, 5, 5)]


def check_flat_size(answer: Callable[[int, int, int], int]) -> None:
    """Compare with real layers, for even and odd sides."""
    for side, channels, rounds in _SIDES:
        widths = [channels] * rounds
        layers: list[nn.Module] = []
        before = 1 if rounds else channels
        for width in widths:
            layers += [nn.Conv2d(before, width, 3, padding=1), nn.MaxPool2d(2)]
            before = width
        image = torch.zeros(1, 1 if rounds else channels, side, side)
        want = nn.Sequential(*layers, nn.Flatten())(image).shape[1]
        what = f"side {side}, {channels} channels, {rounds} rounds"
        same(answer(side, channels, rounds), want, what)


def check_vote(answer: Callable[[Sequence[nn.Module], Tensor], Tensor]) -> None:
    """One model that shouts must not outvote two that are sure; dropout must be off."""

    class Says(nn.Module):
        def __init__(self, scores: list[float]) -> None:
            super().__init__()
            self.scores = nn.Parameter(torch.tensor([scores]))
            self.dropout = nn.Dropout(0.9)

        def forward(self, x: Tensor) -> Tensor:
            scores: Tensor = self.dropout(self.scores.expand(len(x), -1) + 0 * x[:, :1])
            return scores

    models = [Says([50.0, 0.0]), Says([0.0, 4.0]), Says([0.0, 4.0])]
    x = torch.zeros(3, 2)
    got = answer(models, x)
    same(got, torch.tensor([1, 1, 1]), "The mean of probabilities, with every model in eval().")
    sure = [Says([4.0, 0.0]), Says([0.0, 0.2]), Says([0.0, 0.2])]
    one = "Heads are not counted: one that is sure outweighs two that hardly lean the other way."
    same(answer(sure, x), torch.tensor([0, 0, 0]), one)
    against = [Says([0.0, 9.0]), Says([1.4, 0.0]), Says([1.4, 0.0])]
    one = "The mean of the probabilities themselves, not of their logarithms, nor of the scores."
    same(answer(against, x), torch.tensor([0, 0, 0]), one)
    turned = answer([Says([50.0, 0.0]), Says([0.0, 4.0])], x)
    same(turned, torch.tensor([0, 0, 0]), "Of two, the surer one decides.")
    for seed in range(5):
        torch.manual_seed(seed)
        nets = [nn.Sequential(nn.Dropout(0.5), nn.Linear(3, 4)) for _ in range(seed + 1)]
        x = 3 * torch.randn(6, 3)
        with torch.no_grad():
            parts = [net[1](x).softmax(1) for net in nets]
        want = torch.stack(parts).mean(0).argmax(1)
        same(answer(nets, x), want, f"for {len(nets)} models of four classes, with dropout off")
    notes: list[Tensor] = []

    def keep(tensor: Tensor) -> Tensor:
        notes.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        answer(models, x)
    assert not notes, "Notes for gradients were taken: use torch.no_grad()."
