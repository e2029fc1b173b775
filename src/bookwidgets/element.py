"""What all widgets are made of: custom elements that read well before, and without, their script.

A widget is whole as HTML. Its script, `docs/assets/javascripts/<name>.js`, only shows and hides
what is there, or puts texts that Python wrote into their places: it computes nothing.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any

try:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer
except ImportError:  # a machine that only records what it has
    highlight = None


def element(tag: str, body: str, **attributes: str | None) -> str:
    """Return a widget's element; it is left out of the site's search.

    Args:
        tag: name of the custom element, as in `bp-dial`.
        body: its HTML.
        attributes: its attributes, `_` for `-`; None leaves one out, an empty text is written bare.
    """
    more = "".join(
        f" {name.strip('_').replace('_', '-')}" + (f'="{html.escape(value)}"' if value else "")
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag} data-search-exclude{more}>\n{body}\n</{tag}>"


def data(value: Any) -> str:
    """Return a value as JSON for the widget's script, safe whatever its texts hold.

    It is no `<script>`: the theme runs every script of a page that it comes to without a reload.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"<template>{html.escape(text, quote=False)}</template>"


def listing(code: str) -> str:
    """Return Python code, colored as the site colors its listings."""
    return (
        '<div class="language-python highlight"><pre tabindex="0"><span></span>'
        f"<code>{colored(code)}\n</code></pre></div>"
    )


def colored(code: str) -> str:
    """Return Python code as spans, line by line as it stands."""
    if highlight is None:
        return html.escape(code, quote=False)
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    return str(highlight(code, lexer, HtmlFormatter(nowrap=True))).rstrip("\n")


def text(words: str) -> str:
    """Return a sentence as HTML: `code` in backticks, *emphasis* in stars, nothing else."""
    parts = re.split(r"(`[^`]+`)", words)
    return "".join(
        f"<code>{html.escape(part[1:-1], quote=False)}</code>"
        if n % 2
        else re.sub(r"\*(\S(?:[^*]*\S)?)\*", r"<em>\1</em>", html.escape(part, quote=False))
        for n, part in enumerate(parts)
    )


def table(head: list[str], rows: list[list[str]], caption: str = "") -> str:
    """Return a table; the first cell of each row is its heading. Cells are HTML already."""
    title = f"<caption>{caption}</caption>" if caption else ""
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>'
        for row in rows
    )
    return (
        f'<div class="md-typeset__scrollwrap"><div class="md-typeset__table"><table>{title}'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div></div>"
    )
