"""An executed block as it stands in a chapter, and what may be wrong there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum
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


class Kind(Enum):
    """What the output of a block is, and so how a page, a notebook and a lab show it."""

    MARKDOWN = "Markdown, which the page's own extensions read"
    TEXT = "text in a box"
    CONSOLE = "text after the code that printed it, in one listing"
    HTML = "HTML, such as a figure"
    SHOWN = "HTML that a function of the book made of the code"
    RAISED = "text that ends in the traceback that the fence expects"


@dataclass(frozen=True)
class Block:
    """One executed block.

    Attributes:
        index: Its place among the chapter's blocks, from 1.
        line: The Markdown line of its opening fence, from 1.
        code: What runs, includes expanded.
        origins: For each line of `code`, the file and line that it stands in.
        options: The fence's options, as they are written there.
        alone: Whether it has its own names, since it names no session and its page is none.
        last_value: Whether the value of its last line is shown, as a notebook shows it.
        end: The Markdown line of its closing fence.
    """

    index: int
    line: int
    code: str
    origins: tuple[tuple[str, int], ...]
    options: dict[str, str]
    alone: bool = False
    last_value: bool = False
    end: int = 0

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
    def source(self) -> str:
        """Where its code is shown, or empty."""
        return self.options.get("source", "")

    @property
    def result(self) -> str:
        """Language to color its output as, or empty."""
        return self.options.get("result", "")

    @property
    def limit(self) -> float | None:
        """Seconds that it may run; None for what the book allows."""
        return float(self.options["limit"]) if "limit" in self.options else None

    @property
    def width(self) -> int:
        """Columns of the terminal that it sees; 0 for the usual."""
        return int(float(self.options.get("width", "0")))

    @property
    def workdir(self) -> str:
        """Folder that it runs in, from the root; empty for the root."""
        return self.options.get("workdir", "")

    @property
    def reads(self) -> list[str]:
        """Files that it reads and nobody can see it read."""
        return self.options.get("reads", "").replace(",", " ").split()

    @property
    def stderr(self) -> bool:
        """Whether its standard error is part of its output."""
        return is_on(self.options.get("stderr", "0"))

    @property
    def shown_as(self) -> str:
        """Name of what runs and shows it, or empty."""
        return self.options.get("as", "")

    @property
    def kind(self) -> Kind:
        """What its output is."""
        if self.shown_as:
            return Kind.SHOWN
        if self.raises:
            return Kind.RAISED
        if is_on(self.options.get("html", "0")):
            return Kind.HTML
        if self.source == "console":
            return Kind.CONSOLE
        return Kind.TEXT if self.result else Kind.MARKDOWN

    @property
    def run_options(self) -> dict[str, str]:
        """Those of its options that decide what a run gives."""
        names = [
            "needs",
            "raises",
            "session",
            "stderr",
            "limit",
            "reads",
            "width",
            "workdir",
            "as",
            "id",
            "title",
        ]
        return {name: self.options[name] for name in names if name in self.options}

    @cached_property
    def code_id(self) -> str:
        """Name of the code and of the options that decide how it runs, stable under moves."""
        parts = [self.code, self.raises, self.session, str(self.stderr)]
        parts += [f"{n}={self.options[n]}" for n in ("width", "workdir") if n in self.options]
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
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:10]
