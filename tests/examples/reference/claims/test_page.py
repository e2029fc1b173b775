"""The page of claims shows each claim once, under its chapter."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from examples.reference import claims
from examples.reference.claims import FALSE, Claims, run
from examples.reference.claims.page import ALL, MODULES, chapters, name

PAGE = Path("docs/reference/claims.md")


def _pages_of_the_tables() -> list[str]:
    """Return the pages that the page of claims names in its calls of `chapters`."""
    calls = [line for line in PAGE.read_text().splitlines() if line.startswith("print(chapters(")]
    trees = [ast.parse(line) for line in calls]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def test_a_table_stands_under_a_link_to_its_chapter() -> None:
    """A reader sees to which chapter the claims of a table belong."""
    some = Claims()

    @some.on("tensors/create")
    def _() -> tuple[str, str]:
        """Seven is eight."""
        return FALSE, "7"

    link = f"[{name('tensors/create')}](../tensors/create.md):"
    assert chapters(run(some.all), "tensors/create").startswith(link)


def test_each_claim_is_stated_once() -> None:
    """No claim stands twice in the book."""
    assert [text for text, count in Counter(c.text for c in ALL).items() if count > 1] == []


def test_each_claim_is_a_sentence_that_fits_a_cell() -> None:
    """A claim ends with a period and does not break the table."""
    odd = [c.text for c in ALL if not c.text.endswith(".") or "|" in c.text or len(c.text) > 120]
    assert odd == []


def test_every_module_of_claims_is_on_the_page() -> None:
    """A module of claims that nobody wired in would be a silent gap."""
    folder = Path(claims.__file__).parent
    files = [*folder.glob("*/*.py"), folder / "nowhere.py"]
    found = sorted(str(file) for file in files if file.name != "__init__.py")
    assert found == sorted(str(module.__file__) for module in MODULES)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.split(".", 3)[3])
def test_a_module_holds_the_claims_of_its_chapter(module: ModuleType) -> None:
    """Each claim stands in the module with the name of the page that shows it."""
    place = module.__name__.removeprefix(f"{claims.__name__}.")
    page = "" if place == "nowhere" else place.replace(".", "/").replace("_", "-")
    assert {claim.page for claim in module.CLAIMS.all} == {page}


def test_every_claim_has_a_table_and_every_page_exists() -> None:
    """Each claim's page is a page of the book, and the page of claims shows it once."""
    shown = _pages_of_the_tables()
    assert sorted(shown) == sorted({claim.page for claim in ALL})
    assert [page for page in shown if page and not Path(f"docs/{page}.md").is_file()] == []
