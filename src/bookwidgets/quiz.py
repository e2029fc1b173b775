"""Questions whose answers are proved by running code while the book is built.

>>> made = quiz(
...     "sums-two",
...     "What is printed?",
...     {
...         "3": "`+` adds two numbers.",
...         "12": "It would put two texts together.",
...         "TypeError": "Two integers can be added.",
...     },
...     code="print(1 + 2)",
... )
>>> '<input type="radio" name="answer" value="0" required> <code>3</code>' in made
True

A choice's `value` is its place among the answers, of which the first is right; the choices
themselves stand in an order that depends on the question's id alone.
"""

from __future__ import annotations

import ast
import hashlib
import html
import io
import re
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from bookproof import same

from .element import element, listing, text

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


def quiz(
    id: str,
    question: str,
    choices: Mapping[str, str],
    *,
    code: str | None = None,
    proves: str | None = None,
    setup: str = "",
    right: str | None = None,
    shows: str | None = None,
) -> str:
    """Return a question with three or four choices, of which a run has shown one to be right.

    Exactly one proof is given. Each run has names of its own, with `torch`, `nn` and `F`.

    Args:
        id: a slug, unique in the book, that begins with the chapter's name; readers' browsers
            remember what was missed by it.
        question: words, with `code` and *emphasis*.
        choices: each choice with the reason why it holds or fails.
        code: shown and run; right is the choice that it prints, or `TypeName: message` (the first
            line) or `TypeName` of what it raises.
        proves: an expression; right is the choice, which is code, that makes it True.
        setup: code that is shown, and runs before each choice that `proves` judges.
        right: the right choice, in words, …
        shows: … and code with an `assert`, which must hold: the run that proves it.

    Raises:
        ValueError: if the proof fails, fits no choice or more than one, or something is missing.
    """
    with _named(id):
        given = (code is not None) + (proves is not None) + (right is not None)
        if given != 1 or (shows is None) != (right is None) or (setup and proves is None):
            raise ValueError("give one proof: code=, or proves= and setup=, or right= and shows=")
        code, setup, shows = (_dedent(part or "") for part in (code, setup, shows))
        proof = ""
        if proves is not None:
            answer = _proved(choices, setup, proves)
        elif right is not None:
            answer = _argued(choices, right, shows)
            proof = f"<p>This was run to show it:</p>\n{listing(shows)}"
        else:
            answer, error = _printed(choices, code)
            if error:
                proof = f"<p>The error says:</p>\n<pre>{html.escape(error, quote=False)}</pre>"
        options = {answer: choices[answer], **choices}
        return ask(id, question, options, code=code or setup, words=bool(right), proof=proof)


def ask(
    id: str,
    question: str,
    choices: Mapping[str, str],
    *,
    code: str = "",
    words: bool = False,
    proof: str = "",
) -> str:
    """Return the element of a question.

    Args:
        id: a slug.
        question: words, with `code` and *emphasis*.
        choices: each choice with its reason, the right one first.
        code: what the question is about, or empty.
        words: whether the choices are words; otherwise they are code or output.
        proof: HTML that follows the reasons.

    Raises:
        ValueError: if the id is no slug, there are not three or four choices, or words are missing.
    """
    with _named(id):
        if not _ID.fullmatch(id):
            raise ValueError("the id must be like `chapter-word`, in lower case")
        if len(choices) not in (3, 4):
            raise ValueError(f"three or four choices are needed, not {len(choices)}")
        if not all(part.strip() for part in (question, *choices, *choices.values())):
            raise ValueError("the question, each choice and each reason need words")

    names = [
        f"<span>{text(choice)}</span>"
        if words
        else f"<code>{html.escape(_dedent(choice), quote=False)}</code>"
        for choice in choices
    ]
    order = sorted(range(len(choices)), key=lambda place: _digest(id, str(place)))
    radios = "\n".join(
        f'<label><input type="radio" name="answer" value="{place}" required> {names[place]}</label>'
        for place in order
    )
    answers = "\n".join(
        f"<li><p>{name}</p><p>{text(reason)}</p></li>"
        for name, reason in zip(names, choices.values(), strict=True)
    )
    body = (
        f'<form method="dialog">\n<fieldset><legend>{text(question)}</legend>\n'
        f"{listing(code) if code else ''}\n{radios}\n</fieldset>\n"
        '<div class="bp-controls"><button>Check</button></div>\n</form>\n'
        '<div class="bp-said" aria-live="polite"></div>\n'
        '<details class="question"><summary>Answer</summary>\n<p>The first is right:</p>\n'
        f"<ul>\n{answers}\n</ul>\n{proof}\n</details>"
    )
    return element("bp-quiz", _without_empty_lines(body), class_="no-copy", data_id=id)


def matches(choice: str, output: str) -> bool:
    """Say whether a choice is what was printed, as outputs are compared, whatever the spaces."""
    return same(" ".join(output.split()), " ".join(choice.split()))


def first_line(error: BaseException) -> str:
    """Return `TypeName: message`, of which the message's first line, or only the name."""
    message = str(error).strip().split("\n")[0].rstrip()
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


@contextmanager
def _named(id: str) -> Iterator[None]:
    """Say in which question something is wrong."""
    try:
        yield
    except ValueError as error:
        said = str(error)
        raise ValueError(said if said.startswith("quiz ") else f"quiz {id!r}: {said}") from error


def _dedent(part: str) -> str:
    return textwrap.dedent(part).strip("\n")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _without_empty_lines(body: str) -> str:
    """Write what Markdown would take for the end of the HTML in another way, or not at all."""
    kept = re.sub(
        r"<(pre|code)\b.*?</\1>",
        lambda found: re.sub(r"\n(?=[ \t]*\n)", "&#10;", found[0]),
        body,
        flags=re.DOTALL,
    )
    return re.sub(r"\n(?=\n)", "", kept)


def _printed(choices: Mapping[str, str], code: str) -> tuple[str, str]:
    """Return the choice that the code prints, or whose error it raises, and that error."""
    screen, error = io.StringIO(), ""
    try:
        with redirect_stdout(screen):
            _run(code)
    except Exception as raised:
        error = first_line(raised)
    got = error or screen.getvalue().strip()
    name = error.partition(":")[0]
    fit = [choice for choice in choices if matches(choice, got) or (error and choice == name)]
    if len(fit) != 1:
        raise ValueError(f"the code gives {got!r}, and {_count(fit)}")
    return fit[0], error


def _proved(choices: Mapping[str, str], setup: str, proves: str) -> str:
    """Return the choice that makes the expression True."""
    _run(setup)  # a mistake in it must not pass for a wrong choice
    ast.parse(proves.strip(), mode="eval")
    fit = []
    for choice in choices:
        try:
            with redirect_stdout(io.StringIO()):
                held = _run(f"{setup}\n{_dedent(choice)}", proves.strip())
            if held is True or torch.equal(torch.as_tensor(held), torch.tensor(True)):
                fit.append(choice)
        except Exception:
            continue
    if len(fit) != 1:
        raise ValueError(f"{proves!r}: {_count(fit)}")
    return fit[0]


def _argued(choices: Mapping[str, str], right: str, shows: str) -> str:
    """Return the right choice if the run that proves it holds."""
    if right not in choices:
        raise ValueError(f"right={right!r} is not among the choices")
    if not any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(shows))):
        raise ValueError("shows= must assert what proves the answer")
    try:
        with redirect_stdout(io.StringIO()):
            _run(shows)
    except AssertionError as error:
        raise ValueError(f"an assert of shows= does not hold: {error}") from error
    return right


def _count(fit: list[str]) -> str:
    return f"these choices fit: {fit}" if fit else "no choice fits"


def _run(code: str, expression: str = "") -> Any:
    """Run code by itself; the page keeps its grad mode, default dtype and generator."""
    names = {"__name__": "__main__", "torch": torch, "nn": nn, "F": F}
    dtype = torch.get_default_dtype()
    with torch.enable_grad(), torch.random.fork_rng(devices=[]):
        torch.set_default_dtype(torch.float32)
        try:
            exec(compile(code, "<quiz>", "exec", dont_inherit=True), names)
            return eval(compile(expression, "<quiz>", "eval"), names) if expression else None
        finally:
            torch.set_default_dtype(dtype)
