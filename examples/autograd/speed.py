"""How long a round of the five steps takes in the engine, in the mini framework and in torch."""

from __future__ import annotations

import platform
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import process_time

import torch
from torch import nn

from examples.autograd.beside import twin
from examples.autograd.circles import four_layers, two_rings
from examples.autograd.framework import SGD, BCEWithLogitsLoss, five_steps

Job = Callable[[], object]


# --8<-- [start:rounds]
def rounds(width: int, batch: int) -> tuple[Job, Job]:
    """Return one round of the five steps, in the mini framework and in torch.

    Args:
        width: units in each of the three hidden layers.
        batch: samples that go through together.
    """
    x, t = two_rings(batch, Random(0))
    model = four_layers(width, Random(1))
    other = twin(model).float()  # torch as it is usually run
    loss_fn, optimizer = BCEWithLogitsLoss(), SGD(model.parameters(), lr=0.01)
    X, T = torch.tensor(x), torch.tensor(t)
    other_loss_fn = nn.BCEWithLogitsLoss()
    other_optimizer = torch.optim.SGD(other.parameters(), lr=0.01)

    def in_torch() -> None:
        loss = other_loss_fn(other(X), T)
        other_optimizer.zero_grad()
        loss.backward()
        other_optimizer.step()

    return lambda: five_steps(model, loss_fn, optimizer, x, t), in_torch


# --8<-- [end:rounds]


# --8<-- [start:band]
def seconds(job: Job, at_least: float) -> float:
    """Repeat a job for some seconds of processor time; return the seconds of one.

    Processor time leaves out the time in which other programs had the processor.
    """
    times, start = 0, process_time()
    while (spent := process_time() - start) < at_least:
        job()
        times += 1
    return spent / times


def band(
    slow: Job,
    fast: Job,
    repeats: int = 3,
    at_least: float = 0.02,
) -> tuple[float, float]:
    """Return the lowest and the highest ratio of two jobs' times, measured in turn."""
    slow(), fast()  # once to warm up
    pairs = [(seconds(slow, at_least), seconds(fast, at_least)) for _ in range(repeats)]
    ratios = [ours / theirs for ours, theirs in pairs]
    return min(ratios), max(ratios)


# --8<-- [end:band]


def short(number: float) -> str:
    """Write a ratio with two digits that count.

    >>> short(0.234), short(3.21), short(48.7), short(561.0)
    ('0.23', '3.2', '49', '560')
    """
    if number >= 100:
        return f"{round(number, -1):.0f}"
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}" if number >= 1 else f"{number:.2f}"


def processor() -> str:
    """Return the processor's name where the system tells it, else its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
