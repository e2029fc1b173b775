"""Read the IDX format of MNIST and Fashion-MNIST, and refuse files that are not what they say.

Run it to see what the data folder holds: `python -m examples.models.idx`.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from bookparts.datasets import DATA_SETS, DataSet, problem
from bookparts.machine import data_folder

BYTES = 0x08
"""The code for unsigned bytes in the third byte of an IDX file."""


class IdxError(ValueError):
    """A file that is not what it should be; the message says which file, and what is wrong."""


# --8<-- [start:to_idx]
def to_idx(values: Tensor) -> bytes:
    """Write a uint8 tensor of any shape in the IDX format, not compressed.

    >>> to_idx(torch.tensor([7, 2, 1], dtype=torch.uint8)).hex(" ")
    '00 00 08 01 00 00 00 03 07 02 01'
    """
    head = struct.pack(f">HBB{values.ndim}I", 0, BYTES, values.ndim, *values.shape)
    return head + values.contiguous().numpy().tobytes()


# --8<-- [end:to_idx]


# --8<-- [start:read_idx]
def read_idx(file: Path, dimensions: int) -> Tensor:
    """Read a compressed IDX file of bytes with so many dimensions; return uint8.

    Raises:
        IdxError: not a gzip file, cut off, too long, or another magic number.
    """
    try:
        with gzip.open(file) as stream:
            magic = stream.read(4)
            if magic != bytes([0, 0, BYTES, dimensions]):
                found, want = magic.hex(" "), bytes([0, 0, BYTES, dimensions]).hex(" ")
                raise IdxError(f"{file.name}: magic number {found}, not {want}")
            sizes = stream.read(4 * dimensions)
            if len(sizes) < 4 * dimensions:
                raise IdxError(f"{file.name}: ends within its header")
            shape = struct.unpack(f">{dimensions}I", sizes)
            count = math.prod(shape)
            body = bytearray()
            while len(body) <= count and (chunk := stream.read(1 << 20)):
                body += chunk  # in pieces: a header may promise more than any memory
    except (OSError, EOFError, zlib.error) as error:
        raise IdxError(f"{file.name}: not a whole gzip file ({error})") from error
    if len(body) != count:
        found = f"only {len(body):,}" if len(body) < count else "more"
        raise IdxError(f"{file.name}: promises {count:,} values, and holds {found}")
    return torch.from_numpy(np.frombuffer(body, dtype=np.uint8)).reshape(shape)


# --8<-- [end:read_idx]


# --8<-- [start:load]
def load(folder: Path, data: DataSet, part: str) -> tuple[Tensor, Tensor]:
    """Read images and labels of a part, `"train"` or `"t10k"`: both, or nothing.

    Returns:
        Images (n, height, width) uint8, and labels (n,) int64.

    Raises:
        IdxError: a file is missing or bad, or the two do not belong together.
    """
    found = []
    for kind, dimensions in (("images-idx3", 3), ("labels-idx1", 1)):
        stem = f"{part}-{kind}-ubyte"
        file = folder / f"{stem}.gz"
        if not file.is_file():
            raise IdxError(f"{file.name}: not there; `book.py data` downloads it")
        values = read_idx(file, dimensions)
        if complaint := problem(data, stem, file):
            raise IdxError(f"{file.name}: {complaint}")
        found.append(values)
    images, labels = found
    if len(images) != len(labels):
        raise IdxError(f"{len(images):,} images and {len(labels):,} labels")
    if len(labels) and int(labels.max()) > 9:
        raise IdxError(f"label {int(labels.max())}; the classes are 0 to 9")
    return images, labels.long()


# --8<-- [end:load]


# --8<-- [start:real]
def real(name: str, part: str) -> tuple[Tensor, Tensor]:
    """Return the images and labels of `"mnist"` or `"fashion-mnist"`, from the data folder.

    Returns:
        float32 rows (n, 784), 0 is background and 1 is ink, and int64 labels (n,).

    Raises:
        IdxError: the files are not there, or not right.
    """
    images, labels = load(data_folder() / name, DATA_SETS[name], part)
    return images.reshape(len(images), -1).float() / 255, labels


# --8<-- [end:real]


if __name__ == "__main__":
    for name in DATA_SETS:
        for part in ("train", "t10k"):
            try:
                x, y = real(name, part)
                print(f"{name} {part}: {tuple(x.shape)}, labels 0 to {int(y.max())}")
            except IdxError as error:
                print(f"{name} {part}: {error}")
