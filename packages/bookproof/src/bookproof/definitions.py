"""Say which statements define something, and do nothing else.

A process that is spawned imports the main module again: these it may run, the others it must not.
"""

from __future__ import annotations

import ast

_DEFINE = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_PLAIN = (
    *(ast.Constant, ast.Name, ast.Attribute, ast.List, ast.Tuple, ast.Dict, ast.Set),
    *(ast.UnaryOp, ast.BinOp, ast.operator, ast.unaryop, ast.expr_context, ast.Starred),
)


def defines(statement: ast.stmt) -> bool:
    """Say whether a statement is an import, a function, a class, or names a plain value."""
    if isinstance(statement, _DEFINE):
        return True
    value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
    return value is not None and all(isinstance(node, _PLAIN) for node in ast.walk(value))
