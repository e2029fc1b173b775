"""The hosted workflow and the action: they can be read, and ask for nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from bookproof import __main__

ROOT = Path(__file__).resolve().parents[2]
FILES = [*ROOT.glob(".github/**/*.yml"), *ROOT.glob(".github/**/*.yaml")]


def _steps(values: Any) -> list[dict[str, Any]]:
    """List the steps of all jobs of a workflow, or of an action."""
    jobs = values["jobs"].values() if "jobs" in values else [values["runs"]]
    return [step for job in jobs for step in job["steps"]]


def test_every_step_says_what_it_runs() -> None:
    """A step runs a command or uses an action; one of this repository is there."""
    assert len(FILES) >= 2
    for file in FILES:
        for step in _steps(yaml.safe_load(file.read_text("utf-8"))):
            assert ("run" in step) != ("uses" in step), step
            if step.get("uses", "").startswith("./"):
                assert (ROOT / step["uses"] / "action.yml").is_file(), step


def test_what_they_run_of_ours_exists() -> None:
    """The commands of `book.py` and of the engine are those that there are."""
    parser = __main__._parser()
    known = next(action.choices for action in parser._actions if isinstance(action.choices, dict))
    source = (ROOT / "book.py").read_text("utf-8")
    for file in FILES:
        text = file.read_text("utf-8")
        for name in re.findall(r"-m bookproof (\w+)|bin/bookproof (\w+)", text):
            assert "".join(name) in (known or {})
        for name in re.findall(r"book\.py (\w+)", text):
            assert name == "prepare" or f'    "{name}": [' in source


def test_the_action_tells_what_it_takes() -> None:
    """Each input has a description and is used; a step in an action names its shell."""
    action = yaml.safe_load((ROOT / ".github/actions/bookproof/action.yml").read_text("utf-8"))
    text = (ROOT / ".github/actions/bookproof/action.yml").read_text("utf-8")
    for name, said in action["inputs"].items():
        assert said["description"]
        assert text.count(f"inputs.{name}") >= 1
    for step in _steps(action):
        assert "uses" in step or step["shell"] == "bash"
