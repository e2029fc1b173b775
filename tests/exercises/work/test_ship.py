"""Answers to the exercises of "Ship it": other styles, and usual mistakes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps
from torch import Tensor, nn
from torch.export import Dim, ExportedProgram, export

from bookparts.practice import judge
from tests.exercises.told import is_told

CHAPTER = "work/ship"


def _by_pasting(path: Path) -> Tensor:
    with Image.open(path) as file:
        picture = file.convert("RGBA")
    paper = Image.new("RGB", picture.size, (255, 255, 255))
    paper.paste(picture, mask=picture.getchannel("A"))
    small = paper.convert("L").resize((8, 8), Image.Resampling.BOX)
    pixels = torch.tensor(np.asarray(small))
    edge = torch.cat([pixels[0], pixels[-1], pixels[1:-1, 0], pixels[1:-1, -1]])
    return pixels if edge.double().mean() <= 127 else 255 - pixels


def _by_numpy(path: Path) -> Tensor:
    pixels = np.array(Image.open(path).convert("RGBA"), dtype=np.float64)
    alpha = pixels[..., 3] / 255
    gray = pixels[..., :3] @ np.array([0.299, 0.587, 0.114]) * alpha + 255 * (1 - alpha)
    small = Image.fromarray(gray.round().astype(np.uint8)).resize((8, 8))
    image = np.array(small)
    inside = image[1:-1, 1:-1].astype(float).sum()
    if (image.astype(float).sum() - inside) / 28 > 127:
        image = 255 - image
    return torch.from_numpy(image)


def _by_inverting(path: Path) -> Tensor:
    picture = Image.open(path).convert("RGBA")
    white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
    white.alpha_composite(picture)
    gray = white.convert("L").resize((8, 8), Image.Resampling.BILINEAR)
    pixels = np.array(gray)
    border = np.r_[pixels[0], pixels[-1], pixels[1:-1, 0], pixels[1:-1, -1]]
    if border.mean() > 127:
        pixels = np.array(ImageOps.invert(gray))
    return torch.as_tensor(pixels)


def _gray_only(path: Path) -> Tensor:
    return torch.from_numpy(np.array(Image.open(path).convert("L").resize((8, 8))))


def _always_turned(path: Path) -> Tensor:
    picture = Image.open(path).convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    gray = Image.alpha_composite(paper, picture).convert("L").resize((8, 8))
    return 255 - torch.from_numpy(np.array(gray))


def _transparency_lost(path: Path) -> Tensor:
    image = torch.from_numpy(np.array(Image.open(path).convert("L").resize((8, 8))))
    return 255 - image if image[0].float().mean() > 127 else image


def _scaled(path: Path) -> Tensor:
    return _by_pasting(path) / 255


def _not_resized(path: Path) -> Tensor:
    picture = Image.open(path).convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    image = torch.from_numpy(np.array(Image.alpha_composite(paper, picture).convert("L")))
    return 255 - image if image[0].float().mean() > 127 else image


def _whole_mean(path: Path) -> Tensor:
    picture = Image.open(path).convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    gray = Image.alpha_composite(paper, picture).convert("L").resize((8, 8))
    image = torch.from_numpy(np.array(gray))
    return 255 - image if image.float().mean() > 127 else image


def _loop(chances: Tensor, y: Tensor, parts: int = 10) -> float:
    top, label = chances.max(dim=1)
    total = 0.0
    for k in range(parts):
        low, high = k / parts, (k + 1) / parts
        inside = (top >= low) & ((top < high) | (k == parts - 1))
        if inside.any():
            gap = top[inside].mean() - (label[inside] == y[inside]).float().mean()
            total += inside.float().mean().item() * abs(gap.item())
    return total


def _with_numpy(chances: Tensor, y: Tensor, parts: int = 10) -> float:
    table = chances.double().numpy()
    top, label = table.max(axis=1), table.argmax(axis=1)
    place = np.minimum((top * parts).astype(int), parts - 1)
    gap = 0.0
    for k in np.unique(place):
        inside = place == k
        hit = (label[inside] == y.numpy()[inside]).mean()
        gap += inside.mean() * abs(top[inside].mean() - hit)
    return float(gap)


def _with_bucketize(chances: Tensor, y: Tensor, parts: int = 10) -> float:
    top = chances.amax(dim=-1)
    hit = chances.argmax(dim=-1).eq(y).to(top.dtype)
    edges = torch.arange(1, parts, dtype=torch.float64) / parts
    place = torch.bucketize(top.double(), edges, right=True)
    sums = torch.bincount(place, weights=(hit - top).double(), minlength=parts)
    return float(sums.abs().sum() / y.numel())


def _signed(chances: Tensor, y: Tensor, parts: int = 10) -> float:
    top, label = chances.max(dim=1)
    return abs((top.mean() - (label == y).float().mean()).item())


def _unweighted(chances: Tensor, y: Tensor, parts: int = 10) -> float:
    top, label = chances.max(dim=1)
    place = (top * parts).long().clamp(max=parts - 1)
    gaps = [
        abs((top[place == k].mean() - (label == y)[place == k].float().mean()).item())
        for k in place.unique()
    ]
    return sum(gaps) / len(gaps)


def _ten_always(chances: Tensor, y: Tensor, parts: int = 10) -> float:
    return _loop(chances, y, 10)


def _eleventh(chances: Tensor, y: Tensor, parts: int = 10) -> float:
    top, label = chances.max(dim=1)
    total = 0.0
    for k in range(parts):
        inside = (top >= k / parts) & (top < (k + 1) / parts)
        if inside.any():
            gap = top[inside].mean() - (label == y)[inside].float().mean()
            total += inside.float().mean().item() * abs(gap.item())
    return total


def _as_tensor(chances: Tensor, y: Tensor, parts: int = 10) -> Any:
    return torch.tensor(_loop(chances, y, parts))


def _on_a_copy(model: nn.Module) -> None:
    twin = copy.deepcopy(model)
    x = torch.randn(30, 4)
    first = twin(x)
    torch.testing.assert_close(twin(x), first, rtol=1e-4, atol=1e-4)
    try:
        alone = torch.stack([twin(row[None])[0] for row in x])
    except ValueError:
        raise AssertionError("a row alone is refused") from None
    torch.testing.assert_close(alone, first, rtol=1e-4, atol=1e-4)


def _by_halves(model: nn.Module) -> None:
    twin = copy.deepcopy(model)
    with torch.inference_mode():
        x = torch.rand(24, 4) * 4 - 2
        whole = twin(x)
        for _ in range(5):
            order = torch.randperm(24)
            assert torch.allclose(twin(x[order]), whole[order], atol=1e-3)
            assert torch.allclose(twin(x[5:]), whole[5:], atol=1e-3)


def _put_back(model: nn.Module) -> None:
    saved = copy.deepcopy(model.state_dict())
    x = torch.randn(8, 4)
    try:
        with torch.no_grad():
            y = model(x)
            for k in range(8):
                try:
                    one = model(x[k].unsqueeze(0))
                except ValueError as error:
                    raise AssertionError(error) from error
                if not torch.allclose(one, y[k : k + 1], atol=1e-4):
                    raise AssertionError(f"row {k}")
    finally:
        model.load_state_dict(saved)


def _switched(model: nn.Module) -> None:
    _put_back(model.eval())


def _shapes_only(model: nn.Module) -> None:
    for n in (2, 5):
        assert copy.deepcopy(model)(torch.zeros(n, 4)).shape == (n, 3)


def _twice_only(model: nn.Module) -> None:
    twin = copy.deepcopy(model)
    x = torch.randn(8, 4)
    assert torch.allclose(twin(x), twin(x), atol=1e-4)


def _statistics_moved(model: nn.Module) -> None:
    x = torch.randn(8, 4)
    y = model(x)
    for k in range(2, 8):
        assert torch.allclose(model(x[:k]), y[:k], atol=1e-4)
    assert torch.allclose(model(x.flip(0)).flip(0), y, atol=1e-4)
    assert torch.allclose(model(x[2:]), y[2:], atol=1e-4)


def _all_refused(model: nn.Module) -> None:
    raise AssertionError("no")


def _training_forbidden(model: nn.Module) -> None:
    assert not model.training
    _put_back(model)


def _returns(model: nn.Module) -> Any:
    twin, x = copy.deepcopy(model), torch.randn(8, 4)
    return torch.allclose(twin(x)[3], twin(x[3:5])[0])


def _by_repeat(model: nn.Module, example: Tensor) -> ExportedProgram:
    twin = copy.deepcopy(model).eval()
    rows = example.repeat(2, *[1] * (example.dim() - 1))
    return export(twin, (rows,), dynamic_shapes=[{0: Dim("n", min=1)}])


def _by_zeros(model: nn.Module, example: Tensor) -> ExportedProgram:
    modes = [module.training for module in model.modules()]
    model.eval()
    program = export(
        model, (example.new_zeros(7, *example.shape[1:]),), dynamic_shapes=({0: Dim.AUTO},)
    )
    for module, mode in zip(model.modules(), modes, strict=True):
        module.training = mode
    return program


def _by_dynamic(model: nn.Module, example: Tensor) -> ExportedProgram:
    twin = copy.deepcopy(model)
    twin.eval()
    two = example[:1].expand(2, *example.shape[1:])
    return export(twin, (two,), dynamic_shapes=({0: Dim.DYNAMIC},), strict=False)


def _as_it_is(model: nn.Module, example: Tensor) -> ExportedProgram:
    return export(copy.deepcopy(model).eval(), (example,))


def _one_row(model: nn.Module, example: Tensor) -> ExportedProgram:
    twin = copy.deepcopy(model).eval()
    return export(twin, (example,), dynamic_shapes=({0: Dim("batch")},))


def _auto_one(model: nn.Module, example: Tensor) -> ExportedProgram:
    twin = copy.deepcopy(model).eval()
    return export(twin, (example,), dynamic_shapes=({0: Dim.AUTO},))


def _mode_lost(model: nn.Module, example: Tensor) -> ExportedProgram:
    two = torch.cat([example, example])
    return export(model.eval(), (two,), dynamic_shapes=({0: Dim("batch")},))


def _mode_kept(model: nn.Module, example: Tensor) -> ExportedProgram:
    two = torch.cat([example, example])
    twin = copy.deepcopy(model).train()
    return export(twin, (two,), dynamic_shapes=({0: Dim("batch")},))


def _module(model: nn.Module, example: Tensor) -> Any:
    return _by_repeat(model, example).module()


@pytest.mark.parametrize(
    ("task", "answer"),
    [
        ("read_image", _by_pasting),
        ("read_image", _by_numpy),
        ("read_image", _by_inverting),
        ("calibration_error", _loop),
        ("calibration_error", _with_numpy),
        ("calibration_error", _with_bucketize),
        ("check_model", _on_a_copy),
        ("check_model", _by_halves),
        ("check_model", _put_back),
        ("export_any", _by_repeat),
        ("export_any", _by_zeros),
        ("export_any", _by_dynamic),
    ],
)
def test_another_style_is_right(task: str, answer: Callable[..., Any]) -> None:
    """A right answer is right, however it was written."""
    torch.manual_seed(0)
    verdict = judge(CHAPTER, task, answer)
    assert verdict.state == "right", verdict.text


@pytest.mark.parametrize(
    ("task", "answer", "state", "told"),
    [
        ("read_image", _gray_only, "wrong", "black ink on white: a pixel is off by 255"),
        ("read_image", _always_turned, "wrong", "white ink on black: a pixel is off by 255"),
        ("read_image", _transparency_lost, "wrong", "transparent elsewhere: a pixel is off"),
        ("read_image", _scaled, "wrong", "expected uint8, got torch.float32"),
        ("read_image", _not_resized, "wrong", "expected the shape (8, 8), got (64, 64)"),
        ("read_image", _whole_mean, "wrong", "the border has"),
        ("calibration_error", _signed, "wrong", "bins of three, one and one"),
        ("calibration_error", _unweighted, "wrong", "bins of three, one and one"),
        ("calibration_error", _ten_always, "wrong", "all in one bin"),
        ("calibration_error", _eleventh, "wrong", "all sure, all wrong: expected 1"),
        ("calibration_error", _as_tensor, "wrong", "expected a float, got Tensor"),
        ("check_model", _switched, "wrong", "has changed"),
        ("check_model", _shapes_only, "wrong", "a broken model has passed: dropout left on"),
        ("check_model", _twice_only, "wrong", "a broken model has passed: batch norm"),
        ("check_model", _statistics_moved, "wrong", "the model has changed (batch norm"),
        ("check_model", _all_refused, "wrong", "a good model was refused (a small network"),
        ("check_model", _training_forbidden, "wrong", "training mode, without anything random"),
        ("check_model", _returns, "wrong", "a broken model has passed"),
        ("export_any", _as_it_is, "wrong", "it refuses 2 rows: Guard failed"),
        ("export_any", _one_row, "raised", "specialized it to be a constant"),
        ("export_any", _auto_one, "wrong", "it refuses 2 rows"),
        ("export_any", _mode_lost, "wrong", "its mode"),
        ("export_any", _mode_kept, "wrong", "in evaluation mode dropout is off"),
        ("export_any", _module, "wrong", "expected an exported program"),
    ],
)
def test_a_usual_mistake_is_named(
    task: str, answer: Callable[..., Any], state: str, told: str
) -> None:
    """The verdict says in words what a reader did who made this mistake."""
    torch.manual_seed(0)
    is_told(CHAPTER, task, answer, told, state)
