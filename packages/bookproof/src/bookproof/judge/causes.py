"""Which drifts have one cause: so that two dozen of them are a few lines to read.

What can be known of a cause: the block was edited; files of the book that the page read have
changed since its outputs last agreed with their recordings; other outputs drifted by the same
words; all are figures; a version or the machine is another than in the recording.
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ..files import write_text
from ..run.cache import versions
from ..settings import Settings
from . import differs, drawings
from .gate import Judged
from .recording import file_of
from .verdict import BAD, Verdict

_KINDS = {
    "new": "not recorded yet",
    "unstable": "prints something else each time it runs",
    "stale": "a replay that no longer holds",
    "outdated": "would be stale where what it needs is lacking",
    "orphan": "an output that no block owns",
}


@dataclass(frozen=True)
class Item:
    """One thing to be mended, with its place and, of a block, its verdict."""

    path: str
    line: int
    message: str
    judged: Judged | None = None
    verdict: Verdict | None = None

    @property
    def place(self) -> str:
        """Where it is, as `docs/guide.md:41`."""
        return f"{self.path}:{self.line}"


def items(settings: Settings, judged: Judged) -> Iterator[Item]:
    """Return what is to be mended in a chapter, in the order of its page."""
    for problem in judged.problems:
        yield Item(problem.path, problem.line, problem.message)
    for verdict in judged.verdicts:
        if verdict.kind in BAD:
            yield Item(judged.chapter.path, verdict.line, verdict.message, judged, verdict)
    file = settings.relative(file_of(settings, judged.chapter))
    for orphan in judged.orphans:
        yield Item(file, orphan.line, orphan.message, judged, orphan)


def grouped(settings: Settings, found: list[Item]) -> list[tuple[str, list[Item]]]:
    """Part what is to be mended by cause, the cause of the most first."""
    told = [_causes(settings, item) for item in found]
    shared = Counter(cause for causes in told for cause in set(causes))
    groups: dict[str, list[Item]] = {}
    for item, causes in zip(found, told, strict=True):
        best = next((cause for cause in causes if shared[cause] > 1), causes[0])
        groups.setdefault(best, []).append(item)
    return sorted(groups.items(), key=lambda group: -len(group[1]))


def _causes(settings: Settings, item: Item) -> list[str]:
    """Name what may be the cause, the nearest first; at least one."""
    verdict = item.verdict
    if verdict is None or item.judged is None:
        return [item.message.split("\n")[0]]
    if verdict.kind == "failed":
        return [f"failed: {differs.visible(item.message.split(chr(10))[0])[:160]}"]
    if verdict.kind != "drift":
        return [_KINDS[verdict.kind]]
    found = ["the block was edited"] if verdict.edited else []
    if files := changed_files(settings, item.judged):
        more = f" and {len(files) - 3} more files" if len(files) > 3 else ""
        found.append(f"{', '.join(files[:3])}{more} changed")
    if drawings.is_figure(verdict.recorded) and drawings.is_figure(verdict.live):
        found.append("figures alone")
    else:
        old, new = differs.first_words(verdict.recorded, verdict.live)
        found.append(f"“{old[:60]}” became “{new[:60]}”" if old and new else "lines more or fewer")
    with_what = news(settings, verdict.origin, item.judged)
    return [*found, f"{with_what} since the recording"] if with_what else found


def news(settings: Settings, origin: str, judged: Judged) -> str:
    """Say which versions, and what of the machine, are others than in a recording; or nothing."""
    if not origin:
        return ""
    now = versions(settings)
    *parts, _ = origin.split(" · ")
    then = {part.rpartition(" ")[0]: part.rpartition(" ")[2] for part in parts}
    found = [f"{n} {then[n]} → {v}" for n, v in now.items() if n in then and then[n] != v]
    if judged.result is not None:
        *live, _ = judged.result.origin.split(" · ")
        old = [p for p in parts if p.rpartition(" ")[0] not in now and p not in live]
        new = [p for p in live if p.rpartition(" ")[0] not in now and p not in parts]
        if old and new:
            found.append(f"{', '.join(old)} → {', '.join(new)}")
    return ", ".join(found)


def changed_files(settings: Settings, judged: Judged) -> list[str]:
    """Name the files that a chapter read and that are others since its outputs last agreed."""
    if judged.result is None:
        return []
    try:
        file = settings.cache_dir / "agreed" / f"{judged.chapter.path}.json"
        before = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return []
    now = _files(judged)
    return sorted(name for name in now if name in before and before[name] != now[name])


def remember(settings: Settings, agreed: list[Judged]) -> None:
    """Note what the chapters read whose outputs agree with their recordings."""
    for one in agreed:
        if one.result is not None and one.result.ok:
            file = settings.cache_dir / "agreed" / f"{one.chapter.path}.json"
            text = json.dumps(_files(one), ensure_ascii=False, indent=1)
            try:
                same = file.read_text("utf-8") == text
            except (OSError, ValueError):
                same = False
            if not same:
                with contextlib.suppress(OSError):  # where the cache cannot be written
                    write_text(file, text)


def _files(judged: Judged) -> dict[str, str]:
    result = judged.result
    return {name: result.asked[name] for name in result.files} if result else {}
