"""The wheel as a stranger gets it: an empty environment, a book of one page, no clone of ours."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "packages" / "bookproof"
MKDOCS = """site_name: A stranger's book
plugins:
  - search
  - markdown-exec
markdown_extensions:
  - pymdownx.superfences
"""
PAGE = """# Circles

```python exec="1" source="above" result="text"
import math

print(f"area {math.pi:.4f}")
```
"""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


class Stranger:
    """Somebody with an environment of their own, and a folder with a book."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = folder / "env"
        self.bin = self.env / ("Scripts" if os.name == "nt" else "bin")
        self.book = folder / "book"
        (self.book / "docs").mkdir(parents=True)
        (self.book / "mkdocs.yml").write_text(MKDOCS, "utf-8")
        (self.book / "docs" / "index.md").write_text(PAGE, "utf-8")

    def run(self, *words: str) -> tuple[int, str]:
        """Run a program of the environment in the book's folder."""
        kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
        program = str(self.bin / words[0])
        done = subprocess.run(
            [program, *words[1:]],
            cwd=self.book, env=kept, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this repository."""
    folder = tmp_path_factory.mktemp("dist")
    words = ["pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(PACKAGE)]
    subprocess.run([sys.executable, "-m", *words], check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def stranger(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Stranger:
    """An environment with the wheel and what it asks for, and nothing else."""
    made = Stranger(tmp_path_factory.mktemp("stranger"))
    venv.create(made.env, with_pip=True)
    code, text = made.run("pip", "install", "--quiet", f"bookproof[mkdocs] @ {wheel.as_uri()}")
    assert code == 0, text
    return made


def test_the_wheel_brings_all_of_the_engine_and_nothing_of_the_book(wheel: Path) -> None:
    """Its rooms, its style sheet, its license; no torch among what it asks for."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(next(n for n in names if n.endswith("METADATA"))).decode()
    source = PACKAGE / "src"
    files = {
        p.relative_to(source).as_posix()
        for p in source.rglob("*")
        if p.is_file() and "__pycache__" not in p.parts
    }
    assert files <= set(names)
    assert {n.split("/")[0] for n in names if ".dist-info" not in n} == {"bookproof"}
    assert any(name.endswith("LICENSE") for name in names)
    asked = re.findall(r"^Requires-Dist: ([\w-]+)", metadata, re.MULTILINE)
    assert "markdown-exec" in asked
    assert not {"torch", "mkdocs-material", "nox"} & set(asked)


def test_a_book_of_one_page_is_set_up_recorded_broken_and_red(stranger: Stranger) -> None:
    """As the README tells it: init, record, check, build; then one digit, and red."""
    code, text = stranger.run("bookproof", "init")
    assert code == 0, text
    assert "found 1 executed python blocks on 1 pages under docs/" in text
    assert "      - bookproof" not in text
    plugins = (stranger.book / "mkdocs.yml").read_text("utf-8")
    assert "  - markdown-exec\n  - bookproof\n" in plugins
    assert "[tool.bookproof]" in (stranger.book / "pyproject.toml").read_text("utf-8")
    assert stranger.run("bookproof", "init")[0] == 0  # once more changes nothing
    assert (stranger.book / "mkdocs.yml").read_text("utf-8") == plugins

    assert stranger.run("bookproof", "check")[0] == 1  # nothing is recorded yet
    code, text = stranger.run("bookproof", "record")
    assert code == 0, text
    assert stranger.run("bookproof", "check", "--fresh")[0] == 0
    code, text = stranger.run("mkdocs", "build", "--strict")
    assert code == 0, text
    page = (stranger.book / "site" / "index.html").read_text("utf-8")
    assert "area 3.1416" in page
    assert "bookproof.css" in page

    recording = stranger.book / "recordings" / "index.txt"
    recording.write_text(recording.read_text("utf-8").replace("3.1416", "3.1446"), "utf-8")
    code, text = stranger.run("bookproof", "check")
    assert code == 1
    assert text.startswith("docs/index.md:3: the output drifted from its recording")
    assert "-area 3.1446\n+area 3.1416" in text
    assert "accept them with `bookproof record`" in text
    assert stranger.run("mkdocs", "build", "--strict")[0] == 1

    code, text = stranger.run("bookproof", "explain", "docs/index.md:5")
    assert code == 0, text
    assert "docs/index.md:3, block 1 of 1: import math" in text
    assert "recordings/index.txt:1, with Python" in text
    assert re.search(r"^verdict +drift", text, re.MULTILINE)


def test_without_a_book_each_command_says_what_it_wants(stranger: Stranger, tmp_path: Path) -> None:
    """One sentence, status 2, no traceback."""
    for words in (["check"], ["record"], ["init", str(tmp_path)], ["explain", "docs/a.md:3"]):
        elsewhere = Stranger.__new__(Stranger)
        elsewhere.__dict__.update(stranger.__dict__, book=tmp_path)
        code, text = elsewhere.run("bookproof", *words)
        assert code == 2, text
        assert text.startswith("bookproof: ")
        assert "Traceback" not in text
