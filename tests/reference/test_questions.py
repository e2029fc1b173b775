"""Each question is answered by a few lines that run by themselves, and leads on into the book."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "questions.md"
ENTRY = re.compile(r"^### ([^\n]+)\n(.*?)(?=^###? |\Z)", re.M | re.S)
ENTRIES = dict(ENTRY.findall(PAGE.read_text("utf-8")))
SHOWN = re.compile(r"^```python [^\n]*source=[^\n]*\n(.*?)^```", re.M | re.S)
LONGEST = 20  # lines of an answer


@pytest.mark.parametrize("question", ENTRIES)
def test_a_question_is_answered_by_lines_to_copy(question: str) -> None:
    """Whoever copies one block has all that it needs, whatever else is on the page."""
    assert question.endswith("?")
    (code,) = SHOWN.findall(ENTRIES[question])
    assert len(code.splitlines()) <= LONGEST
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, {"__name__": "__main__"})
    assert printed.getvalue()


@pytest.mark.parametrize("question", ENTRIES)
def test_a_question_leads_on(question: str) -> None:
    """A few lines are no explanation."""
    assert re.search(r"^More: \[[^]]+\]\(\.\./[\w/-]+\.md#[\w-]+\)", ENTRIES[question], re.M)
