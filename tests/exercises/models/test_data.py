"""The checks of `docs/models/data.md` find the mistakes that readers make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from bookparts.practice import judge
from exercises.models.data.solutions import Pictures, Windows, collate_words, header
from tests.exercises.told import is_told


class _OneTooMany(Windows):
    def __len__(self) -> int:
        return len(self.series) - self.length + 1


class _NegativeLength(Windows):
    def __len__(self) -> int:
        return len(self.series) - self.length


class _Bytes(Pictures):
    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        image, label = super().__getitem__(index)
        return image * 255, label


class _NoChannel(Pictures):
    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        image, label = super().__getitem__(index)
        return image[0], label


def _from_zero(words: list[str]) -> tuple[Tensor, Tensor]:
    numbers, mask = collate_words(words)
    return (numbers - 1).clamp(min=0), mask


def _trusting(content: bytes) -> tuple[int, ...]:
    if content[:3] != b"\0\0\x08":
        raise ValueError("magic")
    return tuple(content[7 + 4 * n] for n in range(content[3]))


def _too_long_is_fine(content: bytes) -> tuple[int, ...]:
    try:
        return header(content)
    except ValueError:
        return header(content[:-1])


@pytest.mark.parametrize(
    ("task", "answer", "words"),
    [
        ("batch_sizes", lambda c, s, d: [s] * (c // s), "drop_last=False"),
        ("batch_sizes", lambda c, s, d: [s] * (c // s) + [c % s] * (not d), "8 samples"),
        ("Windows", _OneTooMany, "value after it"),
        ("Windows", _NegativeLength, "is below 0"),
        ("collate_words", _from_zero, "a is 1"),
        ("collate_words", lambda words: (collate_words(words)[0],) * 2, "True for a letter"),
        ("header", _trusting, "should raise"),
        ("header", _too_long_is_fine, "too many"),
        ("Pictures", _Bytes, "255"),
        ("Pictures", _NoChannel, "channel"),
    ],
)
def test_a_usual_mistake_is_named(task: str, answer: Callable[..., Any], words: str) -> None:
    """The verdict is not `right`, and its text has what the reader needs to look at."""
    is_told("models/data", task, answer, words, "wrong", "raised")


def test_another_way_to_the_answer_is_right() -> None:
    """The checks look at results, not at the code."""

    def by_range(count: int, size: int, drop_last: bool) -> list[int]:
        ends = [min(start + size, count) - start for start in range(0, count, size)]
        return [n for n in ends if n == size or not drop_last]

    assert str(judge("models/data", "batch_sizes", by_range)) == "right"
    assert torch.equal(Windows(torch.arange(4.0), 1)[0][0], torch.tensor([0.0]))
