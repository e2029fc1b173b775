"""Checks of the exercises of *Ship it*."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.export import ExportedProgram


def check_read_image(answer: Callable[[Path], torch.Tensor]) -> None:
    """One digit as five kinds of file, and what is no paper."""
    ink = torch.zeros(8, 8, dtype=torch.uint8)
    ink[1:7, 3:5] = 255
    ink[6, 2:6] = 200
    dark = Image.fromarray(ink.numpy())
    paper = Image.fromarray(255 - ink.numpy())
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    clear.putalpha(dark)
    large = paper.resize((64, 64), Image.Resampling.NEAREST)
    wide = paper.resize((64, 32), Image.Resampling.NEAREST)
    files = {
        "white ink on black": dark,
        "black ink on white": paper,
        "black ink on white, with three colors": paper.convert("RGB"),
        "black ink, transparent elsewhere": clear,
        "black ink on white, with a palette": paper.convert("P"),
        "black ink on white, 64×64": large,
        "black ink on white, twice as wide as high": wide,
    }
    with tempfile.TemporaryDirectory() as folder:
        for number, (what, picture) in enumerate(files.items()):
            path = Path(folder) / f"{number}.png"
            picture.save(path)
            kept = path.read_bytes()
            got = answer(path)
            assert isinstance(got, torch.Tensor), f"{what}: got a {type(got).__name__}"
            assert got.dtype == torch.uint8, f"{what}: expected uint8, got {got.dtype}"
            shape = tuple(got.shape)
            assert shape == (8, 8), f"{what}: expected the shape (8, 8), got {shape}"
            far = int((got.int() - ink.int()).abs().max())
            limit = 90 if picture in (large, wide) else 1
            assert far <= limit, f"{what}: a pixel is off by {far}"
            assert path.read_bytes() == kept, f"{what}: the file has changed"
        for level, border, want in ((120, 120, 120), (130, 130, 125), (250, 0, 250)):
            pixels = np.full((8, 8), border, dtype=np.uint8)
            pixels[1:-1, 1:-1] = level
            path = Path(folder) / "flat.png"
            Image.fromarray(pixels).save(path)
            got = answer(path)
            hint = f"the border has {border} and the inside {level}; in the middle"
            assert int(got[4, 4]) == want, f"{hint} expected {want}, got {int(got[4, 4])}"


def check_calibration_error(answer: Callable[..., float]) -> None:
    """Small cases by hand, and one of a thousand answers."""
    sure = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    for labels, want, what in (
        ([0, 0, 1, 1], 0.0, "all sure, all right"),
        ([1, 1, 0, 0], 1.0, "all sure, all wrong"),
        ([0, 1, 1, 0], 0.5, "all sure, half of them right"),
    ):
        _near(answer(sure, torch.tensor(labels)), want, what)
    mixed = torch.tensor([[0.75, 0.25], [0.75, 0.25], [0.75, 0.25], [0.55, 0.45], [0.05, 0.95]])
    y = torch.tensor([0, 1, 0, 0, 1])
    _near(answer(mixed, y), (0.25 + 0.45 + 0.05) / 5, "bins of three, one and one answers")
    _near(answer(mixed, y, parts=1), 0.05, "all in one bin, of which 4 in 5 are right")
    torch.manual_seed(0)
    chances = torch.randn(1000, 5, dtype=torch.float64).mul(2).softmax(dim=1)
    y = torch.randint(0, 5, (1000,))
    kept = chances.clone()
    for parts in (10, 4):
        top, label = chances.max(dim=1)
        want = 0.0
        for k in range(parts):
            inside = (top * parts).long().clamp(max=parts - 1) == k
            if bool(inside.any()):
                hits = torch.eq(label, y)[inside].double()
                gap = top[inside].mean() - hits.mean()
                want += gap.abs().item() * inside.sum().item() / 1000
        _near(answer(chances, y, parts), want, f"a thousand answers in {parts} bins")
    assert torch.equal(chances, kept), "the probabilities that came in have changed"


def _near(got: object, want: float, what: str) -> None:
    assert isinstance(got, float), f"{what}: expected a float, got {type(got).__name__}"
    assert abs(got - want) < 1e-5, f"{what}: expected {want:.4f}, got {got:.4f}"


class _Centered(nn.Module):
    """Subtracts the mean of whatever batch comes in."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 3)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.layer(rows - rows.mean(dim=0))
        return scores


class _First(nn.Module):
    """Adds to each row what the first row of its batch has."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 3)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.layer(rows + 0.1 * rows[:1])
        return scores


class _Places(nn.Module):
    """Right for one row, and otherwise adds each row's place in the batch."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 3)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.layer(rows) + 0.01 * torch.arange(len(rows))[:, None]
        return scores


def _net(*layers: nn.Module, training: bool = False) -> nn.Module:
    return nn.Sequential(nn.Linear(4, 8), *layers, nn.Linear(8, 3)).train(training)


def check_check_model(answer: Callable[[nn.Module], None]) -> None:
    """Good models pass, broken ones do not, and each is as it was."""
    torch.manual_seed(0)
    good = {
        "a small network": _net(nn.ReLU()),
        "one in training mode, without anything random": _net(nn.ReLU(), training=True),
        "one with dropout, in evaluation mode": _net(nn.Dropout(0.5)),
        "one with batch norm, in evaluation mode": _net(nn.BatchNorm1d(8), nn.ReLU()),
        "one with layer norm": _net(nn.LayerNorm(8)),
        "large scores": nn.Sequential(nn.Linear(4, 3)),
    }
    with torch.no_grad():
        good["large scores"][0].weight.mul_(5)  # type: ignore[index]
    for what, model in good.items():
        before = _state(model)
        try:
            answer(model)
        except AssertionError as error:
            raise AssertionError(f"a good model was refused ({what}): {error}") from None
        assert _state(model) == before, f"afterwards, the model has changed ({what})"
    bad = {
        "dropout left on": _net(nn.Dropout(0.5), training=True),
        "batch norm in training mode": _net(nn.BatchNorm1d(8), training=True),
        "the mean of the batch subtracted": _Centered().eval(),
        "the first row added to all": _First().eval(),
        "each row's place added": _Places().eval(),
    }
    for what, model in bad.items():
        before = _state(model)
        refused = False
        try:
            answer(model)
        except AssertionError:
            refused = True
        assert refused, f"a broken model has passed: {what}"
        assert _state(model) == before, f"afterwards, the model has changed ({what})"


def _state(model: nn.Module) -> list[object]:
    numbers = [(name, tensor.tolist()) for name, tensor in model.state_dict().items()]
    return [*numbers, *(module.training for module in model.modules())]


def check_export_any(answer: Callable[[nn.Module, torch.Tensor], ExportedProgram]) -> None:
    """Batches of all sizes, in evaluation mode, from an example of one."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(12, 8), nn.Dropout(0.5), nn.Linear(8, 3))
    for example, training in ((torch.rand(1, 3, 4), True), (torch.rand(5, 3, 4), False)):
        net.train(training)
        net[1].train(not training)
        before = _state(net)
        kept = example.clone()
        got = answer(net, example)
        kind = type(got).__name__
        assert isinstance(got, ExportedProgram), f"expected an exported program, got a {kind}"
        assert _state(net) == before, "afterwards, the model (or its mode) is another"
        assert torch.equal(example, kept), "the example has changed"
        program = got.module()
        copy = nn.Sequential(*net).eval()
        for n in (1, 2, 5, 17):
            rows = torch.rand(n, 3, 4)
            try:
                scores = program(rows)
            except Exception as error:
                first = str(error).splitlines()[0]
                raise AssertionError(f"it refuses {n} rows: {first}") from None
            hint = f"{n} rows, exported from {len(example)}; in evaluation mode dropout is off"
            with torch.no_grad():
                wanted = copy(rows)
            assert torch.allclose(scores, wanted, atol=1e-5), f"other scores for {hint}"
