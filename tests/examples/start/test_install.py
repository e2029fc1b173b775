"""Tests of the code of `docs/start/install.md`."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest
import torch

from bookparts.figures import figure, svg
from examples.start.install import best_device, empty_environment, machine, run_python
from examples.start.install_figures import draw_two_pythons


def test_the_report_names_this_python_and_this_torch() -> None:
    """What the page prints about a machine is what the machine says."""
    report = machine()
    assert report["python"] == platform.python_version()
    assert report["torch"] == torch.__version__
    assert report["threads"] == str(torch.get_num_threads())
    assert all(isinstance(value, str) for value in report.values())


def test_the_report_does_not_tell_where_the_project_lies() -> None:
    """At most the last three parts of the interpreter's path are shown."""
    shown = machine()["interpreter"]
    assert not shown.startswith("/") and len(shown.split("/")) <= 3


def test_a_tensor_can_be_made_on_the_best_device() -> None:
    """The device that is found works, and it is the CPU where there is no accelerator."""
    assert torch.ones(2, device=best_device()).sum().item() == 2
    if not torch.accelerator.is_available():
        assert best_device() == torch.device("cpu")


def test_an_empty_environment_has_a_python_and_no_torch(tmp_path: Path) -> None:
    """Its interpreter runs, and does not see the packages of ours."""
    python = empty_environment(tmp_path / "second")
    assert run_python("-c", "print(1 + 1)", folder=tmp_path, python=python) == "2"
    message = run_python("-c", "import torch", folder=tmp_path, python=python)
    assert message.splitlines()[-1] == "ModuleNotFoundError: No module named 'torch'"


def test_a_file_called_torch_hides_torch_until_it_is_renamed(tmp_path: Path) -> None:
    """The same program fails under one name and runs under another."""
    (tmp_path / "torch.py").write_text("import torch\n\nprint(torch.tensor([1.0]))\n")
    assert "has no attribute 'tensor'" in run_python("torch.py", folder=tmp_path)
    (tmp_path / "torch.py").rename(tmp_path / "first.py")
    assert run_python("first.py", folder=tmp_path) == "tensor([1.])"


def test_what_a_python_prints_does_not_tell_its_folder(tmp_path: Path) -> None:
    """A traceback names the file and not the path to it."""
    (tmp_path / "wrong.py").write_text("1 / 0\n")
    message = run_python("wrong.py", folder=tmp_path)
    assert 'File "wrong.py"' in message and str(tmp_path) not in message


def test_settings_of_the_caller_do_not_reach_the_other_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PYTHON… and PIP_… variables are left out, so that the page is the same everywhere."""
    monkeypatch.setenv("PYTHONSTARTUP", "nowhere.py")
    monkeypatch.setenv("PIP_INDEX_URL", "nowhere")
    program = "import os; print([k for k in os.environ if k.startswith(('PYTHON', 'PIP_'))])"
    assert run_python("-c", program, folder=tmp_path) == "['PIP_CONFIG_FILE']"


def test_the_figure_says_what_both_pythons_said() -> None:
    """Both answers stand in the drawing as they were given."""
    fig, ax = figure(width=7, height=2)
    draw_two_pythons(ax, "found it", "found nothing")
    drawing = svg(fig, alt="two")
    assert "found it" in drawing and "found nothing" in drawing
