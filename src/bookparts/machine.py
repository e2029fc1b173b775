"""What this machine is, for the provenance of a page, and what it has, for `needs=`."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]


def start() -> None:
    """Give a fresh chapter process its own unseeded state.

    A chapter is forked from a process that has imported torch already, and would inherit its
    generator; a reader who starts Python gets a new one.
    """
    import torch

    torch.set_num_threads(1)
    torch.seed()


def describe() -> dict[str, str]:
    """Name the device and the threads that this process computes with.

    Returns:
        `{"device": …, "threads": …}`; the device is the accelerator's own name, or the kind of CPU.
    """
    import torch

    gpu = torch.cuda.is_available()
    device = torch.cuda.get_device_name(0) if gpu else f"CPU ({cpu_architecture()})"
    return {"device": device, "threads": str(torch.get_num_threads())}


def cpu_architecture() -> str:
    """Return the processor's architecture as one word, e.g. `x86_64` or `arm64`."""
    return platform.machine() or "unknown"


def has_cuda() -> bool:
    """Say whether torch could use an NVIDIA GPU here, without importing torch."""
    try:
        if "+cpu" in version("torch"):
            return False
        driver = ctypes.CDLL("nvcuda.dll" if os.name == "nt" else "libcuda.so.1")
    except (PackageNotFoundError, OSError):
        return False
    count = ctypes.c_int()
    found = driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0
    return bool(found and count.value > 0)


def has_compiler() -> bool:
    """Say whether `torch.compile` finds the C++ compiler that it makes CPU code with."""
    named = os.environ.get("CXX")
    return any(shutil.which(name) for name in ([named] if named else ["g++", "clang++"]))


def has_onnx() -> bool:
    """Say whether a network can be exported to ONNX and run there."""
    return all(map(find_spec, ("onnx", "onnxscript", "onnxruntime")))


def has_torchao() -> bool:
    """Say whether torchao is installed."""
    return find_spec("torchao") is not None


def data_folder() -> Path:
    """Return the folder that holds the data sets: `PYTORCH_EXECUTED_DATA`, or `data/`."""
    given = os.environ.get("PYTORCH_EXECUTED_DATA")
    return Path(given).expanduser() if given else _ROOT / "data"


def has_mnist() -> bool:
    """Say whether the four MNIST files are in the data folder."""
    return _has_idx("mnist")


def has_fashion_mnist() -> bool:
    """Say whether the four Fashion-MNIST files are in the data folder."""
    return _has_idx("fashion-mnist")


def _has_idx(name: str) -> bool:
    kinds = ("images-idx3", "labels-idx1")
    files = [f"{part}-{kind}-ubyte.gz" for part in ("train", "t10k") for kind in kinds]
    return all((data_folder() / name / file).is_file() for file in files)
