"""Write a chapter's code as a script that a reader can run."""

from __future__ import annotations

import ast
import builtins
import copy
import io
import itertools
import re
import sys
import tokenize
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions

from ..definitions import defines
from ..judge.gate import Judged
from ..parse.block import Block, Kind
from ..parse.chapter import Chapter
from ..run.shown import raised
from ..settings import Settings
from ..tracebacks import parted
from .names import binds, uses
from .take import along

_SPAWNS = re.compile(r"\bnum_workers=(?!0\b)|\bmultiprocessing\b|\bProcessPoolExecutor\b|\.spawn\(")
_GUARD = 'if __name__ == "__main__":  # the processes that it starts import this file'
_MOST_LINES, _WIDEST = 4, 96  # of an output that stands below its code
_HEADING = re.compile(r"^#{1,4} +(.+?)\s*(?:\{.*\})?$")


def script(settings: Settings, judged: Judged) -> str:
    """Return the code that a page shows, in order, under its headings, to be run anywhere.

    What the code uses of the book's own modules, and of code that the page does not show, stands
    where it is first used. A block that must raise is wrapped so that the script goes on; one that
    needs what not every machine has is commented out, with what it needs. Short outputs stand
    below their code.

    Args:
        settings: The book.
        judged: The chapter, with its results.
    """
    chapter = judged.chapter
    if chapter.is_script:
        return chapter.text
    blocks = along(settings, judged)
    headings = {n: m[1] for n, t in enumerate(_prose(chapter), 1) if (m := _HEADING.match(t))}
    title = next(iter(headings.values()), chapter.path)
    parts: list[str] = []
    said = 0
    lacking: set[str] = set()
    spawns = any(_SPAWNS.search(one.text) for one in blocks.values())
    for block in chapter.blocks:
        if block.index not in blocks or not blocks[block.index].code.strip():
            continue
        one, output = blocks[block.index], judged.verdict(block).shown
        above = [n for n in headings if said < n <= block.line]
        if above:
            said = above[-1]
            parts.append(f"# {'-' * 3} {_plain(headings[said])}")
        needs = block.needs or one.starts
        code = runnable(block, one.code, output, needs)
        if needs:
            parts += [_commented(part) for part in (one.before, one.made) if part]
            parts.append(code)
            continue
        made = f"{one.made}\n\n{code}" if one.made else code
        parts.append(one.before)
        printed = "" if one.aside else _printed(block, output)
        parts.append((guarded(made, lacking) if spawns else made) + printed)
    whole = _distributions("\n".join(parts))
    first = f'"""{_plain(title)}: the code of a page, in its order.\n\nIt needs {whole}.\n"""'
    return "\n\n".join(part for part in (first, *parts) if part) + "\n"


def _plain(heading: str) -> str:
    """Return a heading without its marks."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return text.replace("`", "").replace('"""', "").replace("\\", "")


def _printed(block: Block, output: str) -> str:
    """Return what a block printed as comments; nothing where that is long or cannot repeat."""
    exact = block.tolerance not in ("any", "words")
    if not exact or block.kind not in (Kind.TEXT, Kind.RAISED, Kind.CONSOLE):
        return ""
    lines = (message(output) if block.kind is Kind.RAISED else output).strip("\n").split("\n")
    if len(lines) > _MOST_LINES or any(len(line) > _WIDEST for line in lines) or lines == [""]:
        return ""
    return "\n" + "\n".join(f"#> {line}".rstrip() for line in lines)


def _distributions(code: str) -> str:
    """Name what has to be installed for code to run."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    known = _installed()
    outside = names - {*sys.stdlib_module_names, ""}
    needs = sorted({known.get(name, [name])[0] for name in outside}, key=str.lower)
    return f"Python with {', '.join(needs)}" if needs else "Python alone"


def guarded(code: str, lacking: set[str] | None = None) -> str:
    """Put all but definitions under a guard, without which spawned processes would run them, too.

    Windows and macOS start processes so; a script whose code starts some needs it there.

    Args:
        code: What to guard.
        lacking: What stands under the guards above, and under those of this code once it is done:
            a definition that reads such a name at once goes there, too.
    """
    lacking = set() if lacking is None else lacking
    try:
        statements = ast.parse(code).body
    except SyntaxError:
        return code
    lines, pieces, at = code.split("\n"), [], 0
    for n, statement in enumerate(statements):
        end = len(lines) if n == len(statements) - 1 else statement.end_lineno or at
        stays = defines(statement) and not lacking & set(_read_at_once(statement))
        (lacking.difference_update if stays else lacking.update)(binds(statement))
        if end > at:  # not beside another in its line
            pieces.append((stays, "\n".join(lines[at:end])))
            at = end
        elif pieces:
            pieces[-1] = (False, pieces[-1][1])
    found: list[str] = []
    for definition, group in itertools.groupby(pieces, key=lambda piece: piece[0]):
        text = "\n".join(piece for _, piece in group)
        found.append(text if definition else f"{_GUARD}\n{indent(text) or text}")
    return "\n".join(found) if pieces else code


class _WithoutBodies(ast.NodeTransformer):
    """What functions do when they are called is left out."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.body = [ast.Pass()]
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.body = [ast.Pass()]
        return self.generic_visit(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        node.body = ast.Constant(None)
        return self.generic_visit(node)


def _read_at_once(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement reads when it runs, and not only when it is called."""
    for use in uses(_WithoutBodies().visit(copy.deepcopy(statement))):
        if isinstance(use.node.ctx, ast.Load):
            yield use.name


def _prose(chapter: Chapter) -> list[str]:
    lines = chapter.text.split("\n")
    for block in chapter.blocks:
        for _, number in (o for o in block.origins if o[0] == chapter.path):
            lines[number - 1] = ""
    return lines


def runnable(block: Block, code: str, output: str, needs: tuple[str, ...]) -> str:
    """Return a block's code so that what follows it runs, too: expected errors are caught."""
    if needs:
        return f"# needs {', '.join(needs)}:\n{_commented(code)}"
    error = block.raises or raised(output)
    if not error:
        return code
    wrapped = caught(code, error)
    return f"# raises {error}:\n{_commented(code)}" if wrapped is None else wrapped


def _commented(code: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in code.split("\n"))


def message(output: str) -> str:
    """Return what was printed and the exception's message: what wrapped code prints."""
    before, lines = parted(output)
    first = next((n for n, line in enumerate(lines) if line and not line.startswith(" ")), 0)
    named = re.match(r"(?:\w+\.)*(\w+)(?:: (.*))?$", lines[first])
    if named:  # a traceback has the module's name, too, and no colon without a message
        lines[first] = f"{named[1]}: {named[2] or ''}"
    return before + "\n".join(lines[first:])


def caught(code: str, error: str) -> str | None:
    """Return code that must raise so that it prints the error; None if it is no Python."""
    known = isinstance(getattr(builtins, error, None), type)
    name = error if known else "Exception"  # others are known by a name of the book's choice
    body = indent(code)
    if body and not ast.parse(code).body:
        return code  # nothing that could raise
    return body and (
        f'try:\n{body}\nexcept {name} as error:\n    print(f"{{type(error).__name__}}: {{error}}")'
    )


def indent(code: str) -> str | None:
    """Indent code, but for the insides of long strings; None where it is not Python."""
    inside: set[int] = set()
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.STRING or "FSTRING" in tokenize.tok_name[token.type]:
                inside.update(range(token.start[0] + 1, token.end[0] + 1))
        compile(code, "block", "exec")
    except (tokenize.TokenError, SyntaxError):
        return None
    lines = code.split("\n")
    return "\n".join(t if n in inside or not t else f"    {t}" for n, t in enumerate(lines, 1))


@cache
def _installed() -> dict[str, list[str]]:
    return dict(packages_distributions())
