"""A dial: a figure or a few lines whose numbers follow a slider over values computed beforehand.

>>> body = '<p>x is <output data-text="x"></output></p>'
>>> made = dial(body, [Stops("x", ["1", "2", "4"])], {"x": ["1.0", "2.0", "4.0"]})
>>> made.startswith('<bp-dial data-search-exclude>')
True

In the body, an element with `data-text="name"` shows that slot's text at the stop, and one with
`data-set="cx:name d:other"` has its attributes set; as it is written, the body shows the start.
`name.3` is the fourth word of the slot's text: many small values share one slot.

What a slot does not follow costs nothing: the page holds its texts once for the stops of those
controls that change them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from .element import data, element


@dataclass(frozen=True)
class Stops:
    """One control of a dial.

    Attributes:
        label: What it moves, for the reader.
        names: What each stop is called, in order.
        start: Index of the stop that the page shows at first.
        choice: Whether it is a list to choose from, not a slider.
        play: Whether a button lets it run by itself, for sliders of time.
    """

    label: str
    names: Sequence[str]
    start: int = 0
    choice: bool = False
    play: bool = False


def dial(
    body: str, controls: Sequence[Stops], slots: Mapping[str, Sequence[str]], fallback: str = ""
) -> str:
    """Return a dial.

    Args:
        body: HTML with slots; what stands in them is replaced by the values at the start.
        controls: one or more controls.
        slots: for each slot its texts, one for each combination of stops, the last control's stops
            next to each other. What follows the last controls only needs theirs, and what never
            changes a single one.
        fallback: HTML, such as a table of the values, for those who do not move things; it folds.

    Raises:
        ValueError: if a slot of the body has no values, or another number of them, or a name that
            the body cannot say.
    """
    sizes = [len(control.names) for control in controls]
    counts = [prod(sizes[n:]) for n in range(len(sizes) + 1)]
    for name, values in slots.items():
        if len(values) not in counts:
            raise ValueError(f"slot {name!r} has {len(values)} values for {counts[0]} stops")
        if not re.fullmatch(r"[\w-]+", name):
            raise ValueError(f"a slot is named by letters, digits and hyphens, not {name!r}")
    at = 0
    for control in controls:
        at = at * len(control.names) + control.start
    shown = _filled(body, {k: v[at % len(v)] for k, v in slots.items()})
    bars = "".join(_control(n, control) for n, control in enumerate(controls))
    more = f"<details><summary>All values</summary>\n{fallback}\n</details>" if fallback else ""
    lean = {name: _lean(values, sizes) for name, values in slots.items()}
    values = data({"stops": [list(c.names) for c in controls], "slots": lean})
    return element("bp-dial", f'<div class="bp-controls">{bars}</div>\n{shown}\n{more}\n{values}')


def _lean(values: Sequence[str], sizes: Sequence[int]) -> tuple[list[int], list[str]]:
    """Leave out what a slot does not follow.

    Returns:
        For each control how far its next stop is, 0 if the slot does not follow it; and the texts.

    >>> _lean(["a", "a", "b", "b"], [2, 2])
    ([1, 0], ['a', 'b'])
    """
    texts = [values[at % len(values)] for at in range(prod(sizes))]
    steps: list[int] = []
    for size in reversed(sizes):  # the last control's stops are next to each other
        inner = prod(s for s, step in zip(reversed(sizes), steps, strict=False) if step)
        rows = [texts[at : at + inner * size] for at in range(0, len(texts), inner * size)]
        same = all(row == row[:inner] * size for row in rows)
        if same:
            texts = [text for row in rows for text in row[:inner]]
        steps.append(0 if same else inner)
    return steps[::-1], texts


def _control(number: int, control: Stops) -> str:
    label = html.escape(control.label)
    if control.choice:
        options = "".join(
            f"<option{' selected' * (n == control.start)}>{html.escape(name)}</option>"
            for n, name in enumerate(control.names)
        )
        chosen = f'<select data-stop="{number}" autocomplete="off">{options}</select>'
        return f'<label class="bp-control">{label} {chosen}</label>'
    now = html.escape(control.names[control.start])
    widest = max(map(len, control.names))
    play = (
        '<button type="button" data-play aria-pressed="false">Play</button>' if control.play else ""
    )
    return (
        f'<span class="bp-control"><label>{label} <input type="range" data-stop="{number}" min="0" '
        f'max="{len(control.names) - 1}" value="{control.start}" aria-valuetext="{now}" '
        'autocomplete="off"></label>'
        f'<output aria-live="off" style="min-width:{widest}ch">{now}</output>{play}</span>'
    )


def _filled(body: str, now: Mapping[str, str]) -> str:
    """Put the start's values into the slots."""

    def value(name: str) -> str:
        slot, _, item = name.partition(".")
        if slot not in now:
            raise ValueError(f"no values for the slot {slot!r}")
        return now[slot].split(" ")[int(item)] if item else now[slot]

    def fill(tag: re.Match[str]) -> str:
        attributes = tag[0]
        for pair in tag[1].split():
            attribute, _, name = pair.partition(":")
            plain = re.sub(rf'\s{re.escape(attribute)}="[^"]*"', "", attributes)
            attributes = plain.replace(
                "data-set=", f'{attribute}="{html.escape(value(name))}" data-set=', 1
            )
        return attributes

    body = re.sub(r'<[^>]*\bdata-set="([^"]*)"[^>]*>', fill, body)
    return re.sub(
        r'(<(\w+)[^>]*\bdata-text="([^"]*)"[^>]*>)[^<]*(?=</\2>)',
        lambda tag: tag[1] + html.escape(value(tag[3]), quote=False),
        body,
    )
