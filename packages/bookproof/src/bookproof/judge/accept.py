"""Accept the outputs of a run on purpose: rewrite of the recordings just what changed."""

from __future__ import annotations

from collections import Counter

from ..run.results import ChapterResult
from ..settings import Settings
from . import recording
from .gate import Judged, silent
from .recording import Entry


def _reads(result: ChapterResult, block: int) -> dict[str, str]:
    """Return what of the book had been read when a block ended, as an entry names it."""
    asked = {name: result.asked[name] for name in result.blocks[block - 1].reads}
    return {n: state if n[:1] == "?" else state[:10] for n, state in asked.items()}


def record(settings: Settings, judged: Judged, need: str = "") -> bool:
    """Accept a chapter's outputs; return whether its recording changed.

    Only what drifted, is new, comes of other code or has no block any more is rewritten. Blocks
    that failed or that this machine cannot run keep their recording. With `need`, only blocks
    that need it are accepted. A chapter with problems keeps all: a block that cannot be read must
    not lose its output.
    """
    if judged.problems:
        return False
    chapter, result = judged.chapter, judged.result
    entries = recording.read(settings, chapter)
    pairs, _ = recording.match(chapter, entries, silent(result.blocks if result else []))
    kept: list[Entry] = []
    repeated = Counter(block.code_id for block in chapter.blocks)
    for block, verdict in zip(chapter.blocks, judged.verdicts, strict=True):
        old = pairs.get(block.index)
        live = result is not None and result.blocks[block.index - 1].state in ("ran", "raised")
        if not live or (need and need not in block.needs):
            kept += [old] if old else []
            continue
        assert result is not None
        output = result.blocks[block.index - 1].output
        after = chapter.after(block) if block.needs else ""
        reads = _reads(result, block.index) if block.needs else {}
        nth = chapter.nth[block.index] if repeated[block.code_id] > 1 else 0
        new = Entry(block.label, block.code_id, after, result.origin, output, 0, reads, nth)
        if output.strip():
            moved = verdict.kind == "moved" and old is not None and old.code_id == block.code_id
            kept.append(recording.accepted(old, new, verdict.kind == "same" or moved))
    if need:  # what this machine did not judge is not its to drop
        owned = {id(e) for e in pairs.values()}
        kept += [e for e in entries if id(e) not in owned]
    return recording.write(settings, chapter, kept)
