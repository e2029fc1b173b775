r"""Small pages from a grammar of fences, on which the gate and the built page must agree.

    python -m tests.bookproof.fuzz --seed 7 --books 1000

A page is a handful of fences: their signs, spellings and options (wrong ones too), what they stand
in, what they print, how its lines end. A hundred pages are one book, since a book costs seconds and
a page a hundredth of one. Each book is recorded, checked, checked again from an empty cache, and
built by MkDocs; then what the gate judged is held to what the pages show. A page on which they
disagree is printed as small as dropping lines makes it.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import json
import logging
import re
import shutil
import sys
import tempfile
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bs4 import BeautifulSoup
from mkdocs.commands.build import build
from mkdocs.config import load_config

from bookproof.judge import gate
from bookproof.judge.gate import Gate, Judged
from bookproof.page.book import close_book
from bookproof.parse.block import Kind
from bookproof.settings import load
from tests.bookproof.fuzz_pages import Fuzzed, pages_of
from tests.bookproof.small import Book, Ran

SETTINGS = """
[tool.bookproof]
session = "page"
notebooks = true
scripts = true
footer = true
limit = 20

[tool.bookproof.needs]
gpu = "fuzz_parts:lacks"
cpu = "fuzz_parts:has"

[tool.bookproof.shows]
plain = "fuzz_parts:show"
"""
PARTS = """
import html


def lacks():
    return False


def has():
    return True


def show(code):
    return f"<pre>{html.escape(code.run())}</pre>"
"""
MKDOCS = """
site_name: Small pages
site_url: https://small.example/
theme: {name: null, custom_dir: theme}
plugins: [markdown-exec, bookproof]
markdown_extensions:
  - abbr
  - admonition
  - attr_list
  - def_list
  - footnotes
  - md_in_html
  - tables
  - toc: {permalink: true}
  - pymdownx.details
  - pymdownx.highlight
  - pymdownx.snippets: {base_path: ["."], check_paths: true}
  - pymdownx.superfences
  - pymdownx.tabbed: {alternate_style: true}
"""
INCLUDED = {  # what pages include: code, and a page's part with a block
    "parts/code.py": 'print("mk" + "included")\n',
    "parts/text.md": 'Text.\n\n```python exec="1" result="text"\nprint("mk" + "text")\n```\n',
}

BOOK = 100  # pages


@dataclass(frozen=True)
class Finding:
    """A disagreement on a page."""

    kind: str
    page: int
    said: str


class Small:
    """A book of pages from the grammar, on disk."""

    def __init__(self, root: Path, pages: list[Fuzzed]) -> None:
        self.pages = pages
        self.book = Book(root)
        self.book.write("pyproject.toml", SETTINGS)
        self.book.write("fuzz_parts.py", PARTS)
        self.book.write("mkdocs.yml", MKDOCS)
        self.book.write(
            "theme/main.html", "<html><head></head><body>{{ page.content }}</body></html>"
        )
        for name, text in INCLUDED.items():
            self.book.write(name, text)
        for number, page in enumerate(pages):
            (root / f"docs/p{number:03d}.md").write_bytes(page.data)

    def findings(self) -> list[Finding]:
        """Record, check, check afresh, build; return where something is not as it must be."""
        found: list[Finding] = []
        said: list[Ran] = []
        for command in ("record", "check", "check"):
            if len(said) == 2:
                shutil.rmtree(self.book.root / ".bookproof", ignore_errors=True)
            try:
                ran = self.book.run(command)
            except (Exception, SystemExit):
                return [Finding("crash", -1, f"{command}: {traceback.format_exc()}")]
            said.append(ran)
            found += self._spoken(command, ran)
        found += self._steady(*said)
        try:
            with contextlib.chdir(self.book.root), _heard() as heard:
                judged = self._judged()
                build(load_config("mkdocs.yml"))
        except Exception:
            return [*found, Finding("build", -1, traceback.format_exc())]
        finally:
            close_book()
        for number, one in enumerate(judged):
            found += [Finding(k, number, s) for k, s in self._agree(number, one, heard.text)]
        return found

    def _judged(self) -> list[Judged]:
        settings = load(self.book.root)
        with contextlib.closing(Gate(settings)) as door:
            return door.judge(gate.choose(settings, []))

    def _spoken(self, command: str, ran: Ran) -> Iterator[Finding]:
        """No traceback but a block's own, no place that is none."""
        if ran.err or ran.rc not in (0, 1):
            yield Finding("stderr", -1, f"{command}: {ran.rc} {ran.err}")
        for word in ("site-packages", "packages/bookproof", "worker/child.py"):
            if word in ran.out:
                at = ran.out.index(word)
                page = re.findall(r"(?m)^docs/p(\d+)\.md:", ran.out[:at])
                said = f"{command}: {ran.out[max(0, at - 300) : at + 300]}"
                yield Finding("engine", int(page[-1]) if page else -1, said)
        for name, line in re.findall(r"(?m)^docs/p(\d+)\.md:(\d+):", ran.out):
            if not 1 <= int(line) <= self.pages[int(name)].text.count("\n") + 1:
                yield Finding("place", int(name), f"{command} names line {line}")

    def _steady(self, recorded: Ran, first: Ran, second: Ran) -> Iterator[Finding]:
        """What `record` accepts, `check` finds green, from an empty cache as well."""
        texts = [self._about(ran) for ran in (recorded, first, second)]
        for number in range(len(self.pages)):
            a, b, c = (text.get(number, "") for text in texts)
            if b != c:
                yield Finding("afresh", number, f"first: {b}\nthen: {c}")
            if b and not a and "note: needs" not in b:
                yield Finding("recorded", number, f"record says nothing, check: {b}")

    def _about(self, ran: Ran) -> dict[int, str]:
        """Return what was said of each page, the addresses of objects taken out."""
        about: dict[int, str] = {}
        number = -1
        for line in ran.said:
            if place := re.match(r"(?:docs|recordings)/p(\d+)\.\w+:\d+: ", line):
                number = int(place[1])
            about[number] = about.get(number, "") + _plain(line) + "\n"
        return about

    def _agree(self, number: int, judged: Judged, warnings: str) -> Iterator[tuple[str, str]]:
        """Hold one built page to what the gate judged."""
        page, path = self.pages[number], judged.chapter.path
        built = (self.book.root / f"site/p{number:03d}/index.html").read_text("utf-8")
        soup = BeautifulSoup(built, "html.parser")
        shown = [str(e["id"]) for e in soup.select("div.bp-block")]
        wanted = [f"block-{b.index}" for b in judged.chapter.blocks]
        if sorted(shown) != sorted(wanted) and not judged.problems:
            yield "blocks", f"gate: {wanted}, page: {shown}"
        if "This block was not run" in built and not judged.problems:
            yield "not run", "the page has a block that the gate does not know"
        if not judged.problems and f"{path}:" in warnings:
            ours = [c for c in judged.complaints if c.split("\n")[0] in warnings]
            said = [t for t in warnings.split("\n") if t.startswith(f"{path}:")]
            said = [t for t in said if not any(t in c for c in judged.complaints)]
            if said:
                yield "warned", f"gate: {ours}; page: {said}"
        elif any(str(problem) not in warnings for problem in judged.problems):
            yield "silent", f"the build does not say {judged.problems}"
        if re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", built.replace("\x0c", "")):
            yield "control", repr(re.search(r".{40}[\x00-\x08\x0b\x0e-\x1f\x7f].{40}", built))
        yield from self._outputs(judged, soup)
        ran = "\0".join(b.code for b in judged.chapter.blocks)
        listed = soup.get_text()  # what stands on the page outside of blocks
        for mark, runs in page.runs.items():
            if f'"{mark}"' not in page.text:
                continue
            if runs and not judged.problems and f'"{mark}"' not in ran + listed:
                yield "lost", f"the gate does not know {mark}, and nothing is said"
        yield from self._exports(number, judged)

    def _outputs(self, judged: Judged, soup: BeautifulSoup) -> Iterator[tuple[str, str]]:
        """Each output on its own block and nowhere else."""
        for block, verdict in zip(judged.chapter.blocks, judged.verdicts, strict=True):
            elements = soup.select(f"div#block-{block.index}")
            if len(elements) != 1:
                continue
            element = elements[0]
            for note in element.select(":scope > .bp-problem, :scope > .bp-note"):
                note.extract()
            marks, wanted = _marks(element.get_text()), _marks(verdict.shown)
            if block.kind is Kind.SHOWN:
                wanted = _marks(re.sub(r'data-printed="[^"]*"', "", verdict.shown))
            if marks != wanted and not _defines(verdict.shown):
                yield "output", f"block {block.index}: gate {wanted[:5]}, page {marks[:5]}"
            plain = not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", verdict.shown)
            if block.kind is Kind.TEXT and plain:
                boxes = element.select("div.bp-output > pre > code")
                text = boxes[0].get_text() if boxes else ""
                if _plain(text.strip("\n")) != _plain(verdict.shown.strip("\n")):
                    yield (
                        "text",
                        f"block {block.index}: {verdict.shown[:200]!r}, page {text[:200]!r}",
                    )
            element.extract()
        for part in soup.select("footer, .bp-problem, nav"):
            part.extract()
        if left := _marks(soup.get_text()):
            yield "outside", f"outside of its block: {left[:5]}"

    def _exports(self, number: int, judged: Judged) -> Iterator[tuple[str, str]]:
        """A page's notebook is one, and its script can be compiled where its blocks can."""
        if not judged.chapter.blocks:
            return
        folder = self.book.root / f"site/p{number:03d}"
        try:
            json.loads((folder / f"p{number:03d}.ipynb").read_text("utf-8"))
        except (OSError, ValueError) as error:
            yield "notebook", repr(error)
        try:
            for block in judged.chapter.blocks:
                ast.parse(block.code)
            source = (folder / f"p{number:03d}.py").read_text("utf-8")
        except (OSError, SyntaxError, ValueError):
            return
        try:
            ast.parse(source)
        except (SyntaxError, ValueError) as error:
            yield "script", f"{error}: {source[:2000]}"


def _plain(text: str) -> str:
    """Return a text without the addresses of objects, which are others in each run."""
    return re.sub(r"\b0x\w+", "0x…", text)


def _marks(text: str) -> list[str]:
    return re.findall(r"mk\d{4}|mkincluded|mktext", text)


def _defines(output: str) -> bool:
    """Say whether Markdown makes of an output more, or less, than stands in it."""
    return bool(re.search(r"^\*\[|^\[|^## ", output, re.MULTILINE))


@contextlib.contextmanager
def _heard() -> Iterator[_Warnings]:
    handler = _Warnings()
    logger = logging.getLogger("mkdocs.plugins.bookproof")
    logger.addHandler(handler)
    quiet = logging.getLogger("mkdocs")
    before, quiet.propagate = quiet.propagate, False
    try:
        yield handler
    finally:
        quiet.propagate = before
        logger.removeHandler(handler)


class _Warnings(logging.Handler):
    """What a strict build would count."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text += record.getMessage() + "\n"


def hold(pages: list[Fuzzed]) -> list[Finding]:
    """Make a book of pages in a folder of its own; return where gate and page disagree."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    try:
        return Small(folder / "book", pages).findings()
    finally:
        shutil.rmtree(folder)


def smallest(page: Fuzzed, kind: str) -> Fuzzed:
    """Drop lines of a page, the larger parts first, as long as it shows `kind` and no other."""

    def kinds(lines: list[str]) -> set[str]:
        return {f.kind for f in hold([replace(page, text="\n".join(lines))])}

    all_kinds = kinds(page.text.split("\n"))

    def shows(lines: list[str]) -> bool:
        found = kinds(lines)
        return kind in found and found <= all_kinds

    lines = page.text.split("\n")
    size = max(1, len(lines) // 2)
    while size:
        at = 0
        while at < len(lines):
            fewer = lines[:at] + lines[at + size :]
            if fewer and shows(fewer):
                lines = fewer
            else:
                at += size
        size //= 2
    return replace(page, text="\n".join(lines))


def told(seed: str, pages: list[Fuzzed], finding: Finding) -> str:
    """Say what was found, with the seed and the smallest page that shows it."""
    head = f"seed {seed}: {finding.kind}: {finding.said[:1500]}"
    if finding.page < 0:
        alone = [p for p in pages if any(f.kind == finding.kind for f in hold([p]))]
        if not alone:
            return f"{head}\n(no page shows it alone)"
        page = alone[0]
    else:
        page = pages[finding.page]
    page = smallest(page, finding.kind)
    more = next((f.said for f in hold([page]) if f.kind == finding.kind), "(not alone)")
    shown = f"newline {page.newline!r}, BOM {page.bom}\n{'-' * 40}\n{page.text}\n{'-' * 40}"
    return f"{head}\nsmallest: {more[:1500]}\n{shown}"


def main() -> int:
    """Fuzz as long as asked for; print each kind of disagreement once a book."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--seed", default="0", help="where to begin; each book has its own after it"
    )
    parser.add_argument("--books", type=int, default=100, help="pages, each a small book by itself")
    options = parser.parse_args()
    bad = 0
    for begin in range(0, options.books, BOOK):
        seed = f"{options.seed}.{begin // BOOK}"
        pages = pages_of(seed, min(BOOK, options.books - begin))
        found = hold(pages)
        print(f"seed {seed}: {len(pages)} pages, {len(found)} disagreements", flush=True)
        for kind in dict.fromkeys(f.kind for f in found):
            first = next(f for f in found if f.kind == kind)
            print(told(seed, pages, first), flush=True)
        bad += len(found)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
