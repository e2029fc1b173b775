"""Write code for whatever device there is, and measure what a device does.

Run it to see where this machine computes: `python -m examples.work.devices`.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence

import torch
from torch import nn


# --8<-- [start:best_device]
def best_device() -> torch.device:
    """Return the accelerator that is in use, or the CPU where there is none.

    >>> torch.ones(2, device=best_device()).sum().item()
    2.0
    """
    found = torch.accelerator.current_accelerator(check_available=True)
    return torch.device("cpu") if found is None else found


# --8<-- [end:best_device]


# --8<-- [start:places]
def places(module: nn.Module) -> set[str]:
    """Return the kinds of devices on which a module's parameters and buffers live.

    >>> places(nn.Linear(2, 1))
    {'cpu'}
    """
    tensors = [*module.parameters(), *module.buffers()]
    return {tensor.device.type for tensor in tensors}


# --8<-- [end:places]


# --8<-- [start:wait]
def wait(device: torch.device) -> None:
    """Return when the device has done all that it was asked; the CPU always has."""
    if device.type != "cpu":
        torch.accelerator.synchronize(device)


# --8<-- [end:wait]


# --8<-- [start:seconds]
def seconds(work: Callable[[], object], device: torch.device, repeat: int = 10) -> float:
    """Return the median seconds of a call, with the device's work included.

    Two calls go first and are not counted: they load kernels and warm caches.
    """
    for _ in range(2):
        work()
    times = []
    for _ in range(repeat):
        wait(device)
        start = time.perf_counter()
        work()
        wait(device)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


# --8<-- [end:seconds]


# --8<-- [start:step]
def training_step(
    width: int, rows: int, device: torch.device, autocast: torch.dtype | None = None
) -> Callable[[], None]:
    """Return a function that does the five steps once, on random data already on the device.

    Args:
        width: inputs and hidden units of a network with three hidden layers and ten classes.
        rows: samples in the batch.
        device: where to compute.
        autocast: a dtype of 16 bits for the products of the forward pass, or `None`.

    >>> training_step(width=8, rows=4, device=torch.device("cpu"))()
    """
    layers = [layer for _ in range(3) for layer in (nn.Linear(width, width), nn.ReLU())]
    model = nn.Sequential(*layers, nn.Linear(width, 10)).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    x = torch.randn(rows, width, device=device)
    y = torch.randint(10, (rows,), device=device)

    def step() -> None:
        with torch.autocast(device.type, autocast, enabled=autocast is not None):
            loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


# --8<-- [end:step]


# --8<-- [start:throughput]
def throughput(
    sizes: Iterable[int], device: torch.device, width: int = 256, repeat: int = 10
) -> list[tuple[int, float, float]]:
    """Measure training steps at several batch sizes.

    Returns:
        Batch size, milliseconds a step, samples a second; a tuple for each size.
    """
    rows = []
    for size in sizes:
        took = seconds(training_step(width, size, device), device, repeat)
        rows.append((size, 1000 * took, size / took))
    return rows


# --8<-- [end:throughput]


def without_gpu(code: str) -> None:
    """Run a program in a fresh Python that sees no NVIDIA GPU, and let it print.

    Warnings are printed without the path of the file that they came from.
    """
    head = "import warnings; warnings.formatwarning = lambda m, c, *_: f'{c.__name__}: {m}\\n'"
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    subprocess.run([sys.executable, "-c", f"{head}\n{code}"], env=environment, check=False)


def throughput_table(rows: Sequence[tuple[int, float, float]]) -> str:
    """Return what `throughput` measured as a Markdown table.

    >>> print(throughput_table([(4, 2.0, 2000.0)]).splitlines()[-1])
    | 4 | 2.00 | 2,000 |
    """
    lines = ["| batch size | ms a step | samples a second |", "|--:|--:|--:|"]
    lines += [f"| {size} | {ms:.2f} | {rate:,.0f} |" for size, ms, rate in rows]
    return "\n".join(lines)


if __name__ == "__main__":
    device = best_device()
    print(f"computing on {device}")
    print(throughput_table(throughput((1, 16, 256, 4096), device)))
