"""The code of the chapter *Saving and loading*."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import torch
from torch import nn

from bookparts.figures import figure
from examples.work.saving import (
    contents,
    differences,
    digits,
    forget,
    main,
    pack,
    save_whole,
    start,
    train,
    unpack,
)
from examples.work.saving_figures import LEFT_OUT, draw_bytes, file_bytes, left_out, resumed


def test_digits_are_images_and_labels() -> None:
    """As many as asked for, between 0 and 1, in float64."""
    x, y = digits(20)
    assert x.shape == (20, 64) and x.dtype == torch.float64
    assert x.min() == 0 and x.max() == 1
    assert y.shape == (20,) and y.dtype == torch.int64


def test_contents_are_those_of_the_zip(tmp_path: Path) -> None:
    """Each tensor has an entry of its size, named after the file."""
    torch.save({"a": torch.zeros(3), "b": torch.zeros(5)}, tmp_path / "two.pt")
    found = contents(tmp_path / "two.pt")
    assert found["two/data/0"] == 12 and found["two/data/1"] == 20
    assert list(found) == zipfile.ZipFile(tmp_path / "two.pt").namelist()


def test_differences_are_those_that_loading_complains_of() -> None:
    """What fits has none; missing, unexpected and other shapes have a line each."""
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    assert differences(model, model.state_dict()) == []
    state = dict(model.state_dict())
    state["0.weight"] = torch.zeros(2, 4)
    state["more"] = state.pop("1.running_var")
    assert differences(model, state) == [
        "0.weight: (2, 4) in the file, (2, 3) in the model",
        "1.running_var: missing",
        "more: unexpected",
    ]


@pytest.mark.parametrize("stop", [0, 1, 3])
def test_a_resumed_training_equals_one_that_was_not_stopped(stop: int, tmp_path: Path) -> None:
    """Bit for bit, through a file, wherever it stopped."""
    data = digits(128)
    whole = train(*start(0), data, epochs=4)
    training = start(0)
    first = train(*training, data, epochs=stop)
    save_whole(pack(*training, epoch=stop), tmp_path / "last.pt")
    again = start(9)
    done = unpack(torch.load(tmp_path / "last.pt"), *again)
    assert done == stop
    assert first + train(*again, data, epochs=4 - done) == whole


@pytest.mark.parametrize("part", ["model", "optimizer", "averages", "scheduler", "random"])
def test_each_part_is_needed(part: str, tmp_path: Path) -> None:
    """Without any of them the losses are others; with all they are not."""
    data = digits(128)
    training = start(0)
    train(*training, data, epochs=3)
    torch.save(pack(*training, epoch=3), tmp_path / "last.pt")
    wanted = train(*training, data, epochs=2)
    for gone, equal in (("", True), (part, False)):
        again = start(1)
        unpack(forget(torch.load(tmp_path / "last.pt"), gone), *again)
        assert (train(*again, data, epochs=2) == wanted) is equal


def test_averages_alone_leave_the_rate() -> None:
    """An optimizer that forgot its averages still has the rate of the schedule."""
    training = start(0)
    train(*training, digits(128), epochs=3)
    found = forget(pack(*training, epoch=3), "averages")["optimizer"]
    assert found["state"] == {}
    assert found["param_groups"][0]["lr"] == training[1].param_groups[0]["lr"] < 0.03


def test_saving_whole_replaces_and_leaves_nothing_beside(tmp_path: Path) -> None:
    """The second file has taken the place of the first."""
    for epoch in (1, 2):
        save_whole({"epoch": epoch}, tmp_path / "last.pt")
        assert torch.load(tmp_path / "last.pt") == {"epoch": epoch}
    assert [file.name for file in tmp_path.iterdir()] == ["last.pt"]


def test_a_failed_save_leaves_the_old_file(tmp_path: Path) -> None:
    """What cannot be pickled does not cost what was saved before."""
    save_whole({"epoch": 1}, tmp_path / "last.pt")
    with pytest.raises(Exception, match="pickle"):
        save_whole({"function": lambda: 0}, tmp_path / "last.pt")
    assert torch.load(tmp_path / "last.pt") == {"epoch": 1}


def test_bars_are_as_long_as_their_parts() -> None:
    """Each part is a bar that begins where the last one ends, in kilobytes."""
    _, ax = figure()
    draw_bytes(ax, {"one": {"a": 1000, "b": 500}, "two": {"a": 1000, "b": 3000}})
    assert [bar.get_width() for bar in ax.patches] == [1, 1, 0.5, 3]
    assert [bar.get_x() for bar in ax.patches] == [0, 0, 1, 1]
    assert [text.get_text() for text in ax.texts] == ["1.5 kB", "4.0 kB"]


def test_an_optimizer_takes_room(tmp_path: Path) -> None:
    """Momentum as much as the model, plain SGD none; the parts are the whole file."""

    def net() -> nn.Module:
        return nn.Linear(64, 2)

    path = tmp_path / "sized.pt"
    momentum = {"momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)}
    found = file_bytes(net, path, {"alone": None, **momentum})
    assert found["alone"]["optimizer"] == 0
    assert found["momentum"]["optimizer"] == found["alone"]["model"] == 520
    assert sum(found["momentum"].values()) == path.stat().st_size


def test_what_is_left_out_is_missed(tmp_path: Path) -> None:
    """One run for each part, and only the one that lacks nothing equals the original."""
    training = start(0)
    train(*training, digits(640), epochs=1)
    torch.save(pack(*training, epoch=1), tmp_path / "last.pt")
    wanted = train(*training, digits(640), epochs=1)
    runs = left_out(tmp_path / "last.pt", epochs=1)
    assert list(runs) == list(LEFT_OUT)
    assert [name for name, run in runs.items() if run[0] == wanted] == ["nothing"]
    assert runs["the optimizer"][1] == 0.03 > runs["nothing"][1] > runs["nothing"][2]


def test_the_dial_says_equal_only_of_equal_runs() -> None:
    """One choice for each run, and words for the one that is the same."""
    whole = [0.3, 0.2, 0.1]
    runs = {"nothing": (whole, 0.1), "more": ([0.3, 0.9, 0.1], 0.2), "all": ([2.0, 2.0, 1.0], 0.2)}
    made = resumed([0.5, 0.4], whole, runs, show=3)
    assert made.count(">zero<") + made.count('"zero"') == 2  # in the table and in the slots
    assert "0.70" in made and made.count("<option") == 3


def test_the_tour_compares_two_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """Run alone, the module stops a training and goes on."""
    main()
    assert capsys.readouterr().out == "resumed equals uninterrupted: True\n"
