"""Worked solutions of the exercises of *Ship it*."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.export import Dim, ExportedProgram, export


# --8<-- [start:read]
def read_image(path: Path) -> torch.Tensor:
    picture = Image.open(path).convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    gray = Image.alpha_composite(paper, picture).convert("L").resize((8, 8))
    image = torch.from_numpy(np.array(gray))
    border = torch.ones(8, 8, dtype=torch.bool)
    border[1:-1, 1:-1] = False
    return 255 - image if image[border].float().mean() > 127 else image


# --8<-- [end:read]


# --8<-- [start:calibration]
def calibration_error(chances: torch.Tensor, y: torch.Tensor, parts: int = 10) -> float:
    sure, label = chances.max(dim=1)
    gap = (label == y).double() - sure
    place = (sure * parts).long().clamp(max=parts - 1)
    sums = torch.zeros(parts, dtype=torch.float64).index_add(0, place, gap)
    return sums.abs().sum().item() / len(y)  # a bin's share times its mean gap is its sum by n


# --8<-- [end:calibration]


# --8<-- [start:check]
def check_model(model: nn.Module) -> None:
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    rows = torch.randn(16, 4, generator=torch.Generator().manual_seed(0))
    try:
        with torch.no_grad():
            together = model(rows)
            for _ in range(2):
                for k in range(16):
                    alone = model(rows[k : k + 1])
                    assert torch.allclose(alone[0], together[k], atol=1e-4), "not the same alone"
            backward = model(rows.flip(0)).flip(0)
            assert torch.allclose(backward, together, atol=1e-4), "not the same in another order"
    except (ValueError, RuntimeError) as error:
        raise AssertionError("it does not take a row alone") from error
    finally:
        model.load_state_dict(state)


# --8<-- [end:check]


# --8<-- [start:export]
def export_any(model: nn.Module, example: torch.Tensor) -> ExportedProgram:
    modes = {module: module.training for module in model.modules()}
    try:
        two = torch.cat([example, example])
        return export(model.eval(), (two,), dynamic_shapes=({0: Dim("batch")},))
    finally:
        for module, training in modes.items():
            module.training = training


# --8<-- [end:export]
