"""Say what this machine computes with, and show what happens when Python finds the wrong torch.

Run it: `python -m examples.start.install`.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import venv
from pathlib import Path

import torch


# --8<-- [start:device]
def best_device() -> torch.device:
    """Return the accelerator that torch can use here, or the CPU.

    >>> torch.ones(2, device=best_device()).sum().item()
    2.0
    """
    name = "cpu"
    if torch.accelerator.is_available():
        name = str(torch.accelerator.current_accelerator())
    return torch.device(name)


# --8<-- [end:device]


# --8<-- [start:machine]
def machine() -> dict[str, str]:
    """Return what the results of torch can depend on, as texts.

    >>> machine()["torch"] == torch.__version__
    True
    """
    interpreter = Path(sys.executable).parts[-3:]
    return {
        "system": f"{platform.system()} on {platform.machine()}",
        "python": platform.python_version(),
        "interpreter": "/".join(interpreter),
        "torch": torch.__version__,
        "threads": str(torch.get_num_threads()),
        "device": str(best_device()),
    }


# --8<-- [end:machine]


def empty_environment(folder: Path) -> Path:
    """Make a virtual environment in which nothing is installed, and return its interpreter.

    Args:
        folder: where to make it; created if it is not there.

    Raises:
        OSError: if the folder cannot be written.
    """
    venv.create(folder, symlinks=os.name != "nt", with_pip=False)
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run_python(*arguments: str, folder: Path, python: Path | None = None) -> str:
    """Run `python …` in a folder and return what it printed, errors included.

    Args:
        arguments: what follows `python` on the command line.
        folder: where it runs; its own path is cut out of the text.
        python: the interpreter; by default the one that runs this.

    Raises:
        subprocess.TimeoutExpired: if it has not ended after 100 seconds.
    """
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PIP_"))}
    clean["PIP_CONFIG_FILE"] = os.devnull
    done = subprocess.run(
        [str(python or sys.executable), *arguments],
        cwd=folder,
        env=clean,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=100,
    )
    text = done.stdout + done.stderr
    for path in (folder, folder.resolve()):
        text = text.replace(f"{path}{os.sep}", "").replace(str(path), ".")
    return text.strip()


if __name__ == "__main__":
    for name, value in machine().items():
        print(f"{name:12}{value}")
