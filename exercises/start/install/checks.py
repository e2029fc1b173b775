"""Checks of the answers in `tasks.py`."""

from __future__ import annotations

import platform
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from bookparts.practice import same


def check_report(answer: Callable[[], dict[str, str]]) -> None:
    """Compare the three texts with those of this process."""
    want = {
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "threads": str(torch.get_num_threads()),
    }
    got = answer()
    if isinstance(got, dict):
        got = {key: str(value) if key == "torch" else value for key, value in got.items()}
    same(got, want, "platform.python_version(), torch.__version__ and torch.get_num_threads()")


def check_wheel_kind(answer: Callable[[str], str]) -> None:
    """Try labels of all three kinds, and one that only looks like a label."""
    cases = {
        "2.13.0+cpu": "cpu",
        "2.13.0+cu130": "cuda",
        "2.7.1+cu118": "cuda",
        "2.13.0": "unlabeled",
        "2.14.0rc1": "unlabeled",
        "3.0.0.dev20261101+cu130": "cuda",
        "3.0.0.dev20261101+cpu": "cpu",
        "3.0.0.dev20261101": "unlabeled",
    }
    for version, want in cases.items():
        same(answer(version), want, f"for {version!r}; look only at what follows the plus sign")


def check_on_best_device(answer: Callable[[list[float]], torch.Tensor]) -> None:
    """Check the values, the dtype and the kind of device, for whole numbers, too."""
    found = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    device = found.type if found else "cpu"
    for values in ([1.5, -2.0], [1, 2], [0.25, 3], [1e-3]):
        got = answer(list(values))
        want = torch.tensor(values, dtype=torch.float32)
        hint = f"for {values}"
        if all(isinstance(value, int) for value in values):
            hint += ", whole numbers: torch.tensor takes their dtype unless you name another"
        same(got.cpu() if isinstance(got, torch.Tensor) else got, want, hint)
        assert got.device.type == device, f"expected it on {device}, it is on {got.device.type}"


def check_shadowed(answer: Callable[[Path, list[str]], list[str]]) -> None:
    """Lay out a folder with a file, a package and two things that hide nothing."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "torch.py").touch()
        (folder / "numpy").mkdir()
        (folder / "numpy" / "__init__.py").touch()
        (folder / "random").mkdir()
        (folder / "math.txt").touch()
        same(answer(folder, ["math", "torch"]), ["torch"], "the folder has torch.py and math.txt")
        same(
            answer(folder, ["numpy", "random", "torch", "json"]),
            ["numpy", "torch"],
            "numpy/ has an __init__.py, random/ is an empty folder",
        )
        same(answer(folder, ["torch", "numpy"]), ["torch", "numpy"], "in the order of the names")
        same(answer(folder, ["json"]), [], "nothing in the folder is called json")
