"""What the terminal says: progress while chapters run, then what is to be mended, then the sum."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from typing import TextIO

from ..settings import Settings
from . import asides, causes, compare, differs, drift_page, github
from .causes import Item
from .gate import Judged
from .verdict import BAD, Verdict

_PATIENCE = 10.0  # seconds after which a log, which cannot be redrawn, names a running block
_FEW = 3  # things to mend that need no summary before them
_DETAILS = 3  # of one cause; of more, the first so many are shown
_PLACES = 4  # that a line names
_ASIDES = 10  # blocks that wrote to standard error
_MOVED = 12  # blocks whose text moved, after an upgrade
_ROWS = 3  # lines of each
_COLORS = {"-": "31", "+": "32", "@": "36"}


class Report:
    """Writes one run's progress and outcome to a stream."""

    def __init__(self, settings: Settings, stream: TextIO, annotate: bool = False) -> None:
        self.settings = settings
        self.stream = stream
        self.annotate = annotate  # whether GitHub's runner reads along
        self.began = time.monotonic()
        self.live = stream.isatty()
        self.colored = _colored(self.live)
        self.told: dict[str, float] = {}
        self.running: dict[str, tuple[float, str]] = {}

    def progress(self, chapter: str, block: int, line: int, seconds: float) -> None:
        """Say which block runs, and how long."""
        text = f"{chapter}:{line} block {block} {seconds:.0f} s"
        if self.live:
            now = time.monotonic()
            self.running[chapter] = (now, text)
            shown = " · ".join(said for at, said in self.running.values() if now - at < 1)
            width = shutil.get_terminal_size().columns - 1
            self.stream.write(f"\r\033[K{shown[:width]}")
        elif seconds - self.told.get(text.rpartition(" block")[0], 0.0) > _PATIENCE:
            self.told[text.rpartition(" block")[0]] = seconds
            self.stream.write(f"{text}, still running\n")
        self.stream.flush()

    def clear(self) -> None:
        """Wipe the line of progress."""
        if self.live:
            self.stream.write("\r\033[K")
            self.stream.flush()

    def _say(self, text: str) -> None:
        self._write(differs.fit(text))

    def _write(self, text: str) -> None:
        self.clear()
        self.stream.write(f"{text}\n")
        self.stream.flush()

    @contextlib.contextmanager
    def _unheard(self) -> Iterator[None]:
        """Tell GitHub's runner that what a block printed is no command, as it may look like one."""
        heard = self.annotate or os.environ.get("GITHUB_ACTIONS") == "true"
        token = secrets.token_hex(16)
        if heard:
            self._say(f"::stop-commands::{token}")
        try:
            yield
        finally:
            if heard:
                self._say(f"::{token}::")

    def checked(
        self, judged: list[Judged], stray: list[str], notes: list[str], whole: bool = False
    ) -> int:
        """Report a check; return the exit status.

        Args:
            judged: The chapters.
            stray: Recordings that no chapter owns.
            notes: Of the whole book.
            whole: Whether the chapters are all those of the book.
        """
        drop = f"`{self.settings.command} record` drops it"
        found = [item for j in judged for item in causes.items(self.settings, j)]
        found += [Item(name, 1, f"no chapter owns this recording; {drop}") for name in stray]
        groups = causes.grouped(self.settings, found)
        with self._unheard():
            if len(found) > _FEW:
                self._by_cause(groups, len(found))
            else:
                for item in found:
                    self._item(item)
            self._pages(drift_page.write(self.settings, judged, whole))
            causes.remember(self.settings, [j for j in judged if j.ok])
            for j in judged:
                for verdict in j.verdicts:
                    if verdict.kind == "absent":
                        self._say(f"{j.chapter.path}:{verdict.line}: note: {verdict.message}")
            self._upgrade(judged)
            self._notes(judged, notes)
            self._sum(judged, stray=len(stray))
            kinds = {v.kind for j in judged for v in (*j.verdicts, *j.orphans)}
            if stray or kinds & {"drift", "new", "orphan", "outdated"}:
                self._say(
                    "If the new outputs are right, accept them with "
                    f"`{self.settings.command} record` and review the git diff."
                )
        if self.annotate:
            for line in github.errors(self.settings, [items for _, items in groups]):
                self._write(line)
        return int(bool(stray) or not all(j.ok for j in judged))

    def recorded(
        self,
        judged: list[Judged],
        changed: list[str],
        need: str,
        notes: list[str],
    ) -> int:
        """Report a recording; return the exit status."""
        bad = False
        with self._unheard():
            for j in judged:
                for problem in j.problems:
                    self._item(Item(problem.path, problem.line, problem.message))
                kinds = ("failed", "unstable") if need else ("failed", "unstable", "stale")
                wrong = [v for v in j.verdicts if v.kind in kinds]
                for verdict in wrong:
                    self._item(Item(j.chapter.path, verdict.line, verdict.message))
                bad = bad or bool(wrong or j.problems)
            for name in changed:
                self._say(f"recorded {name}")
            if not changed:
                self._say("nothing to record: every output is as it was")
            held = [] if need else [j for j in judged if j.ok or j.chapter.path in changed]
            causes.remember(self.settings, held)
            drift_page.drop(self.settings, held)
            self._notes(judged, notes)
            self._sum(judged, accepted=("new", "drift", "orphan", "outdated"))
        return int(bad)

    def _by_cause(self, groups: list[tuple[str, list[Item]]], count: int) -> None:
        """Say first what there is, a line for each cause, then the first of each."""
        self._say(f"{count} to mend, by what they have in common:")
        for cause, items in groups:
            self._say(f"{len(items):>5}  {cause}: {_places(i.place for i in items)}")
        self._say("")
        for _, items in groups:
            most = _DETAILS if len(items) > _DETAILS + 1 else len(items)
            for item in items[:most]:
                self._item(item)
            if len(items) > most:
                rest = _places(i.place for i in items[most:])
                self._say(f"… {len(items) - most} more of this kind: {rest}")

    def _item(self, item: Item) -> None:
        first, *rest = differs.fit(item.message).split("\n")
        place = self._paint(f"{differs.fit(item.place)}:", "1")
        diff = (self._paint(line, _COLORS.get(line[:1], "")) for line in rest)
        self._write("\n".join([f"{place} {first}", *diff]))

    def _pages(self, files: list[str]) -> None:
        """Name the pages that show what drifted."""
        if files:
            self._say(f"Old and new, side by side: {_places(files)}")

    def _notes(self, judged: list[Judged], notes: list[str]) -> None:
        said = [(f"{j.chapter.path}:{n}", text) for j in judged for n, text in asides.asides(j)]
        for place, text in said[:_ASIDES]:
            self._say(f"{place}: note: {text}")
        if len(said) > _ASIDES:
            rest = _places(place for place, _ in said[_ASIDES:])
            self._say(f"note: {len(said) - _ASIDES} more wrote to standard error: {rest}")
        for note in notes:
            self._say(f"note: {note}")

    def _upgrade(self, judged: list[Judged]) -> None:
        """After an upgrade, name what drifted, show text that moved, and count figures."""
        moved: dict[str, list[tuple[str, Verdict]]] = {}
        for j in judged:
            for verdict in j.verdicts:
                if verdict.kind in ("moved", "drift"):
                    what = causes.news(self.settings, verdict.origin, j)
                    if what:
                        place = f"{j.chapter.path}:{verdict.line}"
                        moved.setdefault(what, []).append((place, verdict))
        for what, found in moved.items():
            self._say(f"since the recording: {what}")
            drifted = [place for place, v in found if v.kind == "drift"]
            if drifted:
                self._say(f"  {len(drifted)} drifted: {_places(drifted)}")
            texts, figures = [], []
            for place, v in found:
                if v.kind == "moved":
                    rows = _rows(v)
                    texts += [(place, rows)] if rows else []
                    figures += [] if rows else [place]
            if texts:
                self._say(f"  {len(texts)} moved within their tolerance; old │ new:")
            for place, rows in texts[:_MOVED]:
                self._say("\n".join([f"  {place}", *rows]))
            if len(texts) > _MOVED:
                self._say(
                    f"  … {len(texts) - _MOVED} more: {_places(p for p, _ in texts[_MOVED:])}"
                )
            if figures:
                self._say(f"  figures that moved by less than an eye can see: {len(figures)}")

    def _paint(self, text: str, code: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self.colored and code else text

    def _sum(self, judged: list[Judged], accepted: tuple[str, ...] = (), stray: int = 0) -> None:
        verdicts = [v for j in judged for v in j.verdicts]
        with_blocks = [j for j in judged if j.chapter.blocks]
        kinds = [v.kind for v in verdicts + [v for j in judged for v in j.orphans]]
        wrong = [k for k in kinds if k in BAD and k not in accepted]
        others = sum(k != "drift" for k in wrong) + sum(len(j.problems) for j in judged) + stray
        parts = [
            f"{len(with_blocks)} chapters",
            f"{len(verdicts)} blocks",
            f"{sum(not j.cached for j in with_blocks)} run",
            f"{sum(j.cached for j in with_blocks)} cached",
            f"{kinds.count('replayed')} replayed",
            f"{kinds.count('absent')} not recorded yet for want of a machine",
            f"{wrong.count('drift')} drifted",
            f"{others} other problems",
            f"{time.monotonic() - self.began:.1f} s",
        ]
        self._say(" · ".join(parts))


def _colored(live: bool) -> bool:
    """Say whether to color: where people read, or as https://no-color.org and its kin ask."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return live and os.environ.get("TERM") != "dumb"


def _places(places: Iterable[str]) -> str:
    """Return the first few places, and how many more there are."""
    names = list(places)
    more = len(names) - _PLACES
    return ", ".join(names[:_PLACES]) + (f" and {more} more" if more > 0 else "")


def _rows(verdict: Verdict) -> list[str]:
    """Return the first lines of text that moved, old beside new; nothing if only figures did."""
    old, new = (compare.lift(text)[0] for text in (verdict.recorded, verdict.live))
    rows = differs.side_by_side(old, new)
    shown = rows.split("\n")[:_ROWS] if rows else []
    more = rows.count("\n") + 1 - _ROWS
    return shown + ([f"    … {more} lines more"] if rows and more > 0 else [])
