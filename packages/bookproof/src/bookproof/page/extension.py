"""A Python-Markdown extension that shows what the engine ran, through markdown-exec's fences.

It works under any builder that reads Python-Markdown extensions. It never raises into the fence
parser, which would show the fence as text and go on: what is wrong stands on the page, and in a
warning that MkDocs's strict mode counts. Each page is checked in the end: every block that was
parsed must show on it, and nothing else may have run. Which page it is, the builder says.

Fences of other languages, and those of documents inside of a page (docstrings, Markdown that a
fence of another language made), are markdown-exec's own.
"""

from __future__ import annotations

import logging
import re
import secrets
import threading
from html import escape
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from ..export.shorten import docstring_tails
from ..export.take import copied
from ..judge.differs import fit
from ..judge.gate import Judged
from ..judge.verdict import Verdict
from ..parse.block import Block, Kind
from ..parse.fences import PYTHON
from ..parse.options import OURS
from ..run.shown import page as page_html
from ..settings import BookError
from . import fragments, render, safe
from .book import open_book
from .borrowed import base_format, formatters
from .fragments import Fragments

_log = logging.getLogger("mkdocs.plugins.bookproof")
_lock = threading.Lock()
_usual: dict[str, Any] = {name: formatters[name] for name in PYTHON}
_inside = threading.local()  # whether this thread is converting a page of the book
_UNKNOWN = "bp-unknown"


class Page:
    """What a page's fences share while it is converted; it hangs on the `Markdown` object."""

    def __init__(self, judged: Judged | None) -> None:
        self.judged = judged
        self.waiting = list(judged.chapter.blocks) if judged else []
        self.unknown: list[str] = []
        self.problems: list[str] = []
        self.built = False
        self.printing: Block | None = None  # whose output is being converted
        self.copied = copied(open_book().settings, judged) if judged else {}
        self.fragments = Fragments(open_book().settings, judged.chapter.path) if judged else None
        self._token = secrets.token_hex(16)

    def mark(self, html: str, element: str) -> str:
        """Mark an element, named by its `id`, as one that no block can have printed."""
        return html.replace(f'id="{element}"', self._marked(element), 1)

    def count(self, text: str, element: str) -> int:
        """Return how many elements of a page were marked with this name."""
        return text.count(self._marked(element))

    def unmarked(self, text: str) -> str:
        """Return a page without the marks."""
        return text.replace(f' data-bp-mark="{self._token}"', "")

    def _marked(self, element: str) -> str:
        return f'id="{element}" data-bp-mark="{self._token}"'

    def next(self, code: str) -> Block | None:
        """Return the block whose turn it is; None where `code` is no block's code.

        An indented listing may hold the code of a block below it. It is not known yet that it is
        one, and that what stands there will be thrown away: the block's turn comes again.
        """
        later = [n for n, b in enumerate(self.waiting) if _same_code(b.code, code)]
        if not later:
            past = self.judged.chapter.blocks[: -len(self.waiting) or None] if self.judged else ()
            return next((b for b in reversed(past) if _same_code(b.code, code)), None)
        block = self.waiting[later[0]]  # the blocks between are named in the end, as not shown
        del self.waiting[: later[0] + 1]
        return block


def _same_code(a: str, b: str) -> bool:
    return [t.rstrip() for t in a.strip("\n").split("\n")] == [
        t.rstrip() for t in b.strip("\n").split("\n")
    ]


class Bookproof(Extension):
    """Shows each executed block with its real output."""

    def __init__(self, **options: Any) -> None:
        about = "address of a service that opens the book's notebooks, under the pages' own paths"
        self.config = {"open_in": ["", about]}
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        """Register the parts, and take over markdown-exec's Python fences."""
        with _lock:
            formatters.update(dict.fromkeys(PYTHON, _format))
        md.preprocessors.register(_Begin(md), "bookproof-begin", 1000)
        md.treeprocessors.register(_Built(md), "bookproof-built", -1000)
        end = _End(md, str(self.getConfig("open_in")).rstrip("/"))
        md.postprocessors.register(end, "bookproof-end", -1000)


def source_of(md: Markdown) -> str:
    """Return the path of the page that is converted, as its builder says; empty if it does not.

    MkDocs's and Zensical's own processors, which hang on the same object, know it. Any other
    builder may set `md.page_source`.
    """
    for processor in (*md.treeprocessors, *md.preprocessors):
        for name, attribute in (("file", "src_uri"), ("page", "path")):
            source = getattr(getattr(processor, name, None), attribute, None)
            if isinstance(source, str):
                return source
    return str(getattr(md, "page_source", ""))


class _Begin(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        outer = getattr(self.md, "_original_md", None)
        if outer is not None:  # one of markdown-exec's inner documents
            page: Page | None = getattr(outer, "bookproof", None)
            if page and page.printing and not open_book().settings.raw_html:
                safe.secure(self.md, page.printing)
            return lines
        source = source_of(self.md)
        if not source and getattr(_inside, "page", None) is not None:
            self.md.bookproof = None  # a document inside of the page, such as a docstring
            return lines
        try:
            page = Page(open_book().page(source)) if source else Page(None)
        except BookError as error:
            page = Page(None)
            page.problems.append(str(error))
        self.md.bookproof = _inside.page = page
        return lines


class _Built(Treeprocessor):
    """Tells the page's own end from the ends of its headings, which toc converts one by one."""

    def run(self, root: Element) -> None:
        page: Page | None = getattr(self.md, "bookproof", None)
        if page is not None:
            page.built = True


class _End(Postprocessor):
    def __init__(self, md: Markdown, open_in: str) -> None:
        super().__init__(md)
        self.open_in = open_in

    def run(self, text: str) -> str:
        page: Page | None = getattr(self.md, "bookproof", None)
        if page is None or not page.built:
            return text
        self.md.bookproof = _inside.page = None
        for number, first in enumerate(page.unknown):
            name = f"{_UNKNOWN}-{number}"
            if page.count(text, name):  # and not turned back into an indented listing
                page.problems.append(_about_unknown(page, first))
        judged = page.judged
        if judged is None:
            warn(page.problems)
            text = page.unmarked(text)
            return render.problems(page.problems) + text if page.problems else text
        chapter = judged.chapter
        for block in chapter.blocks:
            times = page.count(text, f"block-{block.index}")
            if times > 1:
                page.problems.append(_about_unknown(page, block.label))
            elif not times:
                page.problems.append(
                    f"{chapter.path}:{block.line}: this block ran and does not show on the page: "
                    f"is it inside an indented listing or a comment?"
                )
        text = page.unmarked(text)
        if page.fragments is not None:
            page.fragments.save()
        warn([*page.problems, *judged.complaints])
        wrong = [*map(str, judged.problems), *page.problems]
        return render.furnished(open_book().settings, judged, text, wrong, self.open_in)


def _about_unknown(page: Page, first: str) -> str:
    if page.judged is None:
        return (
            f"a page has an executed block ({first!r}), and its builder does not say which page "
            f"it is, so nothing of it was run"
        )
    return (
        f"{page.judged.chapter.path}:1: the page shows an executed block that the engine did not "
        f"find in the file: {first!r}; another plugin may have changed or added it"
    )


def warn(messages: list[str]) -> None:
    """Say what is wrong where MkDocs's strict mode counts it, with `--quiet`, too."""
    level = logging.WARNING if _log.isEnabledFor(logging.WARNING) else logging.ERROR
    for message in messages:
        _log.log(level, "%s", fit(message))


def _format(*, code: str, md: Markdown, **options: Any) -> str:
    """Show one executed block; the formatter that markdown-exec calls for a Python fence."""
    outer = getattr(md, "_original_md", None)
    page: Page | None = getattr(md if outer is None else outer, "bookproof", None)
    if page is None or (outer is not None and page.printing is None):
        language = options.pop("language", "python")
        return str(_usual[language](code=code, md=md, **options))
    if outer is not None:  # a block printed it
        return f'<pre tabindex="0"><code>{escape(code, quote=False)}\n</code></pre>'
    block = page.next(code)
    if block is None or page.judged is None:
        first = next((line.strip() for line in code.splitlines() if line.strip()), "")
        page.unknown.append(first)
        name = f"{_UNKNOWN}-{len(page.unknown) - 1}"
        problem = f'<div class="bp-problem" role="note" id="{name}"><p>This block was not run.</p>'
        return page.mark(f"{problem}</div>", name)
    try:
        return _show(page, page.judged, block, code, md, options)
    except Exception as error:  # superfences would swallow it
        page.problems.append(f"{page.judged.chapter.path}:{block.line}: cannot be shown: {error!r}")
        return page.mark(render.wrap(block, ""), f"block-{block.index}")
    finally:
        page.printing = None


def _show(
    page: Page, judged: Judged, block: Block, code: str, md: Markdown, options: dict[str, Any]
) -> str:
    verdict = judged.verdict(block)
    options["extra"] = {k: v for k, v in options.get("extra", {}).items() if k not in OURS}
    options.update(returncode=0, workdir=None, width=None)
    result = options.pop("result", "")
    output = verdict.shown
    kind = block.kind
    if kind is Kind.RAISED and verdict.kind == "failed":
        kind = Kind.TEXT if result else Kind.MARKDOWN
    if kind in (Kind.HTML, Kind.SHOWN):
        body = render.printable(page_html(output))
        shown = f'<div class="bp-output bp-html">{body}</div>' if output.strip() else ""
    elif kind in (Kind.TEXT, Kind.RAISED):
        shown = render.text_output(output, result, kind is Kind.RAISED)
    else:
        shown = render.markdown_output(output)
        options["result"] = result if kind is Kind.CONSOLE else ""
        page.printing = block
    if verdict.kind == "absent":
        options["extra"].pop("title", None)  # it stands on the fold
    as_html = page.printing is None
    if as_html and block.source == "console":  # a listing cannot hold it
        options["source"] = "above"
    options["html"] = as_html
    settings = open_book().settings
    key = fragments.name(code, shown, options, settings.raw_html)
    inner = page.fragments.find(key) if page.fragments else None
    if inner is not None:
        return _wrapped(page, block, verdict, inner)
    inner = str(
        base_format(
            language="python",
            run=lambda *_, **__: shown,
            code=code,
            md=md,
            transform_source=lambda text: (text, _listed(text, options)),
            **options,
        )
    )
    if as_html:  # in a tab it stands in a paragraph, which cannot hold it
        inner = inner.replace(f"<p>{shown}</p>", shown)
    wrapped = _wrapped(page, block, verdict, inner)
    headings = _move_headings(md, inner, wrapped)
    if page.fragments and not headings and "exec-" not in inner:  # numbered by the build
        page.fragments.keep(key, inner)
    return wrapped


def _wrapped(page: Page, block: Block, verdict: Verdict, inner: str) -> str:
    inner = render.with_copy(inner, page.copied.get(block.index), block)
    shown = render.shown(open_book().settings, verdict, block, inner)
    return page.mark(shown, f"block-{block.index}")


def _listed(code: str, options: dict[str, Any]) -> str:
    """Return code as the page shows it: no docstring's tail, and nothing that is an include."""
    numbered = {"linenums", "hl_lines"} & options.get("extra", {}).keys()
    short = code if numbered else docstring_tails(code)
    return re.sub(r"(?m)^([ \t]*)(?=-+8<-)", r"\1;", short)


def _move_headings(md: Markdown, inner: str, wrapped: str) -> bool:
    """Tell markdown-exec, which knows headings by the HTML they came in, of the HTML around it."""
    found = False
    for processor in md.treeprocessors:
        headings = getattr(processor, "headings", None)
        if isinstance(headings, dict) and inner in headings:
            headings[wrapped] = headings.pop(inner)
            found = found or bool(headings[wrapped])
    return found


def makeExtension(**options: Any) -> Bookproof:
    """Return the extension, as Python-Markdown asks for it."""
    return Bookproof(**options)
