"""MNIST and Fashion-MNIST: where to get them, and how to know that they are what they should be.

`python -m bookparts.datasets` downloads both into the data folder. Each set is four files in the
IDX format, compressed by gzip, of 70,000 gray images of 28 × 28 pixels and their labels.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import sys
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bookparts.download import DownloadError, fetch
from bookparts.machine import data_folder


@dataclass(frozen=True)
class DataSet:
    """A data set in files that can be checked."""

    title: str
    mirrors: Sequence[str]
    files: Mapping[str, str]
    """The files' names without `.gz`, and the SHA-256 of what they hold when decompressed."""
    official: Mapping[str, str] = field(default_factory=dict)
    """MD5 of compressed files that their authors publish, accepted as well."""


DATA_SETS = {
    "mnist": DataSet(
        "MNIST",
        (
            "https://ossci-datasets.s3.amazonaws.com/mnist",
            "https://storage.googleapis.com/cvdf-datasets/mnist",
        ),
        {
            "train-images-idx3-ubyte": (
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
            ),
            "train-labels-idx1-ubyte": (
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
            ),
            "t10k-images-idx3-ubyte": (
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
            ),
            "t10k-labels-idx1-ubyte": (
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
            ),
        },
    ),
    "fashion-mnist": DataSet(
        "Fashion-MNIST",
        (
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
        ),
        {
            "train-images-idx3-ubyte": (
                "1443caac840f4817dd6b564c336ccd0121b42ab578f9dc9ff109d2b977cbf77f"
            ),
            "train-labels-idx1-ubyte": (
                "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"
            ),
            "t10k-images-idx3-ubyte": (
                "ff4141feebb937098ca89e436103462bb65b136b7e9a2ba64e46fb4af3ba75cc"
            ),
            "t10k-labels-idx1-ubyte": (
                "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"
            ),
        },
        # The hash above is of images in an order that may not be the authors' own within a class.
        {"train-images-idx3-ubyte": "8d4fb7e6c68d591d4c3dfef9ec88bf0d"},
    ),
}


def problem(data: DataSet, stem: str, file: Path) -> str:
    """Say what is wrong with a downloaded file, or return an empty text.

    Args:
        data: the data set that it belongs to.
        stem: its name without `.gz`, one of `data.files`.
        file: the compressed file.
    """
    digest = hashlib.sha256()
    try:
        with gzip.open(file) as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
    except (OSError, EOFError, zlib.error) as error:
        return f"not a whole gzip file ({error})"
    if digest.hexdigest() == data.files[stem]:
        return ""
    if stem in data.official:
        with file.open("rb") as compressed:
            if hashlib.file_digest(compressed, "md5").hexdigest() == data.official[stem]:
                return ""
    return f"its content has SHA-256 {digest.hexdigest()}, not {data.files[stem]}"


def download(name: str, folder: Path, data: DataSet, wait: float = 1.0) -> None:
    """Bring the files of a data set into `folder / name`; those that are right stay as they are.

    Args:
        name: the folder's name, as in `"mnist"`.
        folder: the data folder.
        data: what to bring, and from where.
        wait: seconds before a mirror is asked for the second time.

    Raises:
        DownloadError: if no mirror has a file; the files before it stay.
    """
    for stem in data.files:
        target = folder / name / f"{stem}.gz"
        if target.exists() and not problem(data, stem, target):
            print(f"{target}: already there, and right", flush=True)
            continue

        def check(part: Path, stem: str = stem) -> str:
            return problem(data, stem, part)

        address = fetch(target.name, data.mirrors, target, check, wait=wait)
        print(f"{target}: from {address}, checked", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Download the data sets that are named, or all; return 0 if they are there and right."""
    parser = argparse.ArgumentParser(prog="python3 book.py data", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"{' or '.join(DATA_SETS)}; both by default")
    names = parser.parse_args(arguments).name or list(DATA_SETS)
    if unknown := [name for name in names if name not in DATA_SETS]:
        parser.error(f"no data set is called {unknown[0]!r}; there are {' and '.join(DATA_SETS)}")
    try:
        for name in names:
            download(name, data_folder(), DATA_SETS[name])
    except (DownloadError, OSError) as error:
        print(f"book.py data: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; the files above are complete, and the next run goes on", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
