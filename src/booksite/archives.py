"""Zip files of which the same content gives the same bytes."""

from __future__ import annotations

import zipfile

_BEGAN = (1980, 1, 1, 0, 0, 0)  # the oldest date that the format knows


def put(archive: zipfile.ZipFile, name: str, data: bytes, how: int = zipfile.ZIP_DEFLATED) -> None:
    """Put a file into an archive, without a date, a user or a machine.

    Args:
        archive: Where to put it.
        name: Its path there.
        data: What it holds.
        how: How it is compressed.
    """
    entry = zipfile.ZipInfo(name, _BEGAN)
    entry.compress_type = how
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data, compresslevel=9)
