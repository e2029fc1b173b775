"""The same pages under Zensical, another builder: every block shows what it shows under MkDocs.

What it lacks is listed in the README; these tests hold that list to what is so.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from booksite.light_pages import lightened

pytest.importorskip("zensical", reason="`python3 book.py zensical` brings it")

ROOT = Path(__file__).resolve().parents[2]
_ASIDE = re.compile(
    r'<details class="bp-along" data-src="[^"]*">(<summary>.*?</summary>)</details>'
)
_MARK = re.compile(r' data-search-exclude(?:="")?')  # Zensical reads it and takes it away

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def built(builder: str) -> Path:
    """Build the book into a folder, which Zensical wants inside the project."""
    folder = ROOT / ".bookproof" / "sites" / builder
    env = {**os.environ, "SITE_FOLDER": folder.relative_to(ROOT).as_posix()}
    command = [sys.executable, "-m", builder, "build", "--strict"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return folder


@pytest.fixture(scope="module")
def sites() -> tuple[Path, Path]:
    """The book as MkDocs builds it, or as it stands in `SITE_DIR`, and as Zensical does."""
    given = os.environ.get("SITE_DIR")
    return Path(given) if given else built("mkdocs"), built("zensical")


def pages(site: Path) -> dict[str, BeautifulSoup]:
    """Return the chapters of a built site, each as light as the hook of MkDocs makes it."""
    names = sorted(path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md"))
    files = {name.with_suffix(".html").as_posix() for name in names}
    return {
        name: BeautifulSoup(lightened(whole(site / name)), "html.parser") for name in sorted(files)
    }


def whole(file: Path) -> str:
    """Return a page with what a heavy one keeps in a script beside it."""
    text, beside = file.read_text("utf-8"), file.with_name(f"{file.stem}.along.js")
    if not beside.exists():
        return text
    parts = iter(json.loads(beside.read_text("utf-8").removeprefix("bookAlong(").removesuffix(")")))
    return _ASIDE.sub(
        lambda fold: f'<details class="bp-along">{fold[1]}{next(parts)}</details>', text
    )


def blocks(page: BeautifulSoup) -> dict[str, str]:
    """Return what the blocks of a page show."""
    return {str(b["id"]): _MARK.sub("", str(b)) for b in page.select('[id^="block-"]')}


def test_every_block_shows_the_same(sites: tuple[Path, Path]) -> None:
    """Code, outputs, figures, widgets and notes, on every page."""
    ours, theirs = map(pages, sites)
    shown = {name: blocks(page) for name, page in ours.items()}
    assert sum(map(len, shown.values())) > 1000
    again = {name: blocks(page) for name, page in theirs.items()}
    differ = [
        f"{name}#{block}"
        for name, page in shown.items()
        for block in page.keys() | again[name].keys()
        if page.get(block) != again[name].get(block)
    ]
    assert differ == []


def test_every_page_ends_with_its_provenance(sites: tuple[Path, Path]) -> None:
    """It is made by the Markdown extension, and needs no hook."""
    for name, page in pages(sites[1]).items():
        assert len(page.select(".bp-provenance")) == 1, name


def test_formulas_and_widgets_have_what_they_need(sites: tuple[Path, Path]) -> None:
    """Formulas are MathML, and each page names the book's own scripts and styles, which exist."""
    page = pages(sites[1])["autograd/graph.html"]
    assert page.select("math")
    named = [str(tag.get("src") or tag.get("href")) for tag in page.select("script[src], link")]
    own = {name for name in named if "assets/javascripts/" in name and "bundle" not in name}
    assert {Path(name).name for name in own} >= {"book.js", "dial.js", "quiz.js"}
    assert all((sites[1] / "autograd" / name).exists() for name in own)


def test_what_is_missing_after_the_finish_is_what_the_readme_says(
    sites: tuple[Path, Path], tmp_path: Path
) -> None:
    """The labs, which need mkdocs-jupyter; downloads and lighter pages a command brings."""
    site = tmp_path / "site"
    shutil.copytree(sites[1], site)
    command = [sys.executable, "-m", "bookproof", "finish", str(site)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    ours, theirs = ({p.relative_to(s).as_posix() for p in s.rglob("*")} for s in (sites[0], site))
    kinds = {"html", "py", "ipynb"}
    missing = {name for name in ours - theirs if name.rpartition(".")[2] in kinds}
    labs = [path.stem for path in (ROOT / "docs" / "labs").glob("*.py")]
    wanted = {f"labs/{name}.{kind}" for name in labs for kind in ("html", "ipynb")}
    assert missing == wanted  # their sources are copied, as any file among the pages
    before, after = ((s / "tensors" / "shapes.html").read_text("utf-8") for s in (sites[1], site))
    assert len(after) < len(before)
    assert len(re.findall(r'<link rel="stylesheet"', after)) == 1
    readme = (ROOT / "README.md").read_text("utf-8")
    said = readme[readme.index("## Zensical") :].lower()
    assert "labs" in said and "bookproof finish" in said and "lighter" in said
