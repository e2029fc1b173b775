"""Datasets, batches, workers: from files to what a model is fed with.

Run it to see what workers do on your machine: `python -m examples.models.data`.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset, IterableDataset

T = TypeVar("T")


# --8<-- [start:folder]
class Folder(Dataset[tuple[Tensor, int]]):
    """Images in files, one each, read when they are asked for: `0003-label-7.npy`.

    Each file holds a NumPy array; the digit behind `label-` is its class.
    """

    def __init__(self, folder: Path) -> None:
        self.files = sorted(folder.glob("*.npy"))

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        file = self.files[index]
        label = int(file.stem.split("-")[-1])
        return torch.from_numpy(np.load(file)).float() / 16, label


# --8<-- [end:folder]


def fill_folder(folder: Path, count: int) -> Path:
    """Write the first `count` of scikit-learn's 8×8 digits as files for `Folder`; return it."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    for n in range(count):
        np.save(folder / f"{n:04}-label-{digits.target[n]}.npy", digits.images[n].astype("uint8"))
    return folder


# --8<-- [start:pad_collate]
def pad_collate(
    samples: Sequence[tuple[Tensor, int]],
) -> tuple[Tensor, Tensor, Tensor]:
    """Make a batch of sequences of different lengths, filled up with zeros.

    Returns:
        The padded sequences (n, longest), their lengths (n,), the labels (n,).

    >>> batch = pad_collate([(torch.ones(2), 0), (torch.ones(3), 1)])
    >>> batch[0].tolist(), batch[1].tolist(), batch[2].tolist()
    ([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]], [2, 3], [0, 1])
    """
    sequences = [sequence for sequence, _ in samples]
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    labels = torch.tensor([label for _, label in samples])
    return pad_sequence(sequences, batch_first=True), lengths, labels


# --8<-- [end:pad_collate]


# --8<-- [start:jobs]
class Memory(Dataset[Tensor]):
    """Samples that lie in a tensor already."""

    rows = torch.arange(2048.0).reshape(256, 8)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> Tensor:
        return self.rows[index]


class Waiting(Memory):
    """Each sample makes us wait 4 ms, as a slow disk or a network does."""

    def __getitem__(self, index: int) -> Tensor:
        time.sleep(0.004)
        return self.rows[index]


class Computing(Memory):
    """Each sample costs work, as decoding a picture does: a sum in plain Python."""

    def __getitem__(self, index: int) -> Tensor:
        return self.rows[index] + sum(i * i % 7 for i in range(40_000))


# --8<-- [end:jobs]


# --8<-- [start:seconds]
def seconds(loader: Iterable[object]) -> float:
    """Return the wall-clock seconds that one pass over a loader takes."""
    start = time.perf_counter()
    for _ in loader:
        pass
    return time.perf_counter() - start


# --8<-- [end:seconds]


# --8<-- [start:second_pass]
def second_pass(dataset: Dataset[Tensor], workers: int) -> float:
    """Return the seconds of a second pass, when the workers have been started."""
    loader = DataLoader(
        dataset, batch_size=16, num_workers=workers, persistent_workers=workers > 0,
    )  # fmt: skip
    seconds(loader)
    return seconds(loader)


# --8<-- [end:second_pass]


def worker_times(workers: Sequence[int] = (0, 2, 4)) -> dict[str, list[float]]:
    """Measure each kind of data set with so many workers; seconds of a second pass, by its name."""
    kinds: list[Memory] = [Waiting(), Computing(), Memory()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of more workers than cores
        return {type(kind).__name__: [second_pass(kind, n) for n in workers] for kind in kinds}


# --8<-- [start:counted]
class Counted(Memory):
    """Samples in memory that count how often one was taken."""

    reads = 0

    def __getitem__(self, index: int) -> Tensor:
        self.reads += 1
        return super().__getitem__(index)


# --8<-- [end:counted]


# --8<-- [start:counter]
class Counter(IterableDataset[int]):
    """A stream of the numbers 0 to 5."""

    def __iter__(self) -> Iterator[int]:
        return iter(range(6))


# --8<-- [end:counter]


# --8<-- [start:progress]
def progress(batches: Collection[T] | DataLoader[T], every: float = 1.0) -> Iterator[T]:
    """Pass batches through; say on stderr how far we are, every so many seconds."""
    start = said = time.perf_counter()
    for n, batch in enumerate(batches, 1):
        yield batch
        now = time.perf_counter()
        if now - said >= every or n == len(batches):
            left = (now - start) / n * (len(batches) - n)
            done = f"{n:>6}/{len(batches)} batches, {now - start:.1f} s"
            print(f"{done}, about {left:.1f} s left", file=sys.stderr, flush=True)
            said = now


# --8<-- [end:progress]


if __name__ == "__main__":
    for name, times in worker_times().items():
        print(name, " ".join(f"{t:.2f} s" for t in times))
