"""Worked solutions of the tasks in `tasks.py`."""

from __future__ import annotations

import platform
from pathlib import Path

import torch


# --8<-- [start:report]
def report() -> dict[str, str]:
    """Return three texts about the Python and the torch that run this."""
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
    """Return the values as a float32 tensor on the accelerator if there is one, else on the CPU."""
    device = torch.device("cpu")
    if torch.accelerator.is_available():
        device = torch.accelerator.current_accelerator() or device
    return torch.tensor(values, dtype=torch.float32, device=device)


# --8<-- [end:on_best_device]


# --8<-- [start:shadowed]
def shadowed(folder: Path, names: list[str]) -> list[str]:
    """Return those of the names that a file or folder in `folder` would hide from `import`."""
    return [
        name
        for name in names
        if (folder / f"{name}.py").is_file() or (folder / name / "__init__.py").is_file()
    ]


# --8<-- [end:shadowed]
