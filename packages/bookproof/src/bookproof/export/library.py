"""Read a book's own modules: what each of their names is, as text that stands by itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ..files import stamp
from ..settings import Settings
from .names import Use, binds, uses
from .shorten import Edit, brief, edited, span

_CHANGES = (ast.Store, ast.Del)


@dataclass(frozen=True)
class Outside:
    """A name that an import brings from what every reader has: `from json import dumps`."""

    module: str
    name: str = ""  # empty for the module itself
    bound: str = ""  # what the code calls it

    @property
    def called(self) -> str:
        """What it is called if nothing is in the way."""
        return self.bound


@dataclass(frozen=True)
class Own:
    """A name of one of the book's modules, or of code that a page does not show."""

    place: str
    name: str

    @property
    def called(self) -> str:
        """What it is called if nothing is in the way."""
        return self.name


@dataclass(frozen=True)
class OwnModule:
    """One of the book's modules, as a value."""

    name: str


@dataclass(frozen=True)
class Aside:
    """A name whose calls are for the page alone."""

    name: str


Target = Outside | Own | OwnModule | Aside
Resolve = Callable[[str], Target | None]


@dataclass(frozen=True)
class Piece:
    """A statement at the margin that makes names, and what it needs."""

    place: str
    names: frozenset[str]
    text: str
    resolve: Resolve = field(compare=False, repr=False)

    @cached_property
    def tree(self) -> ast.Module:
        """The statement, parsed."""
        return ast.parse(self.text)

    @cached_property
    def needs(self) -> list[tuple[Use, Target, ast.expr]]:
        """Its names that come from elsewhere: where, what they are, the node that says so."""
        above = {
            id(node.value): node for node in ast.walk(self.tree) if isinstance(node, ast.Attribute)
        }
        found: list[tuple[Use, Target, ast.expr]] = []
        for use in uses(self.tree):
            target, node = self.resolve(use.name), use.node
            outer = above.get(id(node))
            if isinstance(target, OwnModule) and outer is not None:
                target = self.resolve(f"{target.name}.{outer.attr}")
                node = outer  # type: ignore[assignment]
            if target is not None:
                found.append((use, target, node))
        return found

    @property
    def is_long(self) -> bool:
        """Whether it is a function or a class, which stand apart."""
        return isinstance(self.tree.body[0], (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))


class Module:
    """One of the book's modules, parsed."""

    def __init__(self, library: Library, name: str, path: Path, package: bool) -> None:
        self.library = library
        self.name = name
        self.file = library.settings.relative(path)
        self.package = name if package else name.rpartition(".")[0]
        self.lines, self.tree = without_own(path.read_text("utf-8"), library, self.package)
        self.imports: dict[str, Target] = {}
        self._pieces: dict[str, list[Piece]] = {}
        for statement in self.tree.body:
            self.imports |= dict(imported(statement, library, self.package))
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for bound, target in imported(node, library, self.package):
                if not isinstance(target, Outside):
                    self.imports.setdefault(bound, target)

    def resolve(self, name: str) -> Target | None:
        """Return what a name of the module is; None for one of Python's own, or unknown."""
        if "." in name:
            module, _, part = name.rpartition(".")
            return self.library.target(module, part)
        if any(name in bound for _, bound in self._statements):
            return Own(self.name, name)
        return self.imports.get(name)

    @cached_property
    def _statements(self) -> list[tuple[ast.stmt, set[str]]]:
        kinds = (ast.Import, ast.ImportFrom, ast.If)
        return [(s, binds(s)) for s in self.tree.body if not isinstance(s, kinds)]

    @cached_property
    def _touched(self) -> list[set[str]]:
        return [touched(statement) for statement, _ in self._statements]

    def _makes(self, name: str) -> list[tuple[ast.stmt, set[str]]]:
        pairs = zip(self._statements, self._touched, strict=True)
        return [one for one, changed in pairs if name in one[1] or name in changed]

    def holds(self, name: str, statement: ast.stmt) -> bool:
        """Say whether a statement, as a page includes it, is all that makes a name."""
        made = [s for s, _ in self._makes(name)]
        return len(made) == 1 and ast.unparse(made[0]) == ast.unparse(statement)

    def whole(self) -> list[Piece]:
        """Return the statement that makes the module a value, for code that takes names of it."""
        names = [
            n.value
            for s in self.tree.body
            if isinstance(s, ast.Assign) and "__all__" in binds(s)
            for n in ast.walk(s.value)
            if isinstance(n, ast.Constant)
        ]
        called = self.name.rpartition(".")[2]
        inside = ", ".join(f"{name}={name}" for name in map(str, names))

        def resolve(name: str) -> Target | None:
            space = Outside("types", "SimpleNamespace", "SimpleNamespace")
            return space if name == "SimpleNamespace" else self.resolve(name)

        text = f"{called} = SimpleNamespace({inside})"
        return [Piece(self.name, frozenset([called]), text, resolve)]

    def pieces(self, name: str) -> list[Piece]:
        """Return the statements that make a name what it is, in their order."""
        if name not in self._pieces:
            self._pieces[name] = []
            for statement, bound in self._makes(name):
                text = brief(text_of(statement, self.lines))
                text = re.sub(
                    r"\b__file__\b", repr(self.file), text
                )  # from where the reader stands
                self._pieces[name].append(Piece(self.name, frozenset(bound), text, self.resolve))
        return self._pieces[name]


class Library:
    """Finds the modules that no reader has."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._modules: dict[str, Module | None] = {}
        self._stamps: dict[Path, str] = {}

    def holds(self) -> bool:
        """Say whether the modules are still what was read of them."""
        return all(stamp(str(path)) == known for path, known in self._stamps.items())

    def owns(self, module: str) -> bool:
        """Say whether a module is the book's own."""
        return module.partition(".")[0] in {n.partition(".")[0] for n in self.settings.own} or (
            self.is_aside(module)
        )

    def is_aside(self, module: str) -> bool:
        """Say whether a module is for the page alone."""
        return any(module == n or module.startswith(f"{n}.") for n in self.settings.aside)

    def module(self, name: str) -> Module | None:
        """Return a module of the book's own; None where there is none of this name."""
        if name not in self._modules:
            self._modules[name] = None
            for part in self.settings.path:
                inside = self.settings.root / part / Path(*name.split("."))
                for path in (inside.with_suffix(".py"), inside / "__init__.py"):
                    self._stamps[path] = stamp(str(path))
                    if path.is_file() and self._modules[name] is None:
                        package = path.name == "__init__.py"
                        self._modules[name] = Module(self, name, path, package)
        return self._modules[name]

    def at(self, file: str) -> Module | None:
        """Return the module of the book's own that stands in a file; None for another file."""
        if not file.endswith(".py"):
            return None
        for part in self.settings.path:
            inside = Path(part).as_posix()
            if inside == "." or file.startswith(f"{inside}/"):
                name = file.removeprefix(f"{inside}/").removesuffix(".py").removesuffix("/__init__")
                if self.owns(name.replace("/", ".")):
                    return self.module(name.replace("/", "."))
        return None

    def target(self, module: str, name: str) -> Target | None:
        """Return what `from module import name` brings of a module of the book's own."""
        if self.is_aside(module):
            return Aside(name)
        found = self.module(module)
        target = found.resolve(name) if found else None
        if target is None and self.module(f"{module}.{name}"):
            return OwnModule(f"{module}.{name}")
        return target


_last: list[Library] = []


def library(settings: Settings) -> Library:
    """Return the library of a book, read anew where a module changed."""
    if not _last or _last[0].settings != settings or not _last[0].holds():
        _last[:] = [Library(settings)]
    return _last[0]


def imported(node: ast.AST, library: Library, package: str = "") -> Iterator[tuple[str, Target]]:
    """Return the names that an import brings, and what they are."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            if library.is_aside(alias.name):
                yield alias.asname or alias.name, Aside(alias.name)
            elif library.owns(alias.name):
                yield alias.asname or alias.name, OwnModule(alias.name)
            else:
                bound = alias.asname or alias.name
                yield bound.partition(".")[0], Outside(alias.name, "", bound)
    elif isinstance(node, ast.ImportFrom):
        above = package.split(".")
        base = ".".join(above[: len(above) - node.level + 1]) if node.level else ""
        module = ".".join(part for part in (base, node.module or "") if part)
        for alias in node.names:
            bound = alias.asname or alias.name
            if library.owns(module):
                target = library.target(module, alias.name)
                if target is not None:
                    yield bound, target
            elif module != "__future__":
                yield bound, Outside(module, alias.name, bound)


def is_own(node: ast.AST, library: Library, package: str = "") -> bool:
    """Say whether a statement imports from the book's own modules."""
    if isinstance(node, ast.Import):
        return any(library.owns(alias.name) for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return bool(package and node.level) or library.owns(node.module or "")
    return False


def without_own(code: str, library: Library, package: str = "") -> tuple[list[str], ast.Module]:
    """Return code's lines without imports of the book's own modules, and the rest, parsed."""
    cut: set[int] = set()
    for node in ast.walk(ast.parse(code)):
        if is_own(node, library, package):
            assert isinstance(node, ast.stmt)
            cut |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = [t for n, t in enumerate(code.split("\n"), 1) if n not in cut]
    return lines, ast.parse("\n".join(lines))


def text_of(statement: ast.stmt, lines: list[str]) -> str:
    """Return the lines of a statement, with what decorates it and with comments beside it."""
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(d.lineno for d in decorators)])
    return "\n".join(lines[first - 1 : statement.end_lineno])


def touched(statement: ast.stmt) -> set[str]:
    """Return the names whose values a statement changes, as `a[0] = 1` or `a.append(1)` do."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef, ast.Assert)):
        return set()
    found = set()
    for node in ast.walk(statement):
        if _calls(node, "print"):
            return set()
        if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, _CHANGES):
            found.add(base(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            found.add(base(node.value) if isinstance(node.value.func, ast.Attribute) else "")
    return found


def _calls(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def base(node: ast.expr) -> str:
    """Return the name at the left of `name.part[0]`; empty where there is none."""
    while isinstance(node, (ast.Subscript, ast.Attribute, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def renamed(piece: Piece, called: Callable[[Target], str], own: dict[str, str]) -> str:
    """Return a piece's text in which each name that it needs is called as the reader has it.

    Args:
        piece: The statement.
        called: What the reader calls what a name stands for.
        own: New names for those that the piece makes.
    """
    edits: list[Edit] = []
    texts = [n for n in ast.walk(piece.tree) if isinstance(n, ast.JoinedStr)]
    inside = {id(part) for text in texts for part in ast.walk(text) if part is not text}
    texts = [text for text in texts if id(text) not in inside]  # and no format in another's braces
    changed = dict(own)
    for use, target, node in piece.needs:
        new = own.get(use.name) if use.name in piece.names else called(target)
        old = use.name if node is use.node else f"{use.name}.{node.attr}"  # type: ignore[attr-defined]
        if not new or new == old or (isinstance(target, Outside) and "." in new):
            continue  # `import os.path` makes `os`
        changed[old] = new
        if id(node) not in inside:
            edits.append(Edit(*span(node), new))
    for text in texts:
        source = ast.get_source_segment(piece.text, text) or ""
        found = re.sub(
            r"\{[^{}]*\}",
            lambda part: re.sub(
                "|".join(rf"(?<![\w.]){re.escape(n)}\b" for n in changed) or r"(?!)",
                lambda m: changed[m[0]],
                part[0],
            ),
            source,
        )
        if found != source:
            edits.append(Edit(*span(text), found))
    result = edited(piece.text, edits)
    for old, new in own.items():
        if old != new:
            result = re.sub(rf"(?m)^((?:async )?(?:def|class) ){old}\b", rf"\1{new}", result)
    return result
