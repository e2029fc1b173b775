"""Write your answers here, then run `python3 book.py check install`."""

from __future__ import annotations

from pathlib import Path

import torch


def report() -> dict[str, str]:
    """Return three texts about the Python and the torch that run this.

    The keys are `"python"` (such as `"3.12.4"`), `"torch"` (the version, with what follows a plus
    sign, if anything does) and `"threads"` (how many torch uses, as a text).
    """
    raise NotImplementedError


def wheel_kind(version: str) -> str:
    """Say what a torch version tells about its wheel: `"cpu"`, `"cuda"` or `"unlabeled"`.

    `"2.13.0+cpu"` is a CPU wheel, `"2.13.0+cu130"` one with CUDA 13.0, and `"2.13.0"` says nothing.
    """
    raise NotImplementedError


def on_best_device(values: list[float]) -> torch.Tensor:
    """Return the values as a float32 tensor on the accelerator if there is one, else on the CPU."""
    raise NotImplementedError


def shadowed(folder: Path, names: list[str]) -> list[str]:
    """Return those of the names that a file or folder in `folder` would hide from `import`.

    `torch.py` hides `torch`, and so does a folder called `torch` that has an `__init__.py`.
    Keep the order of `names`.
    """
    raise NotImplementedError
