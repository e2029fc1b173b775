"""The reader of IDX files takes what is right, and refuses everything else."""

from __future__ import annotations

import gzip
import hashlib
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from bookparts.datasets import DataSet
from bookparts.machine import has_fashion_mnist, has_mnist
from examples.models.idx import IdxError, load, read_idx, real, to_idx

PIXELS = torch.arange(24, dtype=torch.uint8).reshape(2, 3, 4)
LABELS = torch.tensor([7, 2], dtype=torch.uint8)
IMAGES_STEM, LABELS_STEM = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"


def _write(folder: Path, images: bytes, labels: bytes) -> DataSet:
    """Write a data set and return what its files must be."""
    files = {IMAGES_STEM: images, LABELS_STEM: labels}
    for stem, body in files.items():
        (folder / f"{stem}.gz").write_bytes(gzip.compress(body))
    sums = {stem: hashlib.sha256(body).hexdigest() for stem, body in files.items()}
    return DataSet("small", (), sums)


@pytest.mark.parametrize("shape", [(0,), (3,), (2, 5), (2, 3, 4)])
def test_what_was_written_is_read_again(shape: tuple[int, ...], tmp_path: Path) -> None:
    """Any number of dimensions, and a file of no values."""
    values = torch.randint(0, 256, shape, dtype=torch.uint8)
    file = tmp_path / "values.gz"
    file.write_bytes(gzip.compress(to_idx(values)))
    got = read_idx(file, len(shape))
    assert got.dtype == torch.uint8
    assert torch.equal(got, values)


GOOD = to_idx(PIXELS)
BAD: dict[str, tuple[bytes, str]] = {
    "a web page": (b"<html>Not found</html>", "not a whole gzip file"),
    "nothing": (b"", "magic number"),
    "cut off": (gzip.compress(GOOD)[:-10], "not a whole gzip file"),
    "a damaged stream": (gzip.compress(GOOD)[:20] + b"\xff" * 30, "not a whole gzip file"),
    "labels for images": (gzip.compress(to_idx(LABELS)), "magic number 00 00 08 01"),
    "floats for bytes": (gzip.compress(b"\0\0\x0d\x03" + GOOD[4:]), "magic number 00 00 0d 03"),
    "a header cut off": (gzip.compress(GOOD[:10]), "ends within its header"),
    "too few values": (gzip.compress(GOOD[:-1]), "promises 24 values, and holds only 23"),
    "too many values": (gzip.compress(GOOD + b"\0"), "promises 24 values, and holds more"),
    "a promise beyond any memory": (
        gzip.compress(GOOD[:4] + b"\xff" * 12 + GOOD[16:]),
        "and holds only 24",
    ),
    "a promise of millions": (
        gzip.compress(GOOD[:4] + struct.pack(">3I", 60_000, 28, 28) + GOOD[16:]),
        "promises 47,040,000 values, and holds only 24",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_by_name_and_reason(case: str, tmp_path: Path) -> None:
    """Each kind of bad file raises an error that names the file and what is wrong."""
    content, message = BAD[case]
    file = tmp_path / "images.gz"
    file.write_bytes(content)
    with pytest.raises(IdxError, match=f"images.gz: .*{re.escape(message)}"):
        read_idx(file, 3)


def test_images_and_labels_come_together(tmp_path: Path) -> None:
    """Right files give uint8 images and int64 labels."""
    known = _write(tmp_path, GOOD, to_idx(LABELS))
    images, labels = load(tmp_path, known, "train")
    assert torch.equal(images, PIXELS)
    assert labels.dtype == torch.int64
    assert labels.tolist() == [7, 2]


def _swap_a_pixel(folder: Path) -> None:
    other = PIXELS.clone()
    other[0, 0, 0] = 99
    (folder / f"{IMAGES_STEM}.gz").write_bytes(gzip.compress(to_idx(other)))


def _swap_a_label(folder: Path) -> None:
    other = torch.tensor([7, 3], dtype=torch.uint8)
    (folder / f"{LABELS_STEM}.gz").write_bytes(gzip.compress(to_idx(other)))


def _lose_the_labels(folder: Path) -> None:
    (folder / f"{LABELS_STEM}.gz").unlink()


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (_swap_a_pixel, "images.*SHA-256"),
        (_swap_a_label, "labels.*SHA-256"),
        (_lose_the_labels, "labels.*not there"),
    ],
)
def test_one_bad_file_spoils_the_pair(
    harm: Callable[[Path], None], message: str, tmp_path: Path
) -> None:
    """A single changed byte, or a missing file, and neither images nor labels are returned."""
    known = _write(tmp_path, GOOD, to_idx(LABELS))
    harm(tmp_path)
    with pytest.raises(IdxError, match=message):
        load(tmp_path, known, "train")


@pytest.mark.parametrize(
    ("labels", "message"), [([7, 2, 1], "2 images and 3 labels"), ([7, 12], "label 12")]
)
def test_files_that_are_right_but_do_not_belong_are_refused(
    labels: list[int], message: str, tmp_path: Path
) -> None:
    """Counts must agree, and labels must be classes, whatever the checksums say."""
    known = _write(tmp_path, GOOD, to_idx(torch.tensor(labels, dtype=torch.uint8)))
    with pytest.raises(IdxError, match=message):
        load(tmp_path, known, "train")


@pytest.mark.parametrize(
    ("name", "there"), [("mnist", has_mnist), ("fashion-mnist", has_fashion_mnist)]
)
def test_the_real_files_are_what_they_are_known_for(name: str, there: Callable[[], bool]) -> None:
    """70,000 images of 784 pixels from 0 to 1, where they are at hand."""
    if not there():
        pytest.skip(f"no {name} in the data folder")
    for part, count in (("train", 60_000), ("t10k", 10_000)):
        x, y = real(name, part)
        assert tuple(x.shape) == (count, 784)
        assert 0 <= float(x.min()) < 0.1
        assert 0.8 < float(x.max()) <= 1
        assert y.unique().tolist() == list(range(10))
