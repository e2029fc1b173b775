"""The datasets of `examples/models/data.py` do what the page says."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader

from examples.models.data import Counted, Folder, Memory, fill_folder, pad_collate, progress


def test_a_folder_reads_the_image_and_the_label_of_a_file(tmp_path: Path) -> None:
    """Pixels from 0 to 1, and the number in the file's name."""
    files = Folder(fill_folder(tmp_path, count=12))
    assert len(files) == 12
    image, label = files[3]
    assert image.dtype == torch.float32
    assert torch.equal(image * 16, torch.from_numpy(load_digits().images[3]).float())
    assert label == 3


def test_a_folder_opens_no_file_before_its_sample_is_asked_for(tmp_path: Path) -> None:
    """A broken file disturbs nobody until then."""
    fill_folder(tmp_path, count=2)
    (tmp_path / "0002-label-5.npy").write_bytes(b"broken")
    files = Folder(tmp_path)
    files[0]
    with pytest.raises(ValueError, match=r"pickled|magic|load"):
        files[2]


def test_padding_leaves_the_sequences_as_they_were() -> None:
    """Each row begins with its sequence, and the rest is zero."""
    samples = [(torch.arange(1, n + 1), n) for n in (3, 1, 5)]
    batch, lengths, labels = pad_collate(samples)
    assert batch.shape == (3, 5)
    for row, length, (sequence, _) in zip(batch, lengths, samples, strict=True):
        assert torch.equal(row[:length], sequence)
        assert not row[length:].any()
    assert lengths.tolist() == labels.tolist() == [3, 1, 5]


def test_progress_passes_every_batch_and_ends_with_the_last(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing is lost, and the last line says that all are done."""
    assert list(progress([1, 2, 3], every=999)) == [1, 2, 3]
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1].split()[0] == "3/3"
    assert len(err.splitlines()) == 1


def test_progress_takes_a_loader() -> None:
    """A loader has a length, and that is all it needs."""
    loader: DataLoader[torch.Tensor] = DataLoader(Memory(), batch_size=100)
    assert sum(len(batch) for batch in progress(loader)) == 256


def test_workers_change_only_their_own_copy() -> None:
    """What a worker counts is not counted here."""
    counted = Counted()
    list(DataLoader(counted, batch_size=64, num_workers=1))
    assert counted.reads == 0
    counted[0]
    assert counted.reads == 1
