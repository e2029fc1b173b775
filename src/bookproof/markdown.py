"""A Python-Markdown extension that shows what the engine ran, through markdown-exec's fences.

It works under any builder that reads Python-Markdown extensions. It never raises into the fence
parser, which would show the fence as text and go on: what is wrong stands on the page, and in a
warning that MkDocs's strict mode counts. Each page is checked in the end: every block that was
parsed must show on it, and nothing else may have run.
"""

from __future__ import annotations

import logging
import re
import threading
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown_exec import base_format, formatters

from . import fragments, render
from .block import Block
from .book import open_book
from .fragments import Fragments
from .gate import Judged
from .options import OURS
from .settings import BookError
from .shown import page as page_html

_log = logging.getLogger("mkdocs.plugins.bookproof")
_lock = threading.Lock()


class Page:
    """What a page's fences share while it is converted; it hangs on the `Markdown` object."""

    def __init__(self, judged: Judged | None) -> None:
        self.judged = judged
        self.waiting = list(judged.chapter.blocks) if judged else []
        self.problems: list[str] = []
        self.built = False
        self.fragments = Fragments(open_book().settings, judged.chapter.path) if judged else None

    def next(self, code: str) -> Block | None:
        """Return the block whose turn it is, or note the problem where `code` is not its code."""
        if self.waiting and _same_code(self.waiting[0].code, code):
            return self.waiting.pop(0)
        later = [n for n, b in enumerate(self.waiting) if _same_code(b.code, code)]
        if later:  # the blocks between are named in the end, as not shown
            block = self.waiting[later[0]]
            del self.waiting[: later[0] + 1]
            return block
        first = next((line for line in code.splitlines() if line.strip()), "")
        self.problems.append(
            f"the page shows an executed block that the engine did not find: {first.strip()!r}"
        )
        return None


def _same_code(a: str, b: str) -> bool:
    return [t.rstrip() for t in a.strip("\n").split("\n")] == [
        t.rstrip() for t in b.strip("\n").split("\n")
    ]


class Bookproof(Extension):
    """Shows each executed block with its real output, and ends each page with its provenance."""

    def __init__(self, **options: Any) -> None:
        about = "address of a service that opens the book's notebooks, under the pages' own paths"
        self.config = {"open_in": ["", about]}
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        """Register the parts, and take over markdown-exec's Python fences."""
        with _lock:
            formatters["python"] = formatters["py"] = _format
        md.preprocessors.register(_Begin(md), "bookproof-begin", 1000)
        md.treeprocessors.register(_Built(md), "bookproof-built", -1000)
        end = _End(md, str(self.getConfig("open_in")).rstrip("/"))
        md.postprocessors.register(end, "bookproof-end", -1000)


class _Begin(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        if not hasattr(self.md, "_original_md"):  # not one of markdown-exec's inner documents
            text = "\n".join(lines)
            try:
                page = Page(open_book().page(text))
            except BookError as error:
                page = Page(None)
                page.problems.append(str(error))
            self.md.bookproof = page
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
        self.md.bookproof = None
        judged = page.judged
        if judged is None:
            warn(page.problems)
            return render.problems(page.problems) + text if page.problems else text
        chapter = judged.chapter
        for block in chapter.blocks:
            if text.count(f'id="block-{block.index}"') != 1:
                page.problems.append(
                    f"{chapter.path}:{block.line}: this block ran and does not show on the page: "
                    f"is it inside an indented listing or a comment?"
                )
        if page.fragments is not None:
            page.fragments.save()
        warn([*page.problems, *judged.complaints])
        wrong = [*map(str, judged.problems), *page.problems]
        before, after, rest = text.partition("</h1>")
        top = (render.facts(judged) if after else "") + (render.problems(wrong) if wrong else "")
        text = f"{before}{after}\n{top}\n{rest}" if after else f"{top}{text}"
        docs = open_book().settings.docs
        links = render.links(judged, docs, self.open_in) if chapter.blocks else []
        return f"{text}\n{render.footer(judged, links)}"


def warn(messages: list[str]) -> None:
    """Say what is wrong where MkDocs's strict mode counts it."""
    for message in messages:
        _log.warning("%s", message)


def _format(*, code: str, md: Markdown, **options: Any) -> str:
    """Show one executed block; the formatter that markdown-exec calls for a Python fence."""
    page: Page | None = getattr(md, "bookproof", None) or getattr(
        getattr(md, "_original_md", None), "bookproof", None
    )
    if page is None:
        page = Page(None)
    block = page.next(code)
    if block is None or page.judged is None:
        return '<div class="bp-problem" role="note"><p>This block was not run.</p></div>'
    try:
        return _show(page, page.judged, block, code, md, options)
    except Exception as error:  # superfences would swallow it
        page.problems.append(f"{page.judged.chapter.path}:{block.line}: cannot be shown: {error!r}")
        return render.wrap(block, "")


def _show(
    page: Page, judged: Judged, block: Block, code: str, md: Markdown, options: dict[str, Any]
) -> str:
    verdict = judged.verdict(block)
    options["extra"] = {k: v for k, v in options.get("extra", {}).items() if k not in OURS}
    options.update(returncode=0, workdir=None, width=None)
    result = options.pop("result", "")
    source = options.get("source", "")
    output = verdict.live if verdict.kind != "failed" else ""
    raised = bool(block.raises) and verdict.kind != "failed"
    if block.html and not raised:
        shown, as_html = (
            f'<div class="bp-output bp-html">{page_html(output)}</div>' if output.strip() else "",
            True,
        )
    elif source == "console":
        shown, as_html = render.markdown_output(output), False
        options["result"] = result
    elif result or raised:
        shown, as_html = render.text_output(output, result, raised), True
    else:
        shown, as_html = render.markdown_output(output), False
    options["html"] = as_html
    key = fragments.name(code, shown, options)
    inner = page.fragments.find(key) if page.fragments else None
    if inner is not None:
        return render.wrap(block, inner + render.note(verdict))
    inner = str(
        base_format(
            language="python",
            run=lambda *_, **__: shown,
            code=code,
            md=md,
            transform_source=lambda text: (text, re.sub(r"(?m)^([ \t]*)(?=-+8<-)", r"\1;", text)),
            **options,
        )
    )
    if as_html:  # in a tab it stands in a paragraph, which cannot hold it
        inner = inner.replace(f"<p>{shown}</p>", shown)
    wrapped = render.wrap(block, inner + render.note(verdict))
    headings = _move_headings(md, inner, wrapped)
    if page.fragments and not headings and "exec-" not in inner:  # numbered by the build
        page.fragments.keep(key, inner)
    return wrapped


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
