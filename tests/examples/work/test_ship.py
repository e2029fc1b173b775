"""The code of the chapter *Ship it*."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
import linecache
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
import uvicorn
from fastapi import FastAPI
from PIL import Image
from torch.export import Dim, export

from bookparts.figures import figure
from examples.work.ship import (
    CHECKS,
    NAMES,
    Reader,
    ask,
    bins,
    card,
    failing,
    fingerprint,
    golden,
    ink,
    load,
    main,
    off,
    pictures,
    predict,
    right,
    save,
    service,
    serving,
    source_of,
    squeeze,
    temperature,
    tour,
    trained,
    write_package,
)
from examples.work.ship_figures import (
    BROKEN,
    LIMITS,
    broken,
    days,
    draw_bins,
    draw_days,
    refusal_dial,
    refusals,
    without,
)


@pytest.fixture(scope="module")
def model() -> Reader:
    """Return the chapter's model."""
    return trained()


@pytest.fixture
def digit(tmp_path: Path) -> Path:
    """Return a file with the first test image, a one."""
    path = tmp_path / "digit.png"
    Image.fromarray(pictures()[2][0][0].numpy()).save(path)
    return path


def test_no_image_is_in_two_sets() -> None:
    """All digits are there, each once."""
    parts = pictures()
    assert sum(len(x) for x, _ in parts) == 1797
    assert all(x.dtype == torch.uint8 and len(x) == len(y) for x, y in parts)
    assert torch.cat([y for _, y in parts]).bincount().min() > 170


def test_the_model_keeps_its_preprocessing(model: Reader) -> None:
    """Mean and spread of the pixels are in the state."""
    x = pictures()[0][0] / 255
    state = model.state_dict()
    assert state["mean"].item() == pytest.approx(x.mean().item())
    assert state["std"].item() == pytest.approx(x.std().item())
    assert not model.training and next(model.parameters()).dtype == torch.float32


def test_the_model_reads_what_it_has_not_seen(model: Reader) -> None:
    """Most test images, and hardly any that are inverted."""
    x, y = pictures()[2]
    assert right(model, x, y) > 93
    assert right(model, 255 - x, y) < 2


def test_a_saved_model_answers_the_same(model: Reader, tmp_path: Path) -> None:
    """In evaluation mode, with its names."""
    save(model.train(), NAMES, tmp_path / "reader.pt")
    loaded, names = load(tmp_path / "reader.pt")
    x = pictures()[2][0]
    assert names == NAMES and not loaded.training
    assert torch.equal(loaded(x), model.eval()(x))


def test_predict_names_the_digit(model: Reader, digit: Path, tmp_path: Path) -> None:
    """Of a file of its size or another; what is no image is refused."""
    name, chance = predict(model, NAMES, digit)
    assert name == "one" and 0.9 < chance <= 1
    Image.open(digit).convert("RGB").resize((32, 32)).save(tmp_path / "large.png")
    assert predict(model, NAMES, tmp_path / "large.png")[0] == "one"
    (tmp_path / "text.png").write_text("no image")
    for wrong in ("text.png", "nothing.png"):
        with pytest.raises(OSError, match=r"cannot identify|No such file"):
            predict(model, NAMES, tmp_path / wrong)


def test_bins_count_and_average() -> None:
    """Two bins of two answers, one of them half right."""
    chances = torch.tensor([[0.72, 0.28], [0.78, 0.22], [1.0, 0.0], [0.02, 0.98]])
    (n, sure, hit), last = bins(chances, torch.tensor([0, 1, 0, 1]))
    assert (n, hit) == (2, 0.5) and abs(sure - 0.75) < 1e-6
    assert (last[0], last[2]) == (2, 1.0) and abs(last[1] - 0.99) < 1e-6


def test_a_temperature_cools_what_is_too_sure() -> None:
    """Scores that are twice as large as they should be want one of two."""
    torch.manual_seed(0)
    scores = torch.randn(4000, 3) * 2
    y = scores.softmax(dim=1).multinomial(1)[:, 0]
    assert abs(temperature(scores, y) - 1) <= 0.1
    assert abs(temperature(scores * 2, y) - 2) <= 0.2


def test_the_command_line_says_what_it_read(
    model: Reader, digit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line for each file, and a status that is not 0 if one of them is no image."""
    save(model, NAMES, tmp_path / "reader.pt")
    weights = ["--weights", str(tmp_path / "reader.pt")]
    assert main([str(digit), *weights]) == 0
    assert capsys.readouterr().out.startswith("digit.png: one, probability ")
    assert main(["nothing.png", str(digit), *weights]) == 1
    told = capsys.readouterr()
    assert "digit.png: one" in told.out and "nothing.png: not an image" in told.err
    with pytest.raises(SystemExit) as stopped:
        main([])
    assert stopped.value.code == 2


def test_the_package_runs_alone(model: Reader, digit: Path, tmp_path: Path) -> None:
    """In a process that has only its own folder."""
    package = tmp_path / "package"
    write_package(package, model, NAMES)
    command = [sys.executable, "-m", "reader", str(digit)]
    done = subprocess.run(command, cwd=package, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("digit.png: one")


def test_the_source_of_a_class_is_found_in_a_notebook_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where `inspect.getsource` finds none; and of a module, with what decorates a function."""
    net = "class Net(torch.nn.Module):\n    def forward(self): ...\n"
    text = f"import torch\n\n\nclass Other: ...\n\n\n{net}"
    entry = (len(text), None, text.splitlines(keepends=True), "")
    monkeypatch.setitem(linecache.cache, "<cell>", entry)
    cell: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(text, "<cell>", "exec"), cell)
    assert source_of(cell["Net"]) == net
    for part in (Reader, load, predict, main):
        assert source_of(part) == inspect.getsource(part)


def test_an_exported_program_needs_no_class(model: Reader, tmp_path: Path) -> None:
    """Another process, which never heard of the class, gets the same scores."""
    x = pictures()[2][0][:5]
    program = export(model, (x[:2],), dynamic_shapes=({0: Dim("batch")},))
    torch.export.save(program, tmp_path / "reader.pt2")
    torch.save(x, tmp_path / "x.pt")
    code = (
        "import sys, torch; model, x, to = sys.argv[1:];"
        "torch.save(torch.export.load(model).module()(torch.load(x)), to)"
    )
    names = [str(tmp_path / name) for name in ("reader.pt2", "x.pt", "y.pt")]
    subprocess.run([sys.executable, "-c", code, *names], check=True, cwd=tmp_path)
    assert torch.allclose(torch.load(tmp_path / "y.pt"), model(x), atol=1e-5)


def _body(images: object) -> bytes:
    return json.dumps({"images": images}).encode()


def test_the_service_answers_and_refuses(model: Reader) -> None:
    """What is right has an answer for each image; what is not is the client's fault."""
    x, y = pictures()[2]
    with serving(service(model, NAMES)) as address:
        assert ask(address + "/health") == (200, {"status": "ready"})
        status, told = ask(address + "/predict", _body(x[:256].tolist()))
        assert status == 200 and len(told["names"]) == len(told["chances"]) == 256
        assert told["names"] == [NAMES[k] for k in model(x[:256]).argmax(dim=1)]
        one = x[0].tolist()
        for wrong in ([], [one[:7]], [one] * 257, [[[256] * 8] * 8], [[[-1] * 8] * 8], "text"):
            assert ask(address + "/predict", _body(wrong))[0] == 422
        assert ask(address + "/predict", b"\x89PNG")[0] == 400
        assert ask(address + "/predict", _body([one]), kind="text/plain")[0] == 422
        assert ask(address + "/nowhere")[0] == 404
    assert y.shape == (1000,)


def test_a_server_that_stopped_is_gone(model: Reader) -> None:
    """Its address takes no more requests."""
    with serving(service(model, NAMES)) as address:
        pass
    with pytest.raises(OSError, match="refused"):
        ask(address + "/health")


def test_a_response_that_is_no_json_is_text() -> None:
    """As a server gives it that failed by itself."""
    app = FastAPI()

    @app.get("/broken")
    def broken_page() -> None:
        raise RuntimeError("on purpose")

    with serving(app) as address:
        assert ask(address + "/broken") == (500, "Internal Server Error")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_server_that_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nobody waits for it forever."""
    config = uvicorn.Config

    def nowhere(app: Any, **more: Any) -> uvicorn.Config:
        return config(app, **{**more, "host": "203.0.113.1"})

    monkeypatch.setattr(uvicorn, "Config", nowhere)
    with pytest.raises(RuntimeError, match="did not start"), serving(FastAPI()):
        pass


def test_each_broken_model_is_found(model: Reader) -> None:
    """The good one passes all, each other fails one test at least, and all tests are needed."""
    recorded = golden(model(pictures()[1][0][:20]).detach())
    found = {name: failing(one, (*CHECKS, recorded)) for name, one in broken(model).items()}
    assert list(found) == list(BROKEN)
    assert found.pop("nothing") == []
    assert all(found.values())
    used = {name for names in found.values() for name in names}
    assert used == {test.__name__ for test in (*CHECKS, recorded)}


def test_a_golden_output_has_a_tolerance(model: Reader) -> None:
    """A change of the last digit passes, a larger one does not."""
    scores = model(pictures()[1][0][:20]).detach()
    assert failing(model, [golden(scores + 1e-5)]) == []
    assert failing(model, [golden(scores + 1e-2)]) == ["as_recorded"]


def test_squeezed_weights_are_near() -> None:
    """Each by half a step of its row at most."""
    torch.manual_seed(0)
    weight = torch.randn(5, 9)
    numbers, scale = squeeze(weight)
    assert numbers.dtype == torch.int8 and scale.shape == (5, 1)
    assert (numbers.abs().amax(dim=1) == 127).all()
    assert ((numbers * scale - weight).abs() <= scale / 2 + 1e-6).all()


def test_a_fingerprint_sees_a_single_number(model: Reader) -> None:
    """Equal for equal models, and otherwise another one."""
    other = trained()
    assert fingerprint(model) == fingerprint(other)
    with torch.no_grad():
        next(other.layers.parameters())[0, 0] += 1e-6
    assert fingerprint(model) != fingerprint(other)


def test_off_is_in_standard_errors() -> None:
    """Half a standard deviation with a hundred images is five."""
    usual = torch.tensor([0.0, 1.0, 2.0])
    assert off(usual, torch.full((100,), 1.5)) == pytest.approx(5.0)
    assert ink(torch.tensor([[[0, 255], [255, 0]]], dtype=torch.uint8)).tolist() == [127.5]


def test_the_card_has_measured_numbers(model: Reader) -> None:
    """Those of the model that was given."""
    x, y = pictures()[2]
    made = card(model, (x, y), used=397)
    assert f"| {right(model, x, y):.0f} % of 1,000 others" in made
    assert "2,410 numbers" in made and "397 scanned" in made


def test_days_drift_from_the_sixth_on(model: Reader) -> None:
    """Ink at once, accuracy later, and the probability least."""
    found = days(model, pictures()[2])
    assert len(found) == 10
    assert all(abs(row[2]) < 4 for row in found[:5]) and all(row[2] > 10 for row in found[5:])
    _, axes = figure(nrows=2)
    draw_days(axes, found)
    assert [bar.get_height() for bar in axes[1].patches] == [row[2] for row in found]


def test_bins_are_drawn_where_they_are() -> None:
    """A line for each run, over a diagonal."""
    _, ax = figure()
    draw_bins(ax, {"one": [(3, 0.4, 0.5), (2, 0.9, 0.7)]})
    assert list(ax.lines[1].get_xdata()) == [0.4, 0.9]
    assert list(ax.lines[1].get_ydata()) == [0.5, 0.7]


def test_a_higher_limit_answers_less(model: Reader) -> None:
    """And less of it wrongly; the dial shows all."""
    x, y = pictures()[2]
    with torch.inference_mode():
        chances = model(x).softmax(dim=1)
    found = refusals(chances, y)
    assert [row[0] for row in found] == list(LIMITS)
    assert found[0][1] == 1000
    for one, other in pairwise(found):
        assert one[1] >= other[1] and one[2] >= other[2]
    made = refusal_dial(chances, y)
    assert all(f"{limit:.2f}" in made for limit in LIMITS)


def test_the_tour_asks_a_service(capsys: pytest.CaptureFixture[str]) -> None:
    """Run alone, the module trains, tests and serves."""
    tour()
    assert capsys.readouterr().out == "tests that fail: []\n200 ['one', 'seven', 'five']\n"


def test_a_package_that_is_hidden_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the words of Python itself, and others are found."""
    monkeypatch.delitem(sys.modules, "this", raising=False)
    monkeypatch.setattr(sys, "meta_path", without("this"))
    with pytest.raises(ModuleNotFoundError, match="No module named 'this'"):
        importlib.import_module("this")
    assert importlib.util.find_spec("wave") is not None
