"""The README keeps its promises: two commands at its top, short, and every path in it exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_two_commands_stand_at_the_top() -> None:
    """A newcomer sees first how to build the book and how to test it, and nothing else to type."""
    first = re.search(r"```bash\n(.*?)```", README, re.S)
    assert first
    assert README.startswith("# PyTorch, Executed\n\n```bash\n")
    commands = [line.split("#")[0].strip() for line in first[1].splitlines()]
    assert commands == ["python3 book.py docs", "python3 book.py tests"]


def test_it_is_short() -> None:
    """Under a hundred lines."""
    assert len(README.splitlines()) < 100


def test_what_it_names_exists() -> None:
    """Each link and each path in the table leads somewhere."""
    links = re.findall(r"\]\(([^)#]+)\)", README)
    table = re.findall(r"`([\w./-]+/|[\w./-]+\.(?:py|md))`", README)
    for name in {*links, *table} - {"data/", "index.html"}:
        if "://" not in name:
            assert (ROOT / name).exists(), name
