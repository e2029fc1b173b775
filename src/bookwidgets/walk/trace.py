"""Run a block once, and note what each of its lines did."""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from torch import nn

from bookproof import Code

from .code import WATCH, Plan, plan
from .values import State, Weights, distance, is_value, look, weights

Models = dict[str, tuple[dict[str, Weights], bool]]

FIRST = 3  # passes of a loop that are kept, and the last


@dataclass
class Loop:
    """One run through a loop: how often its body was begun."""

    line: int
    count: int = 0
    start: int = 0


@dataclass(frozen=True)
class Change:
    """A name that a line set or changed; `old` is None for what the block sets first."""

    name: str
    old: State | None
    new: State | None


@dataclass(frozen=True)
class Moved:
    """What changed in a model: of each parameter the sizes before and after."""

    name: str
    rows: list[tuple[str, Weights | None, Weights, str]]
    mode: str


@dataclass
class Step:
    """What a line did.

    Attributes:
        line: Its place in the plan.
        passes: The loops around it, each with the number of its pass, from the outside in.
        computed: Expressions as the author wrote them, and what they gave.
        changes: Names that it set, and names whose value or gradient it changed.
        printed: What it printed.
        models: What it changed in models.
        raised: What it raised, where the block caught that.
    """

    line: int
    passes: tuple[tuple[Loop, int], ...]
    computed: list[tuple[str, State]]
    changes: list[Change] = field(default_factory=list)
    printed: str = ""
    models: list[Moved] = field(default_factory=list)
    raised: str = ""


def trace(code: Code) -> tuple[Plan, list[Step]]:
    """Run a block, once, as it would run without this; return what each line did.

    Raises:
        ValueError: if a remark stands where no statement is.
        BaseException: whatever the block raises.
    """
    made = plan(code.text, code.parts)
    watcher = _Watcher(made, code.namespace, code.printed)
    setattr(builtins, WATCH, watcher)
    try:
        for file, tree in made.parts:
            exec(code.compile(tree, file), code.namespace)
        watcher.settle()
    finally:
        delattr(builtins, WATCH)
    return made, watcher.steps


class _Watcher:
    """What the rewritten block calls; each method is a report of where it is."""

    def __init__(self, made: Plan, names: dict[str, Any], printed: Callable[[], str]) -> None:
        self.plan = made
        self.names = names
        self.printed = printed
        self.steps: list[Step] = []
        self.loops: list[Loop] = []
        self.open: int | None = None
        self.computed: list[tuple[str, State]] = []
        self.own: set[str] = set()
        self.states = self._states({})
        self.models = self._models({})

    # Called by the block

    def begin(self, line: int) -> None:
        """A line is about to run."""
        self.settle()
        around = self.plan.lines[line].around
        self._leave((*around, line) if self.plan.lines[line].loop else around)
        self.open, self.computed = line, []

    def value(self, place: int, got: Any) -> Any:
        """An expression gave a value, which is handed on."""
        text, root = self.plan.expressions[place]
        known = isinstance(self.names.get(root), types.ModuleType)
        if got is not None and not known and is_value(got):
            state = look(got)
            if (text, state) not in self.computed:
                self.computed.append((text, state))
        return got

    def end(self, line: int) -> None:
        """The line has run."""
        self._note(line)

    def tested(self, _: None, got: Any) -> Any:
        """The condition of an `if` or `while`, or the subject of a `match`, has its value."""
        if self.open is not None:
            self._note(self.open)
        return got

    def enter(self, line: int) -> None:
        """A loop is about to begin."""
        self.settle()
        self._leave(self.plan.lines[line].around)
        self.loops.append(Loop(line, start=len(self.steps)))

    def one_pass(self, line: int) -> None:
        """The body of a loop begins, once more."""
        self._leave((*self.plan.lines[line].around, line))
        loop = self.loops[-1]
        head = self.steps.pop() if self.plan.lines[line].loop == "while" else None
        if loop.count > FIRST:
            del self.steps[loop.start :]
        loop.count += 1
        loop.start = len(self.steps)
        if head is None:
            self._note(line)
        else:
            head.passes = self._passes()
            self.steps.append(head)

    def caught(self, line: int) -> None:
        """An `except` has caught what the line before it raised."""
        error = sys.exc_info()[1]
        if self.open is not None:
            self._note(self.open)
            self.steps[-1].raised = f"{type(error).__name__}: {error}".split("\n")[0]
        self._leave(self.plan.lines[line].around)
        self.computed = []
        self._note(line)

    def after(self, line: int) -> None:
        """A `with` is left; that is a step only if it did something."""
        self.settle()
        self._leave(self.plan.lines[line].around)
        self.computed = []
        step = self._look(line, bound=())
        if step.changes or step.printed or step.models:
            self.steps.append(step)

    # Its own

    def settle(self) -> None:
        """Note a line that began and never came to its end."""
        if self.open is not None:
            self._note(self.open)

    def _leave(self, inside: tuple[int, ...]) -> None:
        """Forget the loops that are over."""
        while [loop.line for loop in self.loops] != list(inside[: len(self.loops)]):
            self.loops.pop()

    def _passes(self) -> tuple[tuple[Loop, int], ...]:
        return tuple((loop, loop.count) for loop in self.loops)

    def _note(self, line: int) -> None:
        self.steps.append(self._look(line, self.plan.lines[line].names))
        self.open = None

    def _look(self, line: int, bound: tuple[str, ...]) -> Step:
        """Compare all names with what they were before the line."""
        old, self.states = self.states, self._states(self.states)
        changes = []
        for name in dict.fromkeys([*bound, *self.states, *old]):
            before, now = old.get(name), self.states.get(name)
            hidden = name.startswith("_") and name not in bound
            if not hidden and name != "_" and (name in bound or before != now):
                ours = name not in bound or name in self.own
                changes.append(Change(name, before if ours else None, now))
        self.own.update(bound)
        passes = self._passes()
        loop = self.loops[-1] if self.loops else None
        if loop and loop.line == line and (self.plan.lines[line].loop == "while" or not loop.count):
            passes = passes[:-1]  # the test of a pass that may not come
        step = Step(line, passes, self.computed, changes, self.printed())
        were, self.models = self.models, self._models(self.models)
        for name, now_ in self.models.items():
            before_ = None if name in bound else were.get(name)  # another model under its name
            if (moved := _moved(name, before_, now_)) is not None:
                step.models.append(moved)
        self.computed = []
        return step

    def _states(self, before: dict[str, State]) -> dict[str, State]:
        return {
            name: look(value, before.get(name))
            for name, value in list(self.names.items())
            if not (name.startswith("__") and name.endswith("__"))
        }

    def _models(self, before: Models) -> Models:
        """Measure the models, each once, and without those that are part of another."""
        found = {n: v for n, v in list(self.names.items()) if isinstance(v, nn.Module)}
        parts = {id(part) for model in found.values() for part in list(model.modules())[1:]}
        seen: set[int] = set()
        roots = {}
        for name, model in found.items():
            if id(model) not in parts and id(model) not in seen and not name.startswith("_"):
                seen.add(id(model))
                known = before.get(name, ({}, True))[0]
                roots[name] = (weights(model, known), model.training)
        return roots


def _moved(
    name: str,
    were: tuple[dict[str, Weights], bool] | None,
    now: tuple[dict[str, Weights], bool],
) -> Moved | None:
    """Compare a model with what it was; None if nothing changed."""
    old, rows, changed = were[0] if were else {}, [], were is None
    for part, new in now[0].items():
        before = old.get(part)
        same = before is not None and before.mark == new.mark
        changed |= not same or before is None or before.grad_mark != new.grad_mark
        far = "" if before is None or same else distance(before, new)
        rows.append((part, before, new, far))
    modes = {True: "train", False: "eval"}
    mode = f"{modes[were[1]]} → {modes[now[1]]}" if were and were[1] != now[1] else ""
    return Moved(name, rows, mode) if (changed and rows) or mode else None
