"""Give each block that a page shows what it needs to run where the book is not installed.

A shown block may import from the book's own packages (`own` in the settings), and may use names
that code made which the page does not show. What it needs of both comes along, once, as short as
it can be. What is for the page alone (`aside`) is left out.
"""

from __future__ import annotations

import ast
import builtins
import re
import sys
import threading
from collections import ChainMap
from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import dataclass, field, replace

from ..parse.block import Block, Kind
from ..parse.chapter import Chapter
from ..settings import Settings
from .library import (
    Aside,
    Library,
    Outside,
    Own,
    OwnModule,
    Piece,
    Target,
    base,
    imported,
    is_own,
    library,
    renamed,
    text_of,
    touched,
)
from .names import binds, uses

_BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__"}
_PAGE = "page"
_CHANGING = {
    "append",
    "clear",
    "extend",
    "insert",
    "pop",
    "popitem",
    "remove",
    "setdefault",
    "update",
}
_lock = threading.RLock()
_STARTS = re.compile(r"""["' ]-m["', ]+(\w+)""")


@dataclass(frozen=True)
class Alone:
    """A block as a reader takes it.

    Attributes:
        before: What it needs and no block above gave: imports, functions, values.
        made: What the page's hidden code made that it needs.
        code: Its own code, without what the reader cannot import.
        names: What the code uses of `before`.
        missing: Names that nothing gives.
        cut: Lines of the block's code, from 1, that `code` is without.
        aside: Whether it is without statements that are for the page alone, and what they print.
        starts: Programs of the book's own that the code starts with `-m`, which a reader lacks.
    """

    before: str
    code: str
    made: str = ""
    names: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    cut: tuple[int, ...] = ()
    aside: bool = False
    starts: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All of it."""
        return "\n\n".join(part for part in (self.before, self.made, self.code) if part)


@dataclass
class _Names:
    """The names of a session: what the page has under each, and what the reader has."""

    page: dict[str, Target] = field(default_factory=dict)
    reader: MutableMapping[str, Target] = field(default_factory=dict)
    pieces: dict[Own, list[Piece]] = field(default_factory=dict)
    called: dict[Target, str] = field(default_factory=dict)
    given: set[Piece] = field(default_factory=set)
    acts: list[Piece] = field(default_factory=list)  # of hidden code, which are not given yet
    rare: _Names | None = None  # what only code has that not every machine can run

    def where(self, block: Block) -> _Names:
        """Return the names for a block: what all need must not stand in what only some can run."""
        if not block.needs:
            return self
        if self.rare is None:
            self.rare = _Names(
                self.page, ChainMap({}, self.reader), self.pieces, self.called, _Layer(self.given)
            )
        return self.rare


class _Layer(set[Piece]):
    """A set above another, which it sees and does not change."""

    def __init__(self, below: set[Piece]) -> None:
        super().__init__()
        self._below = below

    def __contains__(self, piece: object) -> bool:
        return super().__contains__(piece) or piece in self._below


def alone(
    settings: Settings,
    chapter: Chapter,
    taken: Callable[[Block], str | None],
) -> dict[int, Alone]:
    """Return the blocks that a reader takes, by their numbers.

    Args:
        settings: The book.
        chapter: The page.
        taken: Returns the code of a block as the reader takes it; None for one that is not taken.
    """
    with _lock:  # a builder may convert pages in threads; what was read of modules is shared
        return _Page(library(settings), chapter, taken).run()


class _Page:
    def __init__(
        self, own: Library, chapter: Chapter, taken: Callable[[Block], str | None]
    ) -> None:
        self.library = own
        self.codes = {block.index: taken(block) for block in chapter.blocks}
        self.chapter = chapter
        self.sessions: dict[str, _Names] = {}
        self.found: dict[int, Alone] = {}
        self.bound: dict[str, set[Target]] = {}  # all that the reader's own code calls so
        for block in chapter.blocks:
            for statement in _parsed(self.codes[block.index] or "").body:
                for name, target in self._made(block, statement).items():
                    self.bound.setdefault(name, set()).add(target)

    def _made(self, block: Block, statement: ast.stmt) -> dict[str, Target]:
        """Return what a statement of a page makes; what it includes of a module is that's own."""
        made: dict[str, Target] = {name: Own(_PAGE, name) for name in binds(statement)}
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            return made | dict(imported(statement, self.library))
        if self.codes[block.index] == block.code:
            file, _ = block.origins[statement.lineno - 1]
            module = self.library.at(file) if file != self.chapter.path else None
            for name in made if module else ():
                if module and module.holds(name, statement):
                    made[name] = Own(module.name, name)
        return made

    def run(self) -> dict[int, Alone]:
        for block in self.chapter.blocks:
            key = f"alone {block.index}" if block.alone else block.session
            names = self.sessions.setdefault(key, _Names())
            code = self.codes[block.index]
            if code is None:
                self._hidden(names, block)
            else:
                self.found[block.index] = self._taken(names.where(block), block, code)
        later = set(self.bound)  # a function may use what is made after it
        return {
            number: replace(one, missing=tuple(n for n in one.missing if n not in later))
            for number, one in self.found.items()
        }

    def _hidden(self, names: _Names, block: Block) -> None:
        """Remember how code that the reader does not get makes its names."""
        place = f"{_PAGE} {block.index}"
        silent = block.kind is Kind.MARKDOWN and "print(" not in block.code
        lines = block.code.split("\n")
        for statement in _parsed(block.code).body:
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                names.page |= dict(imported(statement, self.library))
                continue
            made = binds(statement)
            before = dict(names.page)
            piece = Piece(place, frozenset(made), text_of(statement, lines), self._resolver(before))
            if silent and _acts(statement, before):
                names.where(block).acts.append(piece)
            for name in made:
                old = names.page.get(name)
                own = Own(place, name)
                kept = names.pieces.get(old, []) if isinstance(old, Own) else []
                again = any(
                    use.name == name
                    for use in uses(statement)
                    if isinstance(use.node.ctx, ast.Load)
                )
                if old == own or again or isinstance(statement, ast.AugAssign):
                    names.pieces[own] = [*kept, piece]
                else:
                    names.pieces[own] = [piece]
                names.page[name] = own
            for name in touched(statement) - made:
                changed = names.page.get(name)
                if isinstance(changed, Own) and changed in names.pieces:
                    names.pieces[changed].append(piece)

    def _resolver(self, page: dict[str, Target]) -> Callable[[str], Target | None]:
        def resolve(name: str) -> Target | None:
            if "." in name:
                module, _, part = name.rpartition(".")
                return self.library.target(module, part)
            return page.get(name)

        return resolve

    def _taken(self, names: _Names, block: Block, code: str) -> Alone:
        tree = _parsed(code)
        if not tree.body:
            return Alone("", code)
        cut: set[int] = set()
        aside = False
        wanted: dict[str, Target] = {}
        missing: list[str] = []
        here: set[str] = set()
        for node in ast.walk(tree) if "import" in code else ():
            if is_own(node, self.library):
                names.page |= dict(imported(node, self.library))
                cut |= _lines(node)
        for statement in tree.body:
            if is_own(statement, self.library):
                continue
            if any(
                isinstance(names.page.get(use.name), Aside) and use.name not in here
                for use in uses(statement)
            ):
                cut |= _lines(statement)
                aside = True
                continue
            made = binds(statement)
            loaded = isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign))
            for use in uses(statement):
                name = use.name
                if name in here or (name in made and not loaded):
                    continue
                if (
                    loaded
                    and not isinstance(use.node.ctx, ast.Load)
                    and not isinstance(statement, ast.AugAssign)
                ):
                    continue
                target = names.page.get(name)
                if target is None:
                    if name not in _BUILTINS:
                        missing.append(name)
                elif names.reader.get(name) != target:
                    wanted[name] = target
            here |= made
        before, made_before = self._given(names, wanted)
        for statement in tree.body:
            if is_own(statement, self.library) or cut & _lines(statement):
                continue
            for name, target in self._made(block, statement).items():
                names.page[name] = names.reader[name] = target
                if isinstance(target, Outside):
                    names.called.setdefault(target, name)
                elif isinstance(target, Own) and target.place != _PAGE:
                    names.called.setdefault(target, name)
                    for piece in self._pieces(names, target):
                        names.given.add(piece)
        left = "\n".join(t for n, t in enumerate(code.split("\n"), 1) if n not in cut)
        starts = tuple(n for n in dict.fromkeys(_STARTS.findall(code)) if self.library.owns(n))
        left = re.sub(r"\n{4,}", "\n\n\n", left).strip("\n") if cut else left
        lost = tuple(dict.fromkeys(missing))
        lines = tuple(sorted(cut))
        return Alone(before, left, made_before, tuple(wanted), lost, lines, aside, starts)

    def _given(self, names: _Names, wanted: dict[str, Target]) -> tuple[str, str]:
        """Return the code that gives names: of the book's modules, and of hidden blocks."""
        imports: list[Outside] = []
        pieces: list[Piece] = []
        ends: list[str] = []
        active: set[Piece] = set()

        def visit(target: Target, name: str = "") -> None:
            if isinstance(target, Outside):
                called = self._called(names, target, name)
                if names.reader.get(called) != target:
                    imports.append(target)
                    names.reader[called] = target
                    if called != target.called:
                        names.called[target] = called
            elif isinstance(target, OwnModule) or (
                isinstance(target, Own) and target.place != _PAGE
            ):
                for piece in self._pieces(names, target):
                    give(piece)

        def give(piece: Piece) -> None:
            if piece in active or self._has(names, piece):
                return
            active.add(piece)
            for _, need, _ in piece.needs:
                visit(need)
            names.given.add(piece)
            pieces.append(piece)
            for made in piece.names:
                own = Own(piece.place, made)
                names.reader[self._called(names, own)] = own

        for act in names.acts:
            give(act)
        names.acts.clear()
        for name, target in wanted.items():
            visit(target, name)
            called = self._called(names, target, name)
            if isinstance(target, Own) and called != name and names.reader.get(name) != target:
                ends.append(f"{name} = {called}")
            names.reader[name] = target
        lines = _import_lines(imports, lambda t: self._called(names, t))

        def text(piece: Piece) -> str:
            own = {n: self._called(names, Own(piece.place, n)) for n in piece.names}
            return renamed(piece, lambda t: self._called(names, t), own)

        own = [piece for piece in pieces if not piece.place.startswith(_PAGE)]
        texts = [(text(piece), piece.is_long) for piece in own]
        texts += [("\n".join(ends), False)] * bool(ends)
        hidden = [(text(p), p.is_long) for p in pieces if p.place.startswith(_PAGE)]
        return _joined([(lines, False)] * bool(lines), texts), _joined(hidden)

    def _has(self, names: _Names, piece: Piece) -> bool:
        """Say whether the reader has what a statement makes, and no other code took its name."""
        if piece not in names.given:
            return False
        owns = [Own(piece.place, name) for name in piece.names]
        return all(names.reader.get(self._called(names, own), own) == own for own in owns)

    def _pieces(self, names: _Names, target: Own | OwnModule) -> list[Piece]:
        """Return the statements that make something."""
        if isinstance(target, OwnModule):
            whole = self.library.module(target.name)
            return whole.whole() if whole else []
        if target.place.startswith(_PAGE):
            return names.pieces.get(target, [])
        module = self.library.module(target.place)
        return module.pieces(target.name) if module else []

    def _called(self, names: _Names, target: Target, wanted: str = "") -> str:
        """Return what the reader calls something: its own name where nothing else has it."""
        if isinstance(target, Own) and target.place.startswith(_PAGE):
            return target.name
        if isinstance(target, Aside):
            return ""
        if isinstance(target, OwnModule):
            return target.name.rpartition(".")[2]
        if target not in names.called:
            name = wanted if wanted and isinstance(target, Outside) else target.called
            if isinstance(target, Outside) and "." in target.called:
                return target.called  # `import os.path` binds os
            taken = set(names.called.values())
            while name in taken or not self.bound.get(name, set()) <= {target}:
                name = f"_{name}"
            names.called[target] = name
        return names.called[target]


def _acts(statement: ast.stmt, page: dict[str, Target]) -> bool:
    """Say whether a statement does something to a library or by it: a seed, a file, a patch."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        checks = "assert" in ast.unparse(statement.value.func)
        return not checks and isinstance(page.get(base(statement.value)), Outside)
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    changed = [t for t in targets if isinstance(t, (ast.Attribute, ast.Subscript))]
    if isinstance(statement, ast.Assign):
        calls = (node.func for node in ast.walk(statement.value) if isinstance(node, ast.Call))
        changed += [f for f in calls if isinstance(f, ast.Attribute) and f.attr in _CHANGING]
    return any(isinstance(page.get(base(target)), Outside) for target in changed)


def _joined(*groups: list[tuple[str, bool]]) -> str:
    """Join statements as a formatter would: functions and classes stand apart."""
    found, was_long = "", False
    for group in groups:
        for number, (text, is_long) in enumerate(group):
            if found:
                found += "\n\n\n" if is_long or was_long else "\n" if number else "\n\n"
            found += text
            was_long = is_long
    return found


def _parsed(code: str) -> ast.Module:
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def _lines(node: ast.AST) -> set[int]:
    assert isinstance(node, ast.stmt)
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def _import_lines(imports: Iterable[Outside], called: Callable[[Target], str]) -> str:
    """Return import statements: one for each module, the standard library's first."""
    whole: set[str] = set()
    parts: dict[str, set[str]] = {}
    for one in imports:
        name = called(one)
        if one.name:
            parts.setdefault(one.module, set()).add(
                one.name if one.name == name else f"{one.name} as {name}"
            )
        else:
            whole.add(one.module if one.module == name else f"{one.module} as {name}")
    lines = [(m.split(" ")[0], 0, f"import {m}") for m in whole]
    lines += [(m, 1, f"from {m} import {', '.join(sorted(found))}") for m, found in parts.items()]

    def order(line: tuple[str, int, str]) -> tuple[bool, int, str]:
        return line[0].partition(".")[0] not in sys.stdlib_module_names, line[1], line[2]

    return "\n".join(text for *_, text in sorted(lines, key=order))
