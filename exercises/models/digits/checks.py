"""Checks of the exercises of *Digits*."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from bookparts.practice import same


def check_accuracy(answer: Callable[[Tensor, Tensor], float]) -> None:
    """Some right, all right, and scores below zero."""
    scores = torch.tensor([[0.1, 2.0], [3.0, -1.0], [-5.0, -4.0], [1.0, 0.0]])
    labels = torch.tensor([1, 0, 0, 0])
    same(answer(scores, labels), 75.0, "Of 100, as a Python float: .item().")
    same(
        answer(scores, torch.tensor([1, 0, 1, 0])), 100.0, "Also scores below zero have a largest."
    )


def check_recall(answer: Callable[[Tensor], Tensor]) -> None:
    """A matrix that is not symmetric, and a class without images."""
    counts = torch.tensor([[8, 2, 0], [0, 5, 15], [0, 0, 0]])
    hint = "Rows are what the images show: divide the diagonal by the sum of each row."
    same(answer(counts), torch.tensor([0.8, 0.25, 0.0]), hint)


def check_least_sure(answer: Callable[[Tensor, int], Tensor]) -> None:
    """High scores that are all alike are not sure; low ones that differ are."""
    scores = torch.tensor([[9.0, 8.9], [0.0, 5.0], [0.0, 1.0], [-9.0, -2.0]])
    hint = "By the largest probability of each row, after softmax, from the smallest on."
    same(answer(scores, 2), torch.tensor([0, 2]), hint)
    same(answer(scores, 4), torch.tensor([0, 2, 1, 3]), hint)


def check_flat_size(answer: Callable[[int, int, int], int]) -> None:
    """Compare with real layers, for even and odd sides."""
    for side, channels, rounds in [(8, 32, 2), (28, 32, 2), (28, 16, 3), (9, 4, 1), (8, 3, 0)]:
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
    turned = answer([Says([50.0, 0.0]), Says([0.0, 4.0])], x)
    same(turned, torch.tensor([0, 0, 0]), "Of two, the surer one decides.")
    notes: list[Tensor] = []

    def keep(tensor: Tensor) -> Tensor:
        notes.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        answer(models, x)
    assert not notes, "Notes for gradients were taken: use torch.no_grad()."
