"""A block of a page that asks for its own output: the answer is what it really printed.

In the code, `#=` gives the reason of the right answer, which is not typed; `#?` a wrong answer
(`#+` its further lines); and `#:` the reason of the wrong one, or more of a reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bookproof import Code

from .quiz import ask, first_line, matches

_MARK = re.compile(r"#([=?+:])(?:\s(.*))?$")


@dataclass
class _Answer:
    lines: list[str] = field(default_factory=list)
    reason: list[str] = field(default_factory=list)


def show(code: Code) -> str:
    """Run the block in the page's names; return the question, whose answer is its output.

    Raises:
        ValueError: if it prints nothing, has no `id=`, misses a reason, or a wrong answer is what
            it prints.
    """
    id = code.options.get("id", "")
    text, right, wrong = read(code.text)
    if not id:
        raise ValueError('a prediction needs an id="chapter-word"')
    try:
        output = code.run().strip("\n")
    except Exception as error:
        output = first_line(error)
    if not output.strip():
        raise ValueError(f"quiz {id!r}: the code prints nothing that could be predicted")
    same = [answer for answer in wrong if matches(answer, output)]
    if same:
        raise ValueError(f"quiz {id!r}: this wrong answer is what it prints: {same[0]!r}")
    title = code.options.get("title") or "What does this print?"
    return ask(id, title, {output: right, **wrong}, code=text)


def read(code: str) -> tuple[str, str, dict[str, str]]:
    """Return the code without the answers, the right one's reason, and the wrong ones with theirs.

    Raises:
        ValueError: if a mark stands where it has no meaning, or two wrong answers are the same.
    """
    kept, answers = [], [_Answer()]
    for line in code.split("\n"):
        mark = _MARK.match(line.strip())
        if mark is None:
            kept.append(line)
            continue
        sign, words = mark[1], mark[2] or ""
        if sign == "?":
            answers.append(_Answer([words]))
        elif sign == "+" and len(answers) > 1 and not answers[-1].reason:
            answers[-1].lines.append(words)
        elif (sign == "=" and len(answers) == 1) or (sign == ":" and answers != [_Answer()]):
            answers[-1].reason.append(words.strip())
        else:
            raise ValueError(f"this has no meaning here: {line.strip()!r}")
    right, *wrong = answers
    found = {"\n".join(answer.lines): " ".join(answer.reason) for answer in wrong}
    if len(found) < len(wrong):
        raise ValueError("two wrong answers are the same")
    return "\n".join(kept).strip("\n"), " ".join(right.reason), found
