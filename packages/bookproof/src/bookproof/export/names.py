"""Tell which names of a module a piece of its code uses and binds."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_LOOPS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Use(NamedTuple):
    """A place where code uses a name of its module: the node that is the name."""

    name: str
    node: ast.Name


def binds(node: ast.AST) -> set[str]:
    """Return the names that code binds in its own scope."""
    return set(_bound(node))


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0]
    elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, (ast.MatchAs, ast.MatchStar, ast.ExceptHandler)) and node.name:
        yield node.name
    if isinstance(node, _LOOPS):
        for part in ast.walk(node):
            if isinstance(part, ast.NamedExpr):
                yield from _bound(part.target)
    elif not isinstance(node, _SCOPES):
        for child in ast.iter_child_nodes(node):
            yield from _bound(child)


def uses(node: ast.AST) -> list[Use]:
    """Return where code uses names that it does not bind in a scope of its own.

    What a statement binds in the module itself is among them: `n = n + 1` uses `n`.
    """
    found: list[Use] = []
    _look(node, frozenset(), found)
    return found


def globals_of(node: ast.AST) -> set[str]:
    """Return the names that functions inside of code bind in the module, by `global`."""
    return {n for part in ast.walk(node) if isinstance(part, ast.Global) for n in part.names}


def _look(node: ast.AST, local: frozenset[str], found: list[Use]) -> None:
    if isinstance(node, ast.Name):
        if node.id not in local:
            found.append(Use(node.id, node))
        return
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        arguments = node.args
        outside: list[ast.expr] = [*arguments.defaults, *(d for d in arguments.kw_defaults if d)]
        outside += getattr(node, "decorator_list", [])
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [a for a in (arguments.vararg, arguments.kwarg) if a]
        outside += [a.annotation for a in every if a.annotation]
        if not isinstance(node, ast.Lambda) and node.returns:
            outside.append(node.returns)
        for part in outside:
            _look(part, local, found)
        body: list[ast.AST] = [*node.body] if isinstance(node.body, list) else [node.body]
        inner = {name for line in body for name in _bound(line)} | {a.arg for a in every}
        inner -= globals_of(node)
        inside = local | inner
        for line in body:
            _look(line, inside, found)
        return
    if isinstance(node, ast.ClassDef):
        for part in [*node.decorator_list, *node.bases, *(k.value for k in node.keywords)]:
            _look(part, local, found)
        own = {name for line in node.body for name in _bound(line)}
        for line in node.body:  # a method does not see the names of its class
            hidden = (
                local if isinstance(line, (ast.FunctionDef, ast.AsyncFunctionDef)) else local | own
            )
            _look(line, hidden, found)
        return
    if isinstance(node, _LOOPS):
        inner = {n for g in node.generators for n in _bound(g.target)}
        _look(node.generators[0].iter, local, found)
        inside = local | inner
        for number, generator in enumerate(node.generators):
            if number:
                _look(generator.iter, inside, found)
            _look(generator.target, inside, found)
            for test in generator.ifs:
                _look(test, inside, found)
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for part in parts:
            _look(part, inside, found)
        return
    for child in ast.iter_child_nodes(node):
        _look(child, local, found)
