"""How to cite the book, and a machine to open it on: what both say is so."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


def test_the_citation_names_this_version_of_the_book() -> None:
    """In Citation File Format 1.2: version and title are the project's, no field is missing."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {"cff-version", "message", "title", "authors"} <= cited.keys()
    assert cited["cff-version"] == "1.2.0"
    assert cited["version"] == project["version"]
    site = (ROOT / "mkdocs.yml").read_text("utf-8")
    for one in (cited, cited["preferred-citation"]):
        assert f"site_name: {one['title']}\n" in site
        assert all(set(author) == {"name"} for author in one["authors"])


def test_the_container_prepares_what_the_readme_tells_to_run() -> None:
    """Its Python can run the book, and its command is one of `book.py`."""
    made = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"].removeprefix(">=") in made["image"]
    assert made["postCreateCommand"] == "python3 book.py prepare tests"
