"""Checks of the exercises of *Data*."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader

from bookparts.practice import same
from examples.models.idx import to_idx


def check_batch_sizes(answer: Callable[[int, int, bool], list[int]]) -> None:
    """Compare with real loaders, where something remains, nothing does, and all is too little."""
    for count, size, drop in [(10, 4, False), (10, 4, True), (8, 4, False), (3, 4, False),
                              (3, 4, True), (8, 4, True)]:  # fmt: skip
        samples: list[int] = list(range(count))
        loader = DataLoader(samples, size, drop_last=drop)  # type: ignore[arg-type,var-annotated]
        want = [len(batch) for batch in loader]
        what = f"{count} samples, batches of {size}, drop_last={drop}"
        same(answer(count, size, drop), want, what)


def check_Windows(answer: Callable[[Tensor, int], Any]) -> None:
    """Look at the first and the last window, their number, and a series that is too short."""
    series = torch.tensor([1.0, 2.0, 4.0, 8.0, 16.0])
    windows = answer(series, 2)
    same(len(windows), 3, "Each window needs a value after it: n - length of them.")
    same(windows[0], (torch.tensor([1.0, 2.0]), torch.tensor(4.0)), "Sample 0.")
    same(windows[2], (torch.tensor([4.0, 8.0]), torch.tensor(16.0)), "The last sample.")
    same(len(answer(series[:2], 4)), 0, "A series that is too short has no windows.")


def check_collate_words(answer: Callable[[Sequence[str]], tuple[Tensor, Tensor]]) -> None:
    """Words of different lengths, and one alone."""
    numbers, mask = answer(["cab", "z"])
    same(numbers, torch.tensor([[3, 1, 2], [26, 0, 0]]), "a is 1; fill up with 0.")
    same(mask, torch.tensor([[True, True, True], [True, False, False]]), "True for a letter.")
    same(answer(["ox"])[0], torch.tensor([[15, 24]]), "A single word is a batch, too.")


def check_header(answer: Callable[[bytes], tuple[int, ...]]) -> None:
    """Read right files of one to three dimensions; refuse each kind of bad one."""
    for shape in ((3,), (2, 4), (2, 3, 5)):
        same(answer(to_idx(torch.zeros(shape, dtype=torch.uint8))), shape, "Sizes begin at byte 4.")
    good = to_idx(torch.zeros(2, 3, dtype=torch.uint8))
    bad = {
        "a magic number that begins with 01": b"\x01" + good[1:],
        "values that are not unsigned bytes, 0d": good[:2] + b"\x0d" + good[3:],
        "a value too few": good[:-1],
        "a value too many": good + b"\x00",
        "a header cut off": good[:7],
        "an empty file": b"",
    }
    for what, content in bad.items():
        try:
            got = answer(content)
        except ValueError:
            continue
        raise AssertionError(f"{what} should raise a ValueError; it returned {got}")


def check_Pictures(answer: Callable[..., Any]) -> None:
    """Look at a sample, at one that is transformed, and at a batch."""
    images = torch.tensor([[[0, 255], [51, 0]], [[255, 0], [0, 0]]], dtype=torch.uint8)
    labels = torch.tensor([9, 4])
    pictures = answer(images, labels)
    same(len(pictures), 2, "As many as there are images.")
    want = torch.tensor([[[0.0, 1.0], [0.2, 0.0]]])
    same(pictures[0][0], want, "Divide by 255; the first dimension is the one channel.")
    same(pictures[0][1], 9, "The label as a Python integer: int(…) or .item().")
    turned = answer(images, labels, transform=lambda image: image.flip(-1))
    same(turned[0][0], want.flip(-1), "transform gets the float image, and returns what is used.")
    x, y = next(iter(DataLoader(pictures, batch_size=2)))
    same(tuple(x.shape), (2, 1, 2, 2), "The shape of a batch.")
    same(y, labels, "The labels of a batch.")
