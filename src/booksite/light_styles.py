"""Style sheets without the rules that no page of the book can meet.

A theme styles all that a site might ever hold. A rule goes when it asks for a class, an id, an
element or an attribute that no page holds and no script names; then so does a variable that nothing
reads. What a condition inside `:not(…)` or `:is(…)` asks for is never held against a rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, groupby
from typing import Any

import tinycss2

_SAID = re.compile(r"<template\b.*?</template>|<style\b.*?</style>|<[a-z][^>]*>", re.DOTALL)
_COMPUTED = {
    "true",
    "false",
}  # the value of `aria-expanded` and the like, which no script spells out


class Names:
    """All that a rule can ask for, or a variable be read by.

    Args:
        pages: HTML: its elements, the words of their attributes, and all that its styles and
            the data of its widgets say.
        scripts: JavaScript: every word in it, since it may set any of them. One that ends with a
            hyphen is the beginning of a name that is put together.
        off: beginnings of names that count in pages alone, since their script never comes to use.
    """

    def __init__(
        self, pages: Iterable[str], scripts: Iterable[str], off: tuple[str, ...] = ()
    ) -> None:
        said = chain.from_iterable(set(_SAID.findall(page)) for page in pages)
        self._pages = set(chain.from_iterable(map(_words, said)))
        self._scripts = set(chain.from_iterable(map(_words, scripts)))
        self._begun = tuple(word for word in self._scripts if re.fullmatch(r".*\w.*-", word))
        self._off = off

    def __contains__(self, name: str) -> bool:
        """Say whether a page holds a name, or a script may give it one."""
        in_dataset = re.sub("-(.)", lambda found: found[1].upper(), name.removeprefix("data-"))
        made = {name, in_dataset} & self._scripts or name.startswith(self._begun)
        return name in self._pages or bool(made and not name.startswith(self._off))


@dataclass(frozen=True)
class _Rule:
    """Selectors and their declarations."""

    selectors: list[tuple[str, set[str]]]  # each with the names that it asks for
    body: list[str]

    def __str__(self) -> str:
        return f"{','.join(text for text, _ in self.selectors)}{{{';'.join(self.body)}}}"


@dataclass(frozen=True)
class _Group:
    """The rules of an at-rule."""

    head: str
    rules: list[Any]

    def __str__(self) -> str:
        return f"{self.head}{{{''.join(map(str, self.rules))}}}"


def lightened(sheet: str, names: Names) -> str:
    """Return a style sheet without the rules and variables that are of no use to `names`.

    Args:
        sheet: the CSS of the whole site, in its order.
        names: what its pages and scripts hold.
    """
    rules = _rules(tinycss2.parse_stylesheet(sheet, True, True))
    rules = _changed(rules, partial(_met, names=names))
    while True:
        text = "".join(map(str, rules))
        fewer = _changed(rules, partial(_used, read=set(_variables(text)), names=names))
        if fewer == rules:
            return text
        rules = fewer


def _words(text: str) -> list[str]:
    return re.findall(r"[\w-]+", text)


def _variables(text: str) -> list[str]:
    return re.findall(r"var\(\s*(--[\w-]+)", text)


def _rules(nodes: list[Any]) -> list[Any]:
    """Read rules and groups of them; anything else is left as text."""
    found: list[Any] = []
    for node in nodes:
        if node.type == "qualified-rule":
            inner = tinycss2.parse_blocks_contents(node.content, True, True)
            plain = all(part.type == "declaration" for part in inner)
            body = [_declaration(part) for part in inner] if plain else [_text(node.content)]
            found.append(_Rule(list(_selectors(node.prelude)), body))
        elif node.type == "at-rule" and node.lower_at_keyword in ("media", "supports"):
            inner = tinycss2.parse_rule_list(node.content, True, True)
            found.append(_Group(f"@{node.at_keyword} {_text(node.prelude)}", _rules(inner)))
        else:
            found.append(node.serialize())
    return found


def _declaration(part: Any) -> str:
    return f"{part.name}:{_text(part.value)}{'!important' * part.important}"


def _text(tokens: list[Any]) -> str:
    text: str = tinycss2.serialize([token for token in tokens if token.type != "comment"])
    return (text if re.search("[\"'\\\\]", text) else re.sub(r"\s+", " ", text)).strip()


def _selectors(prelude: list[Any]) -> Iterator[tuple[str, set[str]]]:
    for comma, tokens in groupby(prelude, lambda token: token == ","):
        if not comma:
            part = list(tokens)
            yield _text(part), set(_asked(part))


def _asked(selector: list[Any]) -> Iterator[str]:
    """Name what an element must have, or be, for a selector to meet it."""
    before = None
    for token in selector:
        if token.type == "hash" or (token.type == "ident" and before != ":"):
            yield token.value
        elif token.type == "[] block":
            name, *rest = [part for part in token.content if part.type != "whitespace"]
            yield name.value
            if rest and rest[0] == "=" and rest[1].value not in _COMPUTED:
                yield from _words(rest[1].value)
        before = token


def _changed(rules: list[Any], change: Callable[[_Rule], _Rule]) -> list[Any]:
    """Change each rule, and keep those that are left with something to select and to say."""
    kept: list[Any] = []
    for rule in rules:
        if isinstance(rule, _Group):
            if inner := _changed(rule.rules, change):
                kept.append(_Group(rule.head, inner))
        elif isinstance(rule, _Rule):
            changed = change(rule)
            if changed.selectors and changed.body:
                kept.append(changed)
        else:
            kept.append(rule)
    return kept


def _met(rule: _Rule, names: Names) -> _Rule:
    """Keep the selectors that ask for nothing but what there is."""
    return replace(rule, selectors=[s for s in rule.selectors if all(n in names for n in s[1])])


def _used(rule: _Rule, read: set[str], names: Names) -> _Rule:
    """Drop the variables that nothing reads."""

    def useful(part: str) -> bool:
        name = part.partition(":")[0]
        return not name.startswith("--") or name in read or name in names

    return replace(rule, body=list(filter(useful, rule.body)))
