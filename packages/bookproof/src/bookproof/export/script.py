"""Write a chapter's code as a script that a reader can run."""

from __future__ import annotations

import ast
import builtins
import io
import itertools
import re
import tokenize
from collections.abc import Mapping

from ..definitions import defines
from ..parse.block import Block
from ..parse.chapter import Chapter
from ..run.shown import raised

_SPAWNS = re.compile(r"\bnum_workers=(?!0\b)|\bmultiprocessing\b|\bProcessPoolExecutor\b|\.spawn\(")
_GUARD = 'if __name__ == "__main__":  # the processes that it starts import this file'
_HEADING = re.compile(r"^#{1,4} +(.+?)\s*(?:\{.*\})?$")


def script(chapter: Chapter, outputs: Mapping[int, str] | None = None) -> str:
    """Return the chapter's executed code, in order, under the headings that it stands under.

    A block that must raise is wrapped so that the script goes on; one that needs what not every
    machine has is commented out, with what it needs.

    Args:
        chapter: The chapter.
        outputs: What its blocks gave, by their numbers: those shown in a way of the book's own
            say there what their code raised.
    """
    headings = {n: m[1] for n, t in enumerate(_prose(chapter), 1) if (m := _HEADING.match(t))}
    title = next(iter(headings.values()), chapter.path)
    parts = [
        f'"""{title}: the code of {chapter.path}, as the book ran it.\n\n'
        "It imports the book's own modules: run it in a clone,\n"
        "PYTHONPATH=.:src python this_file.py.\n"
        'The notebook of the same chapter brings along what it needs.\n"""'
    ]
    said = 0
    spawns = any(_SPAWNS.search(block.code) for block in chapter.blocks)
    for block in chapter.blocks:
        above = [n for n in headings if said < n <= block.line]
        if above:
            said = above[-1]
            parts.append(f"# {'-' * 3} {headings[said]}")
        code = runnable(block, (outputs or {}).get(block.index, ""))
        parts.append(guarded(code) if spawns else code)
    return "\n\n".join(parts) + "\n"


def guarded(code: str) -> str:
    """Put all but definitions under a guard, without which spawned processes would run them, too.

    Windows and macOS start processes so; a script whose code starts some needs it there.
    """
    try:
        statements = ast.parse(code).body
    except SyntaxError:
        return code
    lines, pieces, at = code.split("\n"), [], 0
    for n, statement in enumerate(statements):
        end = len(lines) if n == len(statements) - 1 else statement.end_lineno or at
        if end > at:  # not beside another in its line
            pieces.append((defines(statement), "\n".join(lines[at:end])))
            at = end
        elif pieces:
            pieces[-1] = (False, pieces[-1][1])
    found: list[str] = []
    for definition, group in itertools.groupby(pieces, key=lambda piece: piece[0]):
        text = "\n".join(piece for _, piece in group)
        found.append(text if definition else f"{_GUARD}\n{indent(text) or text}")
    return "\n".join(found) if pieces else code


def _prose(chapter: Chapter) -> list[str]:
    lines = chapter.text.split("\n")
    for block in chapter.blocks:
        for _, number in (o for o in block.origins if o[0] == chapter.path):
            lines[number - 1] = ""
    return lines


def runnable(block: Block, output: str = "") -> str:
    """Return a block's code so that what follows it runs, too: expected errors are caught."""
    if block.needs:
        commented = "\n".join(f"# {line}".rstrip() for line in block.code.split("\n"))
        return f"# needs {', '.join(block.needs)}:\n{commented}"
    error = block.raises or raised(output)
    if not error:
        return block.code
    if (code := caught(block.code, error)) is None:
        return f"# raises {error}:\n" + "\n".join(f"# {t}" for t in block.code.split("\n"))
    return code


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
