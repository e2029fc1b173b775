"""The device is asked for once, clocks wait, and measuring leaves no doubt about units."""

from __future__ import annotations

import time

import pytest
import torch
from torch import nn

from examples.work import devices
from examples.work.devices import best_device, places, seconds, throughput, without_gpu

CPU = torch.device("cpu")


def test_the_best_device_works() -> None:
    """A tensor can be made on it and brought back."""
    assert torch.ones(3, device=best_device()).cpu().sum() == 3


def test_without_an_accelerator_it_is_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where torch names no accelerator, the CPU is the device."""
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda check_available: None)
    assert best_device() == CPU


def test_places_sees_parameters_and_buffers() -> None:
    """A buffer on another device than the parameters shows."""
    layer = nn.BatchNorm1d(2)
    layer.running_mean = torch.zeros(2, device="meta")
    assert places(layer) == {"cpu", "meta"}


def test_seconds_are_seconds() -> None:
    """A call that sleeps for 20 ms is timed as such."""
    assert 0.02 <= seconds(lambda: time.sleep(0.02), CPU, repeat=3) < 0.2


def test_seconds_wait_on_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each counted call is between two waits, and the first two calls are not counted."""
    events: list[str] = []
    monkeypatch.setattr(devices, "wait", lambda device: events.append("wait"))
    seconds(lambda: events.append("work"), CPU, repeat=2)
    assert events == ["work"] * 2 + ["wait", "work", "wait"] * 2


def test_a_step_of_16_bits_runs() -> None:
    """The same step runs under autocast."""
    devices.training_step(8, 4, CPU, torch.bfloat16)()


def test_throughput_is_size_by_time() -> None:
    """Samples a second are the batch size divided by the seconds of a step."""
    ((size, ms, rate),) = throughput([4], CPU, width=8, repeat=2)
    assert size == 4
    assert rate == pytest.approx(4 / (ms / 1000))


def test_a_program_without_a_gpu_sees_none(capfd: pytest.CaptureFixture[str]) -> None:
    """The child says that CUDA is not available, and its warnings carry no path."""
    without_gpu(
        "import warnings; warnings.warn('hm')\nimport torch; print(torch.cuda.is_available())"
    )
    out, err = capfd.readouterr()
    assert out == "False\n"
    assert err == "UserWarning: hm\n"
