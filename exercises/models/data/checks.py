"""Checks of the exercises of *Data*."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader

from bookparts.forbidden import unchanged
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
        with _no_loader():
            got = answer(count, size, drop)
        same(got, want, what)
    for count in range(14):
        for size in range(1, 6):
            for drop in (False, True):
                want = [size] * (count // size)
                want += [count % size] if count % size and not drop else []
                what = f"{count} samples, batches of {size}, drop_last={drop}"
                same(answer(count, size, drop), want, what)


@contextmanager
def _no_loader() -> Iterator[None]:
    """Refuse that a loader is made."""
    usual, made = DataLoader.__init__, []

    def refuse(*args: Any, **kwargs: Any) -> None:
        made.append(args)
        raise AssertionError("no loader is to be used: divide, and look at what remains")

    DataLoader.__init__ = refuse  # type: ignore[method-assign]
    try:
        yield
    finally:
        DataLoader.__init__ = usual  # type: ignore[method-assign]
    assert not made, "no loader is to be used: divide, and look at what remains"


def check_Windows(answer: Callable[[Tensor, int], Any]) -> None:
    """Look at the first and the last window, their number, and a series that is too short."""
    series = torch.tensor([1.0, 2.0, 4.0, 8.0, 16.0])
    windows = answer(series, 2)
    same(_length(windows), 3, "Each window needs a value after it: n - length of them.")
    same(windows[0], (torch.tensor([1.0, 2.0]), torch.tensor(4.0)), "Sample 0.")
    same(windows[2], (torch.tensor([4.0, 8.0]), torch.tensor(16.0)), "The last sample.")
    same(_length(answer(series[:2], 4)), 0, "A series that is too short has no windows.")
    same(_length(answer(series[:2], 2)), 0, "After the only stretch no value follows.")
    for n, length in ((6, 1), (7, 3), (9, 8)):
        series = torch.arange(n) ** 2
        with unchanged(series=series):
            windows = answer(series, length)
            same(_length(windows), n - length, f"windows of {length} in {n} values")
            for i in range(n - length):
                want = (series[i : i + length], series[i + length])
                same(windows[i], want, f"sample {i} of {n} whole numbers, length {length}")


def _length(windows: Any) -> int:
    try:
        return len(windows)
    except ValueError:
        raise AssertionError(
            "`len` of a series that is too short is below 0, and should be 0: max(0, …)"
        ) from None


def check_collate_words(answer: Callable[[Sequence[str]], tuple[Tensor, Tensor]]) -> None:
    """Words of different lengths, and one alone."""
    for words, what in (
        (["cab", "z"], "a is 1; fill up with 0, and in the second True for a letter."),
        (["ox"], "A single word is a batch, too."),
        (("a", "bee", "zoo", "to"), "The longest word may be anywhere."),
        (["same", "long"], "No word has to be filled up."),
    ):
        given = list(words)
        got = answer(words)
        want = torch.zeros(len(words), max(map(len, words)), dtype=torch.int64)
        for row, word in enumerate(words):
            for column, letter in enumerate(word):
                want[row, column] = "abcdefghijklmnopqrstuvwxyz".index(letter) + 1
        same(got, (want, want > 0), f"for {given}: item 0, the numbers; item 1, the mask. {what}")
        same(list(words), given, "the words have changed")


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
    more: list[tuple[int, ...]] = [(300, 2), (1, 70000), (2, 1, 2, 3)]
    for large in more:
        hint = "A size is a number of four bytes, the most significant first."
        same(answer(to_idx(torch.zeros(large, dtype=torch.uint8))), large, hint)


def check_Pictures(answer: Callable[..., Any]) -> None:
    """Look at a sample, at one that is transformed, and at a batch."""
    images = torch.tensor([[[0, 255], [51, 0]], [[255, 0], [0, 0]]], dtype=torch.uint8)
    labels = torch.tensor([9, 4])
    pictures = answer(images, labels)
    same(len(pictures), 2, "As many as there are images.")
    want = torch.tensor([[[0.0, 1.0], [0.2, 0.0]]])
    same(pictures[0][0], want, "Divide by 255; the first dimension is the one channel.")
    same(pictures[0][1], 9, "The label as a Python integer: int(…) or .item().")
    kept = images.clone()
    hint = "transform gets the float image, and returns what is used."
    turned = answer(images, labels, transform=lambda image: image.flip(-1))
    same(turned[0][0], want.flip(-1), hint)
    same(turned[0][1], 9, "The label of an image that was transformed.")
    bent = answer(images, labels, transform=lambda image: (image - 0.5).square())
    same(bent[0][0], (want - 0.5).square(), hint)
    same(pictures[1][0], torch.tensor([[[1.0, 0.0], [0.0, 0.0]]]), "Sample 1.")
    same(pictures[0][0], want, "Sample 0, asked once more.")
    tall = torch.arange(12, dtype=torch.uint8).reshape(1, 4, 3)
    same(answer(tall, labels[:1])[0][0], tall.float() / 255, "Higher than wide: (1, 4, 3).")
    same(images, kept, "the images that came in have changed")
    x, y = next(iter(DataLoader(pictures, batch_size=2)))
    same(tuple(x.shape), (2, 1, 2, 2), "The shape of a batch.")
    same(y, labels, "The labels of a batch.")
