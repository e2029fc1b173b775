"""Name the numbers in sentences that no block of their page printed or holds in its code.

A number is held when it is one that a block printed, or that stands in its code as a number, at
the precision of the sentence: 97 % holds with 0.9712, and 16 million with 16,777,216. What the code
printed as text that was typed there proves nothing.
"""

from __future__ import annotations

import ast
import html
import math
import operator
import re
import textwrap
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..parse.block import Block, Problem
from ..parse.chapter import Chapter, Parser
from ..run.shown import printed
from ..settings import BookError, Settings
from . import recording
from .sentences import Text, is_code, sentences

FILE = "numbers.toml"  # beside the recordings: what is meant so, and where it comes from
_DIGITS = r"\d{1,3}(?:[,_\u00a0\u202f]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
_NUMBER = re.compile(  # not within a name, as in float32, conv-1 or 2.13.0; its sign is left out
    rf"(?<![\w.,/^\\])(?<!\w-)(?:{_DIGITS})(?:/(?P<under>\d+))?(?![\w/])(?!\.\d)(?!-[A-Za-z])"
)
_SCALE = re.compile(r"[ \u00a0\u202f-]?(%|percent\b|thousand\b|million\b|billion\b|trillion\b)")
_SCALES = {"%": 0.01, "percent": 0.01, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_SCALES["trillion"] = 1e12
_ROUGHLY = re.compile(
    r"\b(about|some|nearly|almost|over|around|roughly|approximately|than|least|most|up to|near)"
    r" (?:the |an? )?$|[~≈]\s*$",
    re.IGNORECASE,
)
_NAMED = re.compile(  # the word before a number that names a thing by it
    r"\b(steps?|figures?|sections?|chapters?|exercises?|parts?|tables?|lines?|questions?|"
    r"equations?|pages?|versions?|release|axis|row|column|index|dimension|Python|CUDA|tasks?|"
    r"v|PEP|ISO|IEEE|RFC|CC BY|ASCII|Debian|Ubuntu|Windows|macOS|Apache)"
    r"[ \u00a0](?:[\d.]+(?:, | and | or | to |–))*$",
    re.IGNORECASE,
)
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = re.compile(rf"(?:(?:{_MONTH}) \d+|\d+ (?:{_MONTH}))\b|\b\d{{4}}-\d\d-\d\d\b|\bet al\.")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SMALL = 2  # none, one and two are words more than numbers
_PRINTED = re.compile(
    r"(?<![\w.])[-+−]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
)
_HIDDEN_HTML = re.compile(r"<(style|script|svg)\b.*?</\1>|<[^>]*>", re.DOTALL)


@dataclass(frozen=True)
class Number:
    """A number in a sentence.

    Attributes:
        line: The page's line that it stands in.
        text: As it stands there, with its `%` or `million`.
        value: What it is worth.
        step: What one of its last place is worth.
        cut: Whether its last places were cut off rather than rounded, as in 16 million.
        around: A few words on both sides.
        at: Where it begins and ends in the sentences.
    """

    line: int
    text: str
    value: float
    step: float
    cut: bool
    around: str
    at: tuple[int, int] = (0, 0)


@dataclass
class Counted:
    """How many numbers the sentences hold: all, those of the list, those that nothing holds."""

    all: int = 0
    meant: int = 0
    loose: int = 0

    def __str__(self) -> str:
        held = self.all - self.meant - self.loose
        return (
            f"{self.all} numbers in sentences · {held} held by blocks · {self.meant} meant so · "
            f"{self.loose} held by nothing"
        )


def check(
    settings: Settings, chapters: Sequence[Chapter], whole: bool
) -> tuple[Counted, list[Problem]]:
    """Look for each number of the pages' sentences in what their blocks printed and hold.

    Args:
        settings: The book.
        chapters: Its pages, or some of them.
        whole: Whether these are all.

    Returns:
        How many there are, and what is to be mended.

    Raises:
        BookError: The list of what is meant so, or a recording, cannot be read.
    """
    meant, parser, counted = Meant(settings), Parser(settings), Counted()
    problems: list[Problem] = []
    for chapter in chapters:
        held = Held(settings, chapter)
        for text in sentences(parser, chapter):
            for number in numbers(settings, text):
                counted.all += 1
                if held.holds(number):
                    continue
                if meant.excuses(chapter, text, number):
                    counted.meant += 1
                else:
                    counted.loose += 1
                    problems.append(Problem(chapter.path, number.line, _advice(meant, number)))
        problems += meant.unused(chapter)
    return counted, problems + (list(meant.strays(chapters)) if whole else [])


def _advice(meant: Meant, number: Number) -> str:
    return (
        f"no block prints or holds {number.text} (… {number.around} …): print it, assert it in a "
        f"hidden block, or say in {meant.name} where it comes from"
    )


def numbers(settings: Settings, text: Text) -> Iterator[Number]:
    """Find the numbers in sentences that must be held: no dates, names, counts up to two."""
    dates = [m.span() for m in _DATE.finditer(text.text)]
    packages = re.compile(
        rf"({'|'.join(map(re.escape, settings.packages)) or '(?!)'})\W{{0,3}}$", re.I
    )
    for match in _NUMBER.finditer(text.text):
        before = re.sub(r"\s+", " ", text.text[max(0, match.start() - 60) : match.start()])
        raw = match[0]
        if _NAMED.search(before) or packages.search(before):
            continue
        if _YEAR.fullmatch(raw) or any(a <= match.start() < b for a, b in dates):
            continue
        under = match["under"]
        digits = raw.partition("/")[0] if under else raw
        digits = re.sub(r"[,_\u00a0\u202f]", "", digits)
        value = float(digits) / (float(under) or 1 if under else 1)
        decimals = len(digits.lower().partition("e")[0].partition(".")[2])
        step = _power(digits.lower().partition("e")[2], -decimals)
        if under:
            step = 1e-4
        scale = _SCALE.match(text.text, match.end())
        if scale:
            value, step = value * _SCALES[scale[1]], step * _SCALES[scale[1]]
        elif _ROUGHLY.search(before) and value >= 20 and not decimals:
            step = _power("", _zeros(digits))
        if not scale and not under and not decimals and value <= _SMALL:
            continue
        line = text.line + text.text.count("\n", 0, match.start())
        end = scale.end() if scale else match.end()
        yield Number(
            line,
            re.sub(r"\s+", " ", text.text[match.start() : end]),
            value,
            step,
            step > 1,
            _around(text.text, match.start(), end),
            (match.start(), end),
        )


def _power(exponent: str, more: int) -> float:
    """Return ten to the power of an exponent as it stands in a number, and `more`."""
    try:
        return 10.0 ** (int(exponent or 0) + more)
    except (OverflowError, ValueError):  # there is no such float, or no such int
        return 0.0 if exponent.startswith("-") else math.inf


def _zeros(digits: str) -> int:
    return len(digits) - len(digits.rstrip("0"))


def _around(text: str, begin: int, end: int) -> str:
    """Return a number with some whole words on both sides."""
    left, right = text[max(0, begin - 45) : begin], text[end : end + 30]
    left = left.partition(" ")[2] if begin > 45 else left
    right = right.rpartition(" ")[0] if end + 30 < len(text) else right
    words = re.sub(r"\s+", " ", left + text[begin:end] + right)
    return re.sub("…+", "…", words).strip()


class Held:
    """The numbers that the blocks of a page printed, or hold in their code."""

    def __init__(self, settings: Settings, chapter: Chapter) -> None:
        pairs, _ = recording.match(chapter, recording.read(settings, chapter))
        outputs = ((b, pairs[b.index].output) for b in chapter.blocks if b.index in pairs)
        self.printed = set().union(*(_in_output(out, _typed(block)) for block, out in outputs))
        in_code = set().union(*(_in_code(block.code) for block in chapter.blocks))
        self._exact = {round(v, 12) for v in self.printed | in_code}

    def holds(self, number: Number) -> bool:
        """Say whether a number is one of these; a printed one at the sentence's own precision."""
        if not math.isfinite(number.value + number.step):  # too large to be compared
            return False
        wanted = [(number.value, number.step)]
        if number.text.endswith(("%", "percent")):
            wanted.append((number.value * 100, number.step * 100))
        return any(round(v, 12) in self._exact or self._rounds(number, v, s) for v, s in wanted)

    def _rounds(self, number: Number, value: float, step: float) -> bool:
        if step == 1 and value < 10:  # a small whole number is a count, and exact
            return False
        above = step if number.cut else step / 2
        return any(-step / 2 - 1e-12 <= p - value <= above + 1e-12 for p in self.printed)


def _in_output(output: str, typed: set[float]) -> set[float]:
    """Return the numbers of an output, but for those of drawings, where an axis has many."""
    text = f"{printed(output)} {html.unescape(_HIDDEN_HTML.sub(' ', output))}"
    found = {abs(_value(m[0])) for m in _PRINTED.finditer(text)} - typed
    return set(filter(math.isfinite, found))


def _value(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def _typed(block: Block) -> set[float]:
    """Return the numbers in the strings of a block, which it may print as they stand."""
    texts = (s for s in _strings(block.code) if not is_code(s))
    return {abs(_value(m[0])) for text in texts for m in _PRINTED.finditer(text)}


def _strings(code: str) -> Iterator[str]:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            yield from [node.value] if isinstance(node.value, str) else []


_ARITHMETIC: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}


def _in_code(code: str) -> set[float]:
    """Return the numbers of code, of code in its strings, and what they come to in sums.

    A number that stands alone in a string is one where it is compared: `f"{x:.2f}" == "0.33"`.
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    reckoned = [_sum(node) for node in ast.walk(tree)]
    compared = (
        _PRINTED.fullmatch(side.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        for side in (node.left, *node.comparators)
        if isinstance(side, ast.Constant) and isinstance(side.value, str)
    )
    reckoned += [_value(match[0]) for match in compared if match]
    found = {abs(v) for v in reckoned if v is not None and math.isfinite(v)}
    inside = (textwrap.dedent(text) for text in _strings(code) if is_code(text))
    return found.union(*map(_in_code, inside))


def _sum(node: ast.AST) -> float | None:
    try:
        return _reckoned(node)
    except RecursionError:  # of more terms than an author would reckon
        return None


def _reckoned(node: ast.AST) -> float | None:
    if isinstance(node, ast.Constant):
        plain = isinstance(node.value, (int, float)) and not isinstance(node.value, bool)
        try:
            return float(node.value) if plain else None  # type: ignore[arg-type]
        except OverflowError:
            return None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _reckoned(node.operand)
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        left, right = _reckoned(node.left), _reckoned(node.right)
        if left is not None and right is not None:
            try:
                return float(_ARITHMETIC[type(node.op)](left, right))
            except (ArithmeticError, TypeError, ValueError):
                return None
    return None


class Meant:
    """The list of what is meant so: by page, words with a number and where it comes from."""

    def __init__(self, settings: Settings) -> None:
        self.file = settings.recordings_dir / FILE
        self.name = settings.relative(self.file)
        self.used: set[tuple[str, str]] = set()
        try:
            self.source = self.file.read_text("utf-8") if self.file.exists() else ""
            self.pages = tomllib.loads(self.source)
        except (OSError, RecursionError, ValueError) as error:
            raise BookError(f"not valid TOML: {error}", self.name, 1) from error
        for page, entries in self.pages.items():
            wrong = not isinstance(entries, dict) or not all(
                isinstance(v, str) and v.strip() for v in entries.values()
            )
            if wrong:
                said = f'{page!r} must be a table of words with their source, as "64 bytes" = "…"'
                raise BookError(said, self.name, self._line(page))

    def excuses(self, chapter: Chapter, text: Text, number: Number) -> bool:
        """Say whether the list has words of this page that hold the number."""
        begin, end = number.at
        around = text.text[max(0, begin - 200) : end + 200]
        at = begin - max(0, begin - 200)
        for words in self.pages.get(chapter.path, {}):
            pattern = r"\s+".join(map(re.escape, words.split()))
            for found in re.finditer(rf"(?<!\w){pattern}(?!\w)", around):
                if found.start() <= at < found.end():
                    self.used.add((chapter.path, words))
                    return True
        return False

    def unused(self, chapter: Chapter) -> Iterator[Problem]:
        """Name the words of the list that excuse nothing on their page."""
        for words in self.pages.get(chapter.path, {}):
            if (chapter.path, words) not in self.used:
                said = f"{words!r} excuses no number of {chapter.path}: remove it"
                yield Problem(self.name, self._line(words, chapter.path), said)

    def strays(self, chapters: Iterable[Chapter]) -> Iterator[Problem]:
        """Name the pages of the list that the book does not have."""
        known = {c.path for c in chapters}
        for page in self.pages:
            if page not in known:
                yield Problem(self.name, self._line(page), f"the book has no page {page!r}")

    def _line(self, words: str, page: str = "") -> int:
        lines = self.source.split("\n")
        start = next((n for n, t in enumerate(lines) if page and page in t), 0)
        return next((n + 1 for n, t in enumerate(lines) if n >= start and words in t), 1)
