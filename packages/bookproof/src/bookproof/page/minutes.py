"""How long a page takes to read.

The rule: 230 words or 80 lines of shown code a minute, 9 seconds to think about each question, the
steps of a walk by the words that are new in them, and what closed folds hold for itself.
"""

from __future__ import annotations

import re

from ..judge.gate import Judged
from ..parse.block import Block, Kind

_WORDS, _LINES, _QUESTION = 230, 80, 0.15
_HEAD = re.compile(r"(?ms)\A---\n.*?^---\n")
_FENCE = re.compile(r" *(`{3,}|~{3,})")
_FOLD = re.compile(r"( *)\?\?\? ")
_UNREAD = re.compile(r"(?s)<(details|svg|script|style|template)\b.*?</\1>|<[^>]*>")


def minutes(judged: Judged) -> tuple[float, float]:
    """Return the minutes of what stands open on a page, and of what its closed folds hold."""
    text = judged.chapter.text
    head = _HEAD.match(text)
    start = head[0].count("\n") if head else 0
    spent, folded = [0.0, 0.0], set()
    fold = fence = ""  # the start of the line that opened the fold or fence that we are in
    for number, line in enumerate(text.splitlines(), 1):
        if number <= start:
            continue
        indent = len(line) - len(line.lstrip())
        if fold and line.strip() and indent < len(fold):
            fold = ""
        if fold:
            folded.add(number)
        mark = _FENCE.match(line)
        if fence:
            fence = "" if line.strip() == fence else fence
        elif mark:
            fence = mark[1]
        else:
            spent[bool(fold)] += len(re.findall(r"\S*\w\S*", line)) / _WORDS
            opened = _FOLD.match(line)
            if opened and not fold:
                fold = opened[1] + " "
    for block in judged.chapter.blocks:
        output = judged.result.blocks[block.index - 1].output if judged.result else ""
        spent[block.line in folded] += _of(block, output)
    return spent[0], spent[1]


def _of(block: Block, output: str) -> float:
    """Return the minutes that a block takes: its code if it is shown, and its words."""
    taken = 0.0
    if block.source and block.kind is not Kind.SHOWN:
        taken += sum(bool(line.strip()) for line in block.code.splitlines()) / _LINES
    if block.kind in (Kind.HTML, Kind.SHOWN, Kind.MARKDOWN):
        pieces = set(_UNREAD.sub("\n", output).splitlines())  # what a walk says again is read once
        words = sum(len(re.findall(r"[^\W\d_]{2,}", piece)) for piece in pieces)
        taken += words / _WORDS + output.count("<form") * _QUESTION
    return taken
