"""A finding is measured, not typed: each of its clauses holds a value of the run."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from examples.reference.claims import FALSE, OPEN, Claim, Finding, sources
from examples.reference.claims.models import data, digits
from examples.reference.claims.page import ALL, MODULES

VALUE = "\0"


def _claims(source: str) -> Iterator[ast.FunctionDef]:
    """Yield the functions that are registered as claims."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(mark, ast.Call) and ast.unparse(mark.func) == "CLAIMS.on"
            for mark in node.decorator_list
        ):
            yield node


def _words(node: ast.expr) -> str:
    """Return what a text says, with a mark where a value stands."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_words(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return _words(node.left) + _words(node.right)
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".replace"):
        return _words(node.func.value)  # type: ignore[attr-defined]
    return VALUE


def _is_typed(clause: str) -> bool:
    """Say whether nothing of a clause was measured; what stands before a colon is its label."""
    said = clause.rsplit(": ", 1)[-1]
    return bool(said.strip(" .`")) and VALUE not in said


def typed(source: str) -> list[str]:
    """Return the clauses of findings that a person typed, each with its claim's name."""
    found = []
    for claim in _claims(source):
        texts = {
            node.targets[0].id: node.value
            for node in ast.walk(claim)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        returns = [n.value for n in ast.walk(claim) if isinstance(n, ast.Return)]
        for given in returns:
            if not (isinstance(given, ast.Call) and ast.unparse(given.func) == "judge"):
                continue
            finding = given.args[1]
            if isinstance(finding, ast.Name):
                finding = texts.get(finding.id, finding)
            if isinstance(finding, ast.Constant) and len(returns) > 1:
                continue  # the run decides which of the returns it is
            clauses = _words(finding).split("; ")
            found += [f"{claim.name}: {clause}" for clause in clauses if _is_typed(clause)]
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.split(".", 3)[3])
def test_no_clause_of_a_finding_is_typed(module: ModuleType) -> None:
    """What a run did not give cannot change when the run does."""
    assert typed(Path(str(module.__file__)).read_text("utf-8")) == []


@pytest.mark.parametrize(
    "finding",
    [
        'f"{n} learn; the others never left"',
        '"the same input has another output in the other mode"',
        'f"it runs; a scaler warns: {n}"',
        'f"{n} graphs for four sizes: after the second it is made for any"',
    ],
)
def test_a_typed_clause_is_found(finding: str) -> None:
    """These stood on the page once."""
    source = f"@CLAIMS.on(_PAGE)\ndef claim():\n    n = 3\n    return judge(n == 3, {finding})\n"
    assert len(typed(source)) == 1


@pytest.mark.parametrize(
    "claim", [claim for claim in ALL if claim.measure.__code__.co_consts], ids=lambda c: c.text
)
def test_an_open_claim_says_what_it_needs(claim: Claim) -> None:
    """A row is open for want of something that the book hasn't, and names it."""
    source = Path(claim.measure.__code__.co_filename).read_text("utf-8")
    function = next(f for f in _claims(source) if f.name == claim.measure.__name__)
    if not any(isinstance(n, ast.Name) and n.id == "OPEN" for n in ast.walk(function)):
        return
    verdict, said = claim.measure()
    assert verdict != OPEN or said.startswith(("needs ", "nothing to run"))


def _with_recordings(
    folder: Path, monkeypatch: pytest.MonkeyPatch, page: str, old: str, new: str
) -> None:
    """Let the claims read a copy of a chapter's recording in which something else came out."""
    file = folder / f"{page}.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        shutil.copy(sources.RECORDINGS / f"{page}.txt", file)
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    monkeypatch.setattr(sources, "RECORDINGS", folder)


@pytest.mark.parametrize(
    ("claim", "first", "other"),
    [
        (digits.mnist_97, "whole = {}", "batches of 64: 91.0 %\nbatches of 60000: 70.0 %"),
        (digits.mnist_978, "three = [writer]", "96.1 %, 96.2 %, 96.3 %"),
        (digits.fashion_88, "three = [writer]", "93.1 %, 93.2 %, 93.3 %"),
    ],
)
def test_a_row_that_reads_a_recording_follows_it(
    claim: Callable[[], Finding],
    first: str,
    other: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Had the chapter measured something else, the page of claims would say so."""
    before = claim()
    assert before[0] != FALSE
    old = sources.recorded("models/digits", first)
    _with_recordings(tmp_path, monkeypatch, "models/digits", old, other)
    after = claim()
    assert after[0] == FALSE and after[1] != before[1]


def test_the_size_of_mnist_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row counts what the chapter on data counted."""
    _with_recordings(
        tmp_path, monkeypatch, "models/data", "train (60000, 784)", "train (50000, 784)"
    )
    assert (
        data.mnist_files() == (FALSE, data.mnist_files()[1]) and "50,000" in data.mnist_files()[1]
    )


def test_a_recording_that_is_not_there_is_no_finding() -> None:
    """A block that was renamed stops the page, and does not leave an old number there."""
    with pytest.raises(LookupError, match="0 recordings"):
        sources.recorded("models/digits", "no such line")
