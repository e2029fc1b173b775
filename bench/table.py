"""The table of what was measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measurement.

    Attributes:
        what: What was measured.
        book: On which book.
        measured: What came out, for people.
        target: What it must be, empty where there is only something to know.
        holds: Whether it is; None where there is no target, or no way to measure here.
    """

    what: str
    book: str
    measured: str
    target: str = ""
    holds: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The columns of the table."""
        verdict = {True: "holds", False: "FAILS", None: ""}[self.holds]
        return self.what, self.book, self.measured, self.target, verdict


def at_most(what: str, book: str, ours: float, theirs: float, most: float) -> Row:
    """Return the row of a ratio of seconds."""
    ratio = ours / theirs
    measured = f"{ratio:.2f}  ({ours:.2f} s ÷ {theirs:.2f} s)"
    return Row(what, book, measured, f"≤ {most:.2f}", ratio <= most)


def under(what: str, book: str, seconds: float, most: float, detail: str = "") -> Row:
    """Return the row of a time."""
    return Row(what, book, f"{seconds:.2f} s{detail}", f"< {most:.2f} s", seconds < most)


def draw(rows: list[Row]) -> str:
    """Return the rows as a table."""
    cells = [("measured", "on", "result", "target", ""), *(row.cells for row in rows)]
    widths = [max(len(line[n]) for line in cells) for n in range(5)]
    lines = ["  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() for r in cells]
    return "\n".join([lines[0], "─" * max(map(len, lines)), *lines[1:]])
