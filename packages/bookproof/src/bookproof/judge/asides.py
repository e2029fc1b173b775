"""What blocks that pass wrote to standard error: warnings, and what a thread raised unseen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import differs
from .gate import Judged

_THREAD = re.compile(r"^Exception in thread (.+?):?$", re.MULTILINE)
_IGNORED = re.compile(r"^Exception ignored in", re.MULTILINE)
_RAISED = re.compile(r"^[A-Za-z_][\w.]*(?:: .*)?$")
_LONG = 120  # characters


def asides(judged: Judged) -> Iterator[tuple[int, str]]:
    """Return for each block that wrote to standard error and ran well its line and what to say."""
    blocks = judged.result.blocks if judged.result else []
    for block, done in zip(judged.chapter.blocks, blocks, strict=False):
        if done.state in ("ran", "raised") and done.stderr.strip():
            yield block.line, _said(judged.chapter.path, done.stderr)


def _said(path: str, text: str) -> str:
    lines = text.strip().split("\n")
    rest = f" ({len(lines)} lines)" if len(lines) > 1 else ""
    thread = _THREAD.search(text)
    if thread or _IGNORED.search(text):
        begin = text.index((thread or _IGNORED.search(text) or [""])[0])
        after = text[begin:].strip().split("\n")[1:]
        raised = next((t for t in after if t and _RAISED.match(t)), "an exception")
        who = f"thread {thread[1]} raised" if thread else "an exception went unseen:"
        return f"{who} {_short(raised)}{rest}"
    first = re.sub(rf"^{re.escape(path)}:\d+: ", "", lines[0])
    return f"wrote to standard error: {_short(first)}{rest}"


def _short(text: str) -> str:
    shown = differs.visible(text)
    return shown if len(shown) <= _LONG else f"{shown[:_LONG]}…"
