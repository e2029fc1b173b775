"""What the terminal says: progress while chapters run, then what is to be mended, then the sum."""

from __future__ import annotations

import shutil
import time
from typing import TextIO

from ..run.cache import versions
from ..settings import Settings
from . import compare
from .gate import Judged
from .recording import file_of
from .verdict import BAD, Verdict

_PATIENCE = 10.0  # seconds after which a log, which cannot be redrawn, names a running block


class Report:
    """Writes one run's progress and outcome to a stream."""

    def __init__(self, settings: Settings, stream: TextIO) -> None:
        self.settings = settings
        self.stream = stream
        self.began = time.monotonic()
        self.live = stream.isatty()
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

    def _say(self, text: str) -> None:
        if self.live:
            self.stream.write("\r\033[K")
        self.stream.write(f"{text}\n")
        self.stream.flush()

    def checked(self, judged: list[Judged], stray: list[str], notes: list[str]) -> int:
        """Report a check; return the exit status."""
        for j in judged:
            self._chapter(j)
        for name in stray:
            drop = f"`{self.settings.command} record` drops it"
            self._say(f"{name}:1: no chapter owns this recording; {drop}")
        self._upgrade(judged)
        self._notes(notes)
        self._sum(judged, stray=len(stray))
        bad = bool(stray) or not all(j.ok for j in judged)
        kinds = {v.kind for j in judged for v in (*j.verdicts, *j.orphans)}
        if stray or kinds & {"drift", "new", "orphan", "outdated"}:
            self._say(
                f"If the new outputs are right, accept them with `{self.settings.command} record` "
                "and review the git diff."
            )
        return int(bad)

    def recorded(
        self, judged: list[Judged], changed: list[str], need: str, notes: list[str]
    ) -> int:
        """Report a recording; return the exit status."""
        bad = False
        for j in judged:
            for problem in j.problems:
                self._say(str(problem))
            kinds = ("failed", "unstable") if need else ("failed", "unstable", "stale")
            wrong = [v for v in j.verdicts if v.kind in kinds]
            for verdict in wrong:
                self._verdict(j.chapter.path, verdict)
            bad = bad or bool(wrong or j.problems)
        for name in changed:
            self._say(f"recorded {name}")
        if not changed:
            self._say("nothing to record: every output is as it was")
        self._notes(notes)
        self._sum(judged, accepted=("new", "drift", "orphan", "outdated"))
        return int(bad)

    def _chapter(self, judged: Judged) -> None:
        for problem in judged.problems:
            self._say(str(problem))
        for verdict in judged.verdicts:
            if verdict.kind in BAD:
                self._verdict(judged.chapter.path, verdict)
        for orphan in judged.orphans:
            self._verdict(self._recording(judged), orphan)
        for verdict in judged.verdicts:
            if verdict.kind == "absent":
                self._say(f"{judged.chapter.path}:{verdict.line}: note: {verdict.message}")

    def _notes(self, notes: list[str]) -> None:
        for note in notes:
            self._say(f"note: {note}")

    def _recording(self, judged: Judged) -> str:
        return self.settings.relative(file_of(self.settings, judged.chapter))

    def _verdict(self, path: str, verdict: Verdict) -> None:
        self._say(f"{path}:{verdict.line}: {verdict.message}")

    def _upgrade(self, judged: list[Judged]) -> None:
        """After an upgrade, show every output that moved, within its tolerance or not."""
        now = versions(self.settings)
        for j in judged:
            for verdict in j.verdicts:
                if verdict.kind not in ("moved", "drift"):
                    continue
                then = dict(part.rpartition(" ")[::2] for part in verdict.origin.split(" · "))
                news = [
                    f"{n} {then[n]} → {v}" for n, v in now.items() if n in then and then[n] != v
                ]
                if news:
                    place = f"{j.chapter.path}:{verdict.line}"
                    kind = "within its tolerance" if verdict.kind == "moved" else "drifted"
                    self._say(f"{place}: moved with {', '.join(news)} ({kind}); old │ new")
                    self._say(compare.side_by_side(verdict.recorded, verdict.live))

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
