"""Show a notebook script through mkdocs-jupyter, in the elements of the site's other pages.

The plugin's own HTML comes with half a megabyte of styles and scripts, some fetched from
elsewhere, and would run the notebook again. It is given the notebook with the outputs that the
engine checked; of its page the text is kept, and code and outputs are shown as everywhere else.
"""

from __future__ import annotations

import re
from html import escape

from bs4 import BeautifulSoup, Tag
from markdown import Markdown
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from ..judge.gate import Judged
from ..parse.block import Block, Kind
from ..run.shown import page as page_html
from ..settings import Settings
from . import render

_FORMULA = re.compile(
    r"(\$\$.+?\$\$|(?<![\\$\w])\$(?![\s$])(?:\\.|[^\\$])+?(?<!\s)\$(?![\w$]))", re.DOTALL
)


def page(
    settings: Settings, html: str, judged: Judged, open_in: str = "", md: Markdown | None = None
) -> str:
    """Return the content of a notebook's page.

    Args:
        settings: The book.
        html: What mkdocs-jupyter made of `notebook.without_code`.
        judged: The script that the notebook was made from.
        open_in: As for `render.links`.
        md: The site's Markdown, for formulas, which the plugin leaves to a script.
    """
    cells = BeautifulSoup(html, "html.parser").select(".jp-Notebook > .jp-Cell")
    blocks = iter(judged.chapter.blocks)
    shown = []
    for cell in cells:
        text = cell.select_one(".jp-RenderedMarkdown")
        shown.append(_text(text, md) if text else _block(settings, judged, next(blocks)))
    return render.furnished(settings, judged, "\n".join(shown), open_in=open_in)


def _text(text: Tag, md: Markdown | None) -> str:
    for anchor in text.select("a.anchor-link"):
        anchor["class"] = "headerlink"
        anchor["title"] = "Link to this section"
    for node in text.find_all(string=_FORMULA) if md else []:
        parent = node.parent
        if parent is None or node.find_parent(["code", "pre"]):
            continue
        parts = _FORMULA.split(node)
        shown = [_formula(md, p) if n % 2 else escape(p, quote=False) for n, p in enumerate(parts)]
        alone = parent.name == "p" and _FORMULA.fullmatch(parent.get_text().strip())
        (parent if alone else node).replace_with(BeautifulSoup("".join(shown), "html.parser"))
    return text.decode_contents()


def _formula(md: Markdown, tex: str) -> str:
    """Return a formula as the site shows it, or as it stands where the site shows none."""
    html = md.reset().convert(tex)
    return escape(tex, quote=False) if "$" in html else str(html)


def _block(settings: Settings, judged: Judged, block: Block) -> str:
    verdict = judged.verdict(block)
    code = highlight(block.code, PythonLexer(), HtmlFormatter(nowrap=True))
    source = (
        f'<div class="language-python highlight"><pre><span></span><code>{code}</code></pre></div>'
    )
    if block.kind is Kind.SHOWN:
        source, output = "", f'<div class="bp-output bp-html">{page_html(verdict.shown)}</div>'
    elif block.kind is Kind.HTML:
        shown = verdict.shown
        output = f'<div class="bp-output bp-html">{shown}</div>' if shown.strip() else ""
    else:
        output = render.text_output(verdict.shown, "text", block.kind is Kind.RAISED)
    return render.shown(settings, verdict, block, source + output)
