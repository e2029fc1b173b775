"""Worked solutions to the exercises of *Data*."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.utils.data import Dataset


# --8<-- [start:batch_sizes]
def batch_sizes(count: int, size: int, drop_last: bool) -> list[int]:
    """Full batches, and then what remains, if anything does."""
    full, rest = divmod(count, size)
    return [size] * full + ([rest] if rest and not drop_last else [])


# --8<-- [end:batch_sizes]


# --8<-- [start:windows]
class Windows(Dataset[tuple[Tensor, Tensor]]):
    """Nothing is copied: a slice is a view of the series."""

    def __init__(self, series: Tensor, length: int) -> None:
        self.series, self.length = series, length

    def __len__(self) -> int:
        return max(0, len(self.series) - self.length)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        end = index + self.length
        return self.series[index:end], self.series[end]


# --8<-- [end:windows]


# --8<-- [start:collate_words]
def collate_words(words: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Start from zeros; a letter is never 0, so the mask is what is not 0."""
    numbers = torch.zeros(len(words), max(map(len, words)), dtype=torch.int64)
    for row, word in zip(numbers, words, strict=True):
        row[: len(word)] = torch.tensor([ord(letter) - 96 for letter in word])
    return numbers, numbers != 0


# --8<-- [end:collate_words]


# --8<-- [start:header]
def header(content: bytes) -> tuple[int, ...]:
    """The fourth byte says how many sizes follow; their product, how many values."""
    if content[:3] != b"\x00\x00\x08" or len(content) < 4:
        raise ValueError(f"no IDX file of bytes: begins with {content[:4].hex(' ')}")
    start = 4 + 4 * content[3]
    parts = [content[at : at + 4] for at in range(4, start, 4)]
    sizes = [int.from_bytes(part, "big") for part in parts]
    if len(content) != start + math.prod(sizes):
        raise ValueError(f"announces {sizes}, has {len(content) - start} values")
    return tuple(sizes)


# --8<-- [end:header]


# --8<-- [start:pictures]
class Pictures(Dataset[tuple[Tensor, int]]):
    """Keep the bytes, a quarter of the memory; make floats of one image at a time."""

    def __init__(
        self,
        images: Tensor,
        labels: Tensor,
        transform: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        image = self.images[index][None].float() / 255
        if self.transform:
            image = self.transform(image)
        return image, int(self.labels[index])


# --8<-- [end:pictures]
