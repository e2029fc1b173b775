"""An executed block as it stands in a chapter, and what may be wrong there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

from .options import is_on


@dataclass(frozen=True)
class Problem:
    """Something wrong that has a place: `path:line: message`."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Block:
    """One executed block.

    Attributes:
        index: Its place among the chapter's blocks, from 1.
        line: The Markdown line of its opening fence, from 1.
        code: What runs, includes expanded.
        origins: For each line of `code`, the file and line that it stands in.
        options: The fence's options.
    """

    index: int
    line: int
    code: str
    origins: tuple[tuple[str, int], ...]
    options: dict[str, str]

    @property
    def session(self) -> str:
        """Name of the namespace that it shares."""
        return self.options.get("session", "")

    @property
    def needs(self) -> tuple[str, ...]:
        """What the machine must have for it to run."""
        return tuple(self.options.get("needs", "").replace(",", " ").split())

    @property
    def raises(self) -> str:
        """Name of the exception that it must raise, or empty."""
        return self.options.get("raises", "")

    @property
    def tolerance(self) -> str:
        """Its `tol=`, or empty."""
        return self.options.get("tol", "")

    @property
    def stderr(self) -> bool:
        """Whether its standard error is part of its output."""
        return is_on(self.options.get("stderr", "0"))

    @property
    def html(self) -> bool:
        """Whether it prints HTML."""
        return is_on(self.options.get("html", "0")) or bool(self.shown_as)

    @property
    def shown_as(self) -> str:
        """Name of what runs and shows it, or empty."""
        return self.options.get("as", "")

    @cached_property
    def code_id(self) -> str:
        """Name of the code and of the options that decide how it runs, stable under moves."""
        parts = [self.code, self.raises, self.session, str(self.stderr)]
        if self.shown_as:
            parts += [self.shown_as, self.options.get("id", ""), self.options.get("title", "")]
        return digest(*parts)

    @property
    def label(self) -> str:
        """First line of its code, for people."""
        return next((line.strip() for line in self.code.splitlines() if line.strip()), "(empty)")[
            :80
        ]


def digest(*parts: str) -> str:
    """Name some texts: ten hexadecimal digits that another text has hardly ever."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]
