"""What is said of an output that drifted: a figure's change in words, a text's as a diff."""

from __future__ import annotations

from itertools import zip_longest

from . import compare, differs, drawings


def told(recorded: str, live: str, recorded_name: str, live_name: str, tolerance: str = "") -> str:
    """Return what changed from the recording to this run, its first line a sentence.

    Args:
        recorded: The approved output.
        live: That of this run.
        recorded_name: Where the recording stands, as the diff shall call it.
        live_name: Where the block stands.
        tolerance: The fence's `tol=`.
    """
    what = "figure" if drawings.is_figure(recorded) and drawings.is_figure(live) else "output"
    title = f"the {what} drifted from its recording"
    text, live_text, pairs = parts(recorded, live, tolerance)
    words = _words(pairs)
    if words and compare.same(text, live_text, tolerance):
        return "\n".join([title, *words])
    changes = differs.diff(text, live_text, recorded_name, live_name, tolerance)
    return "\n".join([title, *words, changes])


Pair = tuple[int, str | None, str | None]


def parts(recorded: str, live: str, tolerance: str = "") -> tuple[str, str, list[Pair]]:
    """Return both outputs without their drawings, and the drawings that drifted.

    Returns:
        The text of the recording and of this run, and for each drawing that drifted its number,
        from 1, the recorded one and that of this run; None where there was or is none.
    """
    text, old = compare.lift(recorded)
    live_text, new = compare.lift(live)
    pairs = [(n, *pair) for n, pair in enumerate(zip_longest(old, new), 1)]
    changed = [pair for pair in pairs if pair[1] != pair[2]]
    drifted = [(n, a, b) for n, a, b in changed if not (a and b and compare.same(a, b, tolerance))]
    if not drifted and compare.same(text, live_text, tolerance):  # no part alone is to blame
        drifted = changed
    return text, live_text, drifted


def _words(pairs: list[Pair]) -> list[str]:
    """Say what became of each drawing, indented; with its number where there are several."""
    found = []
    for number, old, new in pairs:
        which = f"drawing {number}: " if len(pairs) > 1 or number > 1 else ""
        if old is None or new is None:
            found.append(f"  drawing {number} is {'new' if old is None else 'gone'}")
        else:
            found += [f"  {which}{change}" for change in drawings.changes(old, new)]
    return found
