"""Read a block for a walk, and rewrite it so that each line reports what it did.

What is added only looks: it evaluates nothing twice, leaves out nothing, and binds no name of the
block. Function bodies, comprehensions, lambdas and f-strings stay as they are.
"""

from __future__ import annotations

import ast
import copy
import io
import re
import tokenize
from dataclasses import dataclass, field
from typing import cast

WATCH = "__book_walk__"  # the watcher's name among the builtins, while the block runs

_RECORDED = (
    ast.BinOp,
    ast.UnaryOp,
    ast.BoolOp,
    ast.Compare,
    ast.Call,
    ast.Attribute,
    ast.Subscript,
    ast.IfExp,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
)
_OPENED = (
    *(ast.List, ast.Tuple, ast.Set, ast.Dict),
    *(ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp),
)
_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass
class Line:
    """A statement, or the head of one that holds others, as the reader steps to it.

    Attributes:
        first: Its first line in the block, from 1.
        last: Its last line, or that of its head.
        names: The names that it binds.
        around: The loops around it, as places in `Plan.lines`, from the outside in.
        loop: `for` or `while` where it is the head of a loop, else empty.
        remark: What the author says of it.
    """

    first: int
    last: int
    names: tuple[str, ...]
    around: tuple[int, ...]
    loop: str
    remark: str = ""


@dataclass
class Plan:
    """A block, ready to be walked.

    Attributes:
        shown: Its lines as the reader sees them, without the remarks.
        lines: The statements that are stepped to.
        expressions: The expressions that report, as the author wrote them, each with the name that
            its dots begin at, if it is a name with dots.
        parts: The rewritten statements by the file that they stand in.
    """

    shown: list[str]
    lines: list[Line] = field(default_factory=list)
    expressions: list[tuple[str, str]] = field(default_factory=list)
    parts: list[tuple[str, ast.Module]] = field(default_factory=list)


def plan(text: str, parts: list[tuple[str, ast.Module]]) -> Plan:
    """Rewrite a block.

    Args:
        text: The block's code.
        parts: The same as statements, by the file that they stand in, with their lines there.

    Raises:
        ValueError: if a remark stands where no statement is.
    """
    shown, bare, remarks = _comments(text)
    made = Plan(shown)
    own = iter(ast.parse(text).body)
    for file, module in parts:
        body: list[ast.stmt] = []
        for statement in module.body:
            shift = statement.lineno - next(own).lineno
            body += _Writer(made, bare, shift).statement(copy.deepcopy(statement), ())
        tree = ast.Module(body, module.type_ignores)
        made.parts.append((file, ast.fix_missing_locations(tree)))
    for number, words in sorted(remarks.items()):
        # the innermost: heads of one line are never inside of another
        found = [line for line in made.lines if line.first <= number <= line.last]
        if not found:
            raise ValueError(f"the remark {words!r} stands where no statement is that can be run")
        found[-1].remark = f"{found[-1].remark} {words}".strip()
    return made


def _comments(text: str) -> tuple[list[str], list[str], dict[int, str]]:
    """Return the lines without remarks, the lines without any comment, and the remarks by line.

    A remark on a line of its own goes on with the one above it; the line is not shown, but counts.
    """
    shown = text.split("\n")
    bare = list(shown)
    remarks: dict[int, str] = {}
    alone: list[int] = []
    last = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT:
            continue
        number, column = token.start
        rest = bare[number - 1][:column].rstrip()
        bare[number - 1] = rest
        if token.string.startswith("#:"):
            shown[number - 1] = rest
            words = token.string[2:].strip()
            if rest:
                last = number
            else:
                alone.append(number)
            if not last:
                raise ValueError(f"the remark {words!r} has no line to belong to")
            remarks[last] = f"{remarks.get(last, '')} {words}".strip()
    for number in alone:
        shown[number - 1] = "\0"
    return shown, bare, remarks


class _Writer:
    """Rewrites the statements that one file holds next to each other."""

    def __init__(self, made: Plan, bare: list[str], shift: int) -> None:
        self.made = made
        self.bare = bare
        self.shift = shift

    def body(self, statements: list[ast.stmt], around: tuple[int, ...]) -> list[ast.stmt]:
        return [new for old in statements for new in self.statement(old, around)]

    def statement(self, node: ast.stmt, around: tuple[int, ...]) -> list[ast.stmt]:
        """Return what a statement becomes."""
        if (
            isinstance(node, ast.Global | ast.Nonlocal)
            or (isinstance(node, ast.ImportFrom) and node.module == "__future__")
            or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        ):
            return [node]
        if isinstance(node, ast.Try | ast.TryStar):
            return [self._try(node, around)]
        number = self._line(node, around)
        begin, end = (self._call(method, node, number) for method in ("begin", "end"))
        inside = (*around, number)
        match node:
            case ast.For():
                node.iter = self.value(node.iter)
                first = self._call("one_pass", node, number)
                node.body = [first, *self.body(node.body, inside)]
                node.orelse = self.body(node.orelse, around)
                return [self._call("enter", node, number), begin, node]
            case ast.While():
                node.test = self._tested(node.test, number)
                first = self._call("one_pass", node, number)
                node.body = [first, *self.body(node.body, inside)]
                node.orelse = self.body(node.orelse, around)
                return [self._call("enter", node, number), node]
            case ast.If():
                node.test = self._tested(node.test, number)
                node.body = self.body(node.body, around)
                node.orelse = self.body(node.orelse, around)
                return [node]
            case ast.With():
                for item in node.items:
                    item.context_expr = self.value(item.context_expr)
                node.body = [end, *self.body(node.body, around)]
                return [begin, node, self._call("after", node, number)]
            case ast.Match():
                node.subject = self._tested(node.subject, number)
                for case in node.cases:
                    case.body = self.body(case.body, around)
                return [node]
            case ast.Break() | ast.Continue():
                return [begin, end, node]
        self._simple(node)
        return [begin, node, end]

    def _simple(self, node: ast.stmt) -> None:
        """Let the values in a statement that holds no others report."""
        match node:
            case ast.Assign():
                named = all(_only_names(target) for target in node.targets)
                node.value = self.value(node.value, record=not named)
            case ast.AnnAssign() if node.value is not None:
                record = not isinstance(node.target, ast.Name)
                node.value = self.value(node.value, record=record)
            case ast.AugAssign() | ast.Expr():
                node.value = self.value(node.value)
            case ast.Assert():
                node.test = self.value(node.test)

    def _try(self, node: ast.Try | ast.TryStar, around: tuple[int, ...]) -> ast.stmt:
        node.body = self.body(node.body, around)
        for handler in node.handlers:
            names = (handler.name,) if handler.name else ()
            last = (handler.type or handler).end_lineno if handler.type else handler.lineno
            number = self._add(handler.lineno, last or handler.lineno, names, around)
            caught = self._call("caught", handler, number)
            handler.body = [caught, *self.body(handler.body, around)]
        node.orelse = self.body(node.orelse, around)
        node.finalbody = self.body(node.finalbody, around)
        return node

    def _tested(self, node: ast.expr, number: int) -> ast.expr:
        """Begin, evaluate, end, in this order, and give the value on."""
        begin = cast("ast.Expr", self._call("begin", node, number)).value
        return self._hook("tested", node, begin, self.value(node))

    # Expressions

    def value(self, node: ast.expr, *, record: bool = True) -> ast.expr:
        """Return an expression whose parts, and which itself if it is worth it, report."""
        text = self._text(node)
        root = _root(node)
        trivial = not isinstance(node, _RECORDED) or not any(
            isinstance(part, ast.Name) for part in ast.walk(node)
        )
        self._inside(node)
        if not record or trivial:
            return node
        self.made.expressions.append((text, root))
        place = ast.Constant(len(self.made.expressions) - 1)
        return self._hook("value", node, place, node)

    def _inside(self, node: ast.expr) -> None:
        match node:
            case ast.Call():
                if isinstance(node.func, ast.Attribute):
                    node.func.value = self.value(node.func.value)
                elif not isinstance(node.func, ast.Name):
                    node.func = self.value(node.func)
                node.args = [self._argument(arg) for arg in node.args]
                for keyword in node.keywords:
                    keyword.value = self.value(keyword.value)
            case ast.Attribute():
                node.value = self.value(node.value)
            case ast.Subscript():
                node.value = self.value(node.value)
                node.slice = self._slice(node.slice)
            case ast.NamedExpr():
                node.value = self.value(node.value, record=False)
            case _ if isinstance(node, _OPENED):
                for name, child in ast.iter_fields(node):
                    if isinstance(child, ast.expr):
                        setattr(node, name, self._argument(child))
                    elif isinstance(child, list):
                        changed = [
                            self._argument(c) if isinstance(c, ast.expr) else c for c in child
                        ]
                        setattr(node, name, changed)

    def _argument(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Starred):
            node.value = self.value(node.value)
            return node
        return self.value(node)

    def _slice(self, node: ast.expr) -> ast.expr:
        match node:
            case ast.Slice():
                for name in ("lower", "upper", "step"):
                    if (part := getattr(node, name)) is not None:
                        setattr(node, name, self.value(part))
                return node
            case ast.Tuple():
                node.elts = [self._slice(part) for part in node.elts]
                return node
        return self._argument(node)

    # What is added

    def _hook(self, method: str, at: ast.AST, *values: ast.expr) -> ast.Call:
        watch = ast.Attribute(ast.Name(WATCH, ast.Load()), method, ast.Load())
        call = ast.Call(watch, list(values), [])
        for part in (watch.value, watch, call, *(v for v in values if v is not at)):
            if not hasattr(part, "lineno"):
                ast.copy_location(part, at)
        return call

    def _call(self, method: str, at: ast.AST, number: int) -> ast.stmt:
        return ast.copy_location(ast.Expr(self._hook(method, at, ast.Constant(number))), at)

    def _line(self, node: ast.stmt, around: tuple[int, ...]) -> int:
        first, last = node.lineno, node.end_lineno or node.lineno
        if isinstance(node, _DEFINES) and node.decorator_list:
            first = min(first, *(d.lineno for d in node.decorator_list))
        head: ast.AST | None = None
        match node:
            case ast.For():
                head = node.iter
            case ast.While() | ast.If():
                head = node.test
            case ast.With():
                head = node.items[-1].optional_vars or node.items[-1].context_expr
            case ast.Match():
                head = node.subject
        if head is not None:
            last = cast("ast.expr", head).end_lineno or first
        loop = {ast.For: "for", ast.While: "while"}.get(type(node), "")
        return self._add(first, last, _bound(node), around, loop)

    def _add(
        self, first: int, last: int, names: tuple[str, ...], around: tuple[int, ...], loop: str = ""
    ) -> int:
        self.made.lines.append(Line(first - self.shift, last - self.shift, names, around, loop))
        return len(self.made.lines) - 1

    def _text(self, node: ast.expr) -> str:
        """Return an expression as it is written, on one line."""
        first, last = node.lineno - self.shift - 1, (node.end_lineno or node.lineno) - self.shift
        lines = [line.encode() for line in self.bare[first:last]]
        if not lines:
            return ""
        lines[-1] = lines[-1][: node.end_col_offset]
        lines[0] = lines[0][node.col_offset :]
        text = " ".join(line.decode().strip() for line in lines)
        return re.sub(r"(?<=[(\[{]) | (?=[)\]}])|,(?= [)\]}])", "", text) if lines[1:] else text


def _root(node: ast.expr) -> str:
    """Return the name that a chain of dots begins with, empty for anything else."""
    if not isinstance(node, ast.Attribute):
        return ""
    at: ast.expr = node
    while isinstance(at, ast.Attribute):
        at = at.value
    return at.id if isinstance(at, ast.Name) else ""


def _only_names(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return all(map(_only_names, target.elts))
    if isinstance(target, ast.Starred):
        return _only_names(target.value)
    return isinstance(target, ast.Name)


def _bound(node: ast.stmt) -> tuple[str, ...]:
    """List the names that a statement, or the head of one, binds."""
    parts: list[ast.AST]
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return (node.name,)
        case ast.Import() | ast.ImportFrom():
            return tuple((a.asname or a.name).partition(".")[0] for a in node.names)
        case ast.For():
            parts = [node.target, node.iter]
        case ast.While() | ast.If():
            parts = [node.test]
        case ast.With():
            parts = list(node.items)
        case ast.Match():
            parts = [node.subject]
        case _:
            parts = [node]
    names: dict[str, None] = {}
    while parts:
        part = parts.pop(0)
        if isinstance(part, ast.Lambda):
            continue
        if isinstance(part, ast.comprehension):  # its own names are not the block's
            parts += [part.iter, *part.ifs]
            continue
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            names[part.id] = None
        parts += ast.iter_child_nodes(part)
    return tuple(names)
