"""Every error and warning that the book shows is explained on the page of error messages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
OUTPUTS = ROOT / "tests" / "outputs"
PAGE = ROOT / "docs" / "reference" / "errors.md"
RECORDING = OUTPUTS / "reference" / "errors.txt"
EXEMPT = {
    # an exercise or a check of the reader's own raises them, in words that are explained beside it
    "AssertionError: torch.Size([4]) against torch.Size([4, 1])",
    "ValueError: (4,) against (4, 1)",
    "ValueError: batch norm in training needs two samples or more",
}

_ENTRY = re.compile(r"^=== .*\n--- .*\n", re.M)
_MORE = r"\n\t.*|\n+(?:Trying to load|Unsupported operand|Please file).*"  # of one message
_TRACEBACK = re.compile(
    rf"^Traceback \(most recent call last\):\n(?:[ …].*\n)+(\S.*(?:{_MORE})*)", re.M
)
_OF_GRAPHS = "Unsupported|FailOnRecompileLimitHit|GuardOnDataDependentSymNode"  # errors, too
_LINE = re.compile(
    rf"^(?:\S+\.(?:md|py):\S+ )?((?:[\w.]+(?:Error|Warning|Exception)|{_OF_GRAPHS}|ERROR): .+)",
    re.M,
)


def messages(recording: str) -> Iterator[str]:
    """Yield each error and warning of a recording, with its kind, without the module's name."""
    for output in _ENTRY.split(recording)[1:]:
        found = [match[1] for match in _TRACEBACK.finditer(output)]
        rest = _TRACEBACK.sub("", output)
        for text in [*found, *(match[1] for match in _LINE.finditer(rest))]:
            kind, _, said = text.partition(": ")
            yield f"{kind.rpartition('.')[2]}: {said}"


def constant(message: str) -> str:
    """Return what stays of a message when its numbers, sizes, dtypes, devices and names are others.

    >>> constant("RuntimeError: shapes cannot be multiplied (4x3 and 2x1)")
    'RuntimeError: shapes cannot be multiplied (0x0 and 0x0)'
    """
    message = re.sub(r"\b[0-9a-f]{64}\b|-?\d+(?:[.,]\d+)*", "0", message)
    message = re.sub(r"\(Triggered internally at .*?\)", "", message)
    message = re.sub(r"\[[0, …]*\]|\([0, ]+,[0, ]*\)", "[]", message)
    message = re.sub(r"\b(Float|Double|Long|Int|Half|Bool)\b", "Float", message)
    message = re.sub(r"\b(cpu|meta|cuda(:0)?|mps(:0)?)\b", "cpu", message)
    message = re.sub(r", which is output 0 of \w+,", "", message)
    message = re.sub(r"(state_dict|size mismatch) for [\w.]+:", r"\1 for X:", message)
    message = re.sub(r"( size mismatch for X: [^:]*?\.)\1+", r"\1", re.sub(r"\s+", " ", message))
    message = re.sub(r"GLOBAL [\w.]+|\[[a-z]\w*(?:\.\w+)*\]", "GLOBAL X", message)
    message = re.sub(r"""(["'])[\w.]*\1(?:, \1[\w.]*\1)*""", "''", message)
    return re.sub(r"\s+", " ", message).replace("[],", "").strip()


def recordings() -> list[Path]:
    """List what the other pages recorded."""
    return [file for file in sorted(OUTPUTS.rglob("*.txt")) if file != RECORDING]


@pytest.mark.parametrize("file", recordings(), ids=lambda file: str(file.relative_to(OUTPUTS)))
def test_each_error_that_is_shown_is_explained(file: Path) -> None:
    """Whoever meets a message in a chapter finds it on the page, with its cause and its cure."""
    known = [constant(message) for message in messages(RECORDING.read_text("utf-8"))]
    shown = set(messages(file.read_text("utf-8"))) - EXEMPT
    missing = [
        message
        for message in sorted(shown)
        if not any(text.startswith(constant(message)) for text in known)
    ]
    assert not missing, f"add them to {PAGE.relative_to(ROOT)}"


def test_each_exemption_is_needed() -> None:
    """What no page shows any more leaves the list."""
    shown = {message for file in recordings() for message in messages(file.read_text("utf-8"))}
    assert shown >= EXEMPT


def test_each_heading_is_said_by_its_error() -> None:
    """The words of a heading are words of the message under it, so that pasting finds them."""
    said = [set(re.findall(r"\w+", text)) for text in messages(RECORDING.read_text("utf-8"))]
    sections = PAGE.read_text("utf-8").split("\n### ")[1:]
    assert len(sections) > 190
    for section in sections:
        heading = section.partition("\n")[0]
        words = set(re.findall(r"\w+", heading.replace("\\", ""))) - {"and"}
        waits = 'needs="cuda"' in section  # for its first recording
        assert waits or any(words <= have for have in said), heading


def test_each_heading_says_in_what_words_people_ask() -> None:
    """Older wordings, other functions' and short ones lead to the same section."""
    head, _, text = PAGE.read_text("utf-8").partition("\n---\n")
    asked = yaml.safe_load(head)["asked"]
    assert len(asked) == len(re.findall(r"^### ", text, re.M))
    for heading, phrases in asked.items():
        assert 1 <= len(phrases.split(";")) <= 6, heading


def test_each_error_has_a_cause_a_cure_and_a_chapter() -> None:
    """Nobody is left alone with a message."""
    for section in PAGE.read_text("utf-8").split("\n### ")[1:]:
        title = section.partition("\n")[0]
        assert section.count("*Cause:*") == section.count("*Cure:*") == 1, title
        assert re.search(r"^More: \[.+\]\(\.\./\w+/[\w-]+\.md#[\w-]+\)\.$", section, re.M), title


def test_a_message_is_taken_from_a_traceback_or_a_line() -> None:
    """Kind and text, also of errors in several lines and of warnings; what was printed is left."""
    recording = (
        "=== x\n--- 0123456789 · torch\nfirst\nTraceback (most recent call last):\n"
        "  docs/a.md:{+1}\n    load()\nRuntimeError: bad keys:\n\tMissing: 3\n\n"
        "=== y\n--- 0123456789 · torch\ndocs/a.md:{+5}: UserWarning: look out\n  print(x)\n2.5\n"
    )
    assert list(messages(recording)) == [
        "RuntimeError: bad keys:\n\tMissing: 3",
        "UserWarning: look out",
    ]


def test_sizes_and_names_do_not_matter() -> None:
    """The same message about other tensors is the same message."""
    one = "ValueError: size (torch.Size([2])) must be the same as (torch.Size([2, 1]))"
    other = one.replace("[2])", "[400])").replace("[2, 1]", "[400, 1]")
    assert constant(one) == constant(other)
    assert constant(one) != constant(one.replace("must be", "may be"))
