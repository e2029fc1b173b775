"""A line walk: the reader steps through code that really ran, and sees what each line did.

A chapter's fence with `as="walk"` is all that an author writes; a `#:` comment at the end of a line
is a remark on it, shown beside the line and not in the code:

    ```python exec="1" as="walk" title="Three lines"
    x = torch.tensor(2.0, requires_grad=True)  #: A number that wants a gradient.
    ```

Without a script the walk is the listing and a list of all that happened.
"""

from __future__ import annotations

import re
from html import escape

from bookproof import Code

from ..element import colored, element, text
from .code import Plan
from .trace import Change, Moved, Step, trace
from .values import State

MOST = 40_000  # bytes of a walk
MOST_COMPUTED = 10
MOST_ROWS = 10


def show(code: Code) -> str:
    """Run a block, once, and return the walk through it.

    The fence needs a `title`; the names of its parts begin with `id`, or with the title.

    Raises:
        ValueError: if there is no title, a remark belongs to no line that ran, nothing ran, or the
            walk is too long for a page.
        BaseException: whatever the block raises.
    """
    title = code.options.get("title", "")
    if not title:
        raise ValueError(f'{code.place}: as="walk" needs title="…", which names the walk')
    plan, steps = trace(code)
    if not steps:
        raise ValueError(f"{code.place}: a walk needs a line that runs")
    ran = {plan.lines[step.line].first for step in steps}
    for line in plan.lines:
        if line.remark and line.first not in ran:
            raise ValueError(f"{code.place}: the line of the remark {line.remark!r} never ran")
    ident = "walk-" + (code.options.get("id") or _slug(title))
    numbers = _numbers(plan)
    items = "\n".join(_item(plan, step, n, ident, numbers) for n, step in enumerate(steps, 1))
    made = element(
        "bp-walk",
        f'<p class="bp-title">{text(title)}</p>\n{_listing(plan, steps, ident)}\n'
        f"{_controls(len(steps), any(step.passes for step in steps))}\n<ol>\n{items}\n</ol>",
    )
    if len(made.encode()) > MOST:
        raise ValueError(
            f"{code.place}: the walk takes {len(made.encode()):,} bytes, and may take {MOST:,}; "
            "it needs fewer lines, fewer loops or smaller tensors"
        )
    return made


def _slug(title: str) -> str:
    return re.sub(r"\W+", "-", title.lower()).strip("-")


def _numbers(plan: Plan) -> dict[int, int]:
    """Number the lines that are shown."""
    shown = [n for n, line in enumerate(plan.shown, 1) if line != "\0"]
    return {line: n for n, line in enumerate(shown, 1)}


def _controls(count: int, loops: bool) -> str:
    passes = '<label class="bp-control">Pass <select disabled><option>–</option></select></label>'
    return (
        '<div class="bp-controls"><span class="bp-control">'
        '<button type="button" data-by="-1">Previous</button>'
        '<button type="button" data-by="1">Next</button></span>'
        f'<span class="bp-control"><label>Step <input type="range" min="1" max="{count}" '
        f'value="1"></label><output>1 of {count}</output></span>{passes if loops else ""}</div>'
    )


def _listing(plan: Plan, steps: list[Step], ident: str) -> str:
    """Return the code; what ran leads to its first step."""
    lines = colored("\n".join("" if line == "\0" else line for line in plan.shown)).split("\n")
    first: dict[int, int] = {}
    for n, step in enumerate(steps, 1):
        first.setdefault(plan.lines[step.line].first, n)
    ends = {line.first: line.last for line in reversed(plan.lines)}
    spans = []
    at = 1
    while at <= len(lines):
        last = max(at, ends.get(at, at)) if at in first else at
        inside = "".join(
            f"<span>{lines[n - 1] or ' '}</span>"
            for n in range(at, last + 1)
            if plan.shown[n - 1] != "\0"
        )
        if at in first:
            inside = f'<a href="#{ident}-{first[at]}" data-of="{at}">{inside}</a>'
        spans.append(inside)
        at = last + 1
    return (
        '<div class="language-python highlight"><pre tabindex="0"><span></span>'
        f"<code>{''.join(spans)}</code></pre></div>"
    )


def _item(plan: Plan, step: Step, n: int, ident: str, numbers: dict[int, int]) -> str:
    line = plan.lines[step.line]
    rows = range(line.first, line.last + 1)
    source = [plan.shown[row - 1] for row in rows if plan.shown[row - 1] != "\0"]
    more = " …" if len(source) > 1 else ""
    of = ", ".join(f"{number} of {loop.count}" for loop, number in step.passes)
    which = f", pass {of}" if of else ""
    ahead = f' data-pass="{of}"' if of else ""
    chosen = ' class="on"' if n == 1 else ""
    parts = [
        f'<li id="{ident}-{n}" data-line="{line.first}"{ahead}{chosen}>'
        f"<p><b>Line {numbers[line.first]}{which}</b> "
        f"<code>{_text(source[0].strip())}{more}</code></p>"
    ]
    if line.remark:
        parts.append(f'<p class="bp-remark">{text(line.remark)}</p>')
    shown = [
        *_computed(step.computed),
        *_changes(step.changes, line.names),
        *_printed(step.printed),
    ]
    if step.raised:
        shown.append(("Raised", f"<code>{_text(step.raised)}</code>"))
    if shown:
        parts.append("<dl>" + _rows(shown) + "</dl>")
    parts += [_model(moved) for moved in step.models]
    return "".join(parts) + "</li>"


def _rows(shown: list[tuple[str, str]]) -> str:
    """Return what is shown as a list of descriptions, each heading once."""
    html, before = "", ""
    for heading, body in shown:
        html += "" if heading == before else f"<dt>{heading}</dt>"
        html += f"<dd>{body}</dd>"
        before = heading
    return html


def _computed(computed: list[tuple[str, State]]) -> list[tuple[str, str]]:
    rows = []
    for source, state in computed[-MOST_COMPUTED:]:
        brief = f" <small>{state.brief}</small>" if state.brief else ""
        rows.append(
            ("Computed", f"<code>{_text(source)}</code> is <code>{_text(state.text)}</code>{brief}")
        )
    return rows


def _changes(changes: list[Change], bound: tuple[str, ...]) -> list[tuple[str, str]]:
    rows = []
    for change in changes:
        heading = "Set" if change.name in bound else "Changed"
        rows.append((heading, f"<code>{_text(change.name)}</code>{_change(change)}"))
    return rows


def _change(change: Change) -> str:
    """Say what a name holds now, and if that is short, what it held before."""
    new, old = change.new, change.old
    if new is None:
        return " is gone" if old else " was not set"
    facts = f" <small>{_text(new.facts)}</small>"
    same = old is not None and old.text == new.text
    said = facts
    if new.text and not (same and old and old.grad != new.grad):
        said = f" is {_arrow(old.text if old else '', new.text)}{facts}"
    if new.grad is not None:
        said += f", <code>.grad</code> {_arrow((old and old.grad) or '', new.grad)}"
    return said


def _arrow(old: str, new: str) -> str:
    """Return what there is now, and before it what was there, if that is short."""
    now = f"<code>{_text(new)}</code>"
    short = old and old != new and "\n" not in old + new and len(old) + len(new) < 60
    return f"<code>{_text(old)}</code> → {now}" if short else now


def _printed(printed: str) -> list[tuple[str, str]]:
    if not printed.strip("\n"):
        return []
    lines = printed.strip("\n").split("\n")
    if len(lines) > 12:
        lines = [*lines[:8], f"… {len(lines) - 10} lines …", *lines[-2:]]
    return [("Printed", f"<samp>{'&#10;'.join(map(_text, lines))}</samp>")]


def _model(moved: Moved) -> str:
    """Return a model's parameters: size and gradient, before and after."""
    rows = moved.rows
    mode = f" <small>{moved.mode}</small>" if moved.mode else ""
    left = ""
    if len(rows) > MOST_ROWS:
        left = f"<caption>{len(rows) - MOST_ROWS} parameters in the middle are left out.</caption>"
        rows = [*rows[: MOST_ROWS - 3], *rows[-3:]]
    if not any(
        before is None or before.mark != now.mark or before.grad_mark != now.grad_mark
        for _, before, now, _ in moved.rows
    ):
        return f"<p>In <code>{_text(moved.name)}</code>:{mode}</p>"
    body = ""
    for name, before, now, far in rows:
        size, grad = now.size, now.grad
        if before is not None:
            size = _from(before.size, now.size, before.mark != now.mark)
            grad = _from(before.grad, now.grad, before.grad_mark != now.grad_mark)
        if far:
            size += f" <small>moved {far}</small>"
        body += f'<tr><th scope="row"><code>{_text(name)}</code> <small>{now.shape}</small></th>'
        body += f"<td>{size}</td><td>{grad}</td></tr>"
    return (
        f'<table>{left}<thead><tr><th scope="col">In <code>{_text(moved.name)}</code>{mode}</th>'
        '<th scope="col">size</th><th scope="col">gradient’s size</th></tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _from(before: str, now: str, changed: bool) -> str:
    return f"{before} → <b>{now}</b>" if changed else now


def _text(words: str) -> str:
    """Return text as HTML without a line that is blank, at which Markdown would end the HTML."""
    return re.sub(r"\n\s*(?=\n)", "", escape(words, quote=False))
