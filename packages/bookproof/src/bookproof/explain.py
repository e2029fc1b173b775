"""Say of one block what the gate knows: what it is, why it ran, what it read, what is recorded."""

from __future__ import annotations

import contextlib
import sys

from .errors import BookError
from .judge import recording
from .judge.differs import fit
from .judge.gate import Gate, Judged, choose, silent
from .judge.report import Report
from .parse.block import Block
from .parse.chapter import Chapter
from .run.cache import Cache, key, reason
from .run.world import World, told
from .settings import Settings


def explain(settings: Settings, place: str) -> int:
    """Print what is known of the block at `docs/guide/intro.md:41`; return the exit status.

    Raises:
        BookError: There is no such page, or no block of it stands at this line or below.
    """
    name, _, number = place.rpartition(":")
    if not number.isdigit():
        raise BookError(f"{place!r} is no place; it is written docs/guide/intro.md:41")
    [chapter] = choose(settings, [name])
    block = _at(chapter, int(number))
    with contextlib.closing(Gate(settings)) as door:
        has = {need: door.has(need) for b in chapter.blocks for need in b.needs}
        last = Cache(settings).last(chapter.path)
        why = reason(World(settings), chapter, last, key(settings, chapter, has))
        judged = door.judge([chapter], Report(settings, sys.stderr).progress)[0]
    for title, text in _facts(settings, judged, block, has, why):
        print(f"{title:<10}{fit(text, sys.maxsize)}")
    return 0


def _at(chapter: Chapter, line: int) -> Block:
    """Return the block that holds a line, or the next one below it."""
    found = next((b for b in chapter.blocks if line <= max(b.end, b.line)), None)
    if found is None:
        lines = ", ".join(str(b.line) for b in chapter.blocks) or "none"
        raise BookError(
            f"no executed block here or below; they begin in lines {lines}", chapter.path, line
        )
    return found


def _facts(
    settings: Settings, judged: Judged, block: Block, has: dict[str, bool], why: str
) -> list[tuple[str, str]]:
    chapter, result = judged.chapter, judged.result
    verdict = judged.verdict(block)
    blocks = result.blocks if result else []
    done = blocks[block.index - 1]
    options = " ".join(f'{n}="{v}"' for n, v in block.options.items())
    where = f"{chapter.path}:{block.line}, block {block.index} of {len(chapter.blocks)}"
    shares = (
        "its own"
        if block.alone
        else f"those of session {block.session!r}"
        if block.session
        else "the page's"
    )
    facts = [
        ("block", f"{where}: {block.label}"),
        ("options", options),
        ("kind", f"prints {block.kind.value}; its names are {shares}"),
    ]
    included = sorted({file for file, _ in block.origins} - {chapter.path})
    if included:
        facts.append(("includes", ", ".join(included)))
    lacks = [need for need in block.needs if not has[need]]
    if lacks:
        facts.append(("ran", f"no: this machine lacks {', '.join(lacks)}"))
    else:
        facts.append(
            (
                "ran",
                f"{why}; {done.state}, {done.seconds:.2f} s of the page's {result.seconds:.2f} s"
                if result
                else why,
            )
        )
    if result and result.asked:
        names = [*sorted(result.files), *sorted(map(told, result.asked.keys() - set(result.files)))]
        more = f" … {len(names) - 20} more" if len(names) > 20 else ""
        facts.append(("page read", ", ".join(names[:20]) + more))
    pairs, _ = recording.match(chapter, recording.read(settings, chapter), silent(blocks))
    entry = pairs.get(block.index)
    file = settings.relative(recording.file_of(settings, chapter))
    if entry:
        facts.append(("recorded", f"{file}:{entry.line}, with {entry.origin}"))
    else:
        facts.append(("recorded", f"nothing in {file}"))
    facts.append(("verdict", f"{verdict.kind}{': ' + verdict.message if verdict.message else ''}"))
    if done.stderr.strip() and done.state != "failed":  # a failure shows it already
        lines = "\n".join(f"    {line}" for line in done.stderr.rstrip().split("\n"))
        facts.append(("stderr", f"it wrote\n{lines}"))
    if block.tolerance:
        facts.append(("tolerance", block.tolerance))
    return facts
