"""Worked solutions of the tasks in `tasks.py`."""

from __future__ import annotations

import platform
from pathlib import Path

import torch


# --8<-- [start:report]
def report() -> dict[str, str]:
    """Return three texts about this Python and its torch."""
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "threads": str(torch.get_num_threads()),
    }


# --8<-- [end:report]


# --8<-- [start:wheel_kind]
def wheel_kind(version: str) -> str:
    """Say what a torch version tells about its wheel."""
    label = version.partition("+")[2]
    if label == "cpu":
        return "cpu"
    return "cuda" if label.startswith("cu") else "unlabeled"


# --8<-- [end:wheel_kind]


# --8<-- [start:on_best_device]
def on_best_device(values: list[float]) -> torch.Tensor:
    """Return the values on the best device there is."""
    device = "cpu"
    if torch.accelerator.is_available():
        device = str(torch.accelerator.current_accelerator())
    return torch.tensor(values, dtype=torch.float32, device=device)


# --8<-- [end:on_best_device]


# --8<-- [start:shadowed]
def shadowed(folder: Path, names: list[str]) -> list[str]:
    """Return the names that something in `folder` would hide."""
    hidden = []
    for name in names:
        file = folder / f"{name}.py"
        package = folder / name / "__init__.py"
        if file.is_file() or package.is_file():
            hidden.append(name)
    return hidden


# --8<-- [end:shadowed]
