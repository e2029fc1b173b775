"""Find the fences of a page as superfences finds them for the page, with their lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions.footnotes import FootnoteExtension
from pymdownx.superfences import (
    RE_NESTED_FENCE_START,
    SuperFencesBlockPreprocessor,
    SuperFencesCodeExtension,
)

from .options import is_on

PYTHON = ("python", "py")
# What markdown-exec can run. It is not asked, since importing it imports MkDocs; a test asks it.
LANGUAGES = (*PYTHON, "bash", "console", "markdown", "md", "pycon", "pyodide", "sh", "tree")
_WITHOUT_EXEC = ("pyodide", "tree")
_STASHED = "\x02wzxhzdk:{}\x03"
_GIVEN = "bookproof"  # in the options that superfences keeps: the fence is to be executed
_STRUCTURE = ["admonition", "def_list", "md_in_html", "pymdownx.details"]


@dataclass(frozen=True)
class Fence:
    """A fence that a page shows as such.

    Attributes:
        start: Index of its opening line.
        end: Index of the line after its closing one.
        language: What it says that it holds.
        options: Its options, if it is to be executed.
        code: The lines in it, less its indentation.
        depth: How far it is indented.
        shown: Whether the page shows it as a fence, and not as the text of an indented listing.
    """

    start: int
    end: int
    language: str
    options: dict[str, str] | None
    code: tuple[str, ...]
    depth: int
    shown: bool = True


class Fences:
    """Reads pages with superfences, where these languages are executed (None: all that can be)."""

    def __init__(self, languages: Iterable[str] | None = None) -> None:
        names = LANGUAGES if languages is None else languages
        custom = [
            {"name": name, "class": name, "validator": _validator, "format": _never}
            for name in names
        ]
        self._footnotes = FootnoteExtension()
        extensions = [_Extension(custom_fences=custom), self._footnotes, *_STRUCTURE, _tabs()]
        self.languages = set(names)
        self._md = Markdown(extensions=extensions)
        for registry in (self._md.inlinePatterns, self._md.treeprocessors):
            for name in [item.name for item in registry._priority]:
                if name != "attr_list":
                    registry.deregister(name)

    def normal(self, lines: list[str]) -> list[str]:
        """Return the lines with the blanks that Python-Markdown leaves in them."""
        return list(self._md.preprocessors["normalize_whitespace"].run(lines))[: len(lines)]

    def find(self, lines: list[str]) -> list[Fence]:
        """Return the fences among lines that are `normal`."""
        self._md.reset()
        finder = self._md.preprocessors["fenced_code_block"]
        stashed = finder.run(lines)
        found: list[Fence] = finder.found
        if any(f.options is not None for f in found):
            shown = self._shown(stashed)
            found[:] = [replace(fence, shown=n in shown) for n, fence in enumerate(found)]
        return found

    def _shown(self, stashed: list[str]) -> set[int]:
        """Return which fences stand on the page, and not in a listing or an unused footnote."""
        lines = self._md.preprocessors["html_block"].run(stashed)
        parser = self._md.parser
        texts = _texts(parser.parseDocument(lines).getroot())
        notes = dict(self._footnotes.footnotes)
        while referred := [name for name in notes if any(f"[^{name}]" in t for t in texts)]:
            for name in referred:
                note = Element("div")
                parser.parseChunk(note, notes.pop(name))
                texts += _texts(note)
        text = "".join([*texts, *map(str, self._md.htmlStash.rawHtmlBlocks)])
        return {
            n for n in range(len(self._md.htmlStash.rawHtmlBlocks)) if _STASHED.format(n) in text
        }

    def accepts(self, line: str) -> bool:
        """Say whether an opening line would begin a fence, if only it were closed."""
        finder = self._md.preprocessors["fenced_code_block"]
        finder.get_hl_settings()
        finder.clear()
        match = RE_NESTED_FENCE_START.match(line.lstrip("> \t"))
        if match is None or match["unrecognized"]:
            return False
        return bool(finder.handle_attrs(match) if match["attrs"] else finder.parse_options(match))


def _texts(root: Element) -> list[str]:
    return [t for e in root.iter() if e.tag not in ("code", "pre") for t in (e.text, e.tail) if t]


@cache
def _tabs() -> Any:
    from pymdownx.tabbed import TabbedExtension

    return TabbedExtension(alternate_style=True)


def _validator(
    language: str,
    inputs: dict[str, str],
    options: dict[str, Any],
    attrs: dict[str, Any],
    md: Markdown,
) -> bool:
    """Say whether markdown-exec takes a fence, and keep what stands on it."""
    given = {name: str(value) for name, value in inputs.items()}
    wanted = is_on(str(inputs.pop("exec", "no")))  # taken away even where the answer is no
    if language not in _WITHOUT_EXEC and not wanted:
        return False
    if not all(_is_whole(given.get(name, "0")) for name in ("returncode", "width")):
        return False  # it raises there, and superfences takes that for a no
    options[_GIVEN] = given
    return True


def _is_whole(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return False
    return True


def _never(*_: Any, **__: Any) -> str:
    return ""


class _Extension(SuperFencesCodeExtension):
    def patch_fenced_rule(self) -> None:
        super().patch_fenced_rule()
        usual = self.md.preprocessors["fenced_code_block"]
        finder = _Finder(self.md)
        finder.config, finder.extension = usual.config, usual.extension
        self.md.preprocessors.register(finder, "fenced_code_block", 25)


class _Finder(SuperFencesBlockPreprocessor):
    """Notes each fence in place of showing it."""

    def run(self, lines: list[str]) -> list[str]:
        self.found: list[Fence] = []
        return list(super().run(lines))

    def process_nested_block(self, ws: str, content: str, start: int, end: int) -> None:
        self.last = ws + self.normalize_ws(content)
        code = tuple(self.rebuild_block(self.code).split("\n")) if self.code else ()
        given = self.options.get(_GIVEN)
        self.found.append(Fence(start, end, self.lang or "", given, code, self.ws_virtual_len))
        self._store(self.normalize_ws("\n".join(self.code)) + "\n", "", start, end)
        self.clear()
