"""Every chapter has what a reader may expect of a chapter, and its code stands where it belongs."""

from __future__ import annotations

import re
import statistics
from pathlib import Path

import pytest

from bookparts.practice import chapters, tasks

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted(
    page.relative_to(ROOT / "docs").with_suffix("").as_posix()
    for part in ("start", "tensors", "autograd", "models", "work")
    for page in (ROOT / "docs" / part).glob("*.md")
    if page.name != "test-yourself.md"  # a page of questions, with no code of its own to keep
)
TESTS = sorted(page.parent.name for page in (ROOT / "docs").glob("*/test-yourself.md"))
LONGEST, MEDIAN = 40, 20  # lines of a listing


def _text(chapter: str) -> str:
    return (ROOT / "docs" / f"{chapter}.md").read_text("utf-8")


def _headings(text: str, level: int) -> list[str]:
    prose = re.sub(r"^( *)(`{3,}).*?^\1\2`*\s*$", "", text, flags=re.M | re.S)
    return re.findall(rf"^{'#' * level} (.+)$", prose, re.M)


def _listings(text: str) -> list[int]:
    """Count the lines of code in each block that the page shows."""
    found = re.findall(r'^( *)```python [^\n]*source="[^\n]*\n(.*?)^\1```', text, re.M | re.S)
    lengths = []
    for _, body in found:
        lines = [line for line in body.splitlines() if line.strip()]
        includes = [line for line in lines if "--8<--" in line]
        lengths.append(len(lines) - len(includes) + sum(_section(line) for line in includes))
    return lengths


def _section(include: str) -> int:
    """Count the lines of a section that a listing includes."""
    match = re.search(r'"(.+?)(?::([\w-]+))?"', include)
    assert match, include
    text = (ROOT / match[1]).read_text("utf-8")
    if match[2]:
        text = text.split(f"[start:{match[2]}]")[1].split(f"[end:{match[2]}]")[0]
    return sum(bool(line.strip()) for line in text.splitlines()[1:-1])


def _asked(text: str) -> list[str]:
    """List the questions that a page has its reader answer, by their ids."""
    return re.findall(
        r'^ *```python [^\n]*as="predict"[^\n]* id="([\w-]+)"', text, re.M
    ) + re.findall(r'^\s*print\(quiz\(\s*"([\w-]+)"', text, re.M)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_has_its_parts(chapter: str) -> None:
    """A motto, objectives tied to exercises, sections, a recap, exercises, and where next."""
    text = _text(chapter)
    assert re.search(r"^# .+\n\n\*[^*].*\*$", text, re.M), "a motto under the title"
    headings = _headings(text, 2)
    assert headings[0] == "What you will be able to do"
    assert headings[-3:] == ["Recap", "Exercises", "Where next"]
    objectives = text.split("## What you will be able to do")[1].split("\n## ")[0]
    items = re.findall(r"^- .+(?:\n  .+)*", objectives, re.M)
    assert items
    assert [item for item in items if "(#exercise-" not in item] == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_asks_the_reader(chapter: str) -> None:
    """There are questions, in boxes or to be answered, and a trap that is taken apart."""
    text = _text(chapter)
    assert len(re.findall(r"^\?\?\? question", text, re.M)) + len(_asked(text)) >= 4
    assert re.search(r"^!!! confused", text, re.M)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_exercise_has_a_solution_that_is_marked(chapter: str) -> None:
    """As many exercises as tasks, and the page runs each solution past the reader's own check."""
    text = _text(chapter)
    exercises = [title for title in _headings(text, 3) if title.startswith("Exercise ")]
    assert len(exercises) == len(tasks(chapter)) >= 3
    marked = set(re.findall(r'mark\("[^"]+",\s*([^)]*)\)', text))
    names = {name.strip() for group in marked for name in group.split(",") if name.strip()}
    assert names == set(tasks(chapter))
    assert text.count('??? success "A solution"') == len(exercises)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_listings_are_short(chapter: str) -> None:
    """A listing has one idea: forty lines at the most, and twenty at the median."""
    lengths = _listings(_text(chapter))
    assert max(lengths) <= LONGEST
    assert statistics.median(lengths) <= MEDIAN


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_what_belongs_to_a_chapter_has_its_name(chapter: str) -> None:
    """The page's examples, exercises and recording are found by the name of the page."""
    underscored = chapter.replace("-", "_")
    for place in (
        f"examples/{underscored}.py",
        f"exercises/{underscored}/tasks.py",
        f"exercises/{underscored}/solutions.py",
        f"tests/outputs/{chapter}.txt",
    ):
        assert (ROOT / place).is_file(), place
    assert chapter in chapters()


@pytest.mark.parametrize("part", TESTS)
def test_a_part_ends_with_a_test_of_oneself(part: str) -> None:
    """The last page of a part asks a dozen questions, and leads back to where they are answered."""
    text = _text(f"{part}/test-yourself")
    assert len(_asked(text)) >= 12
    assert len(re.findall(r"\]\([\w./-]+\.md#[\w-]+\)", text)) >= len(_headings(text, 2)) >= 2
    nav = (ROOT / "mkdocs.yml").read_text("utf-8").split("\nnav:")[1].split("\n\n")[0]
    pages = re.findall(rf"\b{part}/[\w-]+\.md", nav)
    assert pages[-1] == f"{part}/test-yourself.md"


def test_every_question_has_an_id_of_its_own() -> None:
    """What a reader missed is remembered by its id, so that no two questions may share one."""
    pages = sorted((ROOT / "docs").rglob("*.md"))
    ids = [found for page in pages for found in _asked(page.read_text("utf-8"))]
    assert sorted(set(ids)) == sorted(ids)


def test_every_page_is_in_the_navigation() -> None:
    """A page that no reader could reach is a mistake."""
    nav = (ROOT / "mkdocs.yml").read_text("utf-8").split("\nnav:")[1].split("\n\n")[0]
    listed = set(re.findall(r"[\w/-]+\.md", nav))
    pages = {page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")}
    assert listed == pages
