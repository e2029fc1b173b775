"""Turn what a block gave into HTML: its output, the notes under it, a page's facts, its footer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import PurePosixPath
from typing import Any

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from ..export.alone import Alone
from ..export.shorten import docstring_tails
from ..judge.gate import Judged
from ..judge.verdict import BAD, Verdict
from ..parse.block import Block, Kind
from ..settings import Settings
from .minutes import minutes

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_ESCAPE_SEQUENCE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LISTING = re.compile(r'<div class="[^"]*\bhighlight\b')
_IMPORT = re.compile(r"(?:import|from) ")
_REPLAYED = re.compile(r'<h[1-6]\b|<p class="bp-note">(Replayed, since .*?)</p>')


def text_output(output: str, result: str, raised: bool) -> str:
    """Return what was printed as a block of text, safe whatever it holds.

    Args:
        output: What was printed.
        result: The language to color it as (`result=` of the fence); colors that the output brings
            along as ANSI codes win.
        raised: Whether it ends in a traceback.
    """
    if not output.strip("\n"):
        return ""
    if _ANSI.search(output) and _lexer("ansi") is not None:
        kept = "".join(
            part if _ANSI.fullmatch(part) else printable(part)
            for part in re.split(f"({_ANSI.pattern})", output)
        )
        body = highlight(kept.strip("\n"), _lexer("ansi"), HtmlFormatter(nowrap=True))
    else:
        plain = printable(_ANSI.sub("", output)).strip("\n")
        lexer = None if result in ("", "text", "ansi") else _lexer(result)
        body = (
            highlight(plain, lexer, HtmlFormatter(nowrap=True))
            if lexer
            else escape(plain, quote=False)
        )
    kind = " bp-raises" if raised else ""
    lines = body.rstrip("\n")
    return f'<div class="bp-output{kind}"><pre tabindex="0"><code>{lines}\n</code></pre></div>'


def _lexer(name: str) -> Any:
    try:
        return get_lexer_by_name(name, stripnl=False)
    except ClassNotFound:
        return None


def printable(text: str) -> str:
    """Return a text without control characters: those of a terminal's commands, others by name."""
    text = _ESCAPE_SEQUENCE.sub("", text)
    return _CONTROL.sub(lambda m: "" if m[0] == "\r" else f"\\x{ord(m[0]):02x}", text)


def markdown_output(output: str) -> str:
    """Return printed Markdown in which nothing is an include or a control character."""
    return re.sub(r"(?m)^([ \t]*)(?=-+8<-)", r"\1;", printable(output))


def note(verdict: Verdict) -> str:
    """Return what the page says under a block: a replay's origin, or what is wrong with it."""
    if verdict.kind == "replayed":
        return (
            '<p class="bp-note">Replayed, since the machine that built this page lacks what the '
            f"code needs. Recorded with {escape(verdict.origin)}.</p>"
        )
    if verdict.kind == "absent":
        return (
            '<p class="bp-note">Here would stand what this code makes: the machine that built this '
            "page lacks what it needs, and no other has recorded it so far.</p>"
        )
    if verdict.kind in BAD or verdict.kind == "not-run":
        first, _, rest = verdict.message.partition("\n")
        if verdict.kind == "new":  # the page shows it already
            first, rest = "Not recorded yet.", ""
        more = (
            f'<pre tabindex="0"><code>{escape(printable(rest), quote=False)}</code></pre>'
            if rest
            else ""
        )
        title = {"failed": "This block failed: "}.get(verdict.kind, "")
        return f'<div class="bp-problem" role="note"><p>{title}{escape(first)}</p>{more}</div>'
    return ""


def shown(settings: Settings, verdict: Verdict, block: Block, inner: str) -> str:
    """Return a block as its page has it: what it shows, and what is to be said of it.

    Code that is shown and that no machine has run yet is an invitation, folded to one line.

    Args:
        settings: The book.
        verdict: What was found of the block.
        block: The block.
        inner: HTML of its code and its output.
    """
    waits = _waits(verdict, block)
    if not waits or not block.source:
        said = note(verdict) if waits or verdict.kind != "absent" else ""
        return wrap(block, inner + said)
    look = block.options.get("title", "")
    summary = f"Run this {where(settings, [block])}{': ' * bool(look)}{look}"
    return wrap(
        block,
        f'<details class="bp-later"><summary>{escape(summary)}</summary>{inner}</details>',
    )


def with_copy(inner: str, along: Alone | None, block: Block) -> str:
    """Return a block's HTML with what its copy button has to give beside its code.

    That stands in a fold below it, once, or in an attribute where it is no more than imports; a
    script of the page puts both together (`data-cut` names the lines that are left out). What a
    function of the book shows is no plain listing: its text stands whole where Material's button
    looks for it.

    Args:
        inner: HTML of its code and its output.
        along: The block as a reader takes it; None for one that has no copy button.
        block: The block.
    """
    if along is None or along.text == block.code or not along.code.strip():
        return inner
    if block.shown_as:
        return _with(inner, f'data-copy="{escape(along.text)}"')
    given = "\n\n\n".join(part for part in (along.before, along.made) if part)
    shown = docstring_tails(block.code).split("\n")
    lines, at = block.code.split("\n"), 0
    cut = []
    for number in along.cut:
        at = shown.index(lines[number - 1], at) + 1
        cut.append(str(at))
    found = f'data-cut="{" ".join(cut)}"'
    if not along.names or all(_IMPORT.match(line) for line in given.split("\n") if line):
        return _with(inner, f'{found} data-before="{escape(given)}"')
    names = ", ".join(f"<code>{escape(name)}</code>" for name in along.names)
    listing = highlight(given, _lexer("python"), HtmlFormatter(nowrap=True)).rstrip("\n")
    return (
        f'{_with(inner, found)}<details class="bp-along" data-search-exclude>'
        f"<summary>Copied along: {names}</summary>"
        '<div class="language-python highlight"><pre tabindex="0"><span></span>'
        f"<code>{listing}</code></pre></div></details>"
    )


def _with(inner: str, attributes: str) -> str:
    """Return HTML whose first listing has more attributes."""
    return _LISTING.sub(lambda m: f"<div {attributes} {m[0].removeprefix('<div ')}", inner, count=1)


def _waits(verdict: Verdict, block: Block) -> bool:
    """Say whether a reader misses something here; an assertion that is not shown he does not."""
    return verdict.kind == "absent" and bool(block.source or block.kind is Kind.HTML)


def where(settings: Settings, blocks: Sequence[Block]) -> str:
    """Say where code runs that needs what this machine lacks, as in `on your GPU`."""
    names = dict.fromkeys(name for block in blocks for name in block.needs)
    return ", ".join(settings.where.get(name, f"where there is {name}") for name in names)


def waiting(settings: Settings, judged: Judged) -> str:
    """Return what a page says at its top of the blocks that no machine has run yet."""
    blocks = [b for b in judged.chapter.blocks if _waits(judged.verdict(b), b)]
    if not blocks:
        return ""
    many, them = (f"{len(blocks)} blocks", "them") if len(blocks) > 1 else ("One block", "it")
    return (
        f'<p class="bp-note bp-waiting">{many} of this page no machine has recorded yet: '
        f"run {them} {escape(where(settings, blocks))}.</p>"
    )


def wrap(block: Block, inner: str) -> str:
    """Return a block's HTML with the anchor that links and the check of the page rely on."""
    hidden = "" if inner.strip() else " hidden"
    return f'<div class="bp-block" id="block-{block.index}"{hidden}>{inner}</div>'


def problems(messages: list[str]) -> str:
    """Return what is wrong with the page as a whole."""
    items = "".join(f"<li>{escape(m)}</li>" for m in messages)
    return (
        f'<div class="bp-problem" role="note"><p>This page has problems:</p><ul>{items}</ul></div>'
    )


def facts(judged: Judged, package: str = "") -> str:
    """Return the line under the title: minutes to read, seconds that the code took.

    Args:
        judged: The page.
        package: Whose version made the outputs what they are, and is named; empty for none.
    """
    read, folded = minutes(judged)
    parts = [f"{max(1, round(read))} min to read"]
    if round(folded):
        parts.append(f"{round(folded)} more in folds")
    if judged.result is not None:
        ran = f"its code ran in {_seconds(judged.result.seconds)}"
        version = judged.result.versions.get(package, "").partition("+")[0]  # no `+cpu`
        parts.append(f"{ran} with {escape(f'{package} {version}')}" if version else ran)
    return f'<p class="bp-facts">{" · ".join(parts)}</p>'


def _facts(settings: Settings, judged: Judged) -> str:
    """Return that line if the book asks for it, with the version of what it names first."""
    return facts(judged, next(iter(settings.packages), "")) if settings.facts else ""


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 0.1 else "less than 0.1 s"


@dataclass(frozen=True)
class Link:
    """One way to take a page's code along."""

    text: str
    address: str
    download: bool = True


def links(settings: Settings, judged: Judged, open_in: str = "") -> list[Link]:
    """Return the links to what of a page can be taken along, which stands beside it.

    Args:
        settings: The book.
        judged: The page.
        open_in: Address of a service that opens the notebooks under the pages' paths, or empty.
    """
    place = judged.chapter.place
    name = PurePosixPath(place).name
    found = []
    if open_in:
        text = "Open it in Colab" if "colab" in open_in else "Open it as a notebook online"
        found.append(Link(text, f"{open_in}/{place}.ipynb", download=False))
    if settings.notebooks:
        found.append(Link("This page as a notebook, with its outputs", f"{name}.ipynb"))
    if settings.scripts:
        found.append(Link("Its code as a script", f"{name}.py"))
    return found


def furnished(
    settings: Settings, judged: Judged, text: str, wrong: Sequence[str] = (), open_in: str = ""
) -> str:
    """Return a page with what the book asks for around it, and with what is wrong with it.

    Args:
        settings: The book.
        judged: The page.
        text: Its HTML.
        wrong: What is wrong with it as a whole.
        open_in: As for `links`.
    """
    said = waiting(settings, judged) + (problems(list(wrong)) if wrong else "")
    text = _once_a_section(text)
    before, after, rest = text.partition("</h1>")
    if after:
        text = f"{before}{after}\n{_facts(settings, judged)}{said}\n{rest}"
    else:
        text = f"{said}{text}"
    return f"{text}\n{footer(settings, judged, open_in)}"


def _once_a_section(text: str) -> str:
    """Say where replays come from under the first of a section; the others say that they are."""
    said = ""

    def shorter(found: re.Match[str]) -> str:
        nonlocal said
        again = found[1] is not None and found[1] == said
        said = found[1] or ""
        return '<p class="bp-note">Replayed, as above.</p>' if again else found[0]

    return _REPLAYED.sub(shorter, text)


def footer(settings: Settings, judged: Judged, open_in: str = "") -> str:
    """Return a page's provenance, and what of it can be taken along, if the book asks for it.

    Args:
        settings: The book.
        judged: The page.
        open_in: As for `links`.
    """
    offered = links(settings, judged, open_in) if judged.chapter.blocks else []
    if not settings.footer and not offered:
        return ""
    title = "Where these outputs come from" if settings.footer else "Take this page along"
    items = _provenance(judged) if settings.footer else ""
    anchors = "".join(
        f'<li><a href="{escape(a.address)}"{" download" * a.download}>{escape(a.text)}</a></li>'
        for a in offered
    )
    more = f"<ul>{anchors}</ul>" if anchors else ""
    return (
        '<footer class="bp-provenance">'
        f'<h2 class="bp-provenance-title">{title}</h2>'
        f"{items}{more}</footer>"
    )


def _provenance(judged: Judged) -> str:
    """Return with what, where and when a page's outputs were made."""
    rows: list[tuple[str, str]] = []
    result = judged.result
    if result is None:
        rows.append(("Code", "none on this page"))
    else:
        rows += [(_title(k), v) for k, v in (result.versions | result.machine).items()]
        blocks = len(judged.chapter.blocks)
        rows.append(
            ("Code", f"{blocks} block{'s' * (blocks != 1)}, ran in {_seconds(result.seconds)}")
        )
        replays = sorted({v.origin for v in judged.verdicts if v.kind == "replayed"})
        absent = sum(_waits(judged.verdict(b), b) for b in judged.chapter.blocks)
        rows += [("Replayed", origin) for origin in replays] or [("Replayed", "nothing")]
        if absent:
            rows.append(("Not recorded yet", f"{absent} block{'s' * (absent != 1)}"))
        rows.append(("Ran on", result.date))
    items = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in rows)
    return f"<dl>{items}</dl>"


def _title(name: str) -> str:
    return name[:1].upper() + name[1:] if name in ("device", "threads") else name
