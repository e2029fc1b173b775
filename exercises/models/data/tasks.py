"""Your answers to the exercises of *Data*; check them with `python3 book.py check data`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.utils.data import Dataset


def batch_sizes(count: int, size: int, drop_last: bool) -> list[int]:
    """Return the lengths of the batches that a loader makes of `count` samples, in order.

    `size` is its `batch_size`. Do not use a loader.
    """
    raise NotImplementedError


class Windows(Dataset[tuple[Tensor, Tensor]]):
    """All stretches of `length` values in a series, each with the value that follows it.

    `series` has the shape (n,). Sample i is (series[i], …, series[i + length - 1]), of shape
    (length,), and series[i + length], of shape (). There are as many samples as fit, and none if
    the series is too short.
    """

    def __init__(self, series: Tensor, length: int) -> None:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        raise NotImplementedError


def collate_words(words: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Return the letters as numbers, a is 1 and z is 26, and where there are letters.

    Both have the shape (number of words, longest word). The first is int64, filled up with 0;
    the second is bool, `True` for a letter. The words are in lower case, a to z.
    """
    raise NotImplementedError


def header(content: bytes) -> tuple[int, ...]:
    """Return the shape that an IDX file of unsigned bytes announces; `content` is all of it.

    Raise a `ValueError` if it does not begin with 00 00 08, if it ends within its header, or if
    it holds more or fewer values than it announces.
    """
    raise NotImplementedError


class Pictures(Dataset[tuple[Tensor, int]]):
    """Gray images and their classes, ready for a network.

    `images` are uint8 of shape (n, height, width), `labels` int64 of shape (n,). Sample i is a
    float32 image of shape (1, height, width), from 0 to 1, passed through `transform` if there is
    one, and its label as a Python integer.
    """

    def __init__(
        self,
        images: Tensor,
        labels: Tensor,
        transform: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        raise NotImplementedError
